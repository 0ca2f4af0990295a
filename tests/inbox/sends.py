"""Writing to a lead, having it sent, and what has left."""

from __future__ import annotations

from typing import Any

from inbox import sending
from inbox.models import Message, MessageJob
from leads.models import Lead
from tests.sandbox_server import SandboxServer
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User


def write(ann: Lead, by: User, **more: Any) -> Message:
    given: dict[str, Any] = {"channel": "email", "text": "Hi Ann,\n\nTuesday?", "key": "k1", "undo_seconds": 0}
    given |= {"to": "ann@buyer.example.com"} if more.get("channel", "email") == "email" else {}
    return sending.queue(lead=ann, by=by, **(given | more))


def work() -> None:
    """Run what is due, as a worker would."""
    running.drain(MessageJob, Lane.FIRST)


def sent_by_us(sandbox: SandboxServer, ann: Lead, provider: str = "emailbison") -> list[dict[str, Any]]:
    account = ann.workspace.connections.get(provider=provider).external_id
    return [letter for letter in sandbox.sent(f"{provider}:{account}") if letter.get("via") != "campaign"]
