"""Events and messages as a provider would cause them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations import registry
from integrations.events import Address, Channel, Event, MessageReceived, Person
from integrations.models import Connection
from integrations.registry import Applied, Delivery
from zrg.workspaces.models import Workspace

_numbers = itertools.count(9001)


def email(
    text: str = "Sounds good", *, lead: int = 31, address: str = "ann@buyer.example.com", **more: Any
) -> MessageReceived:
    """A tracked e-mail reply through EmailBison, its ids unique unless given."""
    number = str(next(_numbers))
    given: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "person": Person(names=(("emailbison_lead", str(lead)),), email=address, first_name="Ann", last_name="Lee"),
        "text": text,
        "subject": "Re: Quick idea",
        "sender": Address(address, "Ann Lee"),
        "at": timezone.now(),
        "ids": {"emailbison_reply": number},
        "thread": {"reply_id": number, "sender_email_id": "139"},
    }
    return MessageReceived(**(given | more))


def sms(
    text: str = "Tuesday works", *, contact: str = "cnt_1", phone: str = "+12125550142", **more: Any
) -> MessageReceived:
    """An SMS through GoHighLevel, with a message id unless `ids` says otherwise."""
    given: dict[str, Any] = {
        "channel": Channel.SMS,
        "person": Person(names=(("ghl_contact", contact),), phone=phone),
        "text": text,
        "at": timezone.now(),
        "ids": {"ghl_message": f"m_{next(_numbers)}"},
        "thread": {"contact_id": contact},
    }
    return MessageReceived(**(given | more))


def arrive(workspace: Workspace, event: Event, *, provider: str = "", received_at: datetime | None = None) -> Applied:
    """Hand an event to its handler as ingestion does: one transaction a delivery."""
    by_channel = "ghl" if getattr(event, "channel", "email") == Channel.SMS else "emailbison"
    handler = registry.handler_for(type(event))
    assert handler is not None
    connection = Connection.objects.filter(workspace=workspace, provider=provider or by_channel).first()
    with transaction.atomic():
        return handler(event, Delivery(workspace, connection, provider or by_channel, received_at or timezone.now()))
