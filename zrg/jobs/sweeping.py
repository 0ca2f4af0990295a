"""What a sweep is: periodic, bounded work in stages, on a budget (spec 04, 13). zrg/sweeps.py names those there are.

A sweep never trusts that it comes to its end: it stops early and cleanly when its time is nearly up, one failing stage
does not stop the next, and a database that is away three times in a row ends it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from zrg.jobs.outcomes import describe

log = structlog.get_logger(__name__)

EARLY_STOP_MS = 7_500
LEAST_BUDGET_MS, MOST_BUDGET_MS = 5_000, 780_000  # the most: Celery's soft limit of a sweep
CONNECTION_ERRORS = 3

Counters = dict[str, Any]


class ConnectionKeepsFailing(Exception):
    """The database was away three times in a row: the sweep ends here."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A whole number that a caller may give as a query parameter; by default a setting."""

    name: str
    setting: str
    at_least: int = 1
    at_most: int = 200


@dataclass(frozen=True, slots=True)
class Sweep:
    """Named once in zrg/sweeps.py. `name` is also its address under /api/cron/; at most one runs at a time."""

    name: str
    run: Callable[[SweepContext], None]
    period_s: int
    enabled_setting: str
    budget_ms: Callable[[], int]
    limits: tuple[Limit, ...] = ()

    @property
    def is_enabled(self) -> bool:
        """The switch CRON_<NAME>_ENABLED."""
        return bool(getattr(settings, self.enabled_setting))


@dataclass(frozen=True, slots=True)
class Budget:
    """Time that a piece of work may take. `ends` is monotonic; the early stop is taken off already."""

    ends: float

    def time_left(self) -> float:
        """Seconds until the early stop, never below zero."""
        return max(self.ends - time.monotonic(), 0.0)


def budget_of(milliseconds: int) -> Budget:
    """From now on; stops 7.5 s early so that the last piece of work ends in time (half-way, where that is sooner)."""
    usable = milliseconds - min(EARLY_STOP_MS, milliseconds / 2)
    return Budget(time.monotonic() + usable / 1000)


@dataclass(slots=True)
class SweepContext:
    """One run of a sweep: its budget and limits going in, its counters and failures coming out."""

    sweep: Sweep
    params: Mapping[str, Any]
    correlation_id: str
    counters: Counters = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    budget: Budget = field(init=False)
    _connection_errors: int = 0

    def __post_init__(self) -> None:
        self.budget = budget_of(int(self.params.get("timeBudgetMs") or self.sweep.budget_ms()))

    @property
    def dry_run(self) -> bool:
        """Look, count, change nothing."""
        return bool(self.params.get("dryRun"))

    def limit(self, name: str) -> int:
        """The caller's number for this, else the caller's `limit` for all, else the setting's."""
        named = next(limit for limit in self.sweep.limits if limit.name == name)
        return int(self.params.get(name) or self.params.get("limit") or getattr(settings, named.setting))

    def time_left(self) -> float:
        """Seconds until the early stop, never below zero."""
        return self.budget.time_left()

    def stage(self, name: str, work: Callable[[Budget], Counters], *, budget_ms: int | None = None) -> None:
        """Do one stage; its counters and its failure are kept under `name`. Only a database that keeps failing stops
        the stages behind it."""
        if not self.time_left():
            self.counters[name] = {"skipped": "no time left"}
            return
        own = budget_of(budget_ms) if budget_ms else self.budget
        try:
            self.counters[name] = work(Budget(min(own.ends, self.budget.ends)))
        except ConnectionKeepsFailing as error:
            self.failures[name] = describe(error)
            raise
        except Exception as error:
            self.failures[name] = describe(error)
            log.exception("sweep_stage_failed", stage=name)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """A piece of work that may lose its connection: the next one gets a new one. Raises ConnectionKeepsFailing
        at the third loss in a row."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            self._connection_errors += 1
            log.warning("sweep_lost_connection", error=type(error).__name__, in_a_row=self._connection_errors)
            if not connection.in_atomic_block:
                connection.close()
            if self._connection_errors >= CONNECTION_ERRORS:
                raise ConnectionKeepsFailing(f"{CONNECTION_ERRORS} connection errors in a row") from error
        else:
            self._connection_errors = 0


_sweeps: dict[str, Sweep] = {}


def register(sweep: Sweep) -> None:
    """Add a sweep to the table; a second one of the same name replaces it."""
    _sweeps[sweep.name] = sweep


def find(name: str) -> Sweep | None:
    """The sweep of this name, None if there is none."""
    return _sweeps.get(name)


def known() -> dict[str, Sweep]:
    """All of them."""
    return dict(_sweeps)
