"""The work that messages and drafts cause (spec 04)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from inbox.models.drafts import Draft
from inbox.models.messages import Message
from leads.models import Lead
from zrg.jobs.models import DurableJob, Lane, failed_index, one_per_key, pending_index, running_index


class MessageJob(DurableJob):
    """Work for a message (post-process an inbound one, deliver or look up an outbound one) or for a draft."""

    class Kind(models.TextChoices):
        SMS_INBOUND_POST_PROCESS = "SMS_INBOUND_POST_PROCESS", "SMS reply"
        EMAIL_INBOUND_POST_PROCESS = "EMAIL_INBOUND_POST_PROCESS", "EmailBison reply"
        SMARTLEAD_INBOUND_POST_PROCESS = "SMARTLEAD_INBOUND_POST_PROCESS", "SmartLead reply"
        INSTANTLY_INBOUND_POST_PROCESS = "INSTANTLY_INBOUND_POST_PROCESS", "Instantly reply"
        LINKEDIN_INBOUND_POST_PROCESS = "LINKEDIN_INBOUND_POST_PROCESS", "LinkedIn reply"
        DELIVER = "DELIVER", "Send a message"
        LOOK_UP = "LOOK_UP", "Look up a send"
        AI_AUTO_SEND_DELAYED = "AI_AUTO_SEND_DELAYED", "Delayed auto-send"
        ASK_REVIEW = "ASK_REVIEW", "Ask reviewers in Slack"
        UPDATE_REVIEW = "UPDATE_REVIEW", "Update the reviewers' messages"
        DRAFT = "DRAFT", "Write a draft"

    QUEUES: ClassVar[dict[int, str]] = {Lane.FIRST: "reply", Lane.BULK: "bulk"}
    BATCH: ClassVar[int] = 1

    kind = models.CharField(max_length=32, choices=Kind)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="jobs")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True, related_name="jobs")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="jobs", db_index=False)
    given = models.JSONField(default=dict, blank=True, help_text="What this kind of work was asked for.")

    class Meta:
        indexes = [
            pending_index("message_jobs_due"),
            running_index("message_jobs_running"),
            failed_index("message_jobs_failed"),
        ]
        constraints = [
            one_per_key("a_message_job_is_kept_once"),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | Q(draft__isnull=False) | Q(kind="DRAFT"),
                name="a_message_job_is_about_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def handler_kind(self) -> str:
        return self.kind

    @property
    def its_message(self) -> UUID:
        """The id of the message it is about. LookupError for work that is about a draft or a lead only."""
        if self.message_id is None:
            raise LookupError(f"{self.kind} #{self.pk} is about no message.")
        return self.message_id

    @property
    def its_draft(self) -> UUID:
        """As `its_message`, of the draft."""
        if self.draft_id is None:
            raise LookupError(f"{self.kind} #{self.pk} is about no draft.")
        return self.draft_id
