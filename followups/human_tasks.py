"""What a person must do for a lead (spec 08)."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from django.db import transaction
from django.utils import timezone

from followups.models import Task
from leads.models import Lead
from zrg.workspaces.models import User

CHECK_SEND = "check-send"
CALL = "call"
DEFERRED = "deferred"


def ask(
    lead: Lead, *, type: str, text: str, key: str, suggested_message: str = "", due: datetime | None = None
) -> None:
    """Keep a task, once per `key`; `due` (aware) is now by default."""
    Task.objects.bulk_create(
        [
            Task(
                workspace_id=lead.workspace_id,
                lead=lead,
                type=type,
                text=text[:300],
                suggested_message=suggested_message,
                due=due or timezone.now(),
                dedupe_key=key[:200],
            )
        ],
        ignore_conflicts=True,
    )


def morning_of(day: date, zone: tzinfo) -> datetime:
    """Nine o'clock on a day, in this zone."""
    return datetime.combine(day, time(9), tzinfo=zone)


@transaction.atomic
def complete(task: Task, *, by: User | None) -> None:
    """It is done; a second time changes nothing."""
    Task.objects.filter(pk=task.pk, status=Task.Status.OPEN).update(
        status=Task.Status.DONE, done_at=timezone.now(), done_by=by
    )


def settle(lead: Lead, *, key_begins: str) -> None:
    """The question answered itself."""
    Task.objects.filter(lead=lead, dedupe_key__startswith=key_begins, status=Task.Status.OPEN).update(
        status=Task.Status.DONE, done_at=timezone.now()
    )


def move(giver: Lead, taker: Lead, *, only: list[int] | None = None) -> list[int]:
    """Tasks follow their lead through a merge and back; the ids of those that moved."""
    tasks = Task.objects.filter(lead=giver)
    if only is not None:
        tasks = tasks.filter(pk__in=only)
    ids = list(tasks.values_list("pk", flat=True))
    Task.objects.filter(pk__in=ids).update(lead=taker)
    return ids
