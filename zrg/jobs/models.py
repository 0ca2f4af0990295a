"""Durable work (spec 04): a row first, a task second. Rows are the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from zrg.workspaces.models import Workspace


class Status(models.TextChoices):
    PENDING = "PENDING", "Pending"
    RUNNING = "RUNNING", "Running"
    SUCCEEDED = "SUCCEEDED", "Succeeded"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"


# The life of a job. FAILED → PENDING is the dead-letter desk's retry, SUCCEEDED → PENDING a replay.
MAY_BECOME: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.RUNNING, Status.CANCELLED}),
    Status.RUNNING: frozenset({Status.SUCCEEDED, Status.FAILED, Status.PENDING, Status.CANCELLED}),
    Status.SUCCEEDED: frozenset({Status.PENDING}),
    Status.FAILED: frozenset({Status.PENDING, Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
}


class Lane(models.IntegerChoices):
    """Replies are served before bursts: each lane has a queue of its own."""

    FIRST = 0, "Replies and people"
    BULK = 1, "Bursts"


def pending_index(name: str) -> models.Index:
    """Due rows of a lane, workspace by workspace: what fair claiming walks."""
    return models.Index(
        fields=["lane", "workspace", "run_at", "id"], condition=models.Q(status=Status.PENDING), name=name
    )


def running_index(name: str) -> models.Index:
    """Rows a dead worker may have left behind."""
    return models.Index(fields=["locked_at"], condition=models.Q(status=Status.RUNNING), name=name)


def failed_index(name: str) -> models.Index:
    """The dead letters."""
    return models.Index(fields=["-finished_at"], condition=models.Q(status=Status.FAILED), name=name)


def one_per_key(name: str) -> models.UniqueConstraint:
    """One intent, one row. Not `unique=True`: that adds an index for LIKE, which each insert would pay."""
    return models.UniqueConstraint(fields=["dedupe_key"], name=name)


class DurableJob(models.Model):
    """One piece of work that survives every crash. Handlers are idempotent: a re-run changes nothing."""

    QUEUES: ClassVar[dict[int, str]]  # lane → Celery queue
    BATCH: ClassVar[int] = 1  # how many are claimed at once; only short handlers are claimed in tens
    STALE_SETTING: ClassVar[str] = "BACKGROUND_JOB_STALE_LOCK_MS"
    RESULT_FIELDS: ClassVar[tuple[str, ...]] = ()  # what a handler may set on the row besides its outcome
    WAITS_FOR_DISK: ClassVar[bool] = True  # False: a crash may undo what was done, until the outcome is saved (ADR 9)

    done_on: object = None  # of an object that was run: the database's session that did it

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    lane = models.SmallIntegerField(choices=Lane, default=Lane.FIRST)
    dedupe_key = models.CharField(max_length=400)  # unique in each queue: see one_per_key
    run_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    waits = models.PositiveSmallIntegerField(default=0, help_text="Reschedules that cost no attempt (rate limits).")
    waiting_since = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def prepare(cls, jobs: Sequence[Self]) -> None:
        """Fetch at once what the handlers of a claimed batch would each ask for. Nothing, unless a queue says so."""

    @property
    def handler_kind(self) -> str:
        """Which handler of the table in zrg/wiring.py runs this row."""
        return ""


class DispatchWindow(models.Model):
    """A wish to run a sweep: by the schedule, the cron endpoint or a person. One per function and period."""

    class Status(models.TextChoices):
        ENQUEUED = "ENQUEUED", "Enqueued"
        SKIPPED = "SKIPPED", "Skipped"
        FAILED = "FAILED", "Failed"

    function = models.CharField(max_length=80)
    dispatch_key = models.CharField(max_length=200, unique=True)
    correlation_id = models.CharField(max_length=64, db_index=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ENQUEUED)
    requested_by = models.CharField(max_length=120)
    params = models.JSONField(default=dict, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["function", "-created_at"], name="dispatch_by_function")]

    def __str__(self) -> str:
        return self.dispatch_key


class FunctionRun(models.Model):
    """One execution of a sweep with its counters. Success is read from here, never from the dispatch."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING", "Running"
        SUCCEEDED = "SUCCEEDED", "Succeeded"
        PARTIAL = "PARTIAL", "Partly done"
        FAILED = "FAILED", "Failed"
        SKIPPED = "SKIPPED", "Skipped"

    function = models.CharField(max_length=80)
    dispatch_key = models.CharField(max_length=200, db_index=True)
    correlation_id = models.CharField(max_length=64, db_index=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.RUNNING)
    attempt = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    counters = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["function", "-started_at"], name="runs_by_function")]

    def __str__(self) -> str:
        return f"{self.function} {self.started_at:%Y-%m-%d %H:%M:%S} {self.status}"
