"""Running claimed rows (spec 04): handler, outcome, next row. One implementation for every durable queue."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from typing import TypeVar

import psycopg
import structlog
from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, InterfaceError, OperationalError, connection
from psycopg.pq import TransactionStatus

from zrg.jobs import outcomes
from zrg.jobs.claiming import claim_batch
from zrg.jobs.errors import Permanent, RetryLater, Waits
from zrg.jobs.models import DurableJob
from zrg.jobs.registry import NoHandler, handler_for
from zrg.jobs.saving import hand_back, save_outcomes
from zrg.jobs.time_limits import HandlerTimeout, time_limit
from zrg.jobs.waking import lower_flag, wake
from zrg.lib.logs import correlated, new_correlation_id
from zrg.lib.metrics import JOB_OUTCOMES, JOB_SECONDS

log = structlog.get_logger(__name__)

J = TypeVar("J", bound=DurableJob)

SAVE_EVERY_S = 0.25  # a worker that is killed has forgotten no more than this
NO_HANDLER_PAUSE_S = 60.0
DATABASE_PAUSE_S = 5.0


class LeftOpen(Exception):
    """A handler returned with its transaction open: nothing that it did is committed."""


def worker_name() -> str:
    """Who holds a claim: host, process and a fresh run id."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_correlation_id()[:8]}"


def run(job: DurableJob) -> None:
    """Run one claimed row's handler and set its outcome on the object (the caller saves it). Raises nothing that a
    handler may raise; what ends the process (SystemExit, KeyboardInterrupt) passes and leaves the row RUNNING."""
    began, is_callers = time.perf_counter(), connection.in_atomic_block
    with correlated(job.correlation_id or new_correlation_id(), job=f"{job._meta.model_name}:{job.pk}"):
        try:
            _handle(job)
            if not is_callers and _is_left_open():
                raise LeftOpen("The handler returned with its transaction open.")
        except Waits as waits:
            outcomes.wait(job, until=waits.until, why=str(waits))
        except RetryLater as later:
            outcomes.wait_out(job, retry_after=later.retry_after, why=str(later))
        except NoHandler as error:  # an old worker beside a new release: the next one knows it
            log.error("job_has_no_handler", kind=job.handler_kind)
            outcomes.wait_out(job, retry_after=NO_HANDLER_PAUSE_S, why=str(error))
        except (Permanent, ValidationError, DataError) as error:
            outcomes.fail(job, error)
        except (Exception, HandlerTimeout) as error:
            outcomes.retry_or_fail(job, error)
        else:
            outcomes.succeed(job)
            job.done_on = connection.connection
        if not is_callers and _is_left_open():
            _drop_connection()
    _measure(job, seconds=time.perf_counter() - began)


def _handle(job: DurableJob) -> None:
    registered = handler_for(job._meta.label, job.handler_kind)
    with time_limit(registered.time_limit_s):
        registered.handle(job)


def _is_left_open() -> bool:
    """Whether the next statement would meet an answer nobody has read, or join a transaction that nobody ends."""
    if connection.connection is None:
        return False
    is_idle = connection.connection.info.transaction_status == TransactionStatus.IDLE
    return not is_idle or connection.in_atomic_block or not connection.get_autocommit()


def _drop_connection() -> None:
    """A handler stopped in the middle of a query leaves the server at work on it; one stopped on its way out of a
    transaction, Django in the belief that it is still inside. A new connection knows of neither."""
    log.warning("connection_dropped", status=connection.connection.info.transaction_status.name)
    with suppress(DatabaseError, psycopg.Error):
        connection.connection.cancel_safe(timeout=2)
    connection.in_atomic_block = False
    connection.close()


def _measure(job: DurableJob, *, seconds: float) -> None:
    labels = {"queue": job._meta.model_name or "", "kind": job.handler_kind}
    JOB_SECONDS.observe(seconds, **labels)
    JOB_OUTCOMES.count(**labels, outcome=str(job.status))


def run_batch(jobs: list[J], *, ends: float = float("inf")) -> int:
    """Run claimed rows one after another and save their outcomes; the number run. Rows not begun when the time is up
    (`ends`, monotonic), the database is lost or the process is told to end are handed back, whole and at once."""
    begun, unsaved, saved_at = 0, [], time.monotonic()
    try:
        type(jobs[0]).prepare(jobs)
        for job in jobs:
            begun += 1
            run(job)
            unsaved.append(job)
            now = time.monotonic()
            if now - saved_at > SAVE_EVERY_S:
                save_outcomes(unsaved)
                unsaved, saved_at = [], now
            if now >= ends or _database_is_lost():
                break
    finally:
        save_outcomes(unsaved)
        hand_back(jobs[begun:])
    return begun


def _database_is_lost() -> bool:
    """True where the last error was the connection's end and a new one cannot be had."""
    if not connection.errors_occurred:
        return False
    connection.close_if_unusable_or_obsolete()
    try:
        connection.ensure_connection()
    except OperationalError:
        return True
    return False


def drain(model: type[J], lane: int, *, for_seconds: float = 5.0, at_most: int | None = None) -> int:
    """Claim and run due rows of a lane until there are none, the time is up or `at_most` are done; their number.

    A full batch wakes a second worker, so a burst is shared by as many as there are. Where the database is away it
    raises, and has a worker look again in a few seconds."""
    lower_flag(model._meta.label, lane)
    worker, ends, count = worker_name(), time.monotonic() + for_seconds, 0
    try:
        while at_most is None or count < at_most:
            batch = model.BATCH if at_most is None else min(model.BATCH, at_most - count)
            jobs = claim_batch(model, lane, worker=worker, batch=batch)
            if not jobs:
                break
            if len(jobs) >= model.BATCH:
                wake(model, lane)
            count += run_batch(jobs, ends=ends)
            if time.monotonic() >= ends:
                wake(model, lane)
                break
    except (OperationalError, InterfaceError):
        wake(model, lane, delay_s=DATABASE_PAUSE_S)
        raise
    return count
