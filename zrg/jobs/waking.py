"""Telling the workers that rows wait. One message for a whole burst, and never in the way of a request.

A flag in Redis says "somebody has been told"; only who sets it publishes a Celery task, and the task clears it before
it looks for rows, so a row committed in between is seen by that task or wakes the next. If Redis is away the row simply
waits for the sweep: work is lost by nothing, it is only slower (spec 04).
"""

from __future__ import annotations

import time
from functools import cache

import redis
import structlog
from django.conf import settings
from django.db import transaction

from zrg.celery import app
from zrg.jobs.models import DurableJob

log = structlog.get_logger(__name__)

FLAG_SECONDS = 2  # a flag whose task got lost stops nobody for longer
LONGEST_COUNTDOWN_S = 15 * 60  # later rows are left to the sweep
_REST_SECONDS = 2.0  # after a failure, do not ask Redis again for this long

_resting_until = 0.0


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def _flag(label: str, lane: int) -> str:
    return f"zrg:woken:{label}:{lane}"


def wake(model: type[DurableJob], lane: int, *, delay_s: float = 0) -> bool:
    """Have a worker drain this model's lane, now or in `delay_s` seconds. False if it could not be told (Redis away)
    or will be seen by the sweep."""
    global _resting_until
    if delay_s > LONGEST_COUNTDOWN_S or time.monotonic() < _resting_until:
        return False
    label = model._meta.label
    try:
        if not delay_s and not _redis().set(_flag(label, lane), 1, nx=True, ex=FLAG_SECONDS):
            return True
        app.send_task(
            "zrg.jobs.drain",
            kwargs={"model": label, "lane": lane},
            queue=model.QUEUES[lane],
            countdown=delay_s or None,
            retry=False,
        )
    except (redis.RedisError, OSError, app.connection_for_write().connection_errors) as error:
        _resting_until = time.monotonic() + _REST_SECONDS
        log.warning("broker_unreachable", model=label, lane=lane, error=type(error).__name__)
        return False
    return True


def wake_on_commit(model: type[DurableJob], lane: int, *, delay_s: float = 0) -> None:
    """Wake once this transaction is committed (at once outside of one)."""
    transaction.on_commit(lambda: wake(model, lane, delay_s=delay_s) and None)


def lower_flag(model_label: str, lane: int) -> None:
    """A drain begins: whatever is committed from now on needs a new wake-up."""
    try:
        _redis().delete(_flag(model_label, lane))
    except redis.RedisError as error:
        log.warning("broker_unreachable", model=model_label, lane=lane, error=type(error).__name__)
