"""Clicks on Approve & Send in Slack (spec 06). A click calls nobody: it decides under the lead's lock, and a job then
tells every reviewer what became of it."""

from __future__ import annotations

from django.db import transaction

from inbox import draft_decisions, drafts, review, review_content, reviewers, sending
from inbox.models import Draft, DraftStatus, ReviewMessage
from integrations.events import ReviewClicked
from integrations.registry import Applied, Delivery
from leads import timeline
from zrg.workspaces.access import NotAllowed
from zrg.workspaces.models import User

State = ReviewMessage.State


def clicked(event: ReviewClicked, delivery: Delivery) -> Applied:
    """Event handler: approve and send, if whoever clicked may, and what they saw still stands. Calls nobody.

    The person is who we asked: the Slack user was found by their e-mail, and only they have this message."""
    draft = review_content.read(event.draft_id)
    if draft is None or draft.workspace_id != delivery.workspace.pk:
        return Applied(reason="draft_gone")
    if timeline.told(draft.lead, _click_key(event)):
        return Applied(lead_id=draft.lead_id, reason="done_before")
    row = _row_of(event)
    outcome = _decide(event, draft, row.reviewer) if row else "You were not asked about this draft. Nothing was sent."
    _tell_click(draft, event, by=row.reviewer if row else None, outcome=outcome)
    _answer(draft, event, row, outcome)
    return Applied(lead_id=draft.lead_id, reason="not_approved" if outcome else "")


def _row_of(event: ReviewClicked) -> ReviewMessage | None:
    """The message that was clicked. One whose delivery was never confirmed is known from now on."""
    rows = ReviewMessage.objects.select_related("reviewer").filter(draft=event.draft_id, slack_user=event.slack_user)
    row = rows.first()
    if row is not None and not row.ts and event.channel:
        row.channel, row.ts, row.state = event.channel, event.ts, State.ASKED
        row.save(update_fields=["channel", "ts", "state"])
    return row


def _decide(event: ReviewClicked, draft: Draft, person: User) -> str:
    """Approve; why not, in words for the person, where it was not."""
    with transaction.atomic():
        _, now = drafts.locked(draft.pk)
        if now.status != DraftStatus.PENDING:
            return "It was decided before your click, which changed nothing."
    try:
        reviewers.check_may_decide(person, draft)
        draft_decisions.approve(
            draft,
            by=person,
            via="slack",
            version=event.version,
            thread_version=event.thread_version,
            undo_seconds=0,
        )
    except NotAllowed as refused:
        return f"{refused} Nothing was sent."
    except sending.Refusal as refusal:
        return f"{refusal} Nothing was sent by your click."
    return ""


def _answer(draft: Draft, event: ReviewClicked, row: ReviewMessage | None, outcome: str) -> None:
    """What the message of whoever clicked will say."""
    if row is not None:
        ReviewMessage.objects.filter(pk=row.pk).update(error=outcome[:300])
        review.settle(draft)
    elif event.channel and not ReviewMessage.objects.filter(channel=event.channel, ts=event.ts).exists():
        review.update_messages(draft, channel=event.channel, ts=event.ts, note=outcome)


def _tell_click(draft: Draft, event: ReviewClicked, *, by: User | None, outcome: str) -> None:
    who = by.get_full_name() if by else "Somebody"
    timeline.record(
        draft.lead,
        kind="review_clicked",
        text=f"{who} clicked Approve & Send in Slack",
        did=outcome or "The draft was approved.",
        tone="warn" if outcome else "ok",
        by=by,
        dedupe_key=_click_key(event),
    )


def _click_key(event: ReviewClicked) -> str:
    return f"click:{event.click}"
