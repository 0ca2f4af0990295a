"""Messages, drafts and what was understood follow their lead through a merge and back (spec 03); what waits for a
blacklisted lead is cancelled."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from inbox import draft_rollup, outcomes, rollups
from inbox.models import Delivery, Draft, LeadMemory, Message, MessageJob, SentimentEvent
from inbox.safety import NOT_A_REPLY
from leads.models import Direction, Lead

PENDING = (Delivery.QUEUED, Delivery.SCHEDULED, Delivery.HELD)


def to_survivor(survivor: Lead, loser: Lead, record: dict[str, Any]) -> None:
    """Move the loser's messages and drafts with their jobs, and note which in the merge's record."""
    record["messages"] = [str(pk) for pk in Message.objects.filter(lead=loser).values_list("pk", flat=True)]
    record["drafts"] = [str(pk) for pk in Draft.objects.filter(lead=loser).values_list("pk", flat=True)]
    _move(record["messages"], record["drafts"], survivor)
    readings = SentimentEvent.objects.filter(lead=loser)
    record["sentiments"] = [str(pk) for pk in readings.values_list("pk", flat=True)]
    readings.update(lead=survivor)
    record["memory"] = _hand_over_memory(survivor, loser)
    draft_rollup.roll_up(survivor)
    draft_rollup.roll_up(loser)


def back_to_loser(survivor: Lead, loser: Lead, record: dict[str, Any]) -> None:
    """The undo: exactly what moved moves back, with all jobs it has by now; both leads' rollups are counted anew."""
    moved = Message.objects.filter(pk__in=record["messages"], lead=survivor)
    written = Draft.objects.filter(pk__in=record.get("drafts", []), lead=survivor)
    _move(list(moved.values_list("pk", flat=True)), list(written.values_list("pk", flat=True)), loser)
    SentimentEvent.objects.filter(pk__in=record.get("sentiments", []), lead=survivor).update(lead=loser)
    if record.get("memory"):
        LeadMemory.objects.filter(lead=survivor).update(lead=loser)
    rebuild(survivor)
    rebuild(loser)


def _move(messages: list[Any], drafts: list[Any], lead: Lead) -> None:
    Message.objects.filter(pk__in=messages).update(lead=lead)
    Draft.objects.filter(pk__in=drafts).update(lead=lead)
    MessageJob.objects.filter(Q(message__in=messages) | Q(draft__in=drafts)).update(lead=lead)


def _hand_over_memory(survivor: Lead, loser: Lead) -> bool:
    """The survivor's own memory stays; without one it takes the loser's over. True if it did."""
    if LeadMemory.objects.filter(lead=survivor).exists():
        return False
    return bool(LeadMemory.objects.filter(lead=loser).update(lead=survivor))


def rebuild(lead: Lead) -> None:
    """Count a locked lead's rollups anew from its messages and drafts."""
    draft_rollup.roll_up(lead)
    for column in ("last_message_at", "last_inbound_at", "last_reply_at", "last_outbound_at"):
        setattr(lead, column, None)
    lead.last_message_direction = lead.last_message_channel = lead.last_message_by = lead.preview = ""
    lead.has_email = lead.has_sms = lead.has_linkedin = False
    changed = {"last_message_at", "last_inbound_at", "last_reply_at", "last_outbound_at", "has_email", "has_sms"}
    changed |= {"has_linkedin", "last_message_direction", "last_message_channel", "last_message_by", "preview"}
    unread = lead.is_unread
    shown = Message.objects.filter(lead=lead, delivery__in=[Delivery.RECEIVED, Delivery.SENT]).order_by("sent_at", "id")
    for message in shown.select_related("sent_by_user", "campaign").iterator(chunk_size=500):
        inbound = message.direction == Direction.IN
        by = (message.from_name or lead.name) if inbound else outcomes.by_line(message)
        changed |= rollups.add_message(lead, message, by=by, is_reply=inbound and message.automated not in NOT_A_REPLY)
    lead.is_unread = unread
    lead.send_failed = outcomes.any_failed(lead)
    lead.save(update_fields=[*changed, "send_failed", "updated_at"])


def cancel_pending(lead: Lead, *, reason: str) -> None:
    """Nothing that waits leaves any more; the texts are kept with the reason."""
    for message in Message.objects.select_for_update().filter(lead=lead, delivery__in=PENDING):
        outcomes.failed(message, lead, reason=reason)
