"""What left through a platform and what became of it: campaign mails, echoes of our sends, openings (spec 02).

Each handler runs inside one transaction and may run again after a crash at any line: everything is deduped by key."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from inbox import live, outcomes, quoting, recording, rollups
from inbox.html_text import html_to_text
from inbox.models import PROVIDER_IDS, Delivery, Message, SentBy
from inbox.signals import message_sent
from integrations.events import MessageConfirmed, MessageOpened, MessageSent
from integrations.registry import Applied
from integrations.registry import Delivery as Arrival
from leads import campaigns, matching, normalizing
from leads.models import ChannelKind, Direction, Lead
from zrg.jobs.errors import Waits

ECHO_WINDOW = timedelta(minutes=15)
OPEN_WAITS = timedelta(minutes=10)

# An echo is most likely of the send whose answer is still out.
_MAY_ECHO = (Delivery.SENDING, Delivery.UNCONFIRMED, Delivery.SENT, Delivery.FAILED)


def campaign_sent(event: MessageSent, arrival: Arrival) -> Applied:
    """The platform's campaign wrote: record it and the campaign on the lead, roll up the touch."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    lead, campaign = match.lead, campaigns.seen(event.campaign, workspace=arrival.workspace)
    message = _outbound_message(event, arrival, lead=lead, sent_by=SentBy.CAMPAIGN)
    message.campaign = campaign
    if not recording.insert_once(message):
        match.save()
        return Applied(lead.pk, "duplicate")
    if campaign and lead.campaign_id != campaign.pk and rollups.tells_the_campaign(lead, message):
        lead.campaign = campaign
        match.changed.add("campaign")
    match.save(*rollups.add_message(lead, message, by=str(campaign) if campaign else "Campaign"))
    message_sent.send(sender=Message, message=message)
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def _outbound_message(event: MessageSent | MessageConfirmed, arrival: Arrival, *, lead: Lead, sent_by: str) -> Message:
    text = recording.clean(event.text) or html_to_text(recording.clean(event.html))
    at = recording.when(event.at, arrival)
    fallback = f"{arrival.provider}|{recording.whose(event.person)}|{event.subject}|{text}|{at}"
    return Message(
        workspace=arrival.workspace,
        lead=lead,
        channel=event.channel,
        direction=Direction.OUT,
        body=quoting.split_reply(text=text, html="").reply if event.channel == ChannelKind.EMAIL else text,
        subject=recording.clean(event.subject)[:998],
        raw_html=recording.clean(event.html),
        raw_text=text,
        from_email=normalizing.email(event.sender.email),
        from_name=recording.clean(event.sender.name)[:200],
        sent_at=at,
        sent_by=sent_by,
        delivery=Delivery.SENT,
        thread={"provider": arrival.provider, **event.thread},
        dedupe_key=recording.dedupe_key("sent", event.ids, fallback),
        **recording.id_columns(event.ids),
    )


def confirmed(event: MessageConfirmed, arrival: Arrival) -> Applied:
    """The echo of a send of ours gets its ids; what matches nothing was written at the platform by hand (spec 02)."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    lead = match.lead
    message = _outbound_message(event, arrival, lead=lead, sent_by=SentBy.SETTER)
    message.to = [asdict(address) for address in event.to]
    message.cc = [asdict(address) for address in event.cc]
    if recording.by_provider_id(lead.workspace_id, event.ids).exists():
        match.save()
        return Applied(lead.pk, "duplicate")
    ours = _ours(message)
    if ours is not None:
        _attach(ours, lead, event)
        match.save()
        return Applied(lead.pk, "echo")
    if not recording.insert_once(message):
        match.save()
        return Applied(lead.pk, "duplicate")
    match.save(*rollups.add_message(lead, message, by="At the platform"))
    message_sent.send(sender=Message, message=message)
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def _ours(echo: Message) -> Message | None:
    """The message of ours that an echo speaks of: without provider ids yet, same text, asked for within 15 minutes
    (a held or repeated one was written long before). What was never handed to a provider cannot have an echo. The note
    of a LinkedIn connection request becomes a message, and gets its id, only when the lead accepts, days later."""
    around = (echo.sent_at - ECHO_WINDOW, echo.sent_at + ECHO_WINDOW)
    timely = Q(sent_at__range=around) | Q(provider_asked_at__range=around)
    if echo.channel == ChannelKind.LINKEDIN:
        timely |= Q(delivery=Delivery.SENT)
    candidates = Message.objects.filter(
        timely,
        lead_id=echo.lead_id,
        channel=echo.channel,
        direction=Direction.OUT,
        delivery__in=_MAY_ECHO,
        provider_asked_at__isnull=False,
        **dict.fromkeys(PROVIDER_IDS.values()),
    )
    same = [message for message in candidates if recording.same_text(message.body, echo.body)]
    return min(same, key=lambda message: (_MAY_ECHO.index(message.delivery), message.provider_asked_at), default=None)


def _attach(message: Message, lead: Lead, event: MessageConfirmed) -> None:
    if message.delivery != Delivery.SENT:
        outcomes.sent(message, lead, ids=event.ids, thread=event.thread, at=event.at)
        return
    columns = recording.id_columns(event.ids)
    for column, value in columns.items():
        setattr(message, column, value)
    message.thread = {**message.thread, **event.thread}
    message.save(update_fields=[*columns, "thread"])


def opened(event: MessageOpened, arrival: Arrival) -> Applied:
    """Stamp the opening on the message; one that overtook its message waits for it a while."""
    found = recording.by_strongest_id(arrival.workspace.pk, event.ids).first()
    if found is None:
        if event.ids and timezone.now() - arrival.received_at < OPEN_WAITS:
            raise Waits("The message that was opened is not here yet.", until=timezone.now() + timedelta(seconds=30))
        return Applied(reason="message_unknown")
    at = recording.when(event.at, arrival)
    Message.objects.filter(pk=found.pk).exclude(opened_at__lte=at).update(opened_at=at)
    live.bump_on_commit(arrival.workspace.pk)
    return Applied(found.lead_id)
