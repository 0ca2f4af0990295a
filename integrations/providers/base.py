"""The contract between ZRG and the services it speaks to, written for its three readers.

The author of the next provider reads what an adapter **must** write, what it **may** say, and what it should **leave
alone**. Callers on higher floors never see an adapter: they use the verbs of integrations/outgoing.py, which passes
these data classes on. Failures are half of the contract:

- TryLater: nothing was done; another attempt may work, after `retry_after` seconds if the provider named a time.
  Its kind LimitReached is a spent allowance of a day or week: the message waits for the next, it never fails.
- Refused: asking again changes nothing; `code` is one of REFUSALS.
- NeedsAttention: credentials or account; a person must act, and the connection is marked as failing. Its kind
  Disconnected marks it as disconnected: somebody must sign in at the provider again.
- OutcomeUnknown: the message may have gone out. It is looked up before anything else and never just sent again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from integrations import throttling, transport
from integrations.answers import SUCCESS, Answer
from integrations.errors import ProviderError, Refused, TryLater
from integrations.events import Address, Channel, MessageConfirmed, MessageReceived, Person
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.throttling import Limit

REFUSALS = frozenset({"dnd", "no_phone", "bad_number", "closed_thread", "unsubscribed", "bad_input", "refused"})

# Clocks differ: a message that left at `since` may carry a slightly earlier time at the provider.
CLOCK_SKEW = timedelta(minutes=2)

HistoryEvent = MessageReceived | MessageConfirmed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message on its way to a person.

    `text` is what the person shall read; `html` replaces it where the channel shows HTML (empty: made from `text`).
    `to` and `cc` are e-mail recipients. `thread` is that of the message it answers (inbox.Message.thread), or empty.
    """

    channel: Channel
    text: str
    person: Person
    html: str = ""
    subject: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    thread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider said of a message it took.

    `ids` are of the kinds of inbox.PROVIDER_IDS, plus "rfc" where known. `at` is aware UTC, None if it named no time.
    `person_names`: identities learned on the way, such as a contact that had to be made. `note`: for the timeline.
    """

    ids: Mapping[str, str]
    thread: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
    note: str = ""
    person_names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a page may offer for a connection; asked instead of the provider's name."""

    channel: Channel
    has_threads: bool
    can_start_thread: bool
    can_override_to: bool
    can_cc: bool
    can_set_subject: bool
    note_chars: int  # LinkedIn: the longest note of a connection request; 0 where there is no such thing


@dataclass(frozen=True, slots=True)
class Health:
    """What a test of a connection found. `status` is a Connection.Status value, `text` is safe to show. `facts`: what
    the provider said of the account, for Connection.config; `account` in them is its name for people."""

    status: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        return self.status == Connection.Status.OK


class Provider(ABC):
    """One account at one provider."""

    # ── Must ──────────────────────────────────────────────────────────────────
    kind: ClassVar[Kind]

    @abstractmethod
    def base_url(self) -> str:
        """Where this account's API is, without a slash at the end. Raises NeedsAttention if it cannot be told."""

    @abstractmethod
    def own_hosts(self) -> Collection[str]:
        """The host names this provider may be called at; nothing else is ever called."""

    @abstractmethod
    def headers(self, operation: str) -> Mapping[str, str]:
        """Authorization and what else every call of this operation needs. Raises NeedsAttention without a key."""

    @abstractmethod
    def health(self) -> Health:
        """Make a harmless real call and say what it showed. Raises NeedsAttention with what a person must do."""

    # ── May ───────────────────────────────────────────────────────────────────
    is_tried_first: ClassVar[bool] = False  # new credentials are saved only once `health` has accepted them
    limits: ClassVar[tuple[Limit, ...]] = ()
    # Whether numbers of people, mails and campaigns repeat in another account: integrations/namespaces.py.
    counts_per_account: ClassVar[bool] = False
    # Operations that have limits of their own beside those of all calls.
    own_limits: ClassVar[Mapping[str, tuple[Limit, ...]]] = MappingProxyType({})

    @property
    def limited_as(self) -> str:
        """Whose calls the provider counts together: the account's, unless it counts by key."""
        return self.connection.external_id or str(self.connection.pk)

    def query(self, operation: str) -> Mapping[str, str]:
        """What every call carries in its query; a key in there is never logged. Raises NeedsAttention without a key."""
        return {}

    def refusal(self, words: str) -> ProviderError:
        """What a refusal in these words means; by default one without a special code."""
        return Refused(words)

    # ── Leave alone ───────────────────────────────────────────────────────────
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @property
    def label(self) -> str:
        """The provider's name for people."""
        return str(self.kind.label)

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        sends: bool = False,
        expect: Collection[int] = SUCCESS,
        may_be_text: bool = False,
        timeout: float | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call the account's API within its limits. The flags and what is raised: integrations/transport.py."""
        self._take(operation)
        try:
            return transport.call(
                method,
                self.base_url() + path,
                provider=self.kind.value,
                operation=operation,
                connection_id=str(self.connection.pk),
                own_hosts=self.own_hosts(),
                headers=self.headers(operation),
                json=json,
                params={**(params or {}), **self.query(operation)} or None,
                sends=sends,
                expect=expect,
                may_be_text=may_be_text,
                timeout=timeout,
                form=form,
            )
        except TryLater as later:
            if later.retry_after is not None:
                throttling.block(self.account, later.retry_after)
            raise
        except Refused as refused:
            raise self.refusal(str(refused)) from None

    @property
    def account(self) -> str:
        """Under what name all workers count the calls to this account together."""
        return f"{self.kind.value}:{self.limited_as}"

    def account_of(self, operation: str) -> str:
        """The same for the calls of one operation."""
        return f"{self.account}:{operation}"

    def _take(self, operation: str) -> None:
        """One call of all limits that hold for it. Raises TryLater while there is none left."""
        wait = throttling.take(self.account, self.limits)
        if not wait and operation in self.own_limits:
            wait = throttling.take(self.account_of(operation), self.own_limits[operation])
        if wait:
            raise TryLater(f"{self.label} takes no more calls for the moment.", retry_after=wait)


class Messenger(Provider):
    """A provider through which a person can be written to, on one channel."""

    # ── Must ──────────────────────────────────────────────────────────────────
    channel: ClassVar[Channel]

    @abstractmethod
    def send(self, outgoing: Outgoing, *, key: str) -> Receipt:
        """Send once. `key` names the message; only providers with idempotency keys use it.

        Called once per key by the one door for sending; after OutcomeUnknown `look_up` is asked first.
        """

    @abstractmethod
    def look_up(self, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()) -> Receipt | None:
        """Find what `send` may have sent at or after `since` (aware); None: the provider does not have it.

        `known`: provider ids of messages we have recorded already, which are therefore others.
        """

    @abstractmethod
    def history(self, person: Person, *, limit: int) -> list[HistoryEvent]:
        """What passed between the person and the account on this channel, newest first, at most `limit`."""

    @abstractmethod
    def recent(self, *, known: Container[str], limit: int) -> list[HistoryEvent]:
        """The account's newest messages on this channel back to the first whose provider id is `known`, or `limit`."""

    # ── May ───────────────────────────────────────────────────────────────────
    has_threads: ClassVar[bool] = True
    can_start_thread: ClassVar[bool] = False
    can_override_to: ClassVar[bool] = False
    can_cc: ClassVar[bool] = False
    can_set_subject: ClassVar[bool] = False
    note_chars: ClassVar[int] = 0

    @classmethod
    def is_in_thread(cls, thread: Mapping[str, str]) -> bool:
        """Whether a message with this thread is sure to go into it and begins nothing."""
        return bool(thread)

    # ── Leave alone ───────────────────────────────────────────────────────────
    @classmethod
    def capabilities(cls) -> Capabilities:
        """The class's answers as data."""
        return Capabilities(
            channel=cls.channel,
            has_threads=cls.has_threads,
            can_start_thread=cls.can_start_thread,
            can_override_to=cls.can_override_to,
            can_cc=cls.can_cc,
            can_set_subject=cls.can_set_subject,
            note_chars=cls.note_chars,
        )


class EmailPlatform(Messenger):
    """What EmailBison, SmartLead and Instantly each do for us: answer in a lead's thread, stop their own campaigns."""

    channel = Channel.EMAIL
    can_override_to = True
    can_cc = True

    # ── Must ──────────────────────────────────────────────────────────────────
    @abstractmethod
    def stop_lead(self, person: Person) -> bool:
        """No campaign mail to this person any more. False: the platform does not know them. Twice is once."""

    # ── May ───────────────────────────────────────────────────────────────────
    def completed(self, received: MessageReceived) -> MessageReceived:
        """The same mail with what its webhook leaves out, such as who really wrote it; itself where nothing is missing.

        Asked by a worker before a reply is filed, which does not wait for it: answer within seconds or raise."""
        return received


class SmsPlatform(Messenger):
    """A provider of text messages to a phone number."""

    channel = Channel.SMS


class LinkedInPlatform(Messenger):
    """A provider that writes as somebody on LinkedIn: in a chat, else in a new chat with a relation, else as the note
    of a connection request. `Receipt.note` says which of the two beginnings it was; an answer needs no word."""

    channel = Channel.LINKEDIN
    can_start_thread = True
    note_chars = 300


def names_of(person: Person, kind: str) -> str:
    """The person's identity of one kind (leads.LeadIdentity.Kind), empty if it has none."""
    return next((value for known, value in person.names if known == kind), "")
