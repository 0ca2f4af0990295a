"""Running a dispatched sweep and keeping the ledger (spec 04): success is read from FunctionRun, nowhere else."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.utils import timezone

from zrg.jobs import backoff, dispatching, sweeping
from zrg.jobs.models import DispatchWindow, FunctionRun
from zrg.jobs.outcomes import describe
from zrg.jobs.sweeping import Sweep, SweepContext
from zrg.lib.logs import correlated
from zrg.lib.metrics import SWEEP_RUNS

log = structlog.get_logger(__name__)

RETRIES = 3
SYNC_WAIT_S = 10.0
_LOCK_SPACE = 0x5A52  # of Postgres' advisory locks: the sweeps' own corner
_DONE = (FunctionRun.Status.SUCCEEDED, FunctionRun.Status.PARTIAL)


def run_now(function: str, *, dispatch_key: str = "", requested_by: str = "schedule") -> FunctionRun | None:
    """What a worker does: run the wish of `dispatch_key`, or of this period where there is none; a failed run is told
    to come again up to three times. None where nothing was to be run (switched off, or unknown in this release)."""
    sweep = sweeping.find(function)
    if sweep is None:
        log.error("unknown_sweep", function=function)
        return None
    if dispatch_key:
        window = DispatchWindow.objects.get(dispatch_key=dispatch_key)
    else:
        window = dispatching.dispatch(sweep, requested_by=requested_by).window
    if window.status == DispatchWindow.Status.SKIPPED:
        return None
    run = execute(sweep, window)
    if run.status == FunctionRun.Status.FAILED and run.attempt <= RETRIES:
        with suppress(dispatching.NotTold):  # logged there; the next period comes anyway
            dispatching.tell_worker(window, countdown=backoff.delay(run.attempt, jitter=0).total_seconds())
    return run


def execute(sweep: Sweep, window: DispatchWindow, *, wait_s: float = 0) -> FunctionRun:
    """Run it unless it has been done, and return its entry in the ledger. Where another run of this sweep holds the
    lock for more than `wait_s` seconds the entry says SKIPPED; a dry run takes no lock."""
    with correlated(window.correlation_id, sweep=sweep.name):
        if window.params.get("dryRun"):
            return _run(sweep, window)
        with _alone(sweep.name, wait_s=wait_s) as ours:
            if not ours:
                return _enter(sweep, window, status=FunctionRun.Status.SKIPPED, finished_at=timezone.now())
            _close_abandoned(sweep)
            return _finished(window) or _run(sweep, window)


def _finished(window: DispatchWindow) -> FunctionRun | None:
    """The run that leaves nothing to do: one that succeeded, or the last that was allowed."""
    runs = FunctionRun.objects.filter(dispatch_key=window.dispatch_key).exclude(status=FunctionRun.Status.SKIPPED)
    last = runs.order_by("-attempt").first()
    return last if last and (last.status in _DONE or last.attempt > RETRIES) else None


def _close_abandoned(sweep: Sweep) -> None:
    """We hold the lock, so whatever still says RUNNING has lost its worker; but a dry run holds none and may live."""
    now = timezone.now()
    alive = Q(dispatch_key__contains=dispatching.DRY, started_at__gt=now - timedelta(hours=1))
    left = FunctionRun.objects.filter(function=sweep.name, status=FunctionRun.Status.RUNNING).exclude(alive)
    left.update(status=FunctionRun.Status.FAILED, finished_at=now, error="Its worker ended without a word.")


def _enter(sweep: Sweep, window: DispatchWindow, **fields: object) -> FunctionRun:
    before = FunctionRun.objects.filter(dispatch_key=window.dispatch_key).exclude(status=FunctionRun.Status.SKIPPED)
    return FunctionRun.objects.create(
        function=sweep.name,
        dispatch_key=window.dispatch_key,
        correlation_id=window.correlation_id,
        attempt=before.count() + 1,
        **fields,
    )


def _run(sweep: Sweep, window: DispatchWindow) -> FunctionRun:
    entry = _enter(sweep, window)
    context = SweepContext(sweep, window.params, window.correlation_id)
    error = ""
    try:
        sweep.run(context)
    except Exception as raised:
        log.exception("sweep_failed")
        error = describe(raised)
    _finish(entry, context, error=error)
    return entry


def _finish(entry: FunctionRun, context: SweepContext, *, error: str) -> None:
    told = [error, *(f"{stage}: {why}" for stage, why in context.failures.items())]
    entry.error = "\n".join(filter(None, told))
    entry.counters = context.counters
    entry.status = _status(context, error=error)
    entry.finished_at = timezone.now()
    entry.save(update_fields=["error", "counters", "status", "finished_at"])
    SWEEP_RUNS.count(function=entry.function, status=str(entry.status))
    log.info("sweep_done", status=entry.status, counters=entry.counters)


def _status(context: SweepContext, *, error: str) -> FunctionRun.Status:
    if not error and not context.failures:
        return FunctionRun.Status.SUCCEEDED
    return FunctionRun.Status.PARTIAL if context.counters else FunctionRun.Status.FAILED


@contextmanager
def _alone(name: str, *, wait_s: float) -> Iterator[bool]:
    """Hold the sweep's lock in the block; yields False where another has it. It is the database session's: a worker
    that dies lets go."""
    key = zlib.crc32(name.encode()) - 2**31
    ends = time.monotonic() + wait_s
    while not (ours := _ask("pg_try_advisory_lock", key)) and time.monotonic() < ends:
        time.sleep(0.1)
    try:
        yield ours
    finally:
        if ours:
            with suppress(OperationalError, InterfaceError):  # the connection is gone, and the lock with it
                _ask("pg_advisory_unlock", key)


def _ask(function: str, key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK_SPACE, key])
        return bool(cursor.fetchone()[0])
