"""Whom nobody writes to any more (spec 03)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from leads.models.leads import Lead
from leads.models.vocabulary import ChannelKind
from zrg.workspaces.models import User, Workspace


class SuppressionEntry(models.Model):
    """An identity nobody writes to any more, on one channel family (spec 03). Goes only by a person, or by START."""

    class Reason(models.TextChoices):
        OPT_OUT = "opt_out", "Opted out"
        SMS_STOP = "sms_stop", "SMS STOP"
        BOUNCE = "bounce", "Dead address"
        MANUAL = "manual", "By a person"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    family = models.CharField(max_length=8, choices=ChannelKind)
    value = models.CharField(max_length=320)
    reason = models.CharField(max_length=8, choices=Reason)
    evidence = models.CharField(max_length=300, blank=True)
    lead = models.ForeignKey(Lead, models.SET_NULL, null=True, related_name="suppressions")
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "suppression entries"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "family", "value"],
                condition=Q(lifted_at=None),
                name="one_standing_suppression_per_name",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | ~Q(lift_reason=""), name="a_lifted_suppression_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.get_family_display()}, {self.get_reason_display()})"


class SoftBounce(models.Model):
    """Soft bounces of an address; the third counts as hard (spec 03). One row per bounce message."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    address = models.CharField(max_length=320)
    dedupe_key = models.CharField(max_length=400)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "address", "dedupe_key"], name="a_soft_bounce_counts_once")
        ]

    def __str__(self) -> str:
        return self.address
