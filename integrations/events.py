"""What providers tell us, in our words (spec 02): frozen, typed, provider-neutral. Domain code sees nothing else.

All times are aware UTC datetimes; None means the provider named none and the arrival counts. Texts are as the provider
sent them; nothing is trimmed of meaning here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    LINKEDIN = "linkedin"


@dataclass(frozen=True, slots=True)
class Address:
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """The prospect an event is about, by every name the provider knows.

    `names` are (identity kind, value) pairs besides e-mail and phone: kinds as in leads.LeadIdentity.Kind, e.g.
    ("ghl_contact", "cnt_1"), ("emailbison_lead", "31"), ("linkedin_member", "ACo…"), ("linkedin_url", "https://…")."""

    names: tuple[tuple[str, str], ...] = ()
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    title: str = ""
    company: str = ""
    website: str = ""
    state: str = ""
    timezone: str = ""
    is_company_page: bool = False


@dataclass(frozen=True, slots=True)
class CampaignRef:
    provider: str  # leads.Campaign.Provider value: emailbison | smartlead | instantly | ghl_sms
    external_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    url: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Somebody wrote to us."""

    channel: Channel
    person: Person
    text: str = ""
    html: str = ""
    subject: str = ""
    sender: Address = Address("")  # e-mail only: who really wrote (may be a colleague of the lead)
    mailbox: str = ""  # e-mail only: our mailbox that the conversation is held from, where the provider names it
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    at: datetime | None = None
    ids: dict[str, str] = field(default_factory=dict)  # provider message ids by kind: see inbox.MessageRef.Kind
    thread: dict[str, str] = field(default_factory=dict)  # what an answer into this thread needs (adapter's own keys)
    headers: str = ""
    campaign: CampaignRef | None = None
    automated: bool = False  # the provider says: an automatic reply
    untracked: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The platform's own campaign wrote to the lead."""

    channel: Channel
    person: Person
    text: str = ""
    html: str = ""
    subject: str = ""
    sender: Address = Address("")
    at: datetime | None = None
    ids: dict[str, str] = field(default_factory=dict)
    thread: dict[str, str] = field(default_factory=dict)
    campaign: CampaignRef | None = None


@dataclass(frozen=True, slots=True)
class MessageConfirmed:
    """The echo of an outbound message: ours, or one written by hand at the platform."""

    channel: Channel
    person: Person
    text: str = ""
    html: str = ""
    subject: str = ""
    sender: Address = Address("")
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    at: datetime | None = None
    ids: dict[str, str] = field(default_factory=dict)
    thread: dict[str, str] = field(default_factory=dict)
    campaign: CampaignRef | None = None


@dataclass(frozen=True, slots=True)
class MessageOpened:
    """The lead opened a message of ours."""

    person: Person
    at: datetime | None = None
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressBounced:
    """A message of ours came back. Whether the address is dead is decided from subject and text (inbox.safety)."""

    person: Person
    address: str  # the address it was sent to
    subject: str = ""
    text: str = ""
    sender: Address = Address("")  # mailer-daemon, postmaster …
    headers: str = ""
    at: datetime | None = None
    ids: dict[str, str] = field(default_factory=dict)
    campaign: CampaignRef | None = None


@dataclass(frozen=True, slots=True)
class LeadUnsubscribed:
    """The lead opted out at the platform."""

    person: Person
    at: datetime | None = None
    campaign: CampaignRef | None = None


@dataclass(frozen=True, slots=True)
class LeadInterested:
    """Somebody or something at the platform marked the lead interested."""

    person: Person
    at: datetime | None = None
    campaign: CampaignRef | None = None
    reply: MessageReceived | None = None  # usually the same reply came before; it is recorded once


@dataclass(frozen=True, slots=True)
class ReviewClicked:
    """Somebody clicked Approve & Send below a draft in Slack; the ids and versions are those we signed.

    `channel` and `ts` name the message at Slack, `click` this one click for good."""

    draft_id: UUID
    lead_id: UUID
    version: int
    thread_version: int
    slack_user: str
    channel: str
    ts: str
    click: str


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """The provider speaks about the account itself."""

    state: str  # ok | disconnected | failing | unknown
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing for us, and why."""

    reason: str


Event = (
    MessageReceived
    | MessageSent
    | MessageConfirmed
    | MessageOpened
    | AddressBounced
    | LeadUnsubscribed
    | LeadInterested
    | ReviewClicked
    | AccountStatus
    | Ignored
)
