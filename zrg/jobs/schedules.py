"""The default schedules (spec 13). They live in django-celery-beat, seeded by a migration and edited in the admin; here
is what the doctor compares them with, and what brings a deleted one back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

TASK = "zrg.jobs.run_sweep"


@dataclass(frozen=True, slots=True)
class Default:
    """A sweep every `minutes`, or daily at `daily_at` (UTC, hour and minute). A run that no worker took within
    `expires_s` seconds is dropped: the next one does its work."""

    function: str
    minutes: int = 0
    daily_at: tuple[int, int] | None = None
    expires_s: int = 60


DEFAULTS = (
    Default("background-jobs", minutes=1),
    Default("payload-retention", daily_at=(3, 20), expires_s=6 * 60 * 60),
    Default("ai-retention", daily_at=(3, 40), expires_s=6 * 60 * 60),
)


def missing() -> list[str]:
    """Default schedules that were deleted or switched off."""
    there = PeriodicTask.objects.filter(task=TASK, enabled=True).values_list("name", flat=True)
    return [default.function for default in DEFAULTS if default.function not in set(there)]


@transaction.atomic
def restore() -> list[str]:
    """Put back what is missing, as it was delivered; the others stay as they were edited."""
    names = missing()
    for default in DEFAULTS:
        if default.function in names:
            PeriodicTask.objects.filter(name=default.function).delete()
            _create(default)
    return names


def _create(default: Default) -> None:
    when: dict[str, object]
    if default.daily_at:
        hour, minute = map(str, default.daily_at)
        crontab, _ = CrontabSchedule.objects.get_or_create(
            hour=hour, minute=minute, day_of_week="*", day_of_month="*", month_of_year="*", timezone="UTC"
        )
        when = {"crontab": crontab}
    else:
        interval, _ = IntervalSchedule.objects.get_or_create(every=default.minutes, period=IntervalSchedule.MINUTES)
        when = {"interval": interval}
    PeriodicTask.objects.create(
        name=default.function,
        task=TASK,
        kwargs=f'{{"function": "{default.function}"}}',
        queue="sweeps",
        expire_seconds=default.expires_s,
        description="One of ZRG's own: edit when it runs, don't delete it.",
        **when,
    )
