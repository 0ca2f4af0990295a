"""The sweeps' last runs, for the front page and their own list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from zrg.jobs import schedules, sweeping
from zrg.jobs.models import FunctionRun
from zrg.web.admin_display import change_url, lasting, list_url

SHOWN = 40
LATE_AFTER = 3  # periods without a run
_TONES = {"RUNNING": "info", "SUCCEEDED": "ok", "PARTIAL": "warn", "FAILED": "danger", "SKIPPED": "plain"}

_LAST = """
SELECT name, run.id, run.status, run.started_at, run.finished_at, run.counters, run.error
  FROM unnest(%s::text[]) AS name
 CROSS JOIN LATERAL (SELECT * FROM "jobs_functionrun" WHERE function = name ORDER BY started_at DESC LIMIT %s) run
"""


@dataclass(frozen=True, slots=True)
class Tick:
    """One run in the row of runs: its height by its duration, its colour by its outcome."""

    height: float
    tone: str
    says: str
    url: str


@dataclass(frozen=True, slots=True)
class SweepFigure:
    """A sweep with its last runs, oldest first."""

    name: str
    state: str
    tone: str
    last: datetime | None
    took: str
    counters: str
    error: str
    missing: bool
    ticks: list[Tick]
    url: str


def last_runs() -> list[SweepFigure]:
    """Every sweep of this release; two queries, whatever the ledger's size."""
    gone = set(schedules.missing())
    runs = _runs()
    return [_figure(sweep, runs.get(name, []), name in gone) for name, sweep in sorted(sweeping.known().items())]


def durations_chart() -> list[dict[str, Any]]:
    """Per sweep the bars of its last runs, and their usual and longest duration in words."""
    return [
        {
            "name": name,
            "ticks": _ticks(runs),
            "told": _told([_seconds(run) for run in runs if _seconds(run) is not None]),
        }
        for name, runs in sorted(_runs().items())
    ]


def in_words(counters: dict[str, Any]) -> str:
    """Counters in a line: what is zero or empty is left out."""
    parts = []
    for stage, values in counters.items():
        told = _told_counter(values)
        if told:
            parts.append(f"{stage.replace('_', ' ')}: {told}")
    return "; ".join(parts)


def _told_counter(values: Any) -> str:
    if not isinstance(values, dict):
        return str(values) if values else ""
    inner = [
        f"{name.replace('_', ' ')} {_told_counter(value)}" for name, value in values.items() if _told_counter(value)
    ]
    return ", ".join(inner)


def _runs() -> dict[str, list[tuple[Any, ...]]]:
    """Sweep → its last runs, newest first."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(sweeping.known()), SHOWN])
        for name, *run in cursor.fetchall():
            found.setdefault(name, []).append(tuple(run))
    return found


def _figure(sweep: sweeping.Sweep, runs: list[tuple[Any, ...]], is_missing: bool) -> SweepFigure:
    done = next((run for run in runs if run[1] != FunctionRun.Status.SKIPPED), None)
    late = done is None or (timezone.now() - done[2]).total_seconds() > LATE_AFTER * sweep.period_s
    state, tone = _state(sweep, done, late=late)
    return SweepFigure(
        name=sweep.name,
        state=state,
        tone=tone,
        last=done[2] if done else None,
        took=lasting(_seconds(done)) if done and _seconds(done) is not None else "–",
        counters=in_words(_json(done[4])) if done else "",
        error=done[5] if done else "",
        missing=is_missing,
        ticks=_ticks(runs),
        url=list_url(FunctionRun, function=sweep.name),
    )


def _state(sweep: sweeping.Sweep, done: tuple[Any, ...] | None, *, late: bool) -> tuple[str, str]:
    if not sweep.is_enabled:
        return "Switched off", "warn"
    if done is None:
        return "Never ran", "warn"
    if late:
        return "Late", "danger"
    return FunctionRun.Status(done[1]).label, _TONES[done[1]]


def _ticks(runs: list[tuple[Any, ...]]) -> list[Tick]:
    durations = [_seconds(run) or 0 for run in runs]
    longest = max(durations, default=0) or 1
    return [
        Tick(
            height=round(max(100 * seconds / longest, 6), 1),
            tone=_TONES[run[1]],
            says=_says(run, seconds),
            url=change_url(FunctionRun, run[0]),
        )
        for run, seconds in reversed(list(zip(runs, durations, strict=True)))
    ]


def _says(run: tuple[Any, ...], seconds: float) -> str:
    label = FunctionRun.Status(run[1]).label.lower()
    return f"{timezone.localtime(run[2]):%d %b %H:%M:%S}: {label}, {lasting(seconds)}"


def _seconds(run: tuple[Any, ...]) -> float | None:
    return (run[3] - run[2]).total_seconds() if run[3] else None


def _told(durations: list[Any]) -> str:
    if not durations:
        return ""
    usual = sorted(durations)[len(durations) // 2]
    return f"last {len(durations)}: usually {lasting(usual)}, at most {lasting(max(durations))}"


def _json(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value or {}
