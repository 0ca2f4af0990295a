"""A queued message leaves, once (spec 06, "Sending"): the jobs behind the one door.

The row says `sending` before the provider is called, so a crash at any line leaves a row that is looked up, never one
that is sent twice. No lock is held during the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from inbox import outcomes, sending
from inbox.channels import connection_for
from inbox.models import PROVIDER_IDS, Delivery, Message, MessageJob
from integrations import outgoing
from integrations.errors import LimitReached, NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.events import Address, Channel, Person
from integrations.models import Connection
from leads import matching, timeline
from leads.models import Direction, Lead, LeadIdentity
from zrg.jobs.errors import Waits

log = structlog.get_logger(__name__)

DND_HOLD = timedelta(hours=72)
DND_RETRY = timedelta(hours=3)
GIVE_UP_AFTER = timedelta(hours=1)  # a provider that stays away this long: the person is told
# After the first look-up, at once, the others within an hour (spec 06).
LOOKED_UP_AGAIN_AFTER = (timedelta(minutes=14), timedelta(minutes=45))


def deliver(job: MessageJob) -> None:
    """Job handler: send one queued message; a re-run after a crash looks it up instead of sending it again."""
    connection = _begin(job)
    if connection is None:
        return
    message = Message.objects.select_related("lead__workspace").get(pk=job.its_message)
    try:
        receipt = outgoing.send(connection, _as_outgoing(message), key=message.dedupe_key)
    except Refused as refused:
        _after_refusal(job, refused)
    except NeedsAttention as problem:
        _settle(job, outcomes.failed, reason=str(problem))
    except LimitReached as limit:
        _after_limit(job, limit)
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
        lead, message = sending.locked(job.its_message)
        if message.delivery == Delivery.SENDING:
            _to_look_up(message, lead, reason="The process that was sending it stopped before an answer came.")
            return None
        if message.delivery not in {Delivery.QUEUED, Delivery.SCHEDULED, Delivery.HELD}:
            return None
        if message.undo_until and message.undo_until > timezone.now() + timedelta(milliseconds=200):
            raise Waits("It can still be undone.", until=message.undo_until)
        try:
            connection = sending.check(lead, message)
        except sending.Refusal as refusal:
            outcomes.failed(message, lead, reason=str(refusal))
            return None
        message.provider_asked_at = timezone.now()
        message.thread = {"provider": connection.provider, **message.thread}
        outcomes.move(message, Delivery.SENDING, save=("provider_asked_at", "thread"))
        return connection


def _settle(job: MessageJob, verb: Callable[..., None], **given: Any) -> None:
    """Under the lock: apply a verb of (message, lead), unless somebody settled it meanwhile (the echo came first)."""
    with transaction.atomic():
        lead, message = sending.locked(job.its_message)
        if message.delivery in {Delivery.SENDING, Delivery.UNCONFIRMED}:
            verb(message, lead, **given)


def _sent(message: Message, lead: Lead, *, receipt: outgoing.Receipt) -> None:
    if receipt.person_names:
        matching.claim(lead, list(receipt.person_names), source="sending")
    outcomes.sent(message, lead, ids=receipt.ids, thread=receipt.thread, at=receipt.at)
    if receipt.note:
        timeline.record(lead, kind="send_note", text=receipt.note, dedupe_key=f"send_note:{message.pk}")


def _after_refusal(job: MessageJob, refused: Refused) -> None:
    """Do-not-disturb is waited out for 72 h; any other refusal is final."""
    if refused.code != "dnd":
        _settle(job, outcomes.failed, reason=str(refused))
    elif _held(job):
        raise Waits("Do not disturb is on.", until=timezone.now() + DND_RETRY)


def _held(job: MessageJob) -> bool:
    """Hold it; False where it is settled: by 72 hours of it, or by somebody else."""
    with transaction.atomic():
        lead, message = sending.locked(job.its_message)
        if message.delivery != Delivery.SENDING:
            return False
        message.held_until = message.held_until or timezone.now() + DND_HOLD
        if timezone.now() >= message.held_until:
            outcomes.failed(message, lead, reason="Do not disturb stayed on for 72 hours.")
            return False
        message.error = "Do not disturb is on for this contact: held, and tried again for 72 hours."
        outcomes.move(message, Delivery.HELD, save=("held_until", "error"))
        return True


def _after_limit(job: MessageJob, limit: LimitReached) -> None:
    """The account's allowance is spent: held until there is more of it, as long as that takes. Never a failure."""
    until = timezone.now() + timedelta(seconds=limit.wait_s)
    with transaction.atomic():
        _, message = sending.locked(job.its_message)
        if message.delivery != Delivery.SENDING:
            return
        message.held_until, message.error = until, f"{limit} It goes out by itself."
        outcomes.move(message, Delivery.HELD, save=("held_until", "error"))
    raise Waits(str(limit), until=until)


def _after_try_later(job: MessageJob, later: TryLater) -> None:
    """Nothing left: back to the queue; after an hour of it the person is told and keeps the text."""
    with transaction.atomic():
        lead, message = sending.locked(job.its_message)
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
    message = Message.objects.select_related("lead__workspace").get(pk=job.its_message)
    if message.delivery != Delivery.UNCONFIRMED:
        return
    receipt = _found(message)
    if receipt is not None:
        _settle(job, _sent, receipt=receipt)
        return
    with transaction.atomic():
        lead, message = sending.locked(job.its_message)
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
    sending.start_job(message, MessageJob.Kind.LOOK_UP, suffix=suffix, delay=delay)


def _known_ids(message: Message) -> set[str]:
    """Provider ids of the lead's other messages: the same words sent twice are two messages."""
    others = Message.objects.filter(lead_id=message.lead_id, direction=Direction.OUT).exclude(pk=message.pk)
    rows = others.values_list(*PROVIDER_IDS.values())
    return {value for row in rows for value in row if value}


def _as_outgoing(message: Message) -> outgoing.Outgoing:
    return outgoing.Outgoing(
        channel=Channel(message.channel),
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
