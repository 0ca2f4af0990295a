"""Campaigns of the sending platforms (spec 06)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import F, Q

from zrg.ai.models import Persona
from zrg.lib.ids import uuid7
from zrg.workspaces.models import Workspace


@pghistory.track()
class Campaign(models.Model):
    """A campaign of a workspace, as the sending platform knows it. Webhooks create and rename it, nothing else (06)."""

    class Provider(models.TextChoices):
        EMAILBISON = "emailbison", "EmailBison"
        SMARTLEAD = "smartlead", "SmartLead"
        INSTANTLY = "instantly", "Instantly"
        GHL_SMS = "ghl_sms", "GoHighLevel SMS"

    class ResponseMode(models.TextChoices):
        SETTER_MANAGED = "SETTER_MANAGED", "Setter managed"
        AI_AUTO_SEND = "AI_AUTO_SEND", "AI auto-send"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="campaigns")
    provider = models.CharField(max_length=12, choices=Provider)
    external_id = models.CharField(max_length=160)
    name = models.CharField(max_length=300, blank=True)
    response_mode = models.CharField(max_length=16, choices=ResponseMode, default=ResponseMode.SETTER_MANAGED)
    auto_send_threshold = models.FloatField(default=0.9)
    auto_send_delay_min_s = models.PositiveIntegerField("shortest delay (s)", default=180)
    auto_send_delay_max_s = models.PositiveIntegerField("longest delay (s)", default=420)
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, blank=True, related_name="+", help_text="Empty: the workspace's default."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "provider", "external_id"], name="one_campaign_per_platform_and_id"
            ),
            models.CheckConstraint(
                condition=Q(auto_send_threshold__gte=0, auto_send_threshold__lte=1),
                name="auto_send_threshold_between_0_and_1",
                violation_error_message="The threshold is a number from 0 to 1.",
            ),
            models.CheckConstraint(
                condition=Q(auto_send_delay_min_s__lte=F("auto_send_delay_max_s")),
                name="shortest_delay_not_above_longest",
                violation_error_message="The shortest delay must not be longer than the longest.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
