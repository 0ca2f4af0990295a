"""Running claimed rows: handler, outcome, next attempt (spec 04). One implementation for every durable queue."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import TypeVar

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from zrg.jobs import backoff
from zrg.jobs.claiming import claim_batch
from zrg.jobs.errors import Permanent, RetryLater, Waits
from zrg.jobs.models import DurableJob, Status
from zrg.jobs.registry import handler_for
from zrg.jobs.waking import lower_flag, wake
from zrg.lib.logs import correlated, new_correlation_id, redact

log = structlog.get_logger(__name__)

J = TypeVar("J", bound=DurableJob)
ERROR_CHARS = 10_000
_OUTCOME = ("status", "run_at", "attempts", "waits", "waiting_since", "locked_at", "finished_at", "last_error", "updated_at")


class HandlerTimeout(Exception):
    """The handler did not end within its type's limit."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Stop a hung handler after `seconds`. Works in a process's main thread (workers); elsewhere Celery's limits do."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise HandlerTimeout(f"stopped after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def worker_name() -> str:
    """Who holds a claim: host, process and a fresh run id."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_correlation_id()[:8]}"


def run(job: DurableJob) -> None:
    """Run one claimed row's handler and set its outcome on the object (the caller saves it). Never raises, except
    where the database itself is away: then the row stays RUNNING and the sweep brings it back."""
    with correlated(job.correlation_id or new_correlation_id(), job=f"{job._meta.model_name}:{job.pk}"):
        try:
            registered = handler_for(job._meta.label, job.handler_kind)
            with time_limit(registered.time_limit_s):
                registered.handle(job)
        except Waits as wait:
            _reschedule(job, seconds=(wait.until - timezone.now()).total_seconds(), why=str(wait))
        except RetryLater as later:
            after = later.retry_after if later.retry_after is not None else _pause(job.waits + 1)
            _reschedule(job, seconds=after, why=str(later))
        except (Permanent, LookupError) as error:
            _fail(job, error)
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            _retry_or_fail(job, error)
        else:
            _settle(job, Status.SUCCEEDED, error="")


def _pause(attempt: int) -> float:
    return backoff.delay(attempt, jitter=random.random()).total_seconds()  # noqa: S311 -- spreading, not secrecy


def _settle(job: DurableJob, status: Status, *, error: str) -> None:
    job.status = status
    job.finished_at = job.updated_at = timezone.now()
    job.locked_at = None
    job.last_error = error


def _reschedule(job: DurableJob, *, seconds: float, why: str) -> None:
    now = timezone.now()
    job.waiting_since = job.waiting_since or now
    if not backoff.may_wait_again(waits=job.waits, waiting=now - job.waiting_since):
        _settle(job, Status.FAILED, error=f"Waited too long: {redact(why)}"[:ERROR_CHARS])
        return
    job.status, job.locked_at, job.updated_at = Status.PENDING, None, now
    job.waits += 1
    job.attempts -= 1
    job.run_at = now + timedelta(seconds=max(seconds, 1))
    job.last_error = redact(why)[:ERROR_CHARS]


def _fail(job: DurableJob, error: Exception) -> None:
    log.error("job_failed", kind=job.handler_kind, error=type(error).__name__, attempts=job.attempts)
    _settle(job, Status.FAILED, error=_describe(error))


def _retry_or_fail(job: DurableJob, error: Exception) -> None:
    if job.attempts >= job.max_attempts:
        _fail(job, error)
        return
    log.warning("job_retries", kind=job.handler_kind, error=type(error).__name__, attempts=job.attempts)
    now = timezone.now()
    job.status, job.locked_at, job.updated_at = Status.PENDING, None, now
    job.run_at = now + timedelta(seconds=_pause(job.attempts))
    job.last_error = _describe(error)


def _describe(error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)
    last = f" at {os.path.basename(where[-1].filename)}:{where[-1].lineno}" if where else ""
    return redact(f"{type(error).__name__}: {error}{last}")[:ERROR_CHARS]


def save_outcomes(jobs: list[J]) -> None:
    """Write the outcomes of a batch in one statement, of those rows only that are still ours: a row that the sweep
    took back meanwhile (its lock too old) keeps what its next run says."""
    if not jobs:
        return
    model = type(jobs[0])
    held = model._base_manager.filter(status=Status.RUNNING, locked_by=jobs[0].locked_by)
    held.bulk_update(jobs, [*_OUTCOME, *model.RESULT_FIELDS])
    for job in jobs:
        if job.status == Status.PENDING:
            wake(model, job.lane, delay_s=max((job.run_at - timezone.now()).total_seconds(), 0.1))


def run_batch(jobs: list[J]) -> list[J]:
    """Run claimed rows one after another and save their outcomes; what was done before a database failure is saved."""
    done: list[J] = []
    try:
        for job in jobs:
            run(job)
            done.append(job)
    finally:
        if connection.is_usable() or not done:
            save_outcomes(done)
    return done


def drain(model: type[J], lane: int, *, for_seconds: float = 5.0, at_most: int | None = None) -> int:
    """Claim and run due rows of a lane until there are none, the time is up or `at_most` are done; their number.

    A full batch wakes a second worker, so a burst is shared by as many as there are."""
    lower_flag(model._meta.label, lane)
    worker, ends, count = worker_name(), time.monotonic() + for_seconds, 0
    while at_most is None or count < at_most:
        batch = model.BATCH if at_most is None else min(model.BATCH, at_most - count)
        jobs = claim_batch(model, lane, worker=worker, batch=batch)
        if not jobs:
            break
        if len(jobs) >= model.BATCH:
            wake(model, lane)
        count += len(run_batch(jobs))
        if time.monotonic() >= ends:
            wake(model, lane)
            break
    return count
