"""How drafts come and go (spec 06): proposed once, scheduled, superseded, answered otherwise, expired; every end is
recorded. What somebody decides about one: inbox/draft_decisions.py.

The lead is locked, then the draft: one order everywhere (inbox/sending.py). Statuses change by the table in
inbox/models/drafts.py and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inbox import draft_rollup, live, sending
from inbox.models import DRAFT_MAY_BECOME, Delivery, Draft, DraftOutcome, DraftStatus, Message, MessageJob, SentBy
from inbox.signals import draft_decided
from leads import timeline
from leads.models import Direction, Lead
from zrg.jobs.enqueueing import enqueue
from zrg.workspaces.models import User

EXPIRES_AFTER = timedelta(days=14)


class NotPending(sending.Refusal):
    """The draft ended already; the words say how."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a draft was made of, to be kept with it."""

    persona_name: str = ""
    archetype: str = ""
    strategy: dict[str, Any] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)
    knowledge: tuple[str, ...] = ()
    verified: bool = False
    problems: tuple[str, ...] = ()


def existing(lead: Lead, key: str) -> Draft | None:
    """The draft of this key, whatever became of it."""
    return Draft.objects.filter(workspace_id=lead.workspace_id, dedupe_key=key).first()


def inbound_key(message: Message) -> str:
    """One draft per inbound message and channel (spec 06)."""
    return f"inbound:{message.pk}:{message.channel}"


@transaction.atomic
def propose(
    *,
    lead: Lead,
    channel: str,
    content: str,
    key: str,
    made: Made,
    trigger: Message | None = None,
    subject: str = "",
    instruction: str = "",
    seen: Message | None = None,
    expires_after: timedelta = EXPIRES_AFTER,
) -> tuple[Draft, bool]:
    """Keep a draft, once per key; True if it is new. Where the lead has written again since `trigger`, or since `seen`
    (the newest reply that one without a trigger was written from), it is born superseded; where somebody has answered,
    born expired. Other pending drafts are superseded by it."""
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if found := existing(lead, key):
        return found, False
    now = timezone.now()
    draft = Draft(
        workspace_id=lead.workspace_id,
        lead=lead,
        trigger_message=trigger,
        channel=channel,
        subject=subject[:998],
        content=content,
        original_content=content,
        dedupe_key=key,
        thread_version=lead.thread_version,
        instruction=instruction[:500],
        expires_at=now + expires_after,
        persona_name=made.persona_name[:120],
        archetype=made.archetype[:40],
        strategy=made.strategy,
        prompts=made.prompts,
        knowledge=list(made.knowledge),
        verified=made.verified,
        problems=list(made.problems),
        tag_before=lead.tag,
    )
    draft.save(force_insert=True)
    if lead.draft_state:  # kept with every change of a draft, under this lock: empty where none is pending
        for other in Draft.objects.select_for_update().pending().filter(lead=lead).exclude(pk=draft.pk):
            end(other, DraftStatus.SUPERSEDED, via="system", note="A newer draft took its place.")
    known = trigger or seen
    if known is not None and _newer_inbound(lead, known):
        end(draft, DraftStatus.SUPERSEDED, via="system", note="The lead wrote again while it was written.")
    elif trigger is not None and is_answered(trigger):
        end(draft, DraftStatus.EXPIRED, via="system", note="Somebody answered while it was written.")
    draft_rollup.show(lead, draft if draft.status == DraftStatus.PENDING else None)
    live.bump_on_commit(lead.workspace_id)
    return draft, True


def _newer_inbound(lead: Lead, than: Message) -> bool:
    later = Message.objects.theirs().filter(lead=lead, sent_at__gt=than.sent_at)
    return later.exclude(pk=than.pk).exists()


def is_answered(message: Message) -> bool:
    """A person or a machine of ours wrote to the lead since this reply came; what a campaign sends answers nothing, nor
    does what was written before it and left after (it waited for undo, or was held)."""
    later = Message.objects.filter(lead_id=message.lead_id, direction=Direction.OUT, sent_at__gt=message.sent_at)
    by_us = Q(provider_asked_at__isnull=False) | Q(delivery__in=[Delivery.QUEUED, Delivery.SCHEDULED, Delivery.HELD])
    later = later.exclude(by_us, created_at__lt=message.created_at)
    return later.exclude(sent_by=SentBy.CAMPAIGN).exclude(delivery__in=[Delivery.UNDONE, Delivery.FAILED]).exists()


def locked(draft_id: UUID) -> tuple[Lead, Draft]:
    """Lead first, then draft. Again, where a merge moved the draft while we waited."""
    while True:
        lead_id = Draft.objects.values_list("lead_id", flat=True).get(pk=draft_id)
        lead = Lead.objects.select_related("workspace", "campaign").select_for_update(of=("self",)).get(pk=lead_id)
        draft = Draft.objects.select_for_update(of=("self",)).get(pk=draft_id)
        if draft.lead_id == lead.pk:
            draft.lead = lead
            return lead, draft


def how_it_ended(draft: Draft) -> str:
    """How it ended, for somebody who comes too late."""
    who = f" by {draft.decided_by.get_short_name()}" if draft.decided_by else ""
    how = {
        DraftStatus.APPROVED: "was approved already",
        DraftStatus.REJECTED: "was rejected",
        DraftStatus.SUPERSEDED: "was superseded: the conversation went on",
        DraftStatus.EXPIRED: "has expired",
    }
    return f"This draft {how[DraftStatus(draft.status)]}{who}."


def schedule(draft: Draft) -> None:
    """Have a locked draft sent at its `send_at`, by the job behind inbox.autosend.fire. Once per draft."""
    assert draft.send_at is not None
    enqueue(
        MessageJob,
        dedupe_key=f"{draft.workspace_id}:{draft.trigger_message_id}:{MessageJob.Kind.AI_AUTO_SEND_DELAYED}:{draft.pk}",
        delay=max(draft.send_at - timezone.now(), timedelta()),
        workspace_id=draft.workspace_id,
        kind=MessageJob.Kind.AI_AUTO_SEND_DELAYED,
        lead_id=draft.lead_id,
        message_id=draft.trigger_message_id,
        draft=draft,
    )


def unschedule(draft: Draft, *, why: str) -> None:
    """A locked draft's delayed auto-send is off, for a reason that is kept; a person decides."""
    if draft.send_at is None:
        return
    draft.send_at, draft.cancelled_reason = None, why[:300]
    draft.save(update_fields=["send_at", "cancelled_reason"])
    draft_rollup.roll_up(draft.lead)
    timeline.record(
        draft.lead,
        kind="auto_send_cancelled",
        text="Auto-send cancelled",
        why=why,
        did="The draft waits for a person.",
        tone="warn",
        dedupe_key=f"auto_send_cancelled:{draft.pk}:{draft.version}",
    )


# ── What the conversation does to them ─────────────────────────────────────────
def supersede_pending(lead: Lead, *, by_message: Message) -> int:
    """The lead wrote again, on whatever channel: drafts for what was said before are history. The lead is locked by the
    caller; a late delivery of an older message supersedes nothing newer. No query where none is pending."""
    if not lead.draft_state:
        return 0
    # One without a trigger was written from all there was: a reply it did not know, however late it is told, ends it.
    known = Message.objects.filter(lead=lead, direction=Direction.IN, created_at__lte=OuterRef("created_at"))
    unknown = ~Exists(known.filter(sent_at__gte=by_message.sent_at).exclude(pk=by_message.pk))
    older = Q(trigger_message__sent_at__lte=by_message.sent_at) | (Q(trigger_message=None) & unknown)
    ended = 0
    for draft in Draft.objects.select_for_update(of=("self",)).pending().filter(older, lead=lead):
        draft.lead = lead
        unschedule(draft, why="The lead wrote again.")
        end(draft, DraftStatus.SUPERSEDED, via="system", note="The lead wrote again.")
        ended += 1
    return ended


def keep_from_sending(lead: Lead, *, why: str) -> None:
    """What waits for this locked lead does not send itself any more: a person decides. No query where nothing waits."""
    if not lead.draft_state:
        return
    for draft in Draft.objects.select_for_update(of=("self",)).pending().filter(lead=lead):
        draft.lead = lead
        unschedule(draft, why=why)


def answered_otherwise(lead: Lead, *, by_message: Message) -> None:
    """A later outbound message answers the same inbound: its pending drafts have expired. One that left before the lead
    wrote, and is only told late, answers nothing, nor does one written before and left after. No query for a campaign's
    mail to a lead without a draft: those come in tens of thousands, and the lead was read under its lock."""
    if by_message.sent_by == SentBy.CAMPAIGN and not lead.draft_state:
        return
    pending = Draft.objects.select_for_update(of=("self",)).pending().filter(lead=lead)
    answers = Q(trigger_message__sent_at__lt=by_message.sent_at) | Q(
        trigger_message=None, created_at__lt=by_message.sent_at
    )
    if by_message.provider_asked_at is not None:
        pending = pending.exclude(trigger_message__created_at__gt=by_message.created_at)
    for draft in pending.filter(answers).exclude(sends=by_message):
        draft.lead = lead
        unschedule(draft, why="Another message was sent.")
        end(draft, DraftStatus.EXPIRED, via="system", note="Another message answered it.")


def reject_pending(lead: Lead, *, reason: str) -> None:
    """Nothing of what waits for this lead may be sent any more (blacklisted, an automatic reply)."""
    for draft in Draft.objects.select_for_update(of=("self",)).pending().filter(lead=lead):
        draft.lead = lead
        unschedule(draft, why=reason)
        end(draft, DraftStatus.REJECTED, via="system", note=reason)


def count_due() -> int:
    """Pending drafts whose time is over."""
    return Draft.objects.pending().filter(expires_at__lte=timezone.now()).count()


def expire_due(*, limit: int = 500) -> int:
    """Drafts nobody decided about in time; the number. Bounded: called again while it finds some."""
    due = Draft.objects.pending().filter(expires_at__lte=timezone.now()).values_list("pk", flat=True)[:limit]
    for draft_id in list(due):
        with transaction.atomic():
            _, draft = locked(draft_id)
            if draft.status == DraftStatus.PENDING:
                unschedule(draft, why="The draft expired.")
                end(draft, DraftStatus.EXPIRED, via="system", note="Nobody decided about it in time.")
    return len(due)


_OUTCOMES = {
    DraftStatus.REJECTED: DraftOutcome.REJECTED,
    DraftStatus.SUPERSEDED: DraftOutcome.SUPERSEDED,
    DraftStatus.EXPIRED: DraftOutcome.EXPIRED,
}


def end(
    draft: Draft, status: DraftStatus, *, via: str, by: User | None = None, note: str = "", outcome: str = ""
) -> None:
    """The one place where a draft's status changes, by the table."""
    if status not in DRAFT_MAY_BECOME[DraftStatus(draft.status)]:
        raise NotPending(how_it_ended(draft))
    draft.status, draft.decided_at, draft.decided_by, draft.decided_via = status, timezone.now(), by, via
    draft.decision_note = note[:300]
    draft.outcome = outcome or _OUTCOMES.get(status, "")
    draft.send_at = None
    draft.save()
    draft_rollup.roll_up(draft.lead)
    draft_decided.send(sender=Draft, draft=draft)
    live.bump_on_commit(draft.workspace_id)
