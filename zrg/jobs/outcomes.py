"""What a try leads to: the next status of a row, set on the object (zrg/jobs/saving.py writes it). Spec 04."""

from __future__ import annotations

import os
import random
import traceback
from datetime import datetime, timedelta

import structlog
from django.db import Error as DatabaseError
from django.utils import timezone

from zrg.jobs import backoff
from zrg.jobs.models import DurableJob, Status
from zrg.lib.redaction import redact

log = structlog.get_logger(__name__)

ERROR_CHARS = 10_000
LEAST_PAUSE_S = 1.0


def succeed(job: DurableJob) -> None:
    """Done; an error of an earlier try is forgotten."""
    _settle(job, Status.SUCCEEDED, error="")


def do_again(job: DurableJob) -> None:
    """It was done, and may have been undone since: due at once, no attempt consumed."""
    job.attempts -= 1
    job.finished_at = None
    job.status, job.run_at = Status.PENDING, timezone.now()
    job.last_error = "The database was lost before the outcome was saved: done once more."


def fail(job: DurableJob, error: BaseException) -> None:
    """The dead letter: nothing revives it but a person."""
    log.error("job_failed", kind=job.handler_kind, error=type(error).__name__, attempts=job.attempts)
    _settle(job, Status.FAILED, error=describe(error))


def retry_or_fail(job: DurableJob, error: BaseException) -> None:
    """Another attempt after a growing pause while there are attempts left."""
    if job.attempts >= job.max_attempts:
        fail(job, error)
        return
    log.warning("job_retries", kind=job.handler_kind, error=type(error).__name__, attempts=job.attempts)
    _put_off(job, until=timezone.now() + _pause(job.attempts), why=describe(error))


def wait(job: DurableJob, *, until: datetime, why: str) -> None:
    """Not now, by the rules of the house (paused, snoozed …): no attempt is consumed, and there is no end to it."""
    job.attempts -= 1
    job.waits, job.waiting_since = 0, None
    _put_off(job, until=until, why=why)


def wait_out(job: DurableJob, *, retry_after: float | None, why: str) -> None:
    """A rate limit: no attempt is consumed, but 24 h or 50 times is the end of it."""
    now = timezone.now()
    job.waiting_since = job.waiting_since or now
    if not backoff.may_wait_again(waits=job.waits, waiting=now - job.waiting_since):
        log.error("job_waited_too_long", kind=job.handler_kind, waits=job.waits)
        _settle(job, Status.FAILED, error=clean(f"Waited too long: {why}"))
        return
    job.waits += 1
    job.attempts -= 1
    pause = _pause(job.waits) if retry_after is None else timedelta(seconds=max(retry_after, 0))
    _put_off(job, until=now + min(pause, backoff.MAX_WAITING), why=why)


def describe(error: BaseException) -> str:
    """An error for the row: its kind, its text without anything personal, and the last line of ours it passed."""
    text = str(error)
    if isinstance(error, DatabaseError):
        text = text.partition("\n")[0]  # the lines behind it quote the row
    return clean(f"{type(error).__name__}: {text}{_where(error)}")


def clean(text: str) -> str:
    """Redacted, of a length and in characters that the column takes."""
    fit = text[: 2 * ERROR_CHARS].replace("\x00", "").encode(errors="replace").decode()
    return redact(fit)[:ERROR_CHARS]


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f" at {os.path.basename(ours[-1].filename)}:{ours[-1].lineno}" if ours else ""


def _pause(attempt: int) -> timedelta:
    return backoff.delay(attempt, jitter=random.random())  # noqa: S311 -- spreading, not secrecy


def _settle(job: DurableJob, status: Status, *, error: str) -> None:
    job.status = status
    job.finished_at = job.updated_at = timezone.now()
    job.locked_at = None
    job.last_error = error


def _put_off(job: DurableJob, *, until: datetime, why: str) -> None:
    now = timezone.now()
    job.status, job.locked_at, job.updated_at = Status.PENDING, None, now
    job.run_at = max(until, now + timedelta(seconds=LEAST_PAUSE_S))
    job.last_error = clean(why)
