"""What a lead can be reached by, and through which account: reads for the composer and the door (spec 06, 07)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from inbox.models import Message
from integrations.models import EMAIL_PLATFORMS, Connection, Provider
from leads import suppression
from leads.models import ChannelKind, Direction, Lead, LeadIdentity, LeadStatus


@dataclass(frozen=True, slots=True)
class Recipient:
    value: str  # normalized e-mail or phone
    label: str
    kind: str  # current | primary | alternate


@dataclass(frozen=True, slots=True)
class ChannelOption:
    channel: str
    usable: bool
    reason: str = ""  # why not, in words
    recipients: list[Recipient] = field(default_factory=list)


_PROVIDERS: dict[str, tuple[str, ...]] = {
    ChannelKind.EMAIL: EMAIL_PLATFORMS,
    ChannelKind.SMS: (Provider.GHL,),
}


def connection_for(workspace_id: UUID, channel: str) -> Connection | None:
    """The account a channel's messages leave through; None when the workspace has none."""
    providers = _PROVIDERS.get(channel, ())
    return Connection.objects.filter(workspace_id=workspace_id, provider__in=providers).first()


def recipients_of(lead: Lead, channel: str) -> list[Recipient]:
    """Whom a message may go to, the default first: current replier, primary, alternates (spec 03, 07)."""
    if channel == ChannelKind.SMS:
        return [Recipient(lead.phone, lead.phone, "primary")] if lead.phone else []
    if channel != ChannelKind.EMAIL:
        return []
    known = LeadIdentity.objects.filter(lead=lead, kind=LeadIdentity.Kind.EMAIL).order_by("first_seen", "id")
    found = [Recipient(value, value, "alternate") for value in known.values_list("value", flat=True)]
    order = {lead.current_replier_email: 0, lead.email: 1}
    ranked = sorted(found, key=lambda recipient: order.get(recipient.value, 2))
    return [_named(lead, recipient) for recipient in ranked]


def _named(lead: Lead, recipient: Recipient) -> Recipient:
    if recipient.value == lead.current_replier_email:
        return Recipient(recipient.value, lead.current_replier_name or recipient.value, "current")
    if recipient.value == lead.email:
        return Recipient(recipient.value, lead.name, "primary")
    return recipient


def pick_thread(lead: Lead, channel: str) -> dict[str, str]:
    """What an answer needs to land in the thread of the lead's last message on this channel; empty without one."""
    connection = connection_for(lead.workspace_id, channel)
    if connection is None:
        return {}
    threads = Message.objects.filter(lead=lead, channel=channel, thread__provider=connection.provider)
    threads = threads.exclude(automated="bounce")  # nobody answers a mailer-daemon
    newest = threads.filter(direction=Direction.IN).order_by("-sent_at", "-id").values_list("thread", flat=True).first()
    return newest or threads.order_by("-sent_at", "-id").values_list("thread", flat=True).first() or {}


def options(lead: Lead) -> list[ChannelOption]:
    """The composer's channels with their recipients, or why one cannot be used."""
    connections = {c.provider: c for c in Connection.objects.filter(workspace_id=lead.workspace_id)}
    return [_option(lead, channel, connections) for channel in (ChannelKind.EMAIL, ChannelKind.SMS)]


def _option(lead: Lead, channel: str, connections: dict[str, Connection]) -> ChannelOption:
    account = next((connections[p] for p in _PROVIDERS[channel] if p in connections), None)
    recipients = recipients_of(lead, channel)
    if lead.status == LeadStatus.BLACKLISTED:
        return ChannelOption(channel, False, "nothing is sent to this lead any more")
    if account is None:
        return ChannelOption(channel, False, "no account is connected")
    if account.status in {Connection.Status.FAILING, Connection.Status.DISCONNECTED}:
        return ChannelOption(channel, False, "the account is disconnected")
    if not recipients:
        return ChannelOption(channel, False, "no e-mail known" if channel == ChannelKind.EMAIL else "no phone known")
    if channel == ChannelKind.EMAIL and not pick_thread(lead, channel):
        return ChannelOption(channel, False, "no e-mail of this lead to answer yet")
    held = suppression.standing(lead, channel, [recipient.value for recipient in recipients])
    if held and len(recipients) == 1:
        return ChannelOption(channel, False, f"{held.value} is suppressed")
    return ChannelOption(channel, True, recipients=recipients)
