"""Asking people in Slack about a draft (spec 06, "Slack review"). What they click: inbox/review_clicks.py.

Nothing is lost without Slack: the draft stays pending on the page, the timeline says why nobody was asked, and the job
tries again. A row per reviewer is on disk before Slack is called, and one whose outcome is unknown is not written to a
second time.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from inbox import review_content, reviewers
from inbox.models import Draft, DraftStatus, MessageJob, ReviewMessage
from integrations import chat
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from leads import timeline
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.errors import Waits
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User

State = ReviewMessage.State

ASK_AGAIN_AFTER = timedelta(hours=1)  # what a person must put right: no token, nobody with this e-mail
GIVE_UP_AFTER = timedelta(hours=24)


def request_review(draft: Draft) -> bool:
    """Have the reviewers asked once this change is committed; False if they were asked about this draft before."""
    return _enqueue(draft, MessageJob.Kind.ASK_REVIEW, key=f"{draft.workspace_id}:{draft.pk}:ASK_REVIEW")


def settle(draft: Draft) -> None:
    """Whatever was decided or happened: show it in the messages of all who were asked. One query for the others."""
    if ReviewMessage.objects.filter(draft_id=draft.pk).exists():
        update_messages(draft)


def update_messages(draft: Draft, **given: str) -> None:
    """Have the messages about a draft written anew; `given` names one that we did not send to a reviewer."""
    key = f"{draft.workspace_id}:{draft.pk}:UPDATE_REVIEW:{uuid7()}"
    _enqueue(draft, MessageJob.Kind.UPDATE_REVIEW, key=key, **given)


def _enqueue(draft: Draft, kind: str, *, key: str, **given: str) -> bool:
    return enqueue(
        MessageJob,
        dedupe_key=key,
        workspace_id=draft.workspace_id,
        kind=kind,
        lead_id=draft.lead_id,
        draft_id=draft.pk,
        given=given,
    )


# ── Asking ─────────────────────────────────────────────────────────────────────
def ask(job: MessageJob) -> None:
    """Job handler: write to each reviewer who was not written to yet. Raises TryLater while Slack is away, Waits while
    a person must put something right; after a day of that it is left to the page."""
    draft = review_content.read(job.draft_id) if job.draft_id else None
    if draft is None or draft.status != DraftStatus.PENDING or draft.workspace.archived_at:
        return
    people = reviewers.of(draft)
    if not people:
        _tell_trouble(draft, "Nobody in this workspace may decide about drafts and see this lead.")
        return
    if chat.is_configured():
        troubles = [trouble for person in people if (trouble := _ask_one(draft, person)) is not None]
    else:
        troubles = [NeedsAttention("Slack is not set up: SLACK_BOT_TOKEN is empty.")]
    if Draft.objects.filter(pk=draft.pk).exclude(status=DraftStatus.PENDING).exists():
        settle(draft)
    elif troubles:
        _ask_again(job, draft, troubles)


def _ask_one(draft: Draft, person: User) -> ProviderError | None:
    """Write to one reviewer, once. What stood in the way, where it is worth another try."""
    rows = ReviewMessage.objects.filter(draft=draft, reviewer=person)
    if rows.exclude(state=State.FAILED).exists():
        return None
    try:
        slack_user = chat.find_user(person.email)
        if slack_user is None:
            raise Refused(f"Slack knows nobody with the e-mail of {person.get_full_name()}.")
        written = review_content.written(draft)
        if not _claim(draft, person, slack_user):
            return None
        posted = chat.dm(slack_user, text=written.text, blocks=written.blocks)
    except OutcomeUnknown as unknown:
        rows.update(error=str(unknown)[:300])
        _tell_unknown(draft, person, str(unknown))
        return None
    except ProviderError as error:
        ReviewMessage.objects.update_or_create(
            draft=draft, reviewer=person, defaults={"state": State.FAILED, "error": str(error)[:300]}
        )
        return error
    rows.update(state=State.ASKED, channel=posted.channel, ts=posted.ts, shown=written.says, error="")
    _tell_asked(draft, person)
    return None


def _claim(draft: Draft, person: User, slack_user: str) -> bool:
    """On disk before anything leaves: this reviewer is being written to. False where another worker does it."""
    row, is_new = ReviewMessage.objects.get_or_create(
        draft=draft, reviewer=person, defaults={"state": State.UNKNOWN, "slack_user": slack_user}
    )
    again = ReviewMessage.objects.filter(pk=row.pk, state=State.FAILED)
    return is_new or bool(again.update(state=State.UNKNOWN, slack_user=slack_user, error=""))


def _ask_again(job: MessageJob, draft: Draft, troubles: list[ProviderError]) -> None:
    passing = [trouble for trouble in troubles if isinstance(trouble, TryLater)]
    # A pause that Slack asks for (a message a second) is over before anybody reads of it.
    worth_telling = [str(trouble) for trouble in troubles if not (trouble in passing and trouble.retry_after)]
    if worth_telling:
        _tell_trouble(draft, "; ".join(dict.fromkeys(worth_telling)))
    if passing:
        raise max(passing, key=lambda trouble: trouble.retry_after or 0)
    if timezone.now() - job.created_at < GIVE_UP_AFTER:
        raise Waits("; ".join(map(str, troubles)), until=timezone.now() + ASK_AGAIN_AFTER)


# ── The timeline ───────────────────────────────────────────────────────────────
def _tell_asked(draft: Draft, person: User) -> None:
    timeline.record(
        draft.lead,
        kind="review_asked",
        text=f"{person.get_full_name()} was asked in Slack to approve a draft",
        why=draft.reason,
        dedupe_key=f"review:{draft.pk}:{person.pk}:asked",
    )


def _tell_unknown(draft: Draft, person: User, why: str) -> None:
    timeline.record(
        draft.lead,
        kind="review_unconfirmed",
        text=f"{person.get_full_name()} was perhaps asked in Slack",
        why=why,
        did="They are not asked a second time. The draft waits here, too.",
        tone="warn",
        dedupe_key=f"review:{draft.pk}:{person.pk}:unknown",
    )


def _tell_trouble(draft: Draft, why: str) -> None:
    timeline.record(
        draft.lead,
        kind="review_not_asked",
        text="Somebody who should review a draft could not be asked in Slack",
        why=why,
        did="The draft waits here.",
        setting="Reviewers",
        tone="warn",
        dedupe_key=f"review:{draft.pk}:trouble:{why}",
    )
