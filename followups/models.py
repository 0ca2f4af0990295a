"""Follow-up settings and the tasks people have (spec 01, 08)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils import timezone

from leads.models import Lead
from zrg.workspaces.models import User, Workspace


def office_hours() -> dict[str, list[str]]:
    """Monday to Friday 09:00–17:00, by weekday number (0 = Monday), in workspace time."""
    return {str(day): ["09:00", "17:00"] for day in range(5)}


@pghistory.track()
class FollowUpSettings(models.Model):
    workspace = models.OneToOneField(Workspace, models.CASCADE, related_name="followup_settings")
    business_hours = models.JSONField(default=office_hours)
    followups_paused_until = models.DateTimeField(null=True, blank=True)
    airtable_mode = models.BooleanField(default=False)
    auto_start_rules = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name_plural = "follow-up settings"

    def __str__(self) -> str:
        return "Follow-up settings"


class Task(models.Model):
    """Something a human must do for a lead."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="tasks")
    type = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    due = models.DateTimeField(default=timezone.now)
    status = models.CharField(max_length=5, choices=Status, default=Status.OPEN)
    suggested_message = models.TextField(blank=True)
    dedupe_key = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "dedupe_key"], name="a_task_is_made_once")]
        indexes = [
            models.Index(fields=["workspace", "due"], condition=models.Q(status="open"), name="open_tasks_by_due")
        ]

    def __str__(self) -> str:
        return self.text
