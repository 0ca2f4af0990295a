"""EmailBison's REST rows in our words. Pure. A row of the inbox means what the same reply in a webhook means."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from integrations.events import Address, MessageConfirmed, MessageReceived
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt
from integrations.providers.emailbison import webhook
from integrations.providers.fields import Payload, addresses, identifier, moment, part, text
from integrations.providers.sameness import as_html, begins_alike, own_words

_MEANS = {"inbox": "LEAD_REPLIED", "sent": "MANUAL_EMAIL_SENT"}


@dataclass(frozen=True, slots=True)
class Sender:
    """A mailbox of the workspace."""

    id: str
    name: str
    email: str
    is_connected: bool


def recipients(people: Collection[Address]) -> list[dict[str, str]]:
    """Written as `email_address`, though it is read as `address`."""
    return [{"name": person.name, "email_address": person.email} for person in people]


def html_of(outgoing: Outgoing) -> str:
    """What goes out."""
    return outgoing.html or as_html(outgoing.text)


def sent_at(row: Payload) -> datetime | None:
    """When a row came in or went out, UTC."""
    return moment(row, "date_received", "created_at")


def receipt(row: Payload) -> Receipt:
    """Of a row of the folder "Sent"."""
    ids = {"emailbison_reply": identifier(row, "id"), "rfc": text(row, "raw_message_id")}
    thread = {"reply_id": identifier(row, "id"), "sender_email_id": identifier(row, "sender_email_id")}
    return Receipt(ids=_present(ids), thread=_present(thread), at=sent_at(row))


def is_this(row: Payload, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a row is what `outgoing` became: sent since then, to the same person, with the same words."""
    at = sent_at(row)
    if text(row, "folder").lower() != "sent" or identifier(row, "id") in known or (at and at < since - CLOCK_SKEW):
        return False
    written_to = {person.email.lower() for person in addresses(row.get("to"))}
    meant = {person.email.lower() for person in outgoing.to}
    if written_to and meant and not written_to & meant:
        return False
    ours = own_words(html_of(outgoing))
    return begins_alike(ours, own_words(text(row, "html_body"))) or begins_alike(ours, text(row, "text_body"))


def event(row: Payload) -> HistoryEvent | None:
    """A row of the master inbox as an event; None for bounces and spam, which are no conversation."""
    kind = _MEANS.get(text(row, "folder").lower())
    if kind is None:
        return None
    around = {"lead": part(row, "lead"), "campaign": {"id": row.get("campaign_id")}}
    data = {"reply": row, "sender_email": {"id": row.get("sender_email_id")}, **around}
    found = webhook.parse(kind, {"event": {"type": kind}, "data": data})[0]
    return found if isinstance(found, MessageReceived | MessageConfirmed) else None


def sender(row: Payload) -> Sender:
    """The status comes in both cases."""
    connected = text(row, "status").lower() == "connected"
    return Sender(identifier(row, "id"), text(row, "name"), text(row, "email"), connected)


def _present(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
