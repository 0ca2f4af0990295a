"""Unipile's REST rows in our words: messages, profiles, connection requests. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from integrations.events import Channel, MessageConfirmed, MessageReceived, Person
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt, names_of
from integrations.providers.fields import Payload, attachments, body, flag, identifier, moment, text
from integrations.providers.sameness import is_same

AS_A_MESSAGE = "Sent as a LinkedIn message: the first one of a new chat."
AS_A_REQUEST = "Sent as a connection request with a note. It becomes a chat when the request is accepted."
_NEAR = frozenset({"FIRST_DEGREE", "DISTANCE_1"})


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody on LinkedIn as the account sees them."""

    member: str
    public: str
    is_relation: bool


def profile(row: Payload) -> Profile:
    """Of the answer to a profile's address."""
    near = text(row, "network_distance").upper() in _NEAR or flag(row.get("is_relationship"))
    return Profile(identifier(row, "provider_id"), text(row, "public_identifier"), near)


def public_id(person: Person) -> str:
    """The last part of the profile's address, empty if none is known; it may be the member id as well."""
    url = names_of(person, "linkedin_url")
    try:
        steps = [step for step in urlsplit(url if "//" in url else f"//{url}").path.split("/") if step]
    except ValueError:
        return ""
    return unquote(steps[1]) if len(steps) > 1 and steps[0].lower() == "in" else ""


# ── Messages ───────────────────────────────────────────────────────────────────
def is_message(row: Payload) -> bool:
    """Whether somebody wrote it and it is still there: no reactions, joins, deleted or hidden ones."""
    gone = any(flag(row.get(name)) for name in ("is_event", "deleted", "hidden"))
    return not gone and bool(identifier(row, "id")) and bool(body(row, "text") or attachments(row))


def is_own(row: Payload) -> bool:
    return flag(row.get("is_sender"))


def is_this(row: Payload, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a message is what `outgoing` became."""
    ours = is_message(row) and is_own(row) and identifier(row, "id") not in known
    return ours and not is_before(row, since, "timestamp") and is_same(outgoing.text, body(row, "text"))


def is_before(row: Payload, since: datetime, *fields: str) -> bool:
    """Whether it is older than `since`; one that names no time is not."""
    at = moment(row, *fields)
    return at is not None and at < since - CLOCK_SKEW


def thread(account: str, chat: str, **more: str) -> dict[str, str]:
    """What an answer needs: the chat, and the account it belongs to (one key opens the chats of all)."""
    return {name: value for name, value in {"chat_id": chat, "account_id": account, **more}.items() if value}


def receipt(
    row: Payload, *, account: str, chat: str, note: str = "", names: tuple[tuple[str, str], ...] = ()
) -> Receipt:
    """Of a message of ours in a chat."""
    return Receipt(
        ids={"unipile_message": identifier(row, "message_id", "id")},
        thread=thread(account, chat),
        at=moment(row, "timestamp"),
        note=note,
        person_names=names,
    )


def event(row: Payload, *, account: str, other: str) -> HistoryEvent | None:
    """A message as an event; `other` is the member id of the person at the other end. None for what is no message."""
    if not is_message(row):
        return None
    given: dict[str, Any] = {
        "channel": Channel.LINKEDIN,
        "person": Person(names=(("linkedin_member", other),) if other else ()),
        "text": body(row, "text"),
        "subject": text(row, "subject"),
        "at": moment(row, "timestamp"),
        "ids": {"unipile_message": identifier(row, "id")},
        "thread": thread(account, identifier(row, "chat_id"), provider_chat_id=identifier(row, "chat_provider_id")),
    }
    return MessageConfirmed(**given) if is_own(row) else MessageReceived(**given, attachments=attachments(row))


# ── Connection requests ────────────────────────────────────────────────────────
def is_this_request(row: Payload, outgoing: Outgoing, to: Profile, *, since: datetime) -> bool:
    """Whether an open connection request is what `outgoing` became. Its field names are assumed (README.md)."""
    whom = {text(row, "invited_user_id", "provider_id"), text(row, "invited_user_public_id", "public_identifier")}
    same_person = bool(whom & ({to.member, to.public} - {""}))
    note = body(row, "invitation_text", "message")
    return same_person and is_same(outgoing.text, note) and not is_before(row, since, "parsed_datetime")


def request_receipt(row: Payload, *, account: str, names: tuple[tuple[str, str], ...]) -> Receipt:
    """Of a connection request: it has no message id until it is accepted."""
    return Receipt(
        ids={},
        thread=thread(account, "", invitation_id=identifier(row, "invitation_id", "id")),
        at=moment(row, "parsed_datetime"),
        note=AS_A_REQUEST,
        person_names=names,
    )
