"""Unipile (API v1): writing on LinkedIn as the workspace's account. Quirks: README.md beside this file."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils import timezone

from integrations import throttling
from integrations.answers import SUCCESS, Answer
from integrations.errors import Disconnected, LimitReached, NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.events import Person
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import (
    CLOCK_SKEW,
    Health,
    HistoryEvent,
    LinkedInPlatform,
    Outgoing,
    Receipt,
    names_of,
)
from integrations.providers.fields import Payload, identifier, part, parts, text
from integrations.providers.unipile import meanings, rows
from integrations.providers.unipile.rows import Profile
from integrations.throttling import Limit

DAY_S, WEEK_S = 24 * 3600, 7 * 24 * 3600
_PAGE = 100
_MOST_PAGES = 10  # of a list that is searched for one person


class Unipile(LinkedInPlatform):
    """One LinkedIn account. Address and key are the installation's; the account's id is the connection's."""

    kind = Kind.UNIPILE

    # ── The account ────────────────────────────────────────────────────────────
    def base_url(self) -> str:
        if settings.UNIPILE_BASE_URL:
            return f"{settings.UNIPILE_BASE_URL}/api/v1"
        if not settings.UNIPILE_DSN:
            raise NeedsAttention("The setting UNIPILE_DSN is empty: an operator must set Unipile's address.")
        return f"https://{settings.UNIPILE_DSN.removeprefix('https://').rstrip('/')}/api/v1"

    def own_hosts(self) -> Collection[str]:
        return {urlsplit(self.base_url()).netloc}

    def headers(self, operation: str) -> Mapping[str, str]:
        if not settings.UNIPILE_API_KEY:
            raise NeedsAttention("The setting UNIPILE_API_KEY is empty: an operator must set Unipile's key.")
        return {"X-API-KEY": settings.UNIPILE_API_KEY, "Accept": "application/json"}

    @property
    def id(self) -> str:
        """The account's id at Unipile. Raises NeedsAttention while the field is empty."""
        if not self.connection.external_id:
            raise NeedsAttention("The field “Account id” of the LinkedIn connection is empty.")
        return self.connection.external_id

    def health(self) -> Health:
        """The key sees all accounts of the installation, so it is the state of ours that counts."""
        answer = self._ask("account", "GET", f"/accounts/{quote(self.id, safe='')}", or_said=("resource_not_found",))
        if not answer.is_success or answer.get("id") != self.id:
            raise NeedsAttention(
                f"Unipile has no account “{self.id}”. Put in the account's id, as its dashboard shows it."
            )
        if answer.get("type") not in (None, "LINKEDIN"):
            raise NeedsAttention(f"The account “{self.id}” is not one of LinkedIn.")
        states = {text(source, "status").upper() for source in parts(part(answer.json), "sources")}
        if lost := next((words for state, words in meanings.SIGN_IN_AGAIN.items() if state in states), ""):
            raise Disconnected(lost)
        if ended := states & meanings.STOPPED:
            raise NeedsAttention(meanings.stopped(min(ended)))
        state = "" if states <= {"OK"} else f" Unipile says: {', '.join(sorted(states))}."
        return Health(Connection.Status.OK, f"Connected to the LinkedIn account “{answer.get('name')}”.{state}")

    # ── Writing ────────────────────────────────────────────────────────────────
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """In the chat there is; else a chat with a relation; else a connection request with the text as its note."""
        chat = self._own_chat(outgoing)
        if chat and (answered := self._answer(chat, outgoing.text)):
            return answered
        to = self._profile(outgoing.person)
        names = _new_names(outgoing.person, to)
        if to.is_relation and (begun := self._begin_chat(to, outgoing.text, names)):
            return begun
        if requested := self._request(to, outgoing.text, names):
            return requested
        if begun := self._begin_chat(to, outgoing.text, names):
            return begun
        raise Refused(meanings.REFUSED_WORDS["no_connection_with_recipient"])

    @classmethod
    def is_in_thread(cls, thread: Mapping[str, str]) -> bool:
        return bool(thread.get("chat_id"))

    def _own_chat(self, outgoing: Outgoing) -> str:
        """The thread's chat, where it is this account's: the key would write in the chats of others as well."""
        return outgoing.thread.get("chat_id", "") if outgoing.thread.get("account_id") == self.id else ""

    def _answer(self, chat: str, words: str) -> Receipt | None:
        """None: the chat is gone (they get new ids when an account is connected anew)."""
        self._spend_message()
        path = f"/chats/{quote(chat, safe='')}/messages"
        gone = ("resource_not_found", "invalid_resource_identifier")
        answer = self._ask("send", "POST", path, form={"text": words}, sends=True, or_said=gone)
        return rows.receipt(_made(answer, "message_id"), account=self.id, chat=chat) if answer.is_success else None

    def _begin_chat(self, to: Profile, words: str, names: tuple[tuple[str, str], ...]) -> Receipt | None:
        """None: they are no relation after all."""
        self._spend_message()
        form = {"account_id": self.id, "attendees_ids": to.member, "text": words}
        not_near = ("no_connection_with_recipient",)
        answer = self._ask("send", "POST", "/chats", form=form, sends=True, or_said=not_near)
        if not answer.is_success:
            return None
        row, chat = _made(answer, "message_id"), text(part(answer.json), "chat_id")
        return rows.receipt(row, account=self.id, chat=chat, note=rows.AS_A_MESSAGE, names=names)

    def _request(self, to: Profile, words: str, names: tuple[tuple[str, str], ...]) -> Receipt | None:
        """None: they are a relation already."""
        if len(words) > self.note_chars:
            raise Refused(
                f"Not connected with this person yet, so this goes out as a connection request, and its note takes "
                f"{self.note_chars} characters. These are {len(words)}: shorten it.",
                code="bad_input",
            )
        self._spend(
            "invitations",
            "connection requests",
            Limit(settings.LINKEDIN_INVITATIONS_PER_DAY, DAY_S),
            Limit(settings.LINKEDIN_INVITATIONS_PER_WEEK, WEEK_S),
        )
        wish = {"account_id": self.id, "provider_id": to.member, "message": words}
        near = ("already_connected",)
        answer = self._ask("send", "POST", "/users/invite", json=wish, sends=True, or_said=near)
        if not answer.is_success:
            return None
        return rows.request_receipt(_made(answer, "invitation_id"), account=self.id, names=names)

    def _spend_message(self) -> None:
        self._spend("messages", "messages", Limit(settings.LINKEDIN_MESSAGES_PER_DAY, DAY_S))

    def _spend(self, what: str, called: str, *limits: Limit) -> None:
        """Use one of the account's allowance, which all workers share. Raises LimitReached."""
        if wait := throttling.spend(f"{self.account}:{what}", limits):
            raise LimitReached(f"The LinkedIn account has sent as many {called} as it may for now.", retry_after=wait)

    def _profile(self, person: Person) -> Profile:
        """As the account sees them now. Raises Refused where nobody knows them."""
        known = [name for name in (names_of(person, "linkedin_member"), rows.public_id(person)) if name]
        if not known:
            raise Refused("No LinkedIn profile of this person is known.", code="bad_input")
        self._spend("profiles", "profile views", Limit(settings.LINKEDIN_PROFILES_PER_DAY, DAY_S))
        nobody = ("resource_not_found", "invalid_resource_identifier", "invalid_recipient")
        for name in known:
            path = f"/users/{quote(name, safe='')}"
            answer = self._ask("contacts", "GET", path, params={"account_id": self.id}, or_said=nobody)
            found = rows.profile(part(answer.json)) if answer.is_success else None
            if found and found.member:
                return found
        raise Refused(meanings.REFUSED_WORDS["invalid_recipient"], code="bad_input")

    # ── Looking up ─────────────────────────────────────────────────────────────
    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        """In the thread's chat; where there is none, in the person's chats and among the open connection requests."""
        if chat := self._own_chat(outgoing):
            listed = self._chat_rows(chat)
            if listed is not None:
                return self._found_in(chat, listed, outgoing, since=since, known=known)
        to = self._profile(outgoing.person)
        names = _new_names(outgoing.person, to)
        for chat in self._chats_with(to.member, since=since):
            listed = self._chat_rows(chat) or iter(())
            if found := self._found_in(chat, listed, outgoing, since=since, known=known, names=names):
                return found
        for row in self._pages("/users/invite/sent", {"account_id": self.id}, operation="lookup"):
            if rows.is_this_request(row, outgoing, to, since=since):
                return rows.request_receipt(row, account=self.id, names=names)
        return None

    def _found_in(
        self,
        chat: str,
        newest_first: Iterator[Payload],
        outgoing: Outgoing,
        *,
        since: datetime,
        known: Collection[str],
        names: tuple[tuple[str, str], ...] = (),
    ) -> Receipt | None:
        for row in newest_first:
            if rows.is_before(row, since, "timestamp"):
                return None
            if rows.is_this(row, outgoing, since=since, known=known):
                return rows.receipt(row, account=self.id, chat=chat, names=names)
        return None

    # ── Reading ────────────────────────────────────────────────────────────────
    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        member = names_of(person, "linkedin_member")
        if not member and rows.public_id(person):
            member = self._profile(person).member
        found: list[HistoryEvent] = []
        for chat in self._chats_with(member) if member else ():
            for row in self._chat_rows(chat) or ():
                if len(found) >= limit:
                    break
                if told := rows.event(row, account=self.id, other=member):
                    found.append(told)
        return sorted(found, key=_when, reverse=True)

    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        found: list[HistoryEvent] = []
        others: dict[str, str] = {}
        for row in self._pages("/messages", {"account_id": self.id}, operation="history"):
            if len(found) >= limit or identifier(row, "id") in known:
                break
            chat = identifier(row, "chat_id")
            if chat not in others:
                others[chat] = self._attendee(chat)
            if others[chat] and (told := rows.event(row, account=self.id, other=others[chat])):
                found.append(told)
        return found

    def _attendee(self, chat: str) -> str:
        """The member id at the other end of a chat of two; empty for a group and for a chat that is gone."""
        gone = ("resource_not_found", "invalid_resource_identifier")
        answer = self._ask("history", "GET", f"/chats/{quote(chat, safe='')}", or_said=gone)
        row = part(answer.json) if answer.is_success else {}
        return identifier(row, "attendee_provider_id") if text(row, "type") in {"", "0"} else ""

    def _chats_with(self, member: str, *, since: datetime | None = None) -> Iterator[str]:
        """The person's chats of two, newest first, among the account's newest thousand."""
        query = {"account_id": self.id}
        if since:
            query["after"] = (since - CLOCK_SKEW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for row in self._pages("/chats", query, operation="history"):
            if identifier(row, "attendee_provider_id") == member and text(row, "type") in {"", "0"}:
                yield identifier(row, "id")

    def _chat_rows(self, chat: str) -> Iterator[Payload] | None:
        """A chat's messages, newest first; None where the chat is gone."""
        path = f"/chats/{quote(chat, safe='')}/messages"
        gone = ("resource_not_found", "invalid_resource_identifier")
        first = self._ask("history", "GET", path, params={"limit": str(_PAGE)}, or_said=gone)
        return self._from(first, path, {}, operation="history") if first.is_success else None

    def _pages(self, path: str, query: Mapping[str, str], *, operation: str) -> Iterator[Payload]:
        first = self._ask(operation, "GET", path, params={**query, "limit": str(_PAGE)})
        yield from self._from(first, path, query, operation=operation)

    def _from(self, answer: Answer, path: str, query: Mapping[str, str], *, operation: str) -> Iterator[Payload]:
        """The items of a list from its first page on; at most _MOST_PAGES pages."""
        for _ in range(_MOST_PAGES):
            yield from parts(part(answer.json), "items")
            cursor = answer.get("cursor")
            if not isinstance(cursor, str) or not cursor:
                return
            params = {**query, "limit": str(_PAGE), "cursor": cursor}
            answer = self._ask(operation, "GET", path, params=params)

    # ── The wire ───────────────────────────────────────────────────────────────
    def _ask(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        sends: bool = False,
        or_said: tuple[str, ...] = (),
        **given: Any,
    ) -> Answer:
        """One call; an error whose type is one of `or_said` is an answer too. What is raised: meanings.py."""
        expect = SUCCESS | meanings.TELLING
        answer = self.call(operation, method, path, sends=sends, expect=expect, **given)
        if answer.is_success or meanings.said(answer) in or_said:
            return answer
        error = meanings.problem(answer, label=self.label, sends=sends, now=timezone.now())
        if answer.status == 429 and isinstance(error, TryLater) and error.retry_after:
            throttling.block(self.account, error.retry_after)
        raise error


def _made(answer: Answer, field: str) -> Payload:
    """The answer to something that was written. Raises OutcomeUnknown where it does not say what came of it."""
    body = part(answer.json)
    if not identifier(body, field):
        raise OutcomeUnknown("Unipile did not say what it made of it.")
    return body


def _new_names(person: Person, found: Profile) -> tuple[tuple[str, str], ...]:
    """The member id, where we did not know it: chats and webhooks name people by it."""
    return () if names_of(person, "linkedin_member") == found.member else (("linkedin_member", found.member),)


def _when(event: HistoryEvent) -> datetime:
    return event.at or datetime.min.replace(tzinfo=UTC)
