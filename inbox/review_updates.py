"""Keeping the reviewers' Slack messages true: every one says who decided and what happened (spec 06)."""

from __future__ import annotations

import structlog
from django.db.models import Q

from inbox import review_content, review_message
from inbox.models import Draft, DraftStatus, MessageJob, ReviewMessage
from inbox.review_message import Written
from integrations import chat
from integrations.errors import NeedsAttention, Refused, TryLater

log = structlog.get_logger(__name__)

State = ReviewMessage.State

MOST_ROUNDS = 4


def update(job: MessageJob) -> None:
    """Job handler: every message about this draft says what became of it. Raises TryLater while Slack is away."""
    if job.given.get("ts"):
        _turn_away(job.given)
        return
    troubles = []
    for row_id in ReviewMessage.objects.filter(_posted(), draft=job.draft_id).values_list("pk", flat=True):
        try:
            _refresh(row_id)
        except (TryLater, NeedsAttention) as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]


def _posted() -> Q:
    return ~Q(ts="") & ~Q(channel="")


def _turn_away(given: dict[str, str]) -> None:
    """Answer in a message that nobody here was sent."""
    words = given.get("note", "")
    try:
        chat.update(given["channel"], given["ts"], text=words, blocks=review_message.only(words))
    except Refused as refused:
        log.info("review_message_cannot_be_changed", error=refused.code)


def _refresh(row_id: int) -> None:
    """Until what was written is how things stand: another worker may have written something older meanwhile."""
    pushed = None
    for _ in range(MOST_ROUNDS):
        row = ReviewMessage.objects.get(pk=row_id)
        draft = review_content.read(row.draft_id)
        if draft is None:
            return
        written = review_content.written(draft, note=row.error)
        if written.says == (row.shown if pushed is None else pushed):
            return
        _write(row, draft, written)
        pushed = written.says
    raise TryLater("It changes faster than Slack can be told.")


def _write(row: ReviewMessage, draft: Draft, written: Written) -> None:
    try:
        chat.update(row.channel, row.ts, text=written.text, blocks=written.blocks)
    except Refused as refused:  # deleted by hand, too old to be edited: there is nothing left to show
        log.info("review_message_cannot_be_changed", error=refused.code, draft=str(draft.pk))
    state = State.ASKED if draft.status == DraftStatus.PENDING else State.SETTLED
    ReviewMessage.objects.filter(pk=row.pk).update(shown=written.says, state=state)
