"""EmailBison's rows in our words: the shapes of its REST answers. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.events import Address, Attachment, CampaignRef, Channel, MessageConfirmed, MessageReceived, Person
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt
from integrations.providers.sameness import as_html, begins_alike, own_words
from integrations.providers.times import instant

Row = Mapping[str, Any]


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


def receipt(row: Row) -> Receipt:
    """Of a row of the folder "Sent"."""
    ids = {"emailbison_reply": _text(row, "id"), "rfc": _text(row, "raw_message_id")}
    return Receipt(
        ids={kind: value for kind, value in ids.items() if value},
        thread=_thread(row),
        at=_at(row),
    )


def is_this(row: Row, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a row is what `outgoing` became: sent since then, to the same person, with the same words."""
    at = _at(row)
    if _text(row, "folder").lower() != "sent" or _text(row, "id") in known or (at and at < since - CLOCK_SKEW):
        return False
    written_to = {person.email.lower() for person in addresses(row.get("to"))}
    meant = {person.email.lower() for person in outgoing.to}
    if written_to and meant and not written_to & meant:
        return False
    ours = own_words(html_of(outgoing))
    return begins_alike(ours, own_words(_text(row, "html_body"))) or begins_alike(ours, _text(row, "text_body"))


def event(row: Row) -> HistoryEvent | None:
    """A row of the master inbox as an event; None for bounces and spam, which are no conversation."""
    folder = _text(row, "folder").lower()
    if folder == "inbox":
        return MessageReceived(
            **_common(row), automated=bool(row.get("automated_reply")), untracked=row.get("tracked_reply") is False,
            attachments=_attachments(row),
        )
    return MessageConfirmed(**_common(row)) if folder == "sent" else None


def _common(row: Row) -> dict[str, Any]:
    campaign = _text(row, "campaign_id")
    return {
        "channel": Channel.EMAIL,
        "person": _person(row),
        "text": _text(row, "text_body"),
        "html": _text(row, "html_body"),
        "subject": _text(row, "subject") or _text(row, "email_subject"),
        "sender": Address(_text(row, "from_email_address"), _text(row, "from_name")),
        "to": addresses(row.get("to")),
        "cc": addresses(row.get("cc")),
        "at": _at(row),
        "ids": dict(receipt(row).ids),
        "thread": _thread(row),
        "campaign": CampaignRef("emailbison", campaign) if campaign else None,
    }


def _person(row: Row) -> Person:
    """The lead of the row; without one, whoever is at the other end of the mail."""
    lead = row.get("lead") or {}
    number = _text(lead, "id") or _text(row, "lead_id")
    other = "primary_to_email_address" if _text(row, "folder").lower() == "sent" else "from_email_address"
    return Person(
        names=(("emailbison_lead", number),) if number else (),
        email=_text(lead, "email") or _text(row, other),
        first_name=_text(lead, "first_name"),
        last_name=_text(lead, "last_name"),
        title=_text(lead, "title"),
        company=_text(lead, "company"),
    )


def _thread(row: Row) -> dict[str, str]:
    return {name: value for name, value in (("reply_id", _text(row, "id")), ("sender_email_id", _text(row, "sender_email_id"))) if value}


def addresses(people: Any) -> tuple[Address, ...]:
    """`[{name, address}]` or null."""
    found = (Address(_text(person, "address"), _text(person, "name")) for person in people or [] if isinstance(person, dict))
    return tuple(address for address in found if address.email)


def _attachments(row: Row) -> tuple[Attachment, ...]:
    return tuple(Attachment(_text(one, "file_name"), _text(one, "download_url")) for one in row.get("attachments") or [])


def sender(row: Row) -> Sender:
    """The status comes in both cases."""
    connected = _text(row, "status").lower() == "connected"
    return Sender(_text(row, "id"), _text(row, "name"), _text(row, "email"), connected)


def _at(row: Row) -> datetime | None:
    return instant(row.get("date_received")) or instant(row.get("created_at"))


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value)
