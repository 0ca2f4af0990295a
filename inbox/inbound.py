"""A reply becomes a message of its lead: match, file, enqueue (spec 02, 03). No model, no provider call.

The handler runs inside one transaction and may run again after a crash at any line: everything is deduped by key.
What bounces lead to: inbox/bouncing.py. What leaves through a platform: inbox/outbound.py.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from inbox import bouncing, drafts, live, quoting, recording, repliers, rollups, safety, subject_lines
from inbox.html_text import html_to_text
from inbox.models import Delivery, Message, MessageJob, SentBy
from inbox.safety import NOT_A_REPLY, VerdictKind
from inbox.signals import lead_replied
from integrations.events import MessageReceived
from integrations.registry import Applied
from integrations.registry import Delivery as Arrival
from leads import campaigns, matching, normalizing, statuses, suppression, timeline
from leads.models import ChannelKind, Direction, Lead, LeadIdentity, Tag
from zrg.jobs.enqueueing import enqueue

# How far the provider's time of a text message may be from a webhook's that names neither id nor time.
SAME_MESSAGE = timedelta(minutes=5)

POST_PROCESS = {
    "emailbison": MessageJob.Kind.EMAIL_INBOUND_POST_PROCESS,
    "smartlead": MessageJob.Kind.SMARTLEAD_INBOUND_POST_PROCESS,
    "instantly": MessageJob.Kind.INSTANTLY_INBOUND_POST_PROCESS,
    "ghl": MessageJob.Kind.SMS_INBOUND_POST_PROCESS,
    "unipile": MessageJob.Kind.LINKEDIN_INBOUND_POST_PROCESS,
}


def receive(event: MessageReceived, arrival: Arrival) -> Applied:
    """File a reply under its lead; its flow runs once that is committed."""
    texts = _texts(event)
    verdict = _verdict(event, texts)
    if verdict.kind == VerdictKind.BOUNCE and _is_of_nobody(event):
        return bouncing.of_nobody(event, verdict.bounce, evidence=verdict.reason, arrival=arrival)
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    if why := _of_our_side(match.lead, event, verdict):
        verdict = replace(verdict, kind=VerdictKind.OUR_SIDE, reason=why)
    elif verdict.opt_out and verdict.opt_out.where == "subject" and _is_our_subject(match.lead, event, texts, verdict):
        verdict = _verdict(replace(event, subject=""), texts)
    message = _inbound_message(event, arrival, lead=match.lead, texts=texts, verdict=verdict)
    message.campaign = campaigns.seen(event.campaign, workspace=arrival.workspace)
    if _told_by_history(message) or not recording.insert_once(message):
        match.save()
        return Applied(match.lead.pk, "duplicate")
    _roll_up(match, message, event, arrival)
    if verdict.kind == VerdictKind.OUR_SIDE:
        _stand_by(match.lead, message, verdict)
    else:
        _answer_to(verdict, event, match.lead, message, arrival)
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk)


def _answer_to(verdict: safety.Verdict, event: MessageReceived, lead: Lead, message: Message, arrival: Arrival) -> None:
    """The lead's side wrote: safety at once, all else by the flow."""
    drafts.supersede_pending(lead, by_message=message)
    _act_on(verdict, event, lead, message)
    if verdict.kind not in NOT_A_REPLY:
        lead_replied.send(sender=Message, message=message)
    _post_process(message, arrival)


def _stand_by(lead: Lead, message: Message, verdict: safety.Verdict) -> None:
    """Somebody of ours wrote: it shows, unread, and what would send itself waits for a person. Nothing else changes."""
    drafts.keep_from_sending(lead, why="Somebody of our side wrote in the conversation.")
    asks_to_stop = " It asks to stop: if the lead wants that, blacklist it." if verdict.opt_out else ""
    timeline.record(
        lead,
        kind="our_side",
        text=f"{message.from_name or message.from_email} wrote from our side",
        why=verdict.reason,
        did=f"Not taken for the lead's words: no tag, no draft. Answers go to the lead as before.{asks_to_stop}",
        tone="warn" if asks_to_stop else "plain",
        at=message.sent_at,
        dedupe_key=f"our_side:{message.pk}",
    )


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


def _of_our_side(lead: Lead, event: MessageReceived, verdict: safety.Verdict) -> str:
    """Why the sender is of our own side; empty for the lead's, and for a mail server's bounce."""
    if event.channel != ChannelKind.EMAIL or verdict.kind == VerdictKind.BOUNCE:
        return ""
    return repliers.our_side(lead, normalizing.email(event.sender.email), mailbox=normalizing.email(event.mailbox))


def _is_our_subject(lead: Lead, event: MessageReceived, texts: _Texts, verdict: safety.Verdict) -> bool:
    """An answer carries the subject of what it answers: "Re: Stop cold calling" under our mail of that name asks nobody
    to stop. Where none of our mails is recorded (yet), only a plain request in it counts beside an answer's words."""
    ours = Message.objects.filter(lead=lead, channel=ChannelKind.EMAIL, direction=Direction.OUT).exclude(subject="")
    known = {
        subject_lines.bare(subject) for subject in ours.order_by("-sent_at").values_list("subject", flat=True)[:50]
    }
    if known:
        return subject_lines.bare(event.subject) in known
    is_request = verdict.opt_out is not None and verdict.opt_out.is_request
    return subject_lines.is_answer(event.subject) and bool(texts.own.strip()) and not is_request


def _is_of_nobody(event: MessageReceived) -> bool:
    """All that is known of the person is the mail's sender: of a bounce, the mailer-daemon."""
    known = normalizing.email(event.person.email)
    return not event.person.names and not event.person.phone and known in {"", normalizing.email(event.sender.email)}


def _inbound_message(
    event: MessageReceived, arrival: Arrival, *, lead: Lead, texts: _Texts, verdict: safety.Verdict
) -> Message:
    said = f"{event.subject}|{event.text}|{event.html}"
    fallback = f"{arrival.provider}|{recording.whose(event.person)}|{said}|{event.at or arrival.received_at}"
    return Message(
        workspace=arrival.workspace,
        lead=lead,
        channel=event.channel,
        direction=Direction.IN,
        body=texts.body,
        subject=recording.clean(event.subject)[:998],
        raw_html=recording.clean(event.html),
        raw_text=texts.whole,
        from_email=_written_from(event, arrival),
        from_name=recording.clean(event.sender.name)[:200],
        to=[asdict(address) for address in event.to],
        cc=[asdict(address) for address in event.cc],
        attachments=[asdict(attachment) for attachment in event.attachments],
        automated="" if verdict.kind == VerdictKind.NONE else str(verdict.kind),
        sent_at=recording.when(event.at, arrival),
        sent_by=SentBy.LEAD,
        delivery=Delivery.RECEIVED,
        thread={"provider": arrival.provider, **event.thread},
        dedupe_key=recording.dedupe_key("in", event.ids, fallback),
        **recording.id_columns(event.ids),
    )


def _written_from(event: MessageReceived, arrival: Arrival) -> str:
    """The address or number that wrote: a lead may have several, and STOP counts for the one it came from."""
    if event.channel == ChannelKind.SMS:
        return normalizing.phone(event.person.phone, arrival.workspace.phone_region)
    return normalizing.email(event.sender.email)


def _told_by_history(message: Message) -> bool:
    """A workflow's webhook names no id; the text may be here from the provider's history already. Then the row takes
    the webhook's key over: told once by each, and the same words again are a message of their own."""
    if message.channel != ChannelKind.SMS or message.ghl_message_id:
        return False
    recorded = Message.objects.filter(workspace_id=message.workspace_id)
    if recorded.filter(dedupe_key=message.dedupe_key).exists():
        return True
    near = (message.sent_at - SAME_MESSAGE, message.sent_at + SAME_MESSAGE)
    from_history = recorded.filter(
        lead_id=message.lead_id, direction=Direction.IN, sent_at__range=near, dedupe_key__startswith="in:ghl_message:"
    )
    twin = next((one for one in from_history if recording.same_text(one.body, message.body)), None)
    if twin is None:
        return False
    recorded.filter(pk=twin.pk).update(dedupe_key=message.dedupe_key)
    return True


def _roll_up(match: matching.Match, message: Message, event: MessageReceived, arrival: Arrival) -> None:
    lead = match.lead
    if message.channel == ChannelKind.EMAIL and message.automated not in {VerdictKind.BOUNCE, VerdictKind.OUR_SIDE}:
        repliers.note(match, event, at=message.sent_at, source=arrival.provider)
    if message.campaign and lead.campaign_id != message.campaign.pk and rollups.tells_the_campaign(lead, message):
        lead.campaign = message.campaign
        match.changed.add("campaign")
    by, is_reply = message.from_name or lead.name, message.automated not in NOT_A_REPLY
    changed = rollups.add_message(lead, message, by=by, is_reply=is_reply)
    if message.automated == VerdictKind.OUR_SIDE and lead.last_message_at == message.sent_at:
        lead.is_unread = True
        changed.add("is_unread")
    match.save(*changed)


def _act_on(verdict: safety.Verdict, event: MessageReceived, lead: Lead, message: Message) -> None:
    """Safety first, before any model (spec 03): an opt-out is final at once, in this very transaction."""
    key, evidence = str(message.pk), verdict.reason
    if verdict.kind == VerdictKind.OPT_OUT:
        _opt_out(lead, message, evidence=evidence, sms_stop=verdict.sms_keyword is not None)
    elif verdict.kind == VerdictKind.BOUNCE:
        bouncing.in_thread(lead, verdict.bounce, evidence=evidence, key=key)
    elif verdict.kind == VerdictKind.SMS_START:
        _start(lead, message)
    elif verdict.kind in {VerdictKind.OUT_OF_OFFICE, VerdictKind.AUTOMATED} and lead.tag != Tag.BLACKLIST:
        tag = Tag.OUT_OF_OFFICE if verdict.kind == VerdictKind.OUT_OF_OFFICE else Tag.AUTOMATED_REPLY
        statuses.set_tag(lead, tag=tag, by=None, why=evidence, at=message.sent_at, dedupe_key=f"tag:{key}")


def _opt_out(lead: Lead, message: Message, *, evidence: str, sms_stop: bool) -> None:
    """Everything of the lead goes on the list, and of the sender, who may be another lead or nobody's."""
    if sms_stop and _texted_since(message, VerdictKind.SMS_START):
        text = "Sent STOP, and START after it: may be written to"
        timeline.record(lead, kind="sms_start", text=text, at=message.sent_at, dedupe_key=f"opt_out:{message.pk}")
        return
    kind = LeadIdentity.Kind.PHONE if message.channel == ChannelKind.SMS else LeadIdentity.Kind.EMAIL
    sender: list[tuple[str, str]] = []
    if message.from_email:
        same = LeadIdentity.objects.filter(
            workspace_id=lead.workspace_id, lead__identities__kind=kind, lead__identities__value=message.from_email
        )
        sender = [(kind, message.from_email), *same.values_list("kind", "value")]
    suppression.opt_out(
        lead, sender_names=sender, evidence=evidence, key=str(message.pk), sms_stop=sms_stop, at=message.sent_at
    )


def _start(lead: Lead, message: Message) -> None:
    """From the number that wrote; a STOP that is later stands, in whichever order the two arrive, and so does another
    number's: only who said STOP may say START (the carrier blocks the number, not the person)."""
    if not _texted_since(message, VerdictKind.OPT_OUT):
        phone = message.from_email or lead.phone
        stopped = _numbers_that_stopped(message)
        if not stopped or phone in stopped:
            suppression.start(lead, phone=phone, key=str(message.pk), stopped_too=stopped - {phone})
        else:
            text = f"{phone} sent START; the STOP came from another number, and stands"
            timeline.record(lead, kind="sms_start", text=text, dedupe_key=f"start:{message.pk}")


def _numbers_that_stopped(start: Message) -> set[str]:
    """Of the lead's numbers, those whose last word before this START was a STOP; empty where none is recorded."""
    words = Message.objects.filter(lead_id=start.lead_id, channel=ChannelKind.SMS, direction=Direction.IN)
    words = words.filter(automated__in=[VerdictKind.OPT_OUT, VerdictKind.SMS_START], sent_at__lte=start.sent_at)
    words = words.exclude(pk=start.pk).exclude(from_email="").order_by("sent_at")
    last = dict(words.values_list("from_email", "automated"))
    return {number for number, word in last.items() if word == VerdictKind.OPT_OUT}


def _texted_since(message: Message, kind: VerdictKind) -> bool:
    later = Message.objects.filter(lead_id=message.lead_id, channel=ChannelKind.SMS, direction=Direction.IN)
    later = later.filter(from_email__in=[message.from_email, ""])
    return later.filter(automated=str(kind), sent_at__gt=message.sent_at).exists()


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
