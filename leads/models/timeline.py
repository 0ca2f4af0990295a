"""What happened to a lead, and why (spec 00, 06)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from leads.models.leads import Lead
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User, Workspace


class TimelineEvent(models.Model):
    """What the system did or declined to do for a lead, and why (spec 00, promise 3)."""

    class Tone(models.TextChoices):
        PLAIN = "plain", "Plain"
        OK = "ok", "Good"
        WARN = "warn", "Waits for a person"
        DANGER = "danger", "Failed or lost"
        AI = "ai", "By the machine"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="timeline", db_index=False)
    at = models.DateTimeField(default=now)
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    why = models.CharField(max_length=500, blank=True)
    did = models.CharField(max_length=500, blank=True)
    setting = models.CharField(max_length=200, blank=True)
    tone = models.CharField(max_length=6, choices=Tone, default=Tone.PLAIN)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    run_id = models.CharField(max_length=64, blank=True, help_text="The run (correlation id) that did it.")
    dedupe_key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["lead", "at"], name="timeline_of_lead")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "dedupe_key"], condition=~Q(dedupe_key=""), name="a_timeline_event_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return self.text
