"""What a lead can be reached by, and through which account: reads for the composer and the door (spec 06, 07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q

from inbox.facts import Facts
from inbox.models import OUR_SIDE, Message
from inbox.thread import Thread
from integrations import outgoing
from integrations.models import EMAIL_PLATFORMS, Connection, Provider
from integrations.namespaces import THREAD_KEY, is_own_thread
from leads import suppression
from leads.models import ChannelKind, Direction, Lead, LeadIdentity, LeadStatus


@dataclass(frozen=True, slots=True)
class Recipient:
    value: str  # normalized e-mail, phone or LinkedIn profile
    label: str
    kind: str  # current | primary | alternate


@dataclass(frozen=True, slots=True)
class ChannelOption:
    channel: str
    usable: bool
    reason: str = ""  # why not, in words
    recipients: list[Recipient] = field(default_factory=list)
    fixed: str = ""  # why the first of them cannot be replaced, in words
    note_chars: int = 0  # LinkedIn: more do not fit if it has to go out as a connection request; 0: it goes into a chat


_PROVIDERS: dict[str, tuple[str, ...]] = {
    ChannelKind.EMAIL: EMAIL_PLATFORMS,
    ChannelKind.SMS: (Provider.GHL,),
    ChannelKind.LINKEDIN: (Provider.UNIPILE,),
}
_OFFERED = (ChannelKind.EMAIL, ChannelKind.SMS, ChannelKind.LINKEDIN)
_NOBODY: dict[str, str] = {
    ChannelKind.EMAIL: "no e-mail known",
    ChannelKind.SMS: "no phone known",
    ChannelKind.LINKEDIN: "no profile known",
}
# Nobody answers a mailer-daemon, and what one of ours wrote in between is no thread of the lead.
_NOT_ANSWERED = ("bounce", OUR_SIDE)
_DOWN = frozenset({Connection.Status.FAILING, Connection.Status.DISCONNECTED})

Answered = dict[str, str]  # the thread a message stands in
Name = tuple[str, str]  # kind, normalized value


def connection_for(workspace_id: UUID, channel: str) -> Connection | None:
    """The account a channel's messages leave through; None when the workspace has none."""
    providers = _PROVIDERS.get(channel, ())
    return Connection.objects.filter(workspace_id=workspace_id, provider__in=providers).first()


def recipients_of(lead: Lead, channel: str) -> list[Recipient]:
    """Whom a message may go to, the default first: current replier, primary, alternates (spec 03, 07)."""
    return _recipients(lead, channel, _names_of(lead))


def _names_of(lead: Lead) -> list[Name]:
    """The lead's names that something can be sent to, the first known first."""
    known = LeadIdentity.objects.filter(lead=lead, kind__in=suppression.FAMILY).order_by("first_seen", "id")
    return list(known.values_list("kind", "value"))


def _recipients(lead: Lead, channel: str, names: list[Name]) -> list[Recipient]:
    if channel == ChannelKind.SMS:
        return [Recipient(lead.phone, lead.phone, "primary")] if lead.phone else []
    if channel == ChannelKind.LINKEDIN:
        profile = lead.linkedin_url or next((value for kind, value in names if kind.startswith("linkedin")), "")
        return [Recipient(profile, lead.name, "primary")] if profile else []
    found = [Recipient(value, value, "alternate") for kind, value in names if kind == LeadIdentity.Kind.EMAIL]
    order = {lead.current_replier_email: 0, lead.email: 1}
    ranked = sorted(found, key=lambda recipient: order.get(recipient.value, 2))
    return [_named(lead, recipient) for recipient in ranked]


def names_written_to(lead: Lead, channel: str) -> list[str]:
    """Every name by which a message on this channel reaches the lead, where the provider chooses which: phone numbers,
    LinkedIn profiles. None of them may be suppressed."""
    return _all_of(channel, _names_of(lead)) if channel != ChannelKind.EMAIL else []


def _all_of(channel: str, names: list[Name]) -> list[str]:
    return [value for kind, value in names if suppression.FAMILY[kind] == channel]


def why_fixed(connection: Connection | None) -> str:
    """Why nobody but the first recipient can be written to through an e-mail platform, in words; empty where others
    can (spec 06: an answer into an Instantly thread reaches whoever wrote last)."""
    offered = outgoing.capabilities(connection) if connection else None
    if connection is None or offered is None or offered.channel != ChannelKind.EMAIL or offered.can_override_to:
        return ""
    others = " Put others on copy." if offered.can_cc else ""
    return f"{connection.get_provider_display()} answers whoever wrote last and takes no other recipient.{others}"


def _named(lead: Lead, recipient: Recipient) -> Recipient:
    if recipient.value == lead.current_replier_email:
        return Recipient(recipient.value, lead.current_replier_name or recipient.value, "current")
    if recipient.value == lead.email:
        return Recipient(recipient.value, lead.name, "primary")
    return recipient


def pick_thread(lead: Lead, channel: str) -> Answered:
    """What an answer needs to land in the thread of the lead's last message on this channel; empty without one."""
    connection = connection_for(lead.workspace_id, channel)
    return _threads(lead, {channel: connection}).get(channel, {}) if connection else {}


def _threads(lead: Lead, accounts: Mapping[str, Connection]) -> dict[str, Answered]:
    """By channel the thread to answer in: the lead's last message's, else our own last one's. One query."""
    through = Q()
    for channel, account in accounts.items():
        through |= Q(_is_of(account), channel=channel)
    if not through:
        return {}
    rows = Message.objects.filter(through, lead=lead).exclude(automated__in=_NOT_ANSWERED)
    inbound_first = rows.order_by("channel", "direction", "-sent_at", "-id").distinct("channel")
    return dict(inbound_first.values_list("channel", "thread"))


def _is_of(account: Connection) -> Q:
    """Messages of whose threads the account knows (integrations/namespaces.py)."""
    key = f"thread__{THREAD_KEY}"
    whose = Q(**{key: account.namespace}) if account.namespace else Q(**{f"{key}__isnull": True})
    return whose & Q(thread__provider=account.provider)


def _threads_shown(lead: Lead, accounts: Mapping[str, Connection], thread: Thread | None) -> dict[str, Answered]:
    """As `_threads`, from the messages that are shown where they decide it: else one query, for the rest."""
    if thread is None or not thread.is_newest:
        return _threads(lead, accounts)
    found: dict[str, Answered] = {}
    for direction in (Direction.IN, Direction.OUT) if thread.is_whole else (Direction.IN,):
        for message in thread.messages:
            account = accounts.get(message.channel)
            if (
                account
                and _stands_in(account, message.thread)
                and message.direction == direction
                and message.automated not in _NOT_ANSWERED
            ):
                found.setdefault(message.channel, message.thread)
    rest = {} if thread.is_whole else {name: account for name, account in accounts.items() if name not in found}
    return found | _threads(lead, rest)


def _stands_in(account: Connection, thread: Answered) -> bool:
    return thread.get("provider") == account.provider and is_own_thread(thread, account.namespace)


def options(lead: Lead, facts: Facts) -> list[ChannelOption]:
    """The composer's channels with their recipients, or why one cannot be used. One query, none where the facts hold
    the whole thread."""
    connections = {account.provider: account for account in facts.accounts}
    accounts: dict[str, Connection] = {
        channel: connections[provider]
        for channel in _OFFERED
        for provider in _PROVIDERS[channel]
        if provider in connections
    }
    ways = _Ways(
        names=[(kind, value) for kind, value in facts.known.names if kind in suppression.FAMILY],
        accounts=accounts,
        threads=_threads_shown(lead, accounts, facts.thread),
        held=facts.known.held,
    )
    return [_option(lead, channel, ways) for channel in _OFFERED]


@dataclass(frozen=True, slots=True)
class _Ways:
    """What decides about all channels."""

    names: list[Name]
    accounts: Mapping[str, Connection]
    threads: Mapping[str, Answered]
    held: frozenset[tuple[str, str]]


def _option(lead: Lead, channel: str, ways: _Ways) -> ChannelOption:
    account, recipients = ways.accounts.get(channel), _recipients(lead, channel, ways.names)
    thread = ways.threads.get(channel, {})
    if reason := _why_not(lead, channel, account, recipients=recipients, thread=thread):
        return ChannelOption(channel, False, reason)
    fixed = why_fixed(account)
    recipients = recipients[:1] if fixed else recipients
    reached = [recipient.value for recipient in recipients]
    if channel != ChannelKind.EMAIL:
        reached += _all_of(channel, ways.names)
    held = [value for value in reached if (channel, value) in ways.held]
    if held and len(recipients) == 1:
        return ChannelOption(channel, False, f"{held[0]} is suppressed")
    note = outgoing.note_chars(account, thread) if account else 0
    return ChannelOption(channel, True, recipients=recipients, fixed=fixed, note_chars=note)


def _why_not(
    lead: Lead, channel: str, account: Connection | None, *, recipients: list[Recipient], thread: Answered
) -> str:
    if lead.status == LeadStatus.BLACKLISTED:
        return "nothing is sent to this lead any more"
    if account is None:
        return "no account is connected"
    if account.status in _DOWN:
        return "the account is disconnected"
    if not recipients:
        return _NOBODY[channel]
    if channel == ChannelKind.EMAIL and not thread:
        return f"no e-mail of this lead to answer {'in the account connected now' if lead.has_email else 'yet'}"
    return ""
