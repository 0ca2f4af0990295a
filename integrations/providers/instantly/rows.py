"""Instantly's e-mail objects in our words. Pure. `eaccount` is our mailbox, `lead` whom the campaign wrote to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

from integrations.events import Address, CampaignRef, Channel, MessageConfirmed, MessageReceived, Person
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt
from integrations.providers.fields import (
    Payload,
    address,
    addresses,
    body,
    flag,
    identifier,
    moment,
    part,
    parts,
    text,
    two_names,
)
from integrations.providers.sameness import as_html, begins_alike, own_words

PLATFORM = "instantly"
_MANUAL, _OF_MACHINES = "3", {"1", "4"}  # ue_type: written by a person or by API; by a campaign, scheduled


def html_of(outgoing: Outgoing) -> str:
    """What goes out; plain text alone would lose its line breaks."""
    return outgoing.html or as_html(outgoing.text)


def answer_subject(subject: str) -> str:
    """The subject of an answer: the platform adds no "Re:" itself."""
    return subject if subject.lower().startswith("re:") else f"Re: {subject}".strip()


def is_outbound(row: Payload) -> bool:
    """Whether it left our mailbox: its address says so more surely than `ue_type`."""
    sender = text(row, "from_address_email").lower()
    return sender == text(row, "eaccount").lower() if sender else text(row, "ue_type") == _MANUAL


def is_of_machine(row: Payload) -> bool:
    """Campaign mail, which the webhooks tell of, and what has not left yet: neither is part of what people wrote."""
    return text(row, "ue_type") in _OF_MACHINES and is_outbound(row)


def sent_at(row: Payload) -> datetime | None:
    """When it came in or went out, UTC."""
    return moment(row, "timestamp_email", "timestamp_created")


def goes_to(row: Payload) -> str:
    """Whom an answer to it reaches, in small letters: nobody else can be chosen."""
    if not is_outbound(row):
        return text(row, "from_address_email").lower()
    to = _listed(row, "to")
    return to[0].email.lower() if to else text(row, "lead").lower()


def thread(row: Payload) -> dict[str, str]:
    """What an answer to this mail needs."""
    keys = {
        "email_id": identifier(row, "id"),
        "eaccount": text(row, "eaccount"),
        "subject": text(row, "subject"),
        "goes_to": goes_to(row),
    }
    return _present(keys)


def receipt(row: Payload) -> Receipt:
    """Of a mail we sent."""
    return Receipt(ids=_ids(row), thread=thread(row), at=sent_at(row))


def is_this(row: Payload, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a row is what `outgoing` became: sent since then, from the thread's mailbox, with the same words."""
    at, mailbox = sent_at(row), outgoing.thread.get("eaccount", "").lower()
    if not is_outbound(row) or is_of_machine(row) or identifier(row, "id") in known:
        return False
    if (at and at < since - CLOCK_SKEW) or (mailbox and text(row, "eaccount").lower() != mailbox):
        return False
    ours, said = own_words(html_of(outgoing)), part(row, "body")
    return begins_alike(ours, own_words(body(said, "html"))) or begins_alike(ours, body(said, "text"))


def event(row: Payload) -> HistoryEvent | None:
    """A mail as an event; None for campaign mail and for what has not left yet."""
    if is_of_machine(row):
        return None
    return _confirmed(row) if is_outbound(row) else _received(row)


def completed(received: MessageReceived, row: Payload) -> MessageReceived:
    """A reply as its webhook told it, with what only the e-mail object knows."""
    return replace(
        received,
        sender=_sender(row),
        to=_listed(row, "to") or received.to,
        cc=_listed(row, "cc"),
        ids={**received.ids, **_ids(row)},
        thread={**received.thread, **thread(row)},
        automated=received.automated or flag(row.get("is_auto_reply")),
    )


def at_of(event: HistoryEvent) -> datetime:
    """For sorting."""
    return event.at or datetime.min.replace(tzinfo=UTC)


def _received(row: Payload) -> MessageReceived:
    said = part(row, "body")
    return MessageReceived(
        channel=Channel.EMAIL,
        person=_person(row),
        text=body(said, "text") or ("" if body(said, "html") else body(row, "content_preview")),
        html=body(said, "html"),
        subject=text(row, "subject"),
        sender=_sender(row),
        to=_listed(row, "to"),
        cc=_listed(row, "cc"),
        at=sent_at(row),
        ids=_ids(row),
        thread=thread(row),
        campaign=_campaign(row),
        automated=flag(row.get("is_auto_reply")),
    )


def _confirmed(row: Payload) -> MessageConfirmed:
    said = part(row, "body")
    return MessageConfirmed(
        channel=Channel.EMAIL,
        person=_person(row),
        text=body(said, "text") or own_words(body(said, "html")),
        html=body(said, "html"),
        subject=text(row, "subject"),
        sender=_sender(row),
        to=_listed(row, "to"),
        cc=_listed(row, "cc"),
        at=sent_at(row),
        ids=_ids(row),
        thread=thread(row),
        campaign=_campaign(row),
    )


def _person(row: Payload) -> Person:
    """The lead; of a mail that belongs to none, whoever is on the other side."""
    other, sender = goes_to(row), _sender(row)
    lead = text(row, "lead") or other
    first, last = two_names(sender.name) if sender.email.lower() == lead.lower() else ("", "")
    return Person(email=lead, first_name=first, last_name=last)


def _sender(row: Payload) -> Address:
    named = parts(row, "from_address_json")
    return address(text(row, "from_address_email"), text(named[0], "name") if named else "")


def _listed(row: Payload, which: str) -> tuple[Address, ...]:
    """Recipients with names where the objects are there, else of the list separated by commas."""
    return addresses(row.get(f"{which}_address_json")) or addresses(text(row, f"{which}_address_email_list"))


def _campaign(row: Payload) -> CampaignRef | None:
    found = identifier(row, "campaign_id")
    return CampaignRef(PLATFORM, found) if found else None


def _ids(row: Payload) -> dict[str, str]:
    return _present({"instantly_email": identifier(row, "id"), "rfc": text(row, "message_id")[:400]})


def _present(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
