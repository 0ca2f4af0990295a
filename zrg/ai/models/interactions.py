"""What was asked of a model, what came of it and what it cost (spec 05, "Telemetry")."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from zrg.lib.ids import uuid7
from zrg.workspaces.models import Workspace


class Outcome(models.TextChoices):
    """How one call of `run_structured` ended. Everything but OK means: take the feature's safe fallback."""

    OK = "ok", "Answered"
    NO_KEY = "no_key", "No key is configured"
    BUDGET = "budget", "Monthly budget reached"
    CIRCUIT_OPEN = "circuit_open", "Paused after repeated failures"
    TIMEOUT = "timeout", "No answer in time"
    UNAVAILABLE = "unavailable", "The service failed"
    RATE_LIMITED = "rate_limited", "Too many requests"
    QUOTA = "quota", "The account's quota is used up"
    MISCONFIGURED = "misconfigured", "Key or model is not accepted"
    TOO_LONG = "too_long", "The input is too long"
    REFUSED = "refused", "The model refused"
    INCOMPLETE = "incomplete", "The answer was cut off"
    FAILED = "failed", "The model failed"
    INVALID = "invalid", "The answer did not fit the schema"


class AIInteraction(models.Model):
    """One call. Text is kept only where the workspace stores it, and pruned by the retention sweep."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    lead_id = models.UUIDField(null=True, blank=True)  # a higher floor's row: no foreign key
    feature = models.CharField(max_length=40)
    prompt_key = models.CharField(max_length=80)
    prompt_version = models.PositiveIntegerField(default=0, help_text="0: the default text.")
    model = models.CharField(max_length=80, blank=True, help_text="As answered, else as asked.")
    effort = models.CharField(max_length=10, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text="What caused it: a reply, a person, a preview …")
    status = models.CharField(max_length=13, choices=Outcome)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    latency_ms = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)
    tokens_reasoning = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    request_id = models.CharField(max_length=120, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    knowledge = models.JSONField(default=list, blank=True, help_text="Ids of the knowledge assets that were used.")
    prompt_text = models.TextField(blank=True)
    answer_text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "AI interaction"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-created_at"], name="ai_calls_of_workspace"),
            models.Index(fields=["lead_id", "-created_at"], name="ai_calls_of_lead"),
            models.Index(fields=["created_at"], name="ai_calls_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt_key} {self.status}"


class AiSpend(models.Model):
    """What a workspace spent in a day on a feature; stays when the interactions are pruned."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField(help_text="In UTC.")
    feature = models.CharField(max_length=40)
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    tokens_in = models.PositiveBigIntegerField(default=0)
    tokens_out = models.PositiveBigIntegerField(default=0)
    cost_usd = models.DecimalField(max_digits=14, decimal_places=6, default=0)

    class Meta:
        verbose_name = "AI spending"
        verbose_name_plural = "AI spending"
        ordering = ["-day", "feature"]
        constraints = [models.UniqueConstraint(fields=["workspace", "day", "feature"], name="one_spending_per_feature")]

    def __str__(self) -> str:
        return f"{self.day} {self.feature}"


class BudgetAlert(models.Model):
    """A workspace's spending passed a mark of its monthly budget: noted once a month and mark, then told."""

    class Mark(models.IntegerChoices):
        NEAR = 80, "80 % of the budget are spent"
        REACHED = 100, "The budget is used up"

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(help_text="Its first day, in UTC.")
    mark = models.PositiveSmallIntegerField(choices=Mark)
    spent_usd = models.DecimalField(max_digits=14, decimal_places=6)
    budget_usd = models.DecimalField(max_digits=10, decimal_places=2)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["created_at"], condition=models.Q(told_at=None), name="budget_alerts_to_tell")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "month", "mark"], name="a_budget_mark_is_passed_once_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.mark} %"
