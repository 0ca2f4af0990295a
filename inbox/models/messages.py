"""Messages and the work they cause (spec 03, 04, 06)."""

from __future__ import annotations

from typing import ClassVar, Self

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.models import Campaign, ChannelKind, Direction, Lead
from zrg.jobs.models import DurableJob, Lane, failed_index, one_per_key, pending_index, running_index
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User, Workspace


class SentBy(models.TextChoices):
    AI = "ai", "AI"
    SETTER = "setter", "Setter"
    CAMPAIGN = "campaign", "Campaign"
    SEQUENCE = "sequence", "Sequence"
    SYSTEM = "system", "System"
    LEAD = "lead", "Lead"


class Delivery(models.TextChoices):
    RECEIVED = "received", "Received"
    QUEUED = "queued", "Waiting for undo"
    SCHEDULED = "scheduled", "Scheduled"
    HELD = "held", "Held"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    UNCONFIRMED = "unconfirmed", "Not confirmed"
    UNDONE = "undone", "Undone"


# What may follow what. UNCONFIRMED → SENDING only by a person ("Send again") or after a look-up proved absence.
DELIVERY_MAY_BECOME: dict[Delivery, frozenset[Delivery]] = {
    Delivery.RECEIVED: frozenset(),
    Delivery.QUEUED: frozenset({Delivery.SENDING, Delivery.UNDONE, Delivery.FAILED, Delivery.HELD}),
    Delivery.SCHEDULED: frozenset({Delivery.SENDING, Delivery.UNDONE, Delivery.FAILED, Delivery.HELD}),
    Delivery.HELD: frozenset({Delivery.SENDING, Delivery.UNDONE, Delivery.FAILED}),
    Delivery.SENDING: frozenset({Delivery.SENT, Delivery.FAILED, Delivery.UNCONFIRMED, Delivery.QUEUED, Delivery.HELD}),
    Delivery.SENT: frozenset({Delivery.FAILED}),
    Delivery.FAILED: frozenset({Delivery.QUEUED, Delivery.UNDONE, Delivery.SENT}),
    Delivery.UNCONFIRMED: frozenset({Delivery.SENT, Delivery.FAILED, Delivery.QUEUED}),
    Delivery.UNDONE: frozenset({Delivery.QUEUED}),
}

# The unique provider ids a message may carry; the keys are those of the events' `ids` (integrations.events).
PROVIDER_IDS: dict[str, str] = {
    "ghl_message": "ghl_message_id",
    "emailbison_reply": "emailbison_reply_id",
    "emailbison_scheduled": "emailbison_scheduled_id",
    "smartlead_message": "smartlead_message_id",
    "instantly_email": "instantly_email_id",
    "unipile_message": "unipile_message_id",
}


class MessageQuerySet(models.QuerySet["Message"]):
    def for_lead(self, lead: Lead) -> Self:
        """The thread, oldest first."""
        return self.filter(lead=lead).order_by("sent_at", "id")


class Message(models.Model):
    """One inbound or outbound e-mail, SMS or LinkedIn message of a lead."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="messages", db_index=False)
    channel = models.CharField(max_length=8, choices=ChannelKind)
    direction = models.CharField(max_length=3, choices=Direction)
    body = models.TextField(blank=True, help_text="Cleaned: the lead's own words, without quoted history.")
    subject = models.CharField(max_length=998, blank=True)
    raw_html = models.TextField(blank=True)
    raw_text = models.TextField(blank=True)
    from_email = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    to = models.JSONField(default=list, blank=True, help_text="[{email, name}]")
    cc = models.JSONField(default=list, blank=True, help_text="[{email, name}]")
    attachments = models.JSONField(default=list, blank=True, help_text="[{name, url, size}]")
    automated = models.CharField(max_length=16, blank=True, help_text="bounce, out_of_office, automated, opt_out …")
    sent_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_by = models.CharField(max_length=8, choices=SentBy)
    sent_by_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    thread = models.JSONField(default=dict, blank=True, help_text="What an answer into this thread needs.")
    in_reply_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)

    delivery = models.CharField(max_length=11, choices=Delivery)
    error = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    provider_asked_at = models.DateTimeField(
        null=True, blank=True, help_text="When the request left (or was about to)."
    )
    look_ups = models.PositiveSmallIntegerField(default=0)
    held_until = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)

    ghl_message_id = models.CharField(max_length=120, null=True, blank=True)
    emailbison_reply_id = models.CharField(max_length=120, null=True, blank=True)
    emailbison_scheduled_id = models.CharField(max_length=120, null=True, blank=True)
    smartlead_message_id = models.CharField(max_length=300, null=True, blank=True)
    instantly_email_id = models.CharField(max_length=120, null=True, blank=True)
    unipile_message_id = models.CharField(max_length=120, null=True, blank=True)
    rfc_message_id = models.CharField(max_length=400, blank=True)
    dedupe_key = models.CharField(max_length=400)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["lead", "sent_at", "id"], name="thread_of_lead"),
            models.Index(
                fields=["lead"],
                condition=Q(delivery__in=["queued", "scheduled", "held", "sending", "unconfirmed", "failed"]),
                name="messages_on_their_way",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "dedupe_key"], name="a_message_is_recorded_once"),
            *[
                models.UniqueConstraint(
                    fields=["workspace", column], condition=Q(**{f"{column}__isnull": False}), name=f"one_{column}"
                )
                for column in PROVIDER_IDS.values()
            ],
            models.CheckConstraint(condition=Q(delivery__in=Delivery.values), name="message_has_a_known_delivery"),
            models.CheckConstraint(
                condition=Q(direction="in", delivery="received") | (Q(direction="out") & ~Q(delivery="received")),
                name="only_inbound_messages_are_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_direction_display().lower()} {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def is_on_its_way(self) -> bool:
        """Its state may still change by itself."""
        return self.delivery in {
            Delivery.QUEUED,
            Delivery.SCHEDULED,
            Delivery.HELD,
            Delivery.SENDING,
            Delivery.UNCONFIRMED,
        }


class MessageJob(DurableJob):
    """Work for a message: post-process an inbound one, deliver or look up an outbound one (spec 04)."""

    class Kind(models.TextChoices):
        SMS_INBOUND_POST_PROCESS = "SMS_INBOUND_POST_PROCESS", "SMS reply"
        EMAIL_INBOUND_POST_PROCESS = "EMAIL_INBOUND_POST_PROCESS", "EmailBison reply"
        SMARTLEAD_INBOUND_POST_PROCESS = "SMARTLEAD_INBOUND_POST_PROCESS", "SmartLead reply"
        INSTANTLY_INBOUND_POST_PROCESS = "INSTANTLY_INBOUND_POST_PROCESS", "Instantly reply"
        LINKEDIN_INBOUND_POST_PROCESS = "LINKEDIN_INBOUND_POST_PROCESS", "LinkedIn reply"
        DELIVER = "DELIVER", "Send a message"
        LOOK_UP = "LOOK_UP", "Look up a send"

    QUEUES: ClassVar[dict[int, str]] = {Lane.FIRST: "reply", Lane.BULK: "bulk"}
    BATCH: ClassVar[int] = 1

    kind = models.CharField(max_length=32, choices=Kind)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="jobs")
    message = models.ForeignKey(Message, models.CASCADE, related_name="jobs")

    class Meta:
        indexes = [
            pending_index("message_jobs_due"),
            running_index("message_jobs_running"),
            failed_index("message_jobs_failed"),
        ]
        constraints = [one_per_key("a_message_job_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def handler_kind(self) -> str:
        return self.kind


@pghistory.track()
class ReplySettings(models.Model):
    """How this workspace answers (spec 01)."""

    class Schedule(models.TextChoices):
        ALWAYS = "ALWAYS", "Always"
        BUSINESS_HOURS = "BUSINESS_HOURS", "Business hours"
        OWN = "OWN", "Own weekly hours"

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="reply_settings")
    reviewers = models.ManyToManyField(
        User, blank=True, related_name="+", help_text="Empty: the assigned setter, else admins."
    )
    slack_text_in_dm = models.BooleanField("text in Slack messages", default=True)
    auto_send_schedule = models.CharField(max_length=14, choices=Schedule, default=Schedule.ALWAYS)
    own_hours = models.JSONField(default=dict, blank=True)
    undo_seconds = models.PositiveSmallIntegerField(
        default=10, validators=[MaxValueValidator(60)], help_text="0 to 60: how long a person's send can be undone."
    )

    class Meta:
        verbose_name_plural = "reply settings"
        constraints = [
            models.CheckConstraint(condition=Q(undo_seconds__lte=60), name="undo_at_most_60_seconds"),
        ]

    def __str__(self) -> str:
        return "Reply settings"
