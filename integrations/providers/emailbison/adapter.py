"""EmailBison: answers in the lead's thread, through the workspace's own instance. Quirks: README.md beside this."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings

from integrations.answers import OR_ABSENT, SUCCESS, Answer, reason
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused
from integrations.events import Address, CampaignRef, Person
from integrations.models import Connection, EmailBisonHost
from integrations.models import Provider as Kind
from integrations.providers.base import CLOCK_SKEW, EmailPlatform, Health, HistoryEvent, Outgoing, Receipt, names_of
from integrations.providers.emailbison import rows
from integrations.providers.emailbison.rows import Sender
from integrations.providers.fields import Payload, identifier, part, parts, text
from integrations.throttling import Limit

PER_PAGE = 100

# What a refusal's words mean; the first that fits counts.
MEANINGS: tuple[tuple[str, str], ...] = (
    ("unsubscribed", "unsubscribed"),
    ("blacklisted", "unsubscribed"),
    ("not found", "closed_thread"),
    ("is invalid", "bad_input"),
    ("is required", "bad_input"),
    ("must be", "bad_input"),
)


class EmailBison(EmailPlatform):
    """One workspace of one instance; the host is the connection's and must be on the list of hosts."""

    kind = Kind.EMAILBISON
    limits: ClassVar[tuple[Limit, ...]] = (Limit(3000, per_s=60),)
    counts_per_account = True
    can_start_thread = True

    # ── The account ────────────────────────────────────────────────────────────
    def base_url(self) -> str:
        if settings.EMAILBISON_BASE_URL:
            return f"{settings.EMAILBISON_BASE_URL}/api"
        if not self.connection.host:
            raise NeedsAttention("The field “Host” of the EmailBison connection is empty.")
        return f"https://{self.connection.host}/api"

    @property
    def limited_as(self) -> str:
        """Workspaces are numbered within each instance."""
        return f"{self.connection.host}/{super().limited_as}"

    def own_hosts(self) -> Collection[str]:
        return set(EmailBisonHost.objects.filter(host=self.connection.host).values_list("host", flat=True))

    def headers(self, operation: str) -> Mapping[str, str]:
        if not (key := self.connection.credentials.get("api_key")):
            raise NeedsAttention("The field “API key” of the EmailBison connection is empty.")
        return {"Authorization": f"Bearer {key}", "Accept": "application/json"}

    def refusal(self, words: str) -> ProviderError:
        lower = words.lower()
        return Refused(words, code=next((code for fragment, code in MEANINGS if fragment in lower), "refused"))

    def health(self) -> Health:
        """Whose key is it? It must be of the workspace whose webhooks we take (spec 01)."""
        answer = self.call("account", "GET", "/users")
        team = part(answer.json, "data", "team")
        found, name = identifier(team, "id"), text(team, "name")
        if found != self.connection.external_id:
            raise NeedsAttention(
                f"This key belongs to the EmailBison workspace {found or '?'} (“{name}”), but the field “Workspace id” "
                f"says “{self.connection.external_id}”. Put in the number or the key that belongs to it."
            )
        return Health(Connection.Status.OK, f"Connected to the EmailBison workspace “{name}” ({found}).")

    # ── Writing ────────────────────────────────────────────────────────────────
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """Into the thread of `reply_id`; a new thread where only the sender is known (the subject is then ours)."""
        path, body = self._letter(outgoing)
        answer = self.call("send", "POST", path, json=body, sends=True)
        if answer.get("data", "success") is False:
            raise self.refusal(f"{self.label} refused: {reason(answer.json) or 'no reason given.'}")
        if answer.get("data", "success") is not True:
            raise OutcomeUnknown(f"{self.label} neither confirmed nor denied sending.")
        return rows.receipt(part(answer.json, "data", "reply"))

    def _letter(self, outgoing: Outgoing) -> tuple[str, dict[str, Any]]:
        """Path and body of the call that sends it."""
        reply_id, sender = outgoing.thread.get("reply_id", ""), outgoing.thread.get("sender_email_id", "")
        body: dict[str, Any] = {
            "message": rows.html_of(outgoing),
            "content_type": "html",
            "to_emails": rows.recipients(_recipients(outgoing)),
            "cc_emails": rows.recipients(outgoing.cc),
        }
        if reply_id:
            body |= {
                "sender_email_id": self._number(sender or self._sender_of(reply_id)),
                "inject_previous_email_body": True,
            }
            return f"/replies/{quote(reply_id)}/reply", body
        if not sender or not outgoing.subject:
            raise Refused("There is no thread to answer in, and no sender to begin one.", code="closed_thread")
        return "/replies/new", body | {"sender_email_id": self._number(sender), "subject": outgoing.subject}

    def _sender_of(self, reply_id: str) -> str:
        """The mailbox the thread belongs to, where the event did not say."""
        answer = self.call("lookup", "GET", f"/replies/{quote(reply_id)}")
        return text(part(answer.json, "data"), "sender_email_id")

    def _number(self, mailbox: str) -> int:
        if not mailbox.isdecimal():
            raise Refused("The mailbox this thread belongs to is not known at EmailBison.", code="closed_thread")
        return int(mailbox)

    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        """In the thread first, then among everything the mailbox sent."""
        for row in self._sent_since(outgoing, since):
            if rows.is_this(row, outgoing, since=since, known=known):
                return rows.receipt(row)
        return None

    def _sent_since(self, outgoing: Outgoing, since: datetime) -> Iterator[Payload]:
        if reply_id := outgoing.thread.get("reply_id"):
            thread = self.call("lookup", "GET", f"/replies/{quote(reply_id)}/conversation-thread", expect=OR_ABSENT)
            yield from parts(part(thread.json, "data"), "newer_messages")
        query = {"folder": "sent"}
        if sender := outgoing.thread.get("sender_email_id"):
            query["sender_email_id"] = sender
        for row in self._pages("/replies", query, operation="history"):
            at = rows.sent_at(row)
            if at and at < since - CLOCK_SKEW:
                return
            yield row

    # ── Reading ────────────────────────────────────────────────────────────────
    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        for name in _lead_names(person):
            found = [*self._events(f"/leads/{name}/replies", {}, limit=limit)]
            if found:
                return found
        return []

    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        """The account's newest messages back to the first one whose id is `known`: for reconciling with webhooks."""
        found: list[HistoryEvent] = []
        for event in self._events("/replies", {"folder": "all"}, limit=limit):
            if event.ids.get("emailbison_reply") in known:
                break
            found.append(event)
        return found

    def _events(self, path: str, query: dict[str, str], *, limit: int) -> Iterator[HistoryEvent]:
        for row in self._pages(path, query, operation="history", limit=limit):
            if (event := rows.event(row)) is not None:
                yield event

    def campaigns(self) -> list[CampaignRef]:
        """Every campaign of the workspace."""
        listed = self._pages("/campaigns", {}, operation="campaigns")
        return [CampaignRef("emailbison", identifier(row, "id"), text(row, "name")) for row in listed]

    def senders(self) -> list[Sender]:
        """Every mailbox of the workspace."""
        return [rows.sender(row) for row in self._pages("/sender-emails", {}, operation="senders")]

    def _pages(self, path: str, query: Mapping[str, str], *, operation: str, limit: int = 1000) -> Iterator[Payload]:
        """Rows of a list, newest first. The link to the next page drops the filters, so each query is built anew."""
        page, seen = 1, 0
        while seen < limit:
            params = {**query, "page": str(page), "per_page": str(min(PER_PAGE, limit))}
            answer = self.call(operation, "GET", path, params=params, expect=OR_ABSENT)
            listed = parts(part(answer.json), "data")
            if not listed:
                return
            yield from listed[: limit - seen]
            seen, page = seen + len(listed), page + 1
            if page > (answer.get("meta", "last_page") or 1):
                return

    # ── Leads ──────────────────────────────────────────────────────────────────
    def stop_lead(self, person: Person) -> bool:
        """Unsubscribes the lead and blacklists the address, so that no later import mails it again."""
        stopped = False
        for name in _lead_names(person)[:1]:
            stopped = self._lead_verb("PATCH", f"/leads/{name}/unsubscribe").status != 404
        if person.email:
            # 400 and 422: it is on the list already.
            self.call(
                "suppress", "POST", "/blacklisted-emails", json={"email": person.email}, expect=SUCCESS | {400, 422}
            )
            stopped = True
        return stopped

    def set_variables(self, person: Person, values: Mapping[str, str]) -> bool:
        """Write custom variables of a lead, keeping everything else. False: the platform does not know the lead.

        PATCH only: PUT on the same path clears every field and variable that is not sent."""
        names = self._existing_variables(values)
        body = {"custom_variables": [{"name": names[name], "value": value} for name, value in values.items()]}
        return any(self._lead_verb("PATCH", f"/leads/{name}", body).is_success for name in _lead_names(person)[:1])

    def _lead_verb(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        return self.call("contacts", method, path, json=body, expect=OR_ABSENT)

    def _existing_variables(self, wanted: Collection[str]) -> dict[str, str]:
        """The names as the platform spells them; a variable must exist before a lead can carry it."""
        listed = self._pages("/custom-variables", {}, operation="variables")
        spelled = {name.lower(): name for row in listed if (name := text(row, "name"))}
        for name in wanted:
            if name.lower() not in spelled:
                made = self.call("variables", "POST", "/custom-variables", json={"name": name})
                spelled[name.lower()] = text(part(made.json, "data"), "name") or name
        return {name: spelled[name.lower()] for name in wanted}


def _recipients(outgoing: Outgoing) -> tuple[Address, ...]:
    person = outgoing.person
    if outgoing.to:
        return outgoing.to
    if not person.email:
        raise Refused("There is no e-mail address to write to.", code="bad_input")
    return (Address(person.email, f"{person.first_name} {person.last_name}".strip()),)


def _lead_names(person: Person) -> list[str]:
    """What a lead's path may end in: its number, else its address."""
    names = [names_of(person, "emailbison_lead"), person.email]
    return [quote(name, safe="@") for name in names if name]
