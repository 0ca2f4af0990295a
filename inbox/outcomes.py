"""What became of an outbound message: every change of its delivery state, by the table in inbox.models (spec 06).

Each verb takes a message locked (or just made) in the caller's transaction, checks the table and saves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox import live, rollups
from inbox.models import DELIVERY_MAY_BECOME, PROVIDER_IDS, Delivery, Message, SentBy
from inbox.recording import id_columns
from inbox.safety import NOT_A_REPLY
from inbox.signals import message_failed, message_sent, message_unconfirmed
from leads import timeline
from leads.models import Direction, Lead, LeadStatus
from zrg.lib.metrics import SENDS

_COUNTED = {Delivery.SENT, Delivery.FAILED, Delivery.UNCONFIRMED, Delivery.HELD}


LOOK_UPS = 3  # so often an unconfirmed message is looked up before a person decides (spec 06)


class WrongState(Exception):
    """The message is not in a state from which this may follow; the text says which."""


def move(message: Message, to: Delivery, *, save: tuple[str, ...] = ()) -> None:
    """Change the delivery state. Raises WrongState where the table forbids it."""
    if to not in DELIVERY_MAY_BECOME[Delivery(message.delivery)]:
        raise WrongState(f"This message is {message.get_delivery_display().lower()} already.")
    message.delivery = to
    message.save(update_fields=["delivery", *save])
    live.bump_on_commit(message.workspace_id)
    if to in _COUNTED:
        transaction.on_commit(lambda: SENDS.count(channel=message.channel, outcome=str(to)))


def by_line(message: Message) -> str:
    """Who wrote an outbound message, for the list."""
    if message.sent_by_user:
        return message.sent_by_user.get_short_name()
    return message.get_sent_by_display()


def sent(
    message: Message, lead: Lead, *, ids: Mapping[str, str], thread: Mapping[str, str], at: datetime | None
) -> None:
    """The provider has it: ids, rollups of the locked lead, and whoever hears `message_sent`."""
    columns, given = id_columns(ids), message.sent_at
    for column, value in columns.items():
        setattr(message, column, value)
    message.thread = {**message.thread, **thread}
    message.sent_at, message.error = at or timezone.now(), ""
    fields = (*columns, "thread", "sent_at", "error")
    _absorb_echo(message, columns)
    move(message, Delivery.SENT, save=fields)
    changed = rollups.add_message(lead, message, by=by_line(message))
    if lead.status != LeadStatus.BLACKLISTED and _crossed(lead, given=given):
        lead.needs_reply = True
    lead.send_failed = any_failed(lead)
    lead.save(update_fields=[*changed, "send_failed", "updated_at"])
    message_sent.send(sender=Message, message=message)


def _crossed(lead: Lead, *, given: datetime) -> bool:
    """The newest reply reached us while this message, given to us at `given`, waited to leave (undo, do-not-disturb, a
    provider that was down): who wrote it had not read that reply, and it still waits."""
    if lead.last_reply_at is None:
        return False
    newest = Message.objects.filter(lead_id=lead.pk, direction=Direction.IN, sent_at=lead.last_reply_at)
    return newest.filter(created_at__gt=given).exclude(automated__in=NOT_A_REPLY).exists()


def _absorb_echo(message: Message, columns: dict[str, str]) -> None:
    """The platform's echo was filed as a message of its own before our answer came: ours takes its id over. An id that
    another message of ours has (two equal ones left at once, and their echoes were mixed up) stays there."""
    for column in [column for column in columns if column in PROVIDER_IDS.values()]:
        twins = Message.objects.filter(workspace_id=message.workspace_id, **{column: columns[column]})
        twins = twins.exclude(pk=message.pk)
        twins.filter(sent_by=SentBy.SETTER, sent_by_user=None, lead_id=message.lead_id).delete()
        if twins.exists():
            setattr(message, column, None)


def failed(message: Message, lead: Lead, *, reason: str) -> None:
    """It was not sent, for a reason a person can read; the text is kept and can be sent again."""
    message.error = reason[:500]
    move(message, Delivery.FAILED, save=("error",))
    lead.send_failed = True
    lead.needs_reply = rollups.needs_reply(lead)
    lead.save(update_fields=["send_failed", "needs_reply", "updated_at"])
    timeline.record(
        lead,
        kind="send_failed",
        text=f"{message.get_channel_display()} not sent",
        why=reason,
        did="The text is kept. Nothing was sent.",
        tone="danger",
        dedupe_key=f"failed:{message.pk}:{message.provider_asked_at}",
    )
    message_failed.send(sender=Message, message=message)


def unconfirmed(message: Message, lead: Lead, *, reason: str) -> None:
    """The request left and no answer came: it is looked up, never just repeated."""
    message.error = reason[:500]
    move(message, Delivery.UNCONFIRMED, save=("error",))
    timeline.record(
        lead,
        kind="send_unconfirmed",
        text=f"{message.get_channel_display()} not confirmed",
        why=reason,
        did="It is looked up at the provider. It is not sent a second time.",
        tone="warn",
        dedupe_key=f"unconfirmed:{message.pk}:{message.provider_asked_at}",
    )


def given_up(message: Message, lead: Lead) -> None:
    """Three look-ups found nothing: a person decides now."""
    lead.send_failed = True
    lead.save(update_fields=["send_failed", "updated_at"])
    timeline.record(
        lead,
        kind="send_unknown",
        text="Check whether this was sent",
        why="Three look-ups within an hour did not find it at the provider.",
        did="Nothing was repeated. Say “It was sent” or “Send again”.",
        tone="danger",
        dedupe_key=f"given_up:{message.pk}:{message.provider_asked_at}",
    )
    live.bump_on_commit(message.workspace_id)
    message_unconfirmed.send(sender=Message, message=message)


def any_failed(lead: Lead) -> bool:
    """Is there a message of the lead that failed, or that was looked up in vain? The list says so."""
    troubled = Q(delivery=Delivery.FAILED) | Q(delivery=Delivery.UNCONFIRMED, look_ups__gte=LOOK_UPS)
    return Message.objects.filter(troubled, lead_id=lead.pk).exists()
