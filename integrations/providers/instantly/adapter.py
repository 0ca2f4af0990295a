"""Instantly: answers in the lead's thread, from the mailbox the thread belongs to. Quirks: README.md beside this."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Container, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from django.conf import settings

from integrations import throttling
from integrations.answers import OR_ABSENT, SUCCESS, Answer, reason
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.events import MessageReceived, Person
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import CLOCK_SKEW, EmailPlatform, Health, HistoryEvent, Outgoing, Receipt
from integrations.providers.fields import Payload, identifier, part, parts, text
from integrations.providers.instantly import rows, subscription
from integrations.throttling import Limit

PER_PAGE = 100
DETAILS_TIMEOUT_S = 5.0
DETAILS_REST_S = 30.0  # after one failure the following replies are filed without their details, at once
NOT_INTERESTED = -1

# What a refusal's words mean; the first that fits counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("unsubscribed", "unsubscribed"),
    ("block list", "unsubscribed"),
    ("blocklist", "unsubscribed"),
    ("not found", "closed_thread"),
    ("is required", "bad_input"),
    ("must be", "bad_input"),
)

# Errors of a mailbox, which come with status 200.
MAILBOX_ERRORS: dict[str, tuple[str, str]] = {
    "ACC_AUTH_ERROR": ("The mailbox is signed out at Instantly. Reconnect it there, then send again.", "refused"),
    "ACC_NOT_FOUND": ("The mailbox of this thread is no longer in the Instantly workspace.", "closed_thread"),
}


class Instantly(EmailPlatform):
    """One workspace of Instantly. Its id is optional: a key sees its own workspace only."""

    kind = Kind.INSTANTLY
    limits: ClassVar[tuple[Limit, ...]] = (Limit(100, per_s=1), Limit(6000, per_s=60))
    # The list of mails is counted apart; a single mail is not.
    own_limits: ClassVar[Mapping[str, tuple[Limit, ...]]] = {"history": (Limit(20, per_s=60),), "details": ()}
    can_override_to = False

    # ── The account ────────────────────────────────────────────────────────────
    def base_url(self) -> str:
        return f"{settings.INSTANTLY_BASE_URL}/api/v2"

    def own_hosts(self) -> Collection[str]:
        return {urlsplit(settings.INSTANTLY_BASE_URL).hostname or ""}

    def headers(self, operation: str) -> Mapping[str, str]:
        if not (key := self.connection.credentials.get("api_key")):
            raise NeedsAttention("The field “API key” of the Instantly connection is empty.")
        return {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def refusal(self, words: str) -> ProviderError:
        lower = words.lower()
        return Refused(words, code=next((code for fragment, code in MEANINGS if fragment in lower), "refused"))

    def ask(self, operation: str, method: str, path: str, **more: Any) -> Answer:
        """As `call`; an answer of 200 with `error` is a failure, too. Raises Refused for it."""
        answer = self.call(operation, method, path, **more)
        if answer.is_success and (error := text(part(answer.json), "error")):
            words, code = MAILBOX_ERRORS.get(error, (f"Instantly refused: {reason(answer.json) or error}", "refused"))
            raise Refused(words, code=code)
        return answer

    def health(self) -> Health:
        """Whose key is it, and do its webhooks still come? What can be mended about those is mended."""
        workspace = part(self.ask("account", "GET", "/workspaces/current").json)
        found, name, wanted = identifier(workspace, "id"), text(workspace, "name"), self.connection.external_id
        if wanted and found != wanted:
            raise NeedsAttention(
                f"This key belongs to the Instantly workspace {found or '?'} (“{name}”), but the field “Workspace id” "
                f"says “{wanted}”. Put in the id or the key that belongs to it."
            )
        webhooks = subscription.mend(self.ask, self.connection)
        return Health(Connection.Status.OK, f"Connected to the Instantly workspace “{name}”. {webhooks}")

    # ── Writing ────────────────────────────────────────────────────────────────
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """Into the thread of `email_id`, to whoever wrote it: the recipient is the platform's choice, so a mail that
        would go to somebody else than `outgoing.to` is refused before it leaves."""
        thread = self._whole_thread(outgoing)
        _check_recipient(outgoing, thread)
        rich = rows.html_of(outgoing)
        letter = {
            "reply_to_uuid": thread["email_id"],
            "eaccount": thread["eaccount"],
            "subject": rows.answer_subject(thread.get("subject", "")),
            "body": {"html": rich, "text": outgoing.text},
        }
        if outgoing.cc:
            letter["cc_address_email_list"] = ",".join(person.email for person in outgoing.cc)
        row = part(self.ask("send", "POST", "/emails/reply", json=letter, sends=True).json)
        if not identifier(row, "id"):
            raise OutcomeUnknown(f"{self.label} did not say which mail it made.")
        return rows.receipt(row)

    def _whole_thread(self, outgoing: Outgoing) -> Mapping[str, str]:
        """What the webhook knew of the mail that is answered, and from the platform what it did not."""
        thread = outgoing.thread
        email_id = thread.get("email_id", "")
        if not email_id:
            raise Refused("There is no e-mail of this person to answer.", code="closed_thread")
        if thread.get("eaccount") and thread.get("goes_to"):
            return thread
        row = self._mail(email_id, operation="lookup")
        if not text(row, "eaccount"):
            raise Refused("Instantly no longer has the e-mail that is answered.", code="closed_thread")
        return {**rows.thread(row), **thread}

    def _mail(self, email_id: str, *, operation: str, timeout: float | None = None) -> Payload:
        """One e-mail object; {} if there is none."""
        answer = self.ask(operation, "GET", f"/emails/{quote(email_id)}", expect=OR_ABSENT, timeout=timeout)
        return part(answer.json) if answer.is_success else {}

    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        """Among what was written by hand or API to the lead since then; there is no idempotency key."""
        started = f"{(since - CLOCK_SKEW).astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
        query = {"email_type": "manual", "min_timestamp_created": started}
        for lead in dict.fromkeys([outgoing.person.email, *(person.email for person in outgoing.to)]):
            for row in self._mails({**query, "lead": lead} if lead else query):
                if rows.is_this(row, outgoing, since=since, known=known):
                    return rows.receipt(row)
        return None

    # ── Reading ────────────────────────────────────────────────────────────────
    def completed(self, received: MessageReceived) -> MessageReceived:
        """The webhook names neither the real sender (a colleague's answer carries the lead's address) nor copies."""
        email_id = received.ids.get("instantly_email", "")
        if not email_id or received.sender.email:
            return received
        try:
            row = self._mail(email_id, operation="details", timeout=DETAILS_TIMEOUT_S)
        except TryLater:
            throttling.block(self.account_of("details"), DETAILS_REST_S)
            raise
        return rows.completed(received, row) if text(row, "from_address_email") else received

    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        return [*_first(self._events({"lead": person.email}), limit)] if person.email else []

    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        """What people wrote, back to the first id that is `known`. Campaign mail is not read: it would use up the
        twenty lists a minute, and the webhooks tell of it."""
        kinds = [self._events({"email_type": kind}) for kind in ("received", "manual")]
        found: list[HistoryEvent] = []
        for event in _first(heapq.merge(*kinds, key=rows.at_of, reverse=True), limit):
            if event.ids.get("instantly_email") in known:
                break
            found.append(event)
        return found

    def _events(self, query: Mapping[str, str]) -> Iterator[HistoryEvent]:
        return (event for row in self._mails(query) if (event := rows.event(row)) is not None)

    def _mails(self, query: Mapping[str, str]) -> Iterator[Payload]:
        """Rows of the list, newest first, page by page as they are consumed; each page is one call of twenty."""
        params = {**query, "limit": str(PER_PAGE), "sort_order": "desc"}
        while True:
            answer = self.ask("history", "GET", "/emails", params=params)
            listed = parts(part(answer.json), "items")
            yield from listed
            cursor = text(part(answer.json), "next_starting_after")
            if not listed or not cursor or cursor == params.get("starting_after"):
                return
            params["starting_after"] = cursor

    # ── Leads ──────────────────────────────────────────────────────────────────
    def stop_lead(self, person: Person) -> bool:
        """On the block list, so that no later import mails the address again, and labelled as not interested, which
        ends its campaigns and subsequences. There is no call that unsubscribes."""
        if not person.email:
            return False
        on_it_already = SUCCESS | {400, 409}
        entry = self.ask(
            "suppress", "POST", "/block-lists-entries", json={"bl_value": person.email}, expect=on_it_already
        )
        if entry.status == 400 and not _is_there_already(reason(entry.json)):
            raise self.refusal(f"{self.label} refused: {reason(entry.json)}")
        label = {"lead_email": person.email, "interest_value": NOT_INTERESTED}
        self.ask("suppress", "POST", "/leads/update-interest-status", json=label, expect=OR_ABSENT)
        return True


def _check_recipient(outgoing: Outgoing, thread: Mapping[str, str]) -> None:
    """Raises Refused where the thread belongs to somebody the message is not meant for."""
    meant, real = {person.email.lower() for person in outgoing.to}, thread.get("goes_to", "").lower()
    if meant and real and real not in meant:
        raise Refused(
            f"Instantly would send this answer to {real}, who wrote the last e-mail, and can send it to nobody else.",
            code="bad_input",
        )


def _is_there_already(words: str) -> bool:
    return any(fragment in words.lower() for fragment in ("already", "exist", "duplicate"))


def _first(events: Iterator[HistoryEvent], limit: int) -> Iterator[HistoryEvent]:
    """At most so many: reading on costs calls."""
    for count, event in enumerate(events, 1):
        yield event
        if count >= limit:
            return
