"""Proposed messages, and what became of each (spec 05 "Evaluation", 06)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from inbox.models.messages import Message
from leads.models import ChannelKind, Lead
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User, Workspace


class DraftStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Superseded"
    EXPIRED = "expired", "Expired"


# What may follow what. APPROVED → PENDING: its send was undone or refused, the text is the person's again.
DRAFT_MAY_BECOME: dict[DraftStatus, frozenset[DraftStatus]] = {
    DraftStatus.PENDING: frozenset(
        {DraftStatus.APPROVED, DraftStatus.REJECTED, DraftStatus.SUPERSEDED, DraftStatus.EXPIRED}
    ),
    DraftStatus.APPROVED: frozenset({DraftStatus.PENDING, DraftStatus.REJECTED}),
    DraftStatus.REJECTED: frozenset(),
    DraftStatus.SUPERSEDED: frozenset(),
    DraftStatus.EXPIRED: frozenset(),
}


class AutoSendAction(models.TextChoices):
    """What was decided about a draft, and recorded on it (spec 06, "Auto-send decision")."""

    SEND_IMMEDIATE = "send_immediate", "Sent at once"
    SEND_DELAYED = "send_delayed", "Sent after a delay"
    NEEDS_REVIEW = "needs_review", "Needs review"
    DRAFT_ONLY = "draft_only", "Draft only"
    SKIP = "skip", "Skipped"
    ERROR = "error", "Error"


class DraftOutcome(models.TextChoices):
    """How a draft ended, for evaluation (spec 05)."""

    UNCHANGED = "unchanged", "Sent unchanged"
    EDITED = "edited", "Sent edited"
    AUTO_SENT = "auto_sent", "Sent by itself"
    REJECTED = "rejected", "Rejected"
    SUPERSEDED = "superseded", "Superseded"
    EXPIRED = "expired", "Expired"


class DraftQuerySet(models.QuerySet["Draft"]):
    def pending(self) -> Self:
        return self.filter(status=DraftStatus.PENDING)


class Draft(models.Model):
    """One proposed outbound message of a lead, waiting for a person or for auto-send."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="drafts", db_index=False)
    trigger_message = models.ForeignKey(
        Message, models.SET_NULL, null=True, blank=True, related_name="drafts", db_index=False
    )
    channel = models.CharField(max_length=8, choices=ChannelKind)
    subject = models.CharField(max_length=998, blank=True)
    content = models.TextField(help_text="As it stands now; a person may have edited it.")
    original_content = models.TextField(editable=False, help_text="As it was written.")
    status = models.CharField(max_length=10, choices=DraftStatus, default=DraftStatus.PENDING)
    dedupe_key = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1, help_text="Counts the edits: approvals carry it.")
    thread_version = models.PositiveIntegerField(default=0, help_text="The lead's when it was written.")
    instruction = models.CharField(max_length=500, blank=True, help_text="What a person asked for when regenerating.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    # What it was made of
    persona_name = models.CharField(max_length=120, blank=True)
    archetype = models.CharField(max_length=40, blank=True)
    strategy = models.JSONField(default=dict, blank=True)
    prompts = models.JSONField(default=dict, blank=True, help_text="Prompt key → version.")
    knowledge = models.JSONField(default=list, blank=True, help_text="Ids of the knowledge assets that were used.")
    verified = models.BooleanField(default=False, help_text="Passed the verifier and the checks of the code.")
    problems = models.JSONField(default=list, blank=True, help_text="What the checks found, in words.")

    # Auto-send decision
    evaluated_at = models.DateTimeField(null=True, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    threshold = models.FloatField(null=True, blank=True)
    action = models.CharField(max_length=14, choices=AutoSendAction, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why this action.")
    setting = models.CharField(max_length=200, blank=True, help_text="Under which setting.")
    send_at = models.DateTimeField(null=True, blank=True, help_text="When a delayed auto-send is due.")
    cancelled_reason = models.CharField(
        max_length=300, blank=True, help_text="Why a scheduled auto-send was cancelled."
    )

    # What became of it
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    decided_via = models.CharField(max_length=12, blank=True, help_text="page, slack, auto, system, api")
    decision_note = models.CharField(max_length=300, blank=True, help_text="Why it was rejected or superseded.")
    outcome = models.CharField(max_length=10, choices=DraftOutcome, blank=True)
    edit_distance = models.FloatField(null=True, blank=True, help_text="0 unchanged … 1 rewritten.")
    replied_at = models.DateTimeField(null=True, blank=True, help_text="When the lead answered it.")
    tag_before = models.CharField(max_length=24, blank=True)
    tag_after = models.CharField(max_length=24, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["lead", "-created_at"], name="drafts_of_lead"),
            models.Index(fields=["workspace", "-created_at"], condition=Q(status="pending"), name="pending_drafts"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="drafts_to_expire"),
            models.Index(fields=["workspace", "evaluated_at"], name="drafts_by_decision"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "dedupe_key"], name="a_draft_is_made_once"),
            models.CheckConstraint(condition=Q(status__in=DraftStatus.values), name="draft_has_a_known_status"),
            models.CheckConstraint(
                condition=Q(action="") | Q(action__in=AutoSendAction.values), name="draft_has_a_known_action"
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
                name="draft_confidence_between_0_and_1",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} draft {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_edited(self) -> bool:
        """A person changed it since it was written."""
        return self.content != self.original_content


class ReviewMessage(models.Model):
    """A draft shown to a reviewer in Slack; (channel, ts) is the message's identity there. One per draft and person."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        UNKNOWN = "unknown", "Outcome unknown"
        SETTLED = "settled", "Settled"
        FAILED = "failed", "Not sent"

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(User, models.CASCADE, related_name="+")
    slack_user = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    ts = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    shown = models.CharField(max_length=300, blank=True, help_text="What the message says became of it.")
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "reviewer"], name="a_reviewer_is_asked_once")]

    def __str__(self) -> str:
        return f"{self.reviewer_id} {self.state}"
