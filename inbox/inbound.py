"""What providers tell us becomes leads and messages: match, file, enqueue (spec 02, 03). No model, no provider call.

Each handler runs inside one transaction and may run again after a crash at any line: everything is deduped by key.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from django.utils import timezone

from inbox import live, outcomes, quoting, recording, repliers, rollups, safety
from inbox.bounce_kinds import BounceKind
from inbox.bounces import Bounce, classify_bounce
from inbox.html_text import html_to_text
from inbox.models import Delivery, Message, MessageJob, SentBy
from inbox.safety import VerdictKind
from inbox.signals import lead_replied, message_sent
from integrations.events import (
    AddressBounced,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    MessageReceived,
    MessageSent,
    Person,
)
from integrations.registry import Applied
from integrations.registry import Delivery as Arrival
from leads import campaigns, matching, normalizing, statuses, suppression, timeline
from leads.models import ChannelKind, Direction, Lead, Tag
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.errors import Waits

ECHO_WINDOW = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=5)
OPEN_WAITS = timedelta(minutes=10)

POST_PROCESS = {
    "emailbison": MessageJob.Kind.EMAIL_INBOUND_POST_PROCESS,
    "smartlead": MessageJob.Kind.SMARTLEAD_INBOUND_POST_PROCESS,
    "instantly": MessageJob.Kind.INSTANTLY_INBOUND_POST_PROCESS,
    "ghl": MessageJob.Kind.SMS_INBOUND_POST_PROCESS,
    "unipile": MessageJob.Kind.LINKEDIN_INBOUND_POST_PROCESS,
}

_AUTOMATIC = {VerdictKind.BOUNCE, VerdictKind.OUT_OF_OFFICE, VerdictKind.AUTOMATED}


def receive(event: MessageReceived, arrival: Arrival) -> Applied:
    """File a reply under its lead; its flow runs once that is committed."""
    texts = _texts(event)
    verdict = _verdict(event, texts)
    if verdict.kind == VerdictKind.BOUNCE and not event.person.names:
        return _untracked_bounce(event, arrival, verdict)
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    lead, at = match.lead, _when(event.at, arrival)
    message = _inbound_message(event, arrival, lead=lead, at=at, texts=texts, automated=_mark(verdict))
    campaign = campaigns.seen(event.campaign, workspace=arrival.workspace)
    message.campaign = campaign
    if not recording.insert_once(message):
        _save(match, set())
        return Applied(lead.pk, "duplicate")
    automatic = verdict.kind in _AUTOMATIC
    if event.channel == ChannelKind.EMAIL and verdict.kind != VerdictKind.BOUNCE:
        repliers.note(match, event, at=at, source=arrival.provider)
    if campaign and lead.campaign_id is None:
        lead.campaign = campaign
        match.changed.add("campaign")
    by = message.from_name or lead.name
    _save(match, rollups.add_message(lead, message, by=by, is_reply=not automatic))
    _act_on(verdict, event, lead, message)
    if not automatic:
        lead_replied.send(sender=Message, message=message)
    _post_process(message, arrival)
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


@dataclass(frozen=True, slots=True)
class _Texts:
    body: str  # the lead's own words with the links only the HTML had; all of it where none were found
    own: str  # as far as they are certainly the lead's: what may count as an opt-out
    whole: str


def _texts(event: MessageReceived) -> _Texts:
    text, html = recording.clean(event.text), recording.clean(event.html)
    if event.channel != ChannelKind.EMAIL:
        return _Texts(text.strip(), text, text)
    parts = quoting.split_reply(text=text, html=html)
    links = "\n\nLinks:\n" + "\n".join(parts.links) if parts.links else ""
    own = "" if parts.unsplit else parts.reply  # an empty answer above our own mail with its "unsubscribe"
    return _Texts(parts.reply + links, own, text if text.strip() else html_to_text(html))


def _verdict(event: MessageReceived, texts: _Texts) -> safety.Verdict:
    verdict = safety.check_inbound(
        channel=event.channel,
        from_email=event.sender.email,
        subject=event.subject,
        body=texts.own,
        whole=texts.whole,
        headers=event.headers,
    )
    if verdict.kind == VerdictKind.NONE and event.automated:
        return replace(verdict, kind=VerdictKind.AUTOMATED, reason="The platform says: an automatic reply.")
    return verdict


def _mark(verdict: safety.Verdict) -> str:
    """What the message row remembers of the verdict; empty for an ordinary message."""
    return "" if verdict.kind == VerdictKind.NONE else str(verdict.kind)


def _when(at: datetime | None, arrival: Arrival) -> datetime:
    """The provider's time, unless it is missing or in the future: then the arrival's."""
    if at is None or at > timezone.now() + CLOCK_SKEW:
        return arrival.received_at
    return at


def _inbound_message(
    event: MessageReceived, arrival: Arrival, *, lead: Lead, at: datetime, texts: _Texts, automated: str
) -> Message:
    fallback = (
        f"{arrival.provider}|{lead.pk}|{event.subject}|{event.text}|{event.html}|{event.at or arrival.received_at}"
    )
    return Message(
        workspace=arrival.workspace,
        lead=lead,
        channel=event.channel,
        direction=Direction.IN,
        body=texts.body,
        subject=recording.clean(event.subject)[:998],
        raw_html=recording.clean(event.html),
        raw_text=texts.whole,
        from_email=normalizing.email(event.sender.email),
        from_name=recording.clean(event.sender.name)[:200],
        to=[asdict(address) for address in event.to],
        cc=[asdict(address) for address in event.cc],
        attachments=[asdict(attachment) for attachment in event.attachments],
        automated=automated,
        sent_at=at,
        sent_by=SentBy.LEAD,
        delivery=Delivery.RECEIVED,
        thread={"provider": arrival.provider, **event.thread},
        dedupe_key=recording.dedupe_key("in", event.ids, fallback),
        **recording.id_columns(event.ids),
    )


def _save(match: matching.Match, changed: set[str]) -> None:
    columns = match.changed | changed
    if columns:
        match.lead.save(update_fields=[*columns, "updated_at"])


def _act_on(verdict: safety.Verdict, event: MessageReceived, lead: Lead, message: Message) -> None:
    """Safety first, before any model (spec 03): an opt-out is final at once, in this very transaction."""
    key, evidence = str(message.pk), verdict.reason
    if verdict.kind == VerdictKind.OPT_OUT:
        sender = [("email", message.from_email)] if message.from_email else []
        stop = verdict.sms_keyword is not None
        suppression.opt_out(lead, sender_names=sender, evidence=evidence, key=key, sms_stop=stop)
    elif verdict.kind == VerdictKind.BOUNCE and not _is_late_only(verdict):
        _bounce(lead, verdict.bounce, address=_failed_address(verdict, lead), evidence=evidence, key=key)
    elif verdict.kind == VerdictKind.SMS_START:
        suppression.start(lead, phone=lead.phone, key=key)
    elif verdict.kind in {VerdictKind.OUT_OF_OFFICE, VerdictKind.AUTOMATED} and lead.tag != Tag.BLACKLIST:
        tag = Tag.OUT_OF_OFFICE if verdict.kind == VerdictKind.OUT_OF_OFFICE else Tag.AUTOMATED_REPLY
        statuses.set_tag(lead, tag=tag, by=None, why=evidence, dedupe_key=f"tag:{key}")


def _is_late_only(verdict: safety.Verdict) -> bool:
    """A mail server's warning that it still tries: neither delivered nor failed. A platform's bounce counts."""
    return bool(verdict.bounce and verdict.bounce.still_trying)


def _failed_address(verdict: safety.Verdict, lead: Lead) -> str:
    named = normalizing.email(verdict.bounce.failed_recipient or "") if verdict.bounce else ""
    return named or lead.email


def _bounce(lead: Lead, bounce: Bounce | None, *, address: str, evidence: str, key: str) -> None:
    """Dead addresses go on the list, full boxes are counted, policy refusals are only told (spec 03)."""
    if not address:
        return
    kind = bounce.kind if bounce else BounceKind.SOFT
    if kind == BounceKind.HARD:
        suppression.hard_bounce(lead, address=address, evidence=evidence, key=key)
    elif kind == BounceKind.SOFT:
        suppression.soft_bounce(lead, address=address, evidence=evidence, key=key)
    else:
        timeline.record(
            lead,
            kind="bounce",
            text=f"{address}: the message was refused, the address is not dead",
            why=evidence,
            tone="warn",
            dedupe_key=f"bounce:{key}",
        )


def _untracked_bounce(event: MessageReceived, arrival: Arrival, verdict: safety.Verdict) -> Applied:
    """A mailer-daemon is nobody's lead: the bounce belongs to whom the failed message was for."""
    address = normalizing.email(verdict.bounce.failed_recipient or "") if verdict.bounce else ""
    lead = matching.find(Person(email=address), workspace=arrival.workspace) if address else None
    if lead is None:
        return Applied(reason="bounce_of_unknown_address")
    if _is_late_only(verdict):
        return Applied(lead.pk, "mail_is_late")
    _bounce(
        lead,
        verdict.bounce,
        address=address,
        evidence=verdict.reason,
        key=recording.dedupe_key("b", event.ids, event.text),
    )
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def _post_process(message: Message, arrival: Arrival) -> None:
    kind = POST_PROCESS[arrival.provider]
    enqueue(
        MessageJob,
        dedupe_key=f"{message.workspace_id}:{message.pk}:{kind}",
        workspace=arrival.workspace,
        kind=kind,
        lead_id=message.lead_id,
        message=message,
    )


def campaign_sent(event: MessageSent, arrival: Arrival) -> Applied:
    """The platform's campaign wrote: record it and the campaign on the lead, roll up the touch."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    lead, campaign = match.lead, campaigns.seen(event.campaign, workspace=arrival.workspace)
    message = _outbound_message(event, arrival, lead=lead, sent_by=SentBy.CAMPAIGN)
    message.campaign = campaign
    if not recording.insert_once(message):
        _save(match, set())
        return Applied(lead.pk, "duplicate")
    if (
        campaign
        and lead.campaign_id != campaign.pk
        and (lead.last_outbound_at is None or message.sent_at >= lead.last_outbound_at)
    ):
        lead.campaign = campaign
        match.changed.add("campaign")
    _save(match, rollups.add_message(lead, message, by=str(campaign) if campaign else "Campaign"))
    message_sent.send(sender=Message, message=message)
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def _outbound_message(event: MessageSent | MessageConfirmed, arrival: Arrival, *, lead: Lead, sent_by: str) -> Message:
    text = recording.clean(event.text) or html_to_text(recording.clean(event.html))
    at = _when(event.at, arrival)
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
        dedupe_key=recording.dedupe_key("sent", event.ids, f"{arrival.provider}|{lead.pk}|{event.subject}|{text}|{at}"),
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
    ours = _ours(message)
    if ours is not None:
        _attach(ours, lead, event)
        _save(match, set())
        return Applied(lead.pk, "echo")
    if not recording.insert_once(message):
        _save(match, set())
        return Applied(lead.pk, "duplicate")
    _save(match, rollups.add_message(lead, message, by="At the platform"))
    message_sent.send(sender=Message, message=message)
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def _ours(echo: Message) -> Message | None:
    """The message of ours that an echo speaks of: without provider ids yet, same text, within 15 minutes."""
    around = Message.objects.filter(
        lead_id=echo.lead_id,
        channel=echo.channel,
        direction=Direction.OUT,
        sent_at__range=(echo.sent_at - ECHO_WINDOW, echo.sent_at + ECHO_WINDOW),
        delivery__in=[Delivery.SENDING, Delivery.UNCONFIRMED, Delivery.SENT, Delivery.FAILED],
    ).exclude(sent_by=SentBy.CAMPAIGN)
    bare = [message for message in around if not _has_provider_id(message)]
    return next((message for message in bare if recording.same_text(message.body, echo.body)), None)


def _has_provider_id(message: Message) -> bool:
    return any(getattr(message, column) for column in recording.PROVIDER_IDS.values())


def _attach(message: Message, lead: Lead, event: MessageConfirmed) -> None:
    columns = recording.id_columns(event.ids)
    if Message.objects.filter(workspace_id=message.workspace_id, **_first_unique(columns)).exists():
        return
    if message.delivery == Delivery.SENT:
        for column, value in columns.items():
            setattr(message, column, value)
        message.save(update_fields=list(columns))
        return
    outcomes.sent(message, lead, ids=event.ids, thread=event.thread, at=event.at)


def _first_unique(columns: dict[str, str]) -> dict[str, str]:
    return dict([next((c, v) for c, v in columns.items() if c in recording.PROVIDER_IDS.values())])


def opened(event: MessageOpened, arrival: Arrival) -> Applied:
    """Stamp the opening on the message; one that overtook its message waits for it a while."""
    columns = recording.id_columns(event.ids)
    found = Message.objects.filter(workspace=arrival.workspace, **columns).first() if columns else None
    if found is None:
        if columns and timezone.now() - arrival.received_at < OPEN_WAITS:
            raise Waits("The message that was opened is not here yet.", until=timezone.now() + timedelta(seconds=30))
        return Applied(reason="message_unknown")
    at = _when(event.at, arrival)
    Message.objects.filter(pk=found.pk).exclude(opened_at__lte=at).update(opened_at=at)
    live.bump_on_commit(arrival.workspace.pk)
    return Applied(found.lead_id)


def bounced(event: AddressBounced, arrival: Arrival) -> Applied:
    """A platform's bounce: dead address, full box or policy, told apart by its text; unknown counts as temporary."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    _save(match, set())
    bounce = classify_bounce(
        from_email=event.sender.email, subject=event.subject, text=event.text, headers=event.headers
    )
    address = normalizing.email(event.address) or match.lead.email
    key = recording.dedupe_key("b", event.ids, f"{address}|{event.subject}|{event.text}|{event.at}")
    reason = bounce.reason if bounce else "The platform reports a bounce without saying why."
    _bounce(match.lead, bounce, address=address, evidence=reason, key=key)
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk)


def unsubscribed(event: LeadUnsubscribed, arrival: Arrival) -> Applied:
    """The lead opted out at the platform: final here, too."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    _save(match, set())
    suppression.opt_out(
        match.lead, sender_names=[], evidence=f"Unsubscribed at {arrival.provider}.", key=f"platform:{match.lead.pk}"
    )
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk)


def interested(event: LeadInterested, arrival: Arrival) -> Applied:
    """Marked interested at the platform: tag Interested, unless something stronger stands (spec 02)."""
    if event.reply is not None:
        receive(event.reply, arrival)
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    _save(match, set())
    lead = match.lead
    if lead.tag in statuses.STRONGER_THAN_INTERESTED:
        return Applied(lead.pk, "stronger_tag")
    statuses.set_tag(lead, tag=Tag.INTERESTED, by=None, why=f"Marked interested at {arrival.provider}.")
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)
