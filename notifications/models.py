"""How a workspace's own people are told (spec 01, 12), and what its operators were told."""

from __future__ import annotations

from datetime import time

import pghistory
from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models import Connection
from zrg.workspaces.models import Workspace


@pghistory.track()
class NotificationSettings(models.Model):
    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="notification_settings")
    slack_alerts = models.BooleanField(default=True)
    email_digest = models.BooleanField(default=True)
    emails = models.JSONField(default=list, blank=True)
    phones = models.JSONField(default=list, blank=True)
    slack_channel_ids = models.JSONField(default=list, blank=True)
    daily_digest_time = models.TimeField(default=time(9, 0))
    rules = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "notification settings"

    def __str__(self) -> str:
        return "Notification settings"


class HealthAlert(models.Model):
    """A connection stopped working and the operators are to be told (spec 12). Kept with the fact, told by the sweep.

    SENDING is on disk before Slack is asked: whoever finds it later cannot know, so it is not told again."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being told"
        TOLD = "told", "Told"
        UNKNOWN = "unknown", "Perhaps told"
        SKIPPED = "skipped", "Not wanted"
        FAILED = "failed", "Not told"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, related_name="+")
    provider = models.CharField(max_length=40, help_text="Its name for people.")
    reason = models.CharField(max_length=500)
    failed_at = models.DateTimeField(default=timezone.now, editable=False)
    recovered_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the message left, or was about to.")
    tries = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True, help_text="Why it was not told.")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "sending"]), name="health_alerts_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sending", "told", "unknown", "skipped", "failed"]),
                name="health_alert_has_a_known_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.failed_at:%Y-%m-%d %H:%M} {self.state}"
