"""The one door out (spec 06, "Sending"): every message of every path leaves through here.

`queue` writes the message and a job; the job delivers it (inbox/delivering.py). Locked and checked twice: when it is
queued (a person is told why it is refused) and the moment before it leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox import gates, live, outcomes, rollups, switches
from inbox.channels import connection_for, names_written_to, pick_thread, recipients_of, why_fixed
from inbox.gates import Action, Answer
from inbox.models import Delivery, Draft, Message, MessageJob, SentBy
from inbox.signals import message_undone
from integrations.models import Connection
from leads import normalizing
from leads.models import ChannelKind, Direction, Lead
from zrg.jobs.enqueueing import enqueue
from zrg.workspaces.models import User

MAX_CHARS = 100_000
MOST_COPIES = 20


class Refusal(Exception):
    """Not sent, for a reason the person may read; nothing was written and the text is theirs.

    `answer`: what the gate said, where it was the gate."""

    def __init__(self, reason: str, *, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.answer = answer


class Overtaken(Refusal):
    """Somebody else wrote since the one who sends looked; the text says who."""


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
    draft: Draft | None = None,
    action: Action = Action.HUMAN_SEND,
    overtaken: Callable[[Lead], str] | None = None,
) -> Message:
    """Write an outbound message and have it sent, after the workspace's undo time when a person sends.

    `key` makes it one message however often this is called, and so does `draft` (an existing one is returned).
    `action`: which column of the table "What stops what" it goes by. `overtaken` is asked under the lock what happened
    since the sender looked; any answer is Overtaken. Raises Refusal."""
    with transaction.atomic():
        lead = Lead.objects.select_related("workspace__reply_settings").select_for_update(of=("self",)).get(pk=lead.pk)
        same = Q(dedupe_key=f"out:{key}"[:400])
        if draft is not None:
            same |= Q(draft=draft) & ~Q(delivery=Delivery.UNDONE)
        existing = Message.objects.filter(same, workspace_id=lead.workspace_id).first()
        if existing is not None and existing.delivery == Delivery.UNDONE:
            raise Refusal(
                "This message was taken back and nothing was sent. Send it once more if it is to go after all."
            )
        if existing is not None:
            return existing
        if lead.merged_into_id:
            raise Refusal("This lead was merged into another one. Open that conversation to send; the text is kept.")
        if overtaken is not None and (news := overtaken(lead)):
            raise Overtaken(news)
        message = _written(lead, channel=channel, text=text, to=to, cc=cc or [], subject=subject)
        message.dedupe_key, message.sent_by, message.sent_by_user = f"out:{key}"[:400], sent_by, by
        message.draft = draft
        check(lead, message, action=action)
        _wait_for_undo(lead, message, undo_seconds)
        message.save(force_insert=True)
        lead.needs_reply = False
        lead.thread_version += 1  # whoever else has the conversation open has not seen this one
        lead.save(update_fields=["needs_reply", "thread_version", "updated_at"])
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
        raise Refusal("Choose e-mail, SMS or LinkedIn.")
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
        missing = {"email": "e-mail address", "sms": "phone number"}.get(channel, "LinkedIn profile")
        raise Refusal(f"No {missing} is known for this lead.")
    first, fixed = next(iter(known)), why_fixed(connection_for(lead.workspace_id, channel))
    wanted = to.strip() or (first if fixed or channel != ChannelKind.EMAIL else "")
    if channel == ChannelKind.EMAIL:
        wanted = normalizing.email(wanted)
    if fixed and wanted != first:
        raise Refusal(fixed)
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
    copies = list(dict.fromkeys(normalizing.email(address) for address in given))
    if len(copies) > MOST_COPIES:
        raise Refusal(f"At most {MOST_COPIES} addresses can be on CC; these are {len(copies)}.")
    return copies


def check(lead: Lead, message: Message, *, action: Action | None = None) -> Connection:
    """The gate, for a locked lead: the account the message may leave through. Raises Refusal with the reason.

    Machines' own switches are asked where a machine decides (zrg/flows); here is what stops a message of anybody."""
    connection = connection_for(lead.workspace_id, message.channel)
    recipients = [entry["email"] for entry in (*message.to, *message.cc)]
    recipients += names_written_to(lead, message.channel)
    found = switches.of_send(lead, channel=message.channel, recipients=recipients, connection=connection)
    answer = gates.answer(action or _action_of(message), found)
    if not answer.goes or connection is None:
        raise Refusal(answer.reason, answer=answer)
    return connection


def _action_of(message: Message) -> Action:
    """By which column a message that is on its way already goes."""
    if message.sent_by == SentBy.AI:
        return Action.DELAYED_SEND
    if message.sent_by == SentBy.SEQUENCE:
        return Action.SEQUENCE_STEP
    return Action.APPROVED_DRAFT if message.draft_id else Action.HUMAN_SEND


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
    message_undone.send(sender=Message, message=message)
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
    message.sent_at = timezone.now()  # given to us anew, by somebody who has read what came meanwhile
    changed = ("error", "look_ups", "undo_until", "held_until", "sent_by_user", "sent_at")
    try:
        outcomes.move(message, Delivery.QUEUED, save=changed)
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
