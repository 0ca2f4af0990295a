"""What the inbox list knows of a lead's pending draft: written in the transaction of whatever changed the draft."""

from __future__ import annotations

from inbox.models import AutoSendAction, Draft
from leads.models import DraftState, Lead

_ASKS = frozenset({AutoSendAction.NEEDS_REVIEW, AutoSendAction.ERROR})


def state_of(draft: Draft) -> DraftState:
    """Whose move a pending draft is."""
    if draft.send_at is not None:
        return DraftState.SCHEDULED
    asks = draft.action in _ASKS or bool(draft.cancelled_reason)
    return DraftState.REVIEW if asks else DraftState.WAITS


def roll_up(lead: Lead) -> None:
    """Count a lead's draft columns anew from its newest pending draft."""
    show(lead, Draft.objects.pending().filter(lead_id=lead.pk).order_by("-created_at").first())


def show(lead: Lead, draft: Draft | None) -> None:
    """As `roll_up`, where the newest pending draft is known (None: there is none). One statement."""
    lead.draft_state = state_of(draft) if draft else ""
    lead.draft_send_at = draft.send_at if draft else None
    lead.draft_confidence = draft.confidence if draft else None
    Lead.objects.filter(pk=lead.pk).update(
        draft_state=lead.draft_state, draft_send_at=lead.draft_send_at, draft_confidence=lead.draft_confidence
    )
