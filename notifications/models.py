"""How a workspace's own people are told (spec 01, 12)."""

from __future__ import annotations

from datetime import time

import pghistory
from django.db import models

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
