"""Messages of all channels and their life on the way out (spec 03, 06)."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.models import Campaign, ChannelKind, Direction, Lead
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


OUR_SIDE = "our_side"  # of `automated`: an inbound mail that somebody of our own side wrote


class MessageQuerySet(models.QuerySet["Message"]):
    def theirs(self) -> Self:
        """What the lead's side wrote (or its machines)."""
        return self.filter(direction=Direction.IN).exclude(automated=OUR_SIDE)


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
    draft = models.ForeignKey("inbox.Draft", models.SET_NULL, null=True, blank=True, related_name="sends")

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
            models.UniqueConstraint(
                fields=["draft"],
                condition=Q(draft__isnull=False) & ~Q(delivery="undone"),
                name="a_draft_is_sent_at_most_once",
            ),
            models.CheckConstraint(condition=Q(delivery__in=Delivery.values), name="message_has_a_known_delivery"),
            models.CheckConstraint(
                condition=Q(direction="in", delivery="received") | (Q(direction="out") & ~Q(delivery="received")),
                name="only_inbound_messages_are_received",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.get_direction_display().lower()} {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def is_theirs(self) -> bool:
        """The lead's side wrote it (or its machines)."""
        return self.direction == Direction.IN and self.automated != OUR_SIDE
