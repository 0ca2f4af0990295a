"""The one door out (spec 06, "Sending"): every message of every path leaves through here.

`queue` writes the message and a job; the job `deliver`s it. Locked and checked twice: when it is queued (a person is
told why it is refused) and the moment before it leaves. The row says `sending` before the provider is called, so a
crash at any line leaves a row that is looked up, never one that is sent twice. No lock is held during the call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from inbox import gates, live, outcomes, rollups
from inbox.channels import connection_for, pick_thread, recipients_of
from inbox.models import PROVIDER_IDS, Delivery, Message, MessageJob, SentBy
from integrations import outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.events import Address, Person
from integrations.models import Connection
from leads import matching, normalizing
from leads.models import ChannelKind, Direction, Lead, LeadIdentity
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.errors import Waits
from zrg.workspaces.models import User

log = structlog.get_logger(__name__)

DND_HOLD = timedelta(hours=72)
DND_RETRY = timedelta(hours=3)
GIVE_UP_AFTER = timedelta(hours=1)  # a provider that stays away this long: the person is told
# After the first look-up, at once, the others within an hour (spec 06).
LOOKED_UP_AGAIN_AFTER = (timedelta(minutes=14), timedelta(minutes=45))
MAX_CHARS = 100_000


class Refusal(Exception):
    """Not sent, for a reason the person may read; nothing was written and the text is theirs."""


def queue(
    *,
    lead: Lead,
    channel: str,
    text: str,
    key: str,
    by: User | None,
    to: str = "",
    cc: list[str] | None = None,
    subject: str = "",
    sent_by: str = SentBy.SETTER,
    undo_seconds: int | None = None,
) -> Message:
    """Write an outbound message and have it sent, after the workspace's undo time when a person sends.

    `key` makes it one message however often this is called (an existing one is returned). Raises Refusal."""
    with transaction.atomic():
        lead = Lead.objects.select_related("workspace__reply_settings").select_for_update(of=("self",)).get(pk=lead.pk)
        existing = Message.objects.filter(workspace_id=lead.workspace_id, dedupe_key=f"out:{key}"[:400]).first()
        if existing is not None:
            return existing
        if lead.merged_into_id:
            raise Refusal("This lead was merged into another one. Open that conversation to send; the text is kept.")
        message = _written(lead, channel=channel, text=text, to=to, cc=cc or [], subject=subject)
        message.dedupe_key, message.sent_by, message.sent_by_user = f"out:{key}"[:400], sent_by, by
        _check(lead, message)
        _wait_for_undo(lead, message, undo_seconds)
        message.save(force_insert=True)
        lead.needs_reply = False
        lead.save(update_fields=["needs_reply", "updated_at"])
        _enqueue_delivery(message, run=0)
        live.bump_on_commit(lead.workspace_id)
        return message


def _written(lead: Lead, *, channel: str, text: str, to: str, cc: list[str], subject: str) -> Message:
    """The message as it would leave. Raises Refusal where something it needs is missing."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise Refusal("Write something before sending.")
    if len(text) > MAX_CHARS:
        raise Refusal(f"The text is too long: at most {MAX_CHARS:,} characters.")
    if channel not in ChannelKind.values:
        raise Refusal("Choose e-mail or SMS.")
    return Message(
        workspace_id=lead.workspace_id,
        lead=lead,
        channel=channel,
        direction=Direction.OUT,
        body=text,
        subject=subject.strip()[:998],
        to=[_recipient(lead, channel, to)],
        cc=[{"email": address, "name": ""} for address in _copies(channel, cc)],
        thread=pick_thread(lead, channel),
        delivery=Delivery.QUEUED,
        sent_at=timezone.now(),
    )


def _recipient(lead: Lead, channel: str, to: str) -> dict[str, str]:
    known = {recipient.value: recipient for recipient in recipients_of(lead, channel)}
    if not known:
        missing = {"email": "e-mail address", "sms": "phone number"}.get(channel, "profile")
        raise Refusal(f"No {missing} is known for this lead.")
    wanted = to.strip() or (next(iter(known)) if channel != ChannelKind.EMAIL else "")
    if channel == ChannelKind.EMAIL:
        wanted = normalizing.email(wanted)
    if wanted not in known:
        raise Refusal("Select a recipient before sending.")
    name = known[wanted].label
    return {"email": wanted, "name": "" if name == wanted else name}


def _copies(channel: str, cc: list[str]) -> list[str]:
    if channel != ChannelKind.EMAIL:
        return []
    given = [address for address in cc if address.strip()]
    wrong = next((address for address in given if not normalizing.email(address)), "")
    if wrong:
        raise Refusal(f"“{wrong}” in CC is not an e-mail address.")
    return list(dict.fromkeys(normalizing.email(address) for address in given))


def _check(lead: Lead, message: Message) -> Connection:
    """The gate. Raises Refusal with the reason."""
    connection = connection_for(lead.workspace_id, message.channel)
    recipients = [entry["email"] for entry in (*message.to, *message.cc)]
    if message.channel == ChannelKind.SMS:  # which of the person's numbers it goes to is the provider's choice
        phones = LeadIdentity.objects.filter(lead=lead, kind=LeadIdentity.Kind.PHONE)
        recipients += phones.values_list("value", flat=True)
    facts = gates.facts_for(lead, channel=message.channel, recipients=recipients, connection=connection)
    reason = gates.refusal(facts)
    if reason or connection is None:
        raise Refusal(reason)
    return connection


def _wait_for_undo(lead: Lead, message: Message, undo_seconds: int | None) -> None:
    seconds = lead.workspace.reply_settings.undo_seconds if undo_seconds is None else undo_seconds
    message.undo_until = timezone.now() + timedelta(seconds=seconds) if seconds else None


def _enqueue_delivery(message: Message, *, run: int | str) -> None:
    delay = max(message.undo_until - timezone.now(), timedelta()) if message.undo_until else timedelta()
    _job(message, MessageJob.Kind.DELIVER, suffix=str(run), delay=delay)


def _job(message: Message, kind: str, *, suffix: str, delay: timedelta) -> None:
    enqueue(
        MessageJob,
        dedupe_key=f"{message.workspace_id}:{message.pk}:{kind}:{suffix}",
        delay=delay,
        workspace_id=message.workspace_id,
        kind=kind,
        lead_id=message.lead_id,
        message_id=message.pk,
    )


def _locked(message_id: UUID) -> tuple[Lead, Message]:
    """Lead first, then message: one order everywhere. Again, where a merge moved the message while we waited."""
    while True:
        lead_id = Message.objects.values_list("lead_id", flat=True).get(pk=message_id)
        lead = Lead.objects.select_related("workspace").select_for_update(of=("self",)).get(pk=lead_id)
        message = Message.objects.select_related("sent_by_user").select_for_update(of=("self",)).get(pk=message_id)
        if message.lead_id == lead.pk:
            message.lead = lead
            return lead, message


@transaction.atomic
def undo(message: Message, *, by: User) -> Message:
    """Take a message back that has not left yet. Raises Refusal when it has."""
    lead, message = _locked(message.pk)
    try:
        outcomes.move(message, Delivery.UNDONE)
    except outcomes.WrongState as wrong:
        raise Refusal(str(wrong)) from None
    lead.needs_reply, lead.send_failed = rollups.needs_reply(lead), outcomes.any_failed(lead)
    lead.save(update_fields=["needs_reply", "send_failed", "updated_at"])
    return message


@transaction.atomic
def retry(message: Message, *, by: User) -> Message:
    """Send a failed or unconfirmed message (again), by a person's decision. Raises Refusal; of an unconfirmed one while
    it is still being looked up, too: it may be there."""
    lead, message = _locked(message.pk)
    if message.delivery == Delivery.UNCONFIRMED and message.look_ups < outcomes.LOOK_UPS:
        raise Refusal("It is still being looked up at the provider, for at most an hour, so that it isn't sent twice.")
    _check(lead, message)
    message.sent_by_user = message.sent_by_user or by
    message.error, message.look_ups, message.undo_until, message.held_until = "", 0, None, None
    try:
        outcomes.move(message, Delivery.QUEUED, save=("error", "look_ups", "undo_until", "held_until", "sent_by_user"))
    except outcomes.WrongState as wrong:
        raise Refusal(str(wrong)) from None
    lead.needs_reply, lead.send_failed = False, outcomes.any_failed(lead)
    lead.save(update_fields=["send_failed", "needs_reply", "updated_at"])
    _enqueue_delivery(message, run=f"again:{timezone.now().isoformat()}")
    return message


@transaction.atomic
def mark_sent(message: Message, *, by: User) -> Message:
    """A person says of an unconfirmed message: it was sent. Raises Refusal when it is not unconfirmed."""
    lead, message = _locked(message.pk)
    if message.delivery != Delivery.UNCONFIRMED:
        raise Refusal(f"This message is {message.get_delivery_display().lower()} already.")
    outcomes.sent(message, lead, ids={}, thread={}, at=message.provider_asked_at)
    return message


def deliver(job: MessageJob) -> None:
    """Job handler: send one queued message; a re-run after a crash looks it up instead of sending it again."""
    connection = _begin(job)
    if connection is None:
        return
    message = Message.objects.select_related("lead__workspace").get(pk=job.message_id)
    try:
        receipt = outgoing.send(connection, _as_outgoing(message), key=message.dedupe_key)
    except Refused as refused:
        _after_refusal(job, refused)
    except NeedsAttention as problem:
        _settle(job, outcomes.failed, reason=str(problem))
    except TryLater as later:
        _after_try_later(job, later)
        raise
    except OutcomeUnknown as unknown:
        _settle(job, _to_look_up, reason=str(unknown))
    else:
        _settle(job, _sent, receipt=receipt)


def _begin(job: MessageJob) -> Connection | None:
    """Under the lock: is it still to be sent? Then say `sending`, and commit that before anything leaves."""
    with transaction.atomic():
        lead, message = _locked(job.message_id)
        if message.delivery == Delivery.SENDING:
            _to_look_up(message, lead, reason="The process that was sending it stopped before an answer came.")
            return None
        if message.delivery not in {Delivery.QUEUED, Delivery.SCHEDULED, Delivery.HELD}:
            return None
        if message.undo_until and message.undo_until > timezone.now() + timedelta(milliseconds=200):
            raise Waits("It can still be undone.", until=message.undo_until)
        try:
            connection = _check(lead, message)
        except Refusal as refusal:
            outcomes.failed(message, lead, reason=str(refusal))
            return None
        message.provider_asked_at = timezone.now()
        outcomes.move(message, Delivery.SENDING, save=("provider_asked_at",))
        return connection


def _settle(job: MessageJob, verb: Callable[..., None], **given: Any) -> None:
    """Under the lock: apply a verb of (message, lead), unless somebody settled it meanwhile (the echo came first)."""
    with transaction.atomic():
        lead, message = _locked(job.message_id)
        if message.delivery in {Delivery.SENDING, Delivery.UNCONFIRMED}:
            verb(message, lead, **given)


def _sent(message: Message, lead: Lead, *, receipt: outgoing.Receipt) -> None:
    if receipt.person_names:
        matching.claim(lead, list(receipt.person_names), source="sending")
    outcomes.sent(message, lead, ids=receipt.ids, thread=receipt.thread, at=receipt.at)


def _after_refusal(job: MessageJob, refused: Refused) -> None:
    """Do-not-disturb is waited out for 72 h; any other refusal is final."""
    if refused.code != "dnd":
        _settle(job, outcomes.failed, reason=str(refused))
    elif _held(job):
        raise Waits("Do not disturb is on.", until=timezone.now() + DND_RETRY)


def _held(job: MessageJob) -> bool:
    """Hold it; False where it is settled: by 72 hours of it, or by somebody else."""
    with transaction.atomic():
        lead, message = _locked(job.message_id)
        if message.delivery != Delivery.SENDING:
            return False
        message.held_until = message.held_until or timezone.now() + DND_HOLD
        if timezone.now() >= message.held_until:
            outcomes.failed(message, lead, reason="Do not disturb stayed on for 72 hours.")
            return False
        message.error = "Do not disturb is on for this contact: held, and tried again for 72 hours."
        outcomes.move(message, Delivery.HELD, save=("held_until", "error"))
        return True


def _after_try_later(job: MessageJob, later: TryLater) -> None:
    """Nothing left: back to the queue; after an hour of it the person is told and keeps the text."""
    with transaction.atomic():
        lead, message = _locked(job.message_id)
        if message.delivery != Delivery.SENDING:
            return
        if job.waiting_since and timezone.now() - job.waiting_since > GIVE_UP_AFTER:
            outcomes.failed(message, lead, reason=f"The provider could not be reached for an hour. {later}")
        else:
            outcomes.move(message, Delivery.QUEUED)


def _to_look_up(message: Message, lead: Lead, *, reason: str) -> None:
    outcomes.unconfirmed(message, lead, reason=reason)
    _look_up_again(message, delay=timedelta(seconds=5))


def look_up(job: MessageJob) -> None:
    """Job handler: ask the provider whether an unconfirmed message is there. Three times within an hour, then a person
    decides; it is never sent a second time by itself."""
    message = Message.objects.select_related("lead__workspace").get(pk=job.message_id)
    if message.delivery != Delivery.UNCONFIRMED:
        return
    receipt = _found(message)
    if receipt is not None:
        _settle(job, _sent, receipt=receipt)
        return
    with transaction.atomic():
        lead, message = _locked(job.message_id)
        if message.delivery != Delivery.UNCONFIRMED:
            return
        message.look_ups += 1
        message.save(update_fields=["look_ups"])
        if message.look_ups < outcomes.LOOK_UPS:
            _look_up_again(message, delay=LOOKED_UP_AGAIN_AFTER[message.look_ups - 1])
        else:
            outcomes.given_up(message, lead)


def _found(message: Message) -> outgoing.Receipt | None:
    """What the provider has of it. One that does not answer has not said so: that look-up counts like the others, or
    nobody would ever be asked to decide."""
    connection = connection_for(message.workspace_id, message.channel)
    if connection is None or message.provider_asked_at is None:
        return None
    known = _known_ids(message)
    try:
        return outgoing.look_up(connection, _as_outgoing(message), since=message.provider_asked_at, known=known)
    except ProviderError as error:
        log.warning("look_up_failed", error=type(error).__name__, provider=connection.provider)
        return None


def _look_up_again(message: Message, *, delay: timedelta) -> None:
    suffix = f"{message.provider_asked_at}:{message.look_ups}"
    _job(message, MessageJob.Kind.LOOK_UP, suffix=suffix, delay=delay)


def _known_ids(message: Message) -> set[str]:
    """Provider ids of the lead's other messages: the same words sent twice are two messages."""
    others = Message.objects.filter(lead_id=message.lead_id, direction=Direction.OUT).exclude(pk=message.pk)
    rows = others.values_list(*PROVIDER_IDS.values())
    return {value for row in rows for value in row if value}


def _as_outgoing(message: Message) -> outgoing.Outgoing:
    return outgoing.Outgoing(
        channel=message.channel,
        text=message.body,
        subject=message.subject,
        to=tuple(Address(entry["email"], entry.get("name", "")) for entry in message.to),
        cc=tuple(Address(entry["email"], entry.get("name", "")) for entry in message.cc),
        thread=message.thread,
        person=_person(message.lead),
    )


def _person(lead: Lead) -> Person:
    names = LeadIdentity.objects.filter(lead=lead).exclude(kind__in=["email", "phone"]).values_list("kind", "value")
    return Person(
        names=tuple(names),
        email=lead.email,
        phone=lead.phone,
        first_name=lead.first_name,
        last_name=lead.last_name,
        company=lead.company,
    )
