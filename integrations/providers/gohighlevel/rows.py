"""GoHighLevel's messages in our words: both shapes of its history. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from integrations.events import Channel, MessageConfirmed, MessageReceived, Person
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt
from integrations.providers.fields import Payload, attachments, body, flag, identifier, moment, part, parts, text
from integrations.providers.sameness import is_same

# What counts as a text message; TYPE_SMS_REACTION is a tap-back, TYPE_ACTIVITY_… and comments are no messages at all.
SMS_TYPES = frozenset(
    {
        "TYPE_SMS",
        "TYPE_CAMPAIGN_SMS",
        "TYPE_CAMPAIGN_MANUAL_SMS",
        "TYPE_CUSTOM_SMS",
        "TYPE_CUSTOM_PROVIDER_SMS",
        "TYPE_SMS_REVIEW_REQUEST",
        "TYPE_SMS_NO_SHOW_REQUEST",
    }
)
SMS_NUMBER = "2"
BAD_ENDS = frozenset({"failed", "undelivered", "opt_out"})


def page(answer: Any) -> tuple[list[Payload], str, bool]:
    """The rows of a history answer, the id of the last one, and whether there are more: flat in the vendor's spec,
    nested one level deeper in live traffic."""
    inner = part(answer, "messages") or part(answer)
    found = parts(inner, "messages")
    return found, text(inner, "lastMessageId"), flag(inner.get("nextPage"))


def message(answer: Any) -> Payload:
    """One message, bare or wrapped."""
    return part(answer, "message") or part(answer)


def is_sms(row: Payload) -> bool:
    """By the name of the type; by its number where the name is missing."""
    named = text(row, "messageType")
    return named in SMS_TYPES if named else text(row, "type") == SMS_NUMBER


def is_this(row: Payload, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a row is what `outgoing` became."""
    at = moment(row, "dateAdded")
    late_enough = at is None or at >= since - CLOCK_SKEW
    ours = is_sms(row) and row.get("direction") == "outbound" and identifier(row, "id") not in known
    return ours and late_enough and is_same(outgoing.text, body(row, "body"))


def receipt(row: Payload, *, note: str = "", names: tuple[tuple[str, str], ...] = ()) -> Receipt:
    """Of a message of ours."""
    status = text(row, "status")
    note = f"GoHighLevel reports it as {status}." if status in BAD_ENDS else note
    return Receipt(
        ids={"ghl_message": identifier(row, "id")},
        thread=thread(row),
        at=moment(row, "dateAdded"),
        note=note,
        person_names=names,
    )


def thread(row: Payload) -> dict[str, str]:
    """What an answer needs."""
    known = {"contact_id": identifier(row, "contactId"), "conversation_id": identifier(row, "conversationId")}
    return {name: value for name, value in known.items() if value}


def event(row: Payload) -> HistoryEvent | None:
    """A row of the history as an event; None for what is no text message."""
    if not is_sms(row) or not identifier(row, "id"):
        return None
    contact = identifier(row, "contactId")
    common: dict[str, Any] = {
        "channel": Channel.SMS,
        "person": Person(names=(("ghl_contact", contact),) if contact else ()),
        "text": body(row, "body"),
        "at": moment(row, "dateAdded"),
        "ids": {"ghl_message": identifier(row, "id")},
        "thread": thread(row),
    }
    if row.get("direction") == "inbound":
        return MessageReceived(**common, attachments=attachments(row))
    return MessageConfirmed(**common)
