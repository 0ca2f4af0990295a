"""Writing outcomes: one statement for a batch, and only of rows that are still ours (spec 04).

A row that the sweep took back meanwhile (its lock too old) belongs to its next run: what the slow worker says of it
comes too late and is dropped. And a worker may outlive the database: where the work did not wait for the disk, it is
called done only by the session that did it. A crash ends all sessions, and may have undone the work (ADR 9).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from zrg.jobs import outcomes
from zrg.jobs.models import DurableJob, Status
from zrg.jobs.waking import wake

log = structlog.get_logger(__name__)

J = TypeVar("J", bound=DurableJob)
R = TypeVar("R")

_OUTCOME = ("status", "run_at", "attempts", "waits", "waiting_since", "locked_at", "finished_at", "last_error")
PATIENCE_S = (0.5, 1.0, 2.0, 4.0, 8.0)  # a restart of the database takes seconds; the work is done already

_HAND_BACK = """
UPDATE {table} SET status = 'PENDING', attempts = attempts - 1, locked_at = NULL, updated_at = now()
 WHERE id = ANY(%s) AND status = 'RUNNING' AND locked_by = %s
"""


def save_outcomes(jobs: Sequence[J]) -> None:
    """Write the outcomes of one worker's rows, and wake a worker for those that are tried again. Waits some seconds
    for a database that is away; then raises, and the rows stay RUNNING until the sweep brings them back."""
    if not jobs:
        return
    ours = _patiently(lambda: _save(jobs))
    for job in jobs:
        if job.pk not in ours:
            log.warning("outcome_dropped", job=f"{job._meta.model_name}:{job.pk}", status=job.status)
        elif job.status == Status.PENDING:
            wake(type(job), job.lane, delay_s=max((job.run_at - timezone.now()).total_seconds(), 0.1))


def hand_back(jobs: Sequence[J]) -> None:
    """Return rows that were claimed and not begun: due at once for whoever is free, no attempt consumed."""
    if not jobs:
        return
    model = type(jobs[0])
    sql = _HAND_BACK.format(table=f'"{model._meta.db_table}"')
    _patiently(lambda: _execute(sql, [[job.pk for job in jobs], jobs[0].locked_by]))
    for lane in {job.lane for job in jobs}:
        wake(model, lane)


def _save(jobs: Sequence[J]) -> set[Any]:
    model = type(jobs[0])
    names = [*_OUTCOME, *model.RESULT_FIELDS]
    with connection.cursor() as cursor:
        for job in jobs:
            if _may_be_undone(job):
                log.warning("done_once_more", job=f"{model._meta.model_name}:{job.pk}")
                outcomes.do_again(job)
        arrays = [[job.pk for job in jobs], *([_value(job, name) for job in jobs] for name in names)]
        cursor.execute(_statement(model), [*arrays, jobs[0].locked_by])
        return {pk for (pk,) in cursor.fetchall()}


def _may_be_undone(job: DurableJob) -> bool:
    """Asked with a cursor at hand: until then Django may still replace a connection that died."""
    is_elsewhere = job.done_on is not connection.connection
    return job.status == Status.SUCCEEDED and not job.WAITS_FOR_DISK and is_elsewhere


def _value(job: DurableJob, name: str) -> Any:
    value = getattr(job, name)
    return value.replace("\x00", "") if isinstance(value, str) else value


@cache
def _statement(model: type[DurableJob]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in (*_OUTCOME, *model.RESULT_FIELDS)]
    columns = [field.column for field in fields]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in (model._meta.pk, *fields))
    pairs = ", ".join(f'"{column}" = said."{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in ("id", *columns))
    return (
        f'UPDATE "{model._meta.db_table}" AS job SET {pairs}, updated_at = now() '  # noqa: S608 -- names of our models
        f"FROM unnest({arrays}) AS said({names}) "
        f"WHERE job.id = said.id AND job.status = 'RUNNING' AND job.locked_by = %s RETURNING job.id"
    )


def _execute(sql: str, params: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _patiently(write: Callable[[], R]) -> R:
    for pause in PATIENCE_S:
        try:
            return write()
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block:
                raise
            log.warning("database_away", error=type(error).__name__, again_in_s=pause)
            connection.close()
            time.sleep(pause)
    return write()
