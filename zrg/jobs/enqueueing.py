"""Keep a row, run it on commit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from zrg.jobs.models import DurableJob
from zrg.jobs.waking import wake_on_commit
from zrg.lib.logs import current_correlation_id


def enqueue(model: type[DurableJob], *, dedupe_key: str, delay: timedelta = timedelta(), **fields: Any) -> bool:
    """Keep one job and have it run once this change is committed, `delay` later; False if the key was kept before
    (whatever became of it: a cancelled or failed row is never reused by a new intent). One statement."""
    now = timezone.now()
    fields.setdefault("correlation_id", current_correlation_id())
    row = model(dedupe_key=dedupe_key, run_at=now + delay, created_at=now, updated_at=now, **fields)
    return insert_new(row, delay_s=delay.total_seconds())


def insert_new(row: DurableJob, *, delay_s: float = 0) -> bool:
    """Insert a prepared row unless its dedupe key exists; True (and `row.pk` set) if it is new."""
    model = type(row)
    columns, values = _columns(row)
    table = model._meta.db_table
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks}) ON CONFLICT (dedupe_key) DO NOTHING RETURNING id',  # noqa: S608
            values,
        )
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk = found[0]
    row._state.adding = False
    wake_on_commit(model, row.lane, delay_s=delay_s)
    return True


def _columns(row: DurableJob) -> tuple[list[str], list[Any]]:
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return (
        [field.column for field in fields],
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields],
    )
