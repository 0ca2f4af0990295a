"""Deliveries as EmailBison makes them, each with ids of its own."""
# ruff: noqa: E501

from __future__ import annotations

import json
from typing import Any

from integrations.models import Connection
from zrg.workspaces.models import User, Workspace


def workspace(name: str = "Bench") -> Workspace:
    """A workspace with an EmailBison account, made once."""
    owner = User.objects.filter(email="bench@example.com").first() or User.objects.create_user("bench@example.com", "x")
    made, is_new = Workspace.objects.get_or_create(name=name, owner=owner)
    if is_new:
        Connection.objects.create(
            workspace=made,
            provider="emailbison",
            external_id=str(made.pk.int % 10**9),
            host="bench.example.com",
            status="ok",
        )
    return made


def _envelope(kind: str, account: str) -> dict[str, Any]:
    return {
        "type": kind,
        "name": kind,
        "instance_url": "https://bench.example.com",
        "workspace_id": int(account),
        "workspace_name": "Bench",
    }


def _lead(number: int) -> dict[str, Any]:
    email = f"lead{number}@buyer.example.com"
    return {
        "id": number,
        "email": email,
        "first_name": f"Lead{number}",
        "last_name": "Lee",
        "title": "CFO",
        "company": "Buyer",
        "custom_variables": [],
    }


def sent(account: str, number: int, *, lead: int | None = None) -> bytes:
    """EMAIL_SENT."""
    who = _lead(lead if lead is not None else number)
    mail = {
        "id": number,
        "lead_id": who["id"],
        "email_subject": "Quick idea",
        "email_body": "<p>Hi, is lowering costs of interest this quarter?</p>",
        "status": "sent",
        "sent_at": "2026-11-20T10:00:00.000000Z",
        "raw_message_id": f"<out-{number}@sender.example.com>",
    }
    data = {
        "scheduled_email": mail,
        "campaign_event": {"id": number, "type": "sent"},
        "lead": who,
        "campaign": {"id": 12, "name": "Q1"},
        "sender_email": {"id": 139, "email": "sam@sender.example.com", "name": "Sam"},
    }
    return json.dumps({"event": _envelope("EMAIL_SENT", account), "data": data}).encode()


def reply(account: str, number: int, *, lead: int | None = None, text: str = "") -> bytes:
    """LEAD_REPLIED with quoted history."""
    who = _lead(lead if lead is not None else number)
    words = (
        text
        or f"Sounds good, number {number}.\n\nOn Thu, Nov 19, 2026 at 9:00 AM Sam <sam@sender.example.com> wrote:\n> Hi, is lowering costs of interest?"
    )
    mail = {
        "id": number,
        "uuid": f"u-{number}",
        "email_subject": "Re: Quick idea",
        "interested": False,
        "automated_reply": False,
        "html_body": f"<div>{words.splitlines()[0]}</div><div class='gmail_quote'>On Thu wrote:<blockquote>Hi</blockquote></div>",
        "text_body": words,
        "raw_body": None,
        "headers": None,
        "date_received": "2026-11-21T10:00:00.000000Z",
        "type": "Tracked Reply",
        "folder": "Inbox",
        "from_name": who["first_name"],
        "from_email_address": who["email"],
        "primary_to_email_address": "sam@sender.example.com",
        "to": [{"name": "Sam", "address": "sam@sender.example.com"}],
        "cc": None,
        "bcc": None,
        "parent_id": None,
        "attachments": [],
    }
    data = {
        "reply": mail,
        "campaign_event": {"id": number, "type": "replied"},
        "lead": who,
        "campaign": {"id": 12, "name": "Q1"},
        "scheduled_email": {"id": number, "lead_id": who["id"], "status": "sent"},
        "sender_email": {"id": 139, "email": "sam@sender.example.com", "name": "Sam"},
    }
    return json.dumps({"event": _envelope("LEAD_REPLIED", account), "data": data}).encode()
