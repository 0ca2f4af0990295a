"""SmartLead: answers in the lead's thread, queued there and found again by reading. Quirks: README.md beside this."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Container, Mapping
from datetime import datetime
from itertools import takewhile
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone

from integrations.answers import OR_ABSENT, Answer, reason
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Queued, Refused
from integrations.events import Person
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import EmailPlatform, Health, HistoryEvent, Outgoing, Receipt, names_of
from integrations.providers.fields import Payload, part, text
from integrations.providers.smartlead import rows
from integrations.providers.smartlead.rows import Conversation
from integrations.throttling import Limit

# The standard plan, and so little for one read of the master inbox that sending keeps its turn.
LIMITS = (Limit(60, per_s=60), Limit(1000, per_s=3600))
CONVERSATIONS_PER_READ = 20

# What a refusal's words mean; the first that fits counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("unsubscribed", "unsubscribed"),
    ("block list", "unsubscribed"),
    ("blocklist", "unsubscribed"),
    ("email_stats_id", "closed_thread"),
    ("not found", "closed_thread"),
    ("invalid", "bad_input"),
    ("required", "bad_input"),
)


class SmartLead(EmailPlatform):
    """One SmartLead account; its key travels in the query, so a URL with a query is shown to nobody."""

    kind = Kind.SMARTLEAD
    limits: ClassVar[tuple[Limit, ...]] = LIMITS

    # ── The account ────────────────────────────────────────────────────────────
    def base_url(self) -> str:
        return f"{settings.SMARTLEAD_BASE_URL}/api/v1"

    def own_hosts(self) -> Collection[str]:
        return {urlsplit(settings.SMARTLEAD_BASE_URL).hostname or ""}

    def headers(self, operation: str) -> Mapping[str, str]:
        return {"Accept": "application/json, text/plain"}

    def query(self, operation: str) -> Mapping[str, str]:
        if not (key := self.connection.credentials.get("api_key")):
            raise NeedsAttention("The field “API key” of the SmartLead connection is empty.")
        return {"api_key": key}

    @property
    def limited_as(self) -> str:
        """Calls are counted by key, and workspaces of one agency may share one."""
        key = self.connection.credentials.get("api_key")
        return f"key-{hashlib.sha256(key.encode()).hexdigest()[:24]}" if key else super().limited_as

    def refusal(self, words: str) -> ProviderError:
        lower = words.lower()
        return Refused(words, code=next((code for fragment, code in MEANINGS if fragment in lower), "refused"))

    def health(self) -> Health:
        """An answer proves the key; SmartLead does not say whose it is."""
        answer = self.call("account", "GET", "/campaigns/")
        count = len(answer.json) if isinstance(answer.json, list) else 0
        return Health(Connection.Status.OK, f"Connected to SmartLead: {count} campaign{'' if count == 1 else 's'}.")

    # ── Writing ────────────────────────────────────────────────────────────────
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """Into the thread of the answered mail. SmartLead only queues: what is new in the conversation afterwards is
        ours. Raises Queued where it is not there yet; the look-up or the echo confirms it then."""
        where = self._conversation(outgoing)
        if where is None:
            raise Refused("This lead has no conversation at SmartLead to answer in.", code="closed_thread")
        asked_at, before = timezone.now(), self._messages(where)
        letter = rows.letter(outgoing, rows.answered(before, outgoing.thread.get("message_id", "")))
        if "email_stats_id" not in letter:
            raise Refused("There is no mail of SmartLead in this conversation to answer.", code="closed_thread")
        path = f"/campaigns/{quote(where.campaign_id)}/reply-email-thread"
        self._check_taken(self.call("send", "POST", path, json=letter, sends=True, may_be_text=True))
        return self._confirmed(outgoing, where, since=asked_at, known={rows.row_id(row) for row in before})

    def _check_taken(self, answer: Answer) -> None:
        """Success is JSON or a sentence. Raises Refused, and OutcomeUnknown of what is neither yes nor no."""
        if answer.get("ok") is False:
            raise self.refusal(f"{self.label} refused: {reason(answer.json) or 'no reason given.'}")
        if answer.get("ok") is not True and "added to the queue" not in answer.text.lower():
            raise OutcomeUnknown(f"{self.label} neither confirmed nor denied sending.")

    def _confirmed(
        self, outgoing: Outgoing, where: Conversation, *, since: datetime, known: Collection[str]
    ) -> Receipt:
        """It is taken: whatever reading shows now, it must not be sent again."""
        try:
            found = self._find(outgoing, where, since=since, known=known)
        except ProviderError:
            raise Queued(f"{self.label} put it into its queue; the conversation could not be read yet.") from None
        if found is None:
            raise Queued(f"{self.label} put it into its queue and has not sent it yet.")
        return found

    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        where = self._conversation(outgoing)
        return self._find(outgoing, where, since=since, known=known) if where else None

    def _find(
        self, outgoing: Outgoing, where: Conversation, *, since: datetime, known: Collection[str]
    ) -> Receipt | None:
        found = (row for row in self._messages(where) if rows.is_this(row, outgoing, since=since, known=known))
        row = next(found, None)
        return rows.receipt(row, where) if row else None

    def _conversation(self, outgoing: Outgoing) -> Conversation | None:
        """The conversation of the thread; the lead's newest one where the event named none (an untracked reply)."""
        campaign = outgoing.thread.get("campaign_id", "")
        lead = outgoing.thread.get("lead_id", "") or names_of(outgoing.person, "smartlead_lead")
        if campaign and lead:
            return Conversation(campaign, lead, outgoing.person.email)
        known = self._conversations(outgoing.person)
        return next((one for one in known if campaign in ("", one.campaign_id)), None)

    # ── Reading ────────────────────────────────────────────────────────────────
    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        """By address only: SmartLead tells nobody's campaigns by number. Each campaign costs a call."""
        found = [event for where in self._conversations(person) for event in self._events(where)]
        return _newest_first(found)[:limit]

    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        """What is new in the conversations answered last, back to the first that holds a known message; at most
        CONVERSATIONS_PER_READ of them, because each costs a call."""
        found: list[HistoryEvent] = []
        for where in self._answered_last():
            events = self._events(where)
            new = [*takewhile(lambda event: event.ids.get("smartlead_message") not in known, events)]
            found += new
            if len(new) < len(events) or len(found) >= limit:
                break
        return _newest_first(found)[:limit]

    def _answered_last(self) -> list[Conversation]:
        page = {"offset": 0, "limit": CONVERSATIONS_PER_READ}
        return rows.answered_conversations(
            part(self.call("history", "POST", "/master-inbox/inbox-replies", json=page).json)
        )

    def _events(self, where: Conversation) -> list[HistoryEvent]:
        listed = self._history(where)
        found = (rows.event(row, listed, where) for row in rows.messages(listed))
        return [event for event in found if event is not None]

    def _messages(self, where: Conversation) -> list[Payload]:
        return rows.messages(self._history(where))

    def _history(self, where: Conversation) -> Any:
        path = f"/campaigns/{quote(where.campaign_id)}/leads/{quote(where.lead_id)}/message-history"
        return self.call("history", "GET", path, expect=OR_ABSENT).json

    def _conversations(self, person: Person) -> list[Conversation]:
        return rows.conversations(self._lead(person))

    def _lead(self, person: Person) -> Payload:
        """The lead of an address; {} where there is none, which SmartLead says with 200."""
        if not person.email:
            return {}
        answer = self.call("lookup", "GET", "/leads/", params={"email": person.email}, expect=OR_ABSENT)
        return part(answer.json) if answer.is_success else {}

    # ── Leads ──────────────────────────────────────────────────────────────────
    def stop_lead(self, person: Person) -> bool:
        """Unsubscribes the lead from every campaign and blocks the address, so that no later import mails it again."""
        number = names_of(person, "smartlead_lead") or text(self._lead(person), "id")
        stopped = False
        if number:
            path = f"/leads/{quote(number)}/unsubscribe"
            stopped = self.call("suppress", "POST", path, expect=OR_ABSENT, may_be_text=True).is_success
        if person.email:
            self._block(person.email)
            stopped = True
        return stopped

    def _block(self, address: str) -> None:
        """On the list already is as good."""
        body = {"domain_block_list": [address], "client_id": None}
        try:
            self.call("suppress", "POST", "/leads/add-domain-block-list", json=body, may_be_text=True)
        except Refused as refused:
            if "already" not in str(refused).lower():
                raise


def _newest_first(events: list[HistoryEvent]) -> list[HistoryEvent]:
    dated = [event for event in events if event.at]
    return sorted(dated, key=lambda event: event.at or timezone.now(), reverse=True)
