"""Queues and dead letters, for the front page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection

from zrg.health import OLDEST_BURST_S, OLDEST_REPLY_S
from zrg.jobs import queues, stale
from zrg.jobs.models import DurableJob, Lane, Status
from zrg.web.admin_display import lasting, list_url

GROUPED = 500  # dead letters that are grouped by their error
SHOWN = 6
ERROR_CHARS = 110

_GROUPS = """
SELECT why, count(*), max(finished_at) FROM (
    SELECT split_part(last_error, E'\\n', 1) AS why, finished_at FROM {table}
     WHERE status = 'FAILED' ORDER BY finished_at DESC LIMIT %s) newest
 GROUP BY why ORDER BY count(*) DESC, max(finished_at) DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class LaneFigure:
    """A lane of a queue: how many are due, since when, and where to look."""

    name: str
    queue: str
    due: int
    oldest: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Dead letters of one kind of error."""

    why: str
    count: int
    last: Any
    url: str


@dataclass(frozen=True, slots=True)
class QueueFailures:
    """A queue's dead letters and what may be stuck in it."""

    name: str
    failed: int
    failed_url: str
    stuck: bool
    running: int
    longest: str
    running_url: str
    kinds: list[Failure] = field(default_factory=list)


def lanes() -> list[LaneFigure]:
    """Every lane of every queue. A query each."""
    return [_lane(depth) for depth in queues.depths()]


def _lane(depth: queues.Depth) -> LaneFigure:
    model: Any = apps.get_model(depth.label)
    limit = OLDEST_REPLY_S if depth.lane == Lane.FIRST else OLDEST_BURST_S
    tone = "danger" if depth.oldest_s > limit else "warn" if depth.oldest_s > limit / 5 else "ok"
    return LaneFigure(
        name=f"{str(model._meta.verbose_name_plural).capitalize()}: {Lane(depth.lane).label.lower()}",
        queue=depth.queue,
        due=depth.due,
        oldest=lasting(depth.oldest_s) if depth.due else "–",
        tone=tone if depth.due else "ok",
        url=list_url(model, state="due", lane__exact=depth.lane),
    )


def failures() -> list[QueueFailures]:
    """Every queue's dead letters, the newest 500 of them by error. Two queries each."""
    return [_failures(trouble) for trouble in queues.troubles()]


def _failures(trouble: queues.Trouble) -> QueueFailures:
    model: Any = apps.get_model(trouble.label)
    stuck = trouble.running > 0 and trouble.longest_s > stale.stale_after_s(model)
    return QueueFailures(
        name=str(model._meta.verbose_name_plural).capitalize(),
        failed=trouble.failed,
        failed_url=list_url(model, status__exact=Status.FAILED),
        stuck=stuck,
        running=trouble.running,
        longest=lasting(trouble.longest_s),
        running_url=list_url(model, **({"state": "stuck"} if stuck else {"status__exact": Status.RUNNING})),
        kinds=_kinds(model) if trouble.failed else [],
    )


def _kinds(model: type[DurableJob]) -> list[Failure]:
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS.format(table=f'"{model._meta.db_table}"'), [GROUPED, SHOWN])
        rows = cursor.fetchall()
    return [
        Failure(
            why=why[:ERROR_CHARS] or "No error was noted",
            count=count,
            last=last,
            url=list_url(model, status__exact=Status.FAILED, **({"error": why[:ERROR_CHARS]} if why else {})),
        )
        for why, count, last in rows
    ]
