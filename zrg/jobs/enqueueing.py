"""Keep a row, run it on commit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from zrg.jobs.models import DurableJob
from zrg.jobs.waking import wake_on_commit
from zrg.lib import rows
from zrg.lib.logs import current_correlation_id


def enqueue(model: type[DurableJob], *, dedupe_key: str, delay: timedelta = timedelta(), **fields: Any) -> bool:
    """Keep one job and have it run once this change is committed, `delay` later; False if the key was kept before
    (whatever became of it: a cancelled or failed row is never reused by a new intent). One statement."""
    now = timezone.now()
    fields.setdefault("correlation_id", current_correlation_id())
    row = model(dedupe_key=dedupe_key, run_at=now + delay, created_at=now, updated_at=now, **fields)
    return insert_new(row)


def insert_new(row: DurableJob, *, unless: Collection[str] = ()) -> bool:
    """Insert a prepared row unless its dedupe key exists, or one of `unless`; True (and `row.pk` set) if it is new. It
    runs at its `run_at`; one that is due already is due by the database's clock too, however wrong this host's is."""
    model, delay_s = type(row), (row.run_at - timezone.now()).total_seconds()
    # (A prepared SELECT would have to be told the type of each value.)
    with connection.cursor() if unless else rows.prepared() as cursor:
        sql = _insert(model, at_once=delay_s <= 0, conditional=bool(unless))
        values = rows.values(row, rows.columns(model, key=False))
        cursor.execute(sql, values + ([list(unless)] if unless else []))
        found = cursor.fetchone()
    if found is None:
        return False
    row.pk = found[0]
    row._state.adding = False
    wake_on_commit(model, row.lane, delay_s=max(delay_s, 0))
    return True


@cache
def _insert(model: type[DurableJob], *, at_once: bool, conditional: bool) -> str:
    written = rows.columns(model, key=False)
    marks = ", ".join("LEAST(%s, now())" if at_once and column.name == "run_at" else "%s" for column in written)
    table = f'"{model._meta.db_table}"'
    given = f"VALUES ({marks})"
    if conditional:
        given = f"SELECT {marks} WHERE NOT EXISTS (SELECT FROM {table} WHERE dedupe_key = ANY(%s))"  # noqa: S608 -- our own names
    return f"INSERT INTO {table} ({rows.quoted(written)}) {given} ON CONFLICT (dedupe_key) DO NOTHING RETURNING id"
