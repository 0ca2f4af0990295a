"""How a workspace answers (spec 01)."""

from __future__ import annotations

import pghistory
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from zrg.workspaces.models import User, Workspace


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
