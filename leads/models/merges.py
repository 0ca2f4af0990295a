"""Leads that are perhaps one person, and those made one (spec 03)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from leads.models.leads import Lead
from zrg.lib.ids import uuid7
from zrg.workspaces.models import User, Workspace


class MergeSuggestion(models.Model):
    """Two leads one event speaks of: perhaps the same person. Nothing is overwritten; a person decides (spec 03)."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        MERGED = "merged", "Merged"
        DISMISSED = "dismissed", "Dismissed"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    lead = models.ForeignKey(Lead, models.CASCADE, related_name="merge_suggestions")
    other = models.ForeignKey(Lead, models.CASCADE, related_name="merge_suggestions_other")
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    created_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lead", "other"], name="a_pair_is_suggested_once"),
            models.CheckConstraint(condition=~Q(lead=F("other")), name="a_lead_is_not_merged_with_itself"),
        ]

    def __str__(self) -> str:
        return self.reason


UNDO_MERGE_FOR = timedelta(days=30)


class Merge(models.Model):
    """One lead merged into another; can be undone for 30 days. `record` holds what moved and what was overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    survivor = models.ForeignKey(Lead, models.CASCADE, related_name="merges_won")
    loser = models.ForeignKey(Lead, models.CASCADE, related_name="merges_lost")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    record = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.loser_id} into {self.survivor_id}"

    def may_be_undone(self, at: datetime) -> bool:
        """Within 30 days, once."""
        return self.undone_at is None and at - self.created_at < UNDO_MERGE_FOR
