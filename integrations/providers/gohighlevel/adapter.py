"""GoHighLevel: text messages through the location's own number. Quirks: README.md beside this file."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings

from integrations.answers import OR_ABSENT, SUCCESS
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused
from integrations.events import Person
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import CLOCK_SKEW, Health, HistoryEvent, Outgoing, Receipt, SmsPlatform, names_of
from integrations.providers.fields import Payload, identifier, moment, part, parts, text
from integrations.providers.gohighlevel import rows
from integrations.providers.gohighlevel.contacts import Contacts, Found, check_may_text
from integrations.throttling import Limit

# The API's modules differ in the value of a header that every call must carry.
CONVERSATIONS, CONTACTS = "2021-04-15", "2021-07-28"
VERSIONS: dict[str, str] = {
    "send": CONVERSATIONS,
    "history": CONVERSATIONS,
    "lookup": CONVERSATIONS,
    "contacts": CONTACTS,
    "account": CONTACTS,
}

# Refusals are all 400 and told apart by their words; the first that fits counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("dnd is active", "dnd"),
    ("has unsubscribed", "unsubscribed"),
    ("missing phone number", "no_phone"),
    ("invalid country calling code", "bad_number"),
    ("no message or attachments", "bad_input"),
    ("duplicate", "bad_input"),
)
INACTIVE = "location or agency is inactive"
LOCATION_FIELD = "Location id"
_OR_NOT_THERE = OR_ABSENT | {400}
_EXPORT_LEAST, _EXPORT_MOST = 10, 500
_HISTORY_PAGE = 50


class GoHighLevel(SmsPlatform):
    """One location (sub-account), with a private integration key of its own."""

    kind = Kind.GHL
    limits: ClassVar[tuple[Limit, ...]] = (Limit(100, per_s=10), Limit(200_000, per_s=24 * 3600))

    # ── The account ────────────────────────────────────────────────────────────
    def base_url(self) -> str:
        return str(settings.GHL_BASE_URL)

    def own_hosts(self) -> Collection[str]:
        return {urlsplit(settings.GHL_BASE_URL).hostname or ""}

    def headers(self, operation: str) -> Mapping[str, str]:
        if not (key := self.connection.credentials.get("api_key")):
            raise NeedsAttention("The field “Private integration key” of the GoHighLevel connection is empty.")
        return {"Authorization": f"Bearer {key}", "Accept": "application/json", "Version": VERSIONS[operation]}

    def refusal(self, words: str) -> ProviderError:
        lower = words.lower()
        if INACTIVE in lower:
            return NeedsAttention("GoHighLevel says that the location or its agency is inactive. Activate it there.")
        return Refused(words, code=next((code for fragment, code in MEANINGS if fragment in lower), "refused"))

    @property
    def location(self) -> str:
        """The location's id. Raises NeedsAttention while the field is empty."""
        if not self.connection.external_id:
            raise NeedsAttention(f"The field “{LOCATION_FIELD}” of the GoHighLevel connection is empty.")
        return self.connection.external_id

    @property
    def contacts(self) -> Contacts:
        """The location's contacts."""
        return Contacts(self.call, self.location)

    def health(self) -> Health:
        """A key sees its own location only: an answer about ours proves both fields."""
        answer = self.call("account", "GET", f"/locations/{quote(self.location)}", expect=_OR_NOT_THERE)
        if answer.get("location", "id") != self.location:
            raise NeedsAttention(
                f"This key does not see the location “{self.location}”. Put in the location's id or its own key."
            )
        return Health(
            Connection.Status.OK, f"Connected to the GoHighLevel location “{answer.get('location', 'name')}”."
        )

    # ── Writing ────────────────────────────────────────────────────────────────
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """A text to the person's contact, which is found or made first; do-not-disturb is asked before, not after."""
        found = self._addressee(outgoing)
        body = {"type": "SMS", "contactId": found.id, "message": outgoing.text}
        answer = self.call("send", "POST", "/conversations/messages", json=body, sends=True)
        if answer.get("status") == "failed":
            raise self.refusal(f"{self.label} refused: {answer.get('msg') or 'no reason given.'}")
        if not answer.get("messageId"):
            raise OutcomeUnknown(f"{self.label} did not say which message it made.")
        row = {"id": answer.get("messageId"), "contactId": found.id, "conversationId": answer.get("conversationId")}
        return rows.receipt(row, names=(("ghl_contact", found.id),) if found.is_new_name else ())

    def _addressee(self, outgoing: Outgoing) -> Found:
        """The contact that may be texted, with a phone number. Raises Refused where there is none."""
        contacts, person = self.contacts, outgoing.person
        found = contacts.ensure(person, known=outgoing.thread.get("contact_id", ""))
        check_may_text(found.contact)
        if found.contact.get("phone"):
            return found
        if not person.phone:
            raise Refused("This person has no phone number on file.", code="no_phone")
        contact_id = contacts.update(found.id, {"phone": person.phone})
        if contact_id == found.id:
            return found
        other = contacts.ensure(Person(), known=contact_id)  # the number is another contact's already
        check_may_text(other.contact)
        return Found(other.contact, is_new_name=True)

    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        """In the export, and in the conversation itself, which the export may lag behind."""
        person = outgoing.person
        contact_id = (
            outgoing.thread.get("contact_id") or names_of(person, "ghl_contact") or self.contacts.search(person)
        )
        if not contact_id:
            return None  # Nobody could have been written to.
        for row in self._lately(contact_id, outgoing.thread.get("conversation_id", ""), since):
            if rows.is_this(row, outgoing, since=since, known=known):
                return rows.receipt(row, names=(("ghl_contact", contact_id),))
        return None

    def _lately(self, contact_id: str, conversation_id: str, since: datetime) -> Iterator[Payload]:
        yield from _until(since, self._export({"contactId": contact_id}))
        conversation_id = conversation_id or self._conversation(contact_id)
        if conversation_id:
            yield from _until(since, self._conversation_rows(conversation_id))

    def message_state(self, message_id: str) -> str:
        """queued, sent, delivered, failed …: where a message of ours is now; empty if it is gone."""
        answer = self.call("lookup", "GET", f"/conversations/messages/{quote(message_id)}", expect=_OR_NOT_THERE)
        return text(rows.message(answer.json), "status") if answer.is_success else ""

    # ── Reading ────────────────────────────────────────────────────────────────
    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        contact_id = names_of(person, "ghl_contact") or self.contacts.search(person)
        return _events(self._export({"contactId": contact_id}), limit) if contact_id else []

    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        """The location's newest text messages back to the first one whose id is `known`."""
        found: list[HistoryEvent] = []
        for event in _events(self._export({}), limit):
            if event.ids["ghl_message"] in known:
                break
            found.append(event)
        return found

    def _export(self, query: Mapping[str, str], *, page_size: int = 100) -> Iterator[Payload]:
        """Text messages, newest first, page by page as they are consumed."""
        size = str(min(max(page_size, _EXPORT_LEAST), _EXPORT_MOST))
        params = {
            "locationId": self.location,
            "channel": "SMS",
            "limit": size,
            "sortBy": "createdAt",
            "sortOrder": "desc",
            **query,
        }
        while True:
            answer = self.call("history", "GET", "/conversations/messages/export", params=params, expect=SUCCESS)
            found, _, _ = rows.page(answer.json)
            yield from found
            cursor = answer.get("nextCursor")
            if not found or not isinstance(cursor, str) or not cursor or cursor == params.get("cursor"):
                return
            params = {**params, "cursor": cursor}

    def _conversation(self, contact_id: str) -> str:
        params = {"locationId": self.location, "contactId": contact_id, "limit": "20"}
        listed = parts(part(self.call("history", "GET", "/conversations/search", params=params).json), "conversations")
        return identifier(listed[0], "id") if listed else ""

    def _conversation_rows(self, conversation_id: str) -> Iterator[Payload]:
        """Messages of a conversation, newest first; its pages are asked for by the last id."""
        params = {"limit": str(_HISTORY_PAGE)}
        while True:
            path = f"/conversations/{quote(conversation_id)}/messages"
            answer = self.call("history", "GET", path, params=params, expect=_OR_NOT_THERE)
            found, last, more = rows.page(answer.json)
            yield from found
            if not more or not last or last == params.get("lastMessageId"):
                return
            params = {**params, "lastMessageId": last}


def _until(since: datetime, newest_first: Iterator[Payload]) -> Iterator[Payload]:
    """The rows from `since` on; reading stops at the first older one."""
    for row in newest_first:
        at = moment(row, "dateAdded")
        if at and at < since - CLOCK_SKEW:
            return
        yield row


def _events(listed: Iterator[Payload], limit: int) -> list[HistoryEvent]:
    found: list[HistoryEvent] = []
    for row in listed:
        if len(found) >= limit:
            break
        if (event := rows.event(row)) is not None:
            found.append(event)
    return found
