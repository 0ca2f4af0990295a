"""What became of drafts after they were sent (spec 05, "Evaluation"): answered, how the tag moved, booked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from inbox.models import Draft, DraftStatus, Message
from leads.models import Lead


def replied(message: Message) -> None:
    """A lead wrote: the last draft that was sent before has its answer."""
    draft = _last_sent(message.lead_id, before=message.sent_at)
    if draft is not None and draft.replied_at is None:
        Draft.objects.filter(pk=draft.pk).update(replied_at=message.sent_at)


def tagged(lead: Lead, *, message: Message) -> None:
    """The answer was read: where the tag went from there."""
    draft = _last_sent(lead.pk, before=message.sent_at)
    if draft is not None:
        Draft.objects.filter(pk=draft.pk).update(tag_after=lead.tag)


def booked(lead: Lead, *, at: datetime) -> None:
    """A meeting came of the conversation: noted on the last draft that was sent."""
    draft = _last_sent(lead.pk, before=at)
    if draft is not None and draft.booked_at is None:
        Draft.objects.filter(pk=draft.pk).update(booked_at=at)


def _last_sent(lead_id: UUID, *, before: datetime) -> Draft | None:
    sent = Draft.objects.filter(lead_id=lead_id, status=DraftStatus.APPROVED, decided_at__lt=before)
    return sent.order_by("-decided_at").first()
