"""The durable queues there are, and how full they are. Asked by the sweep, the probes, the metrics and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.db import connection

from zrg.jobs.claiming import about
from zrg.jobs.models import DurableJob, Lane

COUNTED_UP_TO = 100_000  # nobody needs a million exactly, and counting it would take longer than asking is worth

_DEPTH = """
WITH RECURSIVE earliest AS (
    (SELECT workspace_id, run_at FROM {table}
      WHERE status = 'PENDING' AND lane = %(lane)s ORDER BY workspace_id, run_at LIMIT 1)
    UNION ALL
    SELECT following.workspace_id, following.run_at FROM earliest CROSS JOIN LATERAL (
        SELECT j.workspace_id, j.run_at FROM {table} j
         WHERE j.status = 'PENDING' AND j.lane = %(lane)s AND j.workspace_id > earliest.workspace_id
         ORDER BY j.workspace_id, j.run_at LIMIT 1) following
)
SELECT (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE status = 'PENDING' AND lane = %(lane)s
                               AND run_at <= {now} LIMIT %(most)s) due),
       coalesce(extract(epoch FROM {now} - (SELECT min(run_at) FROM earliest WHERE run_at <= {now})), 0)::float
"""

_TROUBLE = """
SELECT (SELECT count(*) FROM {table} WHERE status = 'RUNNING'),
       coalesce(extract(epoch FROM {now} - (SELECT min(locked_at) FROM {table} WHERE status = 'RUNNING')), 0)::float,
       (SELECT count(*) FROM (SELECT 1 FROM {table} WHERE status = 'FAILED' LIMIT %(most)s) failed)
"""


@dataclass(frozen=True, slots=True)
class Depth:
    """A lane of a queue. `due` is counted up to 100,000; `oldest_s`: how long the first due row has been waiting."""

    label: str
    queue: str
    lane: int
    due: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """What runs (and since when at the longest, in seconds) and what has failed for good, in a whole queue."""

    label: str
    running: int
    longest_s: float
    failed: int


@cache
def queue_models() -> tuple[type[DurableJob], ...]:
    """Every durable queue of the installed apps, lower floors first."""
    return tuple(model for model in apps.get_models() if issubclass(model, DurableJob) and not model._meta.proxy)


def depths() -> list[Depth]:
    """Every lane of every queue, however empty. A few look-ups in the index of pending rows each."""
    return [
        Depth(model._meta.label, model.QUEUES[lane], lane, *_one_row(_DEPTH, model, lane=lane))
        for model in queue_models()
        for lane in Lane.values
    ]


def troubles() -> list[Trouble]:
    """Every queue's running and failed rows, from their partial indexes."""
    return [Trouble(model._meta.label, *_one_row(_TROUBLE, model)) for model in queue_models()]


def _one_row(sql: str, model: type[DurableJob], **params: int) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(about(model, sql), {"most": COUNTED_UP_TO} | params)
        return cursor.fetchone()
