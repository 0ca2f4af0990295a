"""How long texts are kept (spec 01)."""

from __future__ import annotations

import pghistory
from django.db import models

from zrg.workspaces.models import Workspace


@pghistory.track()
class PrivacySettings(models.Model):
    """How long texts are kept (spec 01)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="privacy_settings")
    message_retention_days = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: keep.")
    ai_retention_days = models.PositiveIntegerField("AI retention days", default=30)

    class Meta:
        verbose_name_plural = "privacy settings"

    def __str__(self) -> str:
        return "Privacy settings"
