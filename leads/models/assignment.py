"""Who works on a lead, and how that is decided (spec 01, 03)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.timezone import now

from leads.models.leads import Lead
from leads.models.vocabulary import ChannelKind
from zrg.workspaces.models import User, Workspace


class AssignmentEvent(models.Model):
    """Who a lead was given to, by whom (spec 03)."""

    class Source(models.TextChoices):
        ROUND_ROBIN = "round_robin", "Round robin"
        MANUAL = "manual", "By hand"
        BACKFILL = "backfill", "Backfill"
        IMPORT = "import", "Import"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="assignments", db_index=False)
    to = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=11, choices=Source)
    channel = models.CharField(max_length=8, choices=ChannelKind, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="assignments_of_workspace"),
            models.Index(fields=["lead", "-created_at"], name="assignments_of_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.to_id}"


@pghistory.track()
class AssignmentSettings(models.Model):
    """How leads find their setter (spec 01, 03)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="assignment_settings")
    round_robin_enabled = models.BooleanField("round robin", default=False)
    round_robin_email_only = models.BooleanField("e-mail only", default=False)
    sequence = models.JSONField(
        default=list, blank=True, help_text="Setters' ids in order; duplicates are weights. Empty: all active setters."
    )
    last_index = models.IntegerField(default=-1)

    class Meta:
        verbose_name_plural = "assignment settings"

    def __str__(self) -> str:
        return "Assignment settings"
