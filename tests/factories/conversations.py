"""Conversations as the pages read them: messages with their roll-ups on the lead, without any provider."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from django.utils import timezone

from inbox import rollups
from inbox.models import Message
from integrations.models import Connection
from leads.models import Lead
from tests.factories import leads
from zrg.workspaces.models import Workspace

_numbers = itertools.count(1)


def message(
    lead: Lead, body: str = "Sounds good", *, inbound: bool = True, at: datetime | None = None, **more: Any
) -> Message:
    """One message, filed and rolled up. Inbound e-mail of the lead unless said otherwise."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "channel": "email",
        "direction": "in" if inbound else "out",
        "delivery": "received" if inbound else "sent",
        "sent_by": "lead" if inbound else "setter",
        "sent_at": at or timezone.now(),
        "created_at": at or timezone.now(),
        "dedupe_key": f"test:{number}",
        "from_email": lead.email if inbound else "",
        "from_name": lead.name if inbound else "",
    } | more
    if given["channel"] == "email":
        given.setdefault("subject", "Re: Quick idea")
        given.setdefault("thread", {"provider": "emailbison", "reply_id": str(number)})
    made = Message.objects.create(workspace_id=lead.workspace_id, lead=lead, body=body, **given)
    by = given["from_name"] if inbound else "Setter"
    lead.save(update_fields=[*rollups.add_message(lead, made, by=by, is_reply=inbound)])
    return made


def conversation(workspace: Workspace, body: str = "Sounds good", *, at: datetime | None = None, **facts: Any) -> Lead:
    """A lead who wrote one e-mail and waits."""
    lead = leads.lead(workspace, **facts)
    message(lead, body, at=at)
    return lead


def accounts(workspace: Workspace) -> None:
    """E-mail and SMS can leave this workspace."""
    for provider in ("emailbison", "ghl"):
        Connection.objects.create(workspace=workspace, provider=provider, external_id=f"{provider}1", status="ok")
