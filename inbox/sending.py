"""The one door out (spec 06, "Sending"): every message of every path leaves through here.

`queue` writes the message and a job; the job delivers it (inbox/delivering.py). Locked and checked twice: when it is
queued (a person is told why it is refused) and the moment before it leaves.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from inbox import gates, live, outcomes, rollups
from inbox.channels import connection_for, pick_thread, recipients_of
from inbox.models import Delivery, Message, MessageJob, SentBy
from integrations.models import Connection
from leads import normalizing
from leads.models import ChannelKind, Direction, Lead, LeadIdentity
from zrg.jobs.enqueueing import enqueue
from zrg.workspaces.models import User

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
        check(lead, message)
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


def check(lead: Lead, message: Message) -> Connection:
    """The gate, for a locked lead: the account the message may leave through. Raises Refusal with the reason."""
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
    start_job(message, MessageJob.Kind.DELIVER, suffix=str(run), delay=delay)


def start_job(message: Message, kind: str, *, suffix: str, delay: timedelta) -> None:
    """Have something done for a message after a while; the same `suffix` once."""
    enqueue(
        MessageJob,
        dedupe_key=f"{message.workspace_id}:{message.pk}:{kind}:{suffix}",
        delay=delay,
        workspace_id=message.workspace_id,
        kind=kind,
        lead_id=message.lead_id,
        message_id=message.pk,
    )


def locked(message_id: UUID) -> tuple[Lead, Message]:
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
    lead, message = locked(message.pk)
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
    lead, message = locked(message.pk)
    if message.delivery == Delivery.UNCONFIRMED and message.look_ups < outcomes.LOOK_UPS:
        raise Refusal("It is still being looked up at the provider, for at most an hour, so that it isn't sent twice.")
    check(lead, message)
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
    lead, message = locked(message.pk)
    if message.delivery != Delivery.UNCONFIRMED:
        raise Refusal(f"This message is {message.get_delivery_display().lower()} already.")
    outcomes.sent(message, lead, ids={}, thread={}, at=message.provider_asked_at)
    return message
