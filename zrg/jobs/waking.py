"""Telling the workers that rows wait. One message for a whole burst, and never in the way of a request.

A flag in Redis says "somebody has been told"; only who sets it publishes a Celery task, and the task clears it before
it looks for rows, so a row committed in between is seen by that task or wakes the next. Later rows share a flag per
second of their time. If Redis is away the row simply waits for the sweep: nothing is lost, it is only slower (spec 04).
"""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import threading
import time
from functools import partial

import redis
import structlog
from django.db import transaction
from kombu.exceptions import KombuError

from zrg.celery import app
from zrg.jobs.models import DurableJob
from zrg.lib import quick_redis

log = structlog.get_logger(__name__)

FLAG_SECONDS = 2  # a flag whose task got lost stops nobody for longer
LONGEST_COUNTDOWN_S = 15 * 60  # later rows are left to the sweep
REST_SECONDS = 2.0  # after a failure, do not ask Redis again for this long
GATHER_SECONDS = 0.01  # the first wish is passed on at once, those of a burst together

_resting_until = 0.0


def wake(model: type[DurableJob], lane: int, *, delay_s: float = 0) -> bool:
    """Have a worker drain this model's lane, now or in `delay_s` seconds. False if it could not be told (Redis away)
    or will be seen by the sweep. Redis away costs 0.3 s at most, once in two seconds."""
    if delay_s > LONGEST_COUNTDOWN_S or time.monotonic() < _resting_until:
        return False
    flag = _flag(model._meta.label, lane, delay_s)
    try:
        if quick_redis.client().set(flag, 1, nx=True, ex=FLAG_SECONDS + math.ceil(delay_s)):
            _publish(model, lane, flag=flag, delay_s=delay_s)
    except (redis.RedisError, KombuError, OSError) as error:
        _rest(error, model=model._meta.label, lane=lane)
        return False
    return True


def _rest(error: Exception, **where: object) -> None:
    global _resting_until
    _resting_until = time.monotonic() + REST_SECONDS
    log.warning("broker_unreachable", error=type(error).__name__, **where)


def _flag(label: str, lane: int, delay_s: float = 0) -> str:
    due = f":{math.ceil(time.time() + delay_s)}" if delay_s else ""
    return f"zrg:woken:{label}:{lane}{due}"


def _publish(model: type[DurableJob], lane: int, *, flag: str, delay_s: float) -> None:
    # The flag stands for every row due until the next full second, so the task runs at its end.
    countdown = math.ceil(time.time() + delay_s) - time.time() if delay_s else None
    try:
        app.send_task(
            "zrg.jobs.drain",
            kwargs={"model": model._meta.label, "lane": lane},
            queue=model.QUEUES[lane],
            countdown=countdown,
            retry=True,  # once: a restart of the broker drops idle connections
            retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
        )
    except (redis.RedisError, KombuError, OSError):
        with contextlib.suppress(redis.RedisError):  # nobody was told: the flag must not stop the next
            quick_redis.client().delete(flag)
        raise


def wake_on_commit(model: type[DurableJob], lane: int, *, delay_s: float = 0) -> None:
    """Wake once this transaction is committed (at once outside of one), from a thread of its own: whoever commits does
    not wait for Redis, be it busy, hung or away."""
    transaction.on_commit(partial(_tell, model, lane, delay_s), robust=True)


class _Messenger:
    """One thread a process that passes wishes to wake on. Equal ones that come while it is busy, or in the moment
    after, are one: in a burst it would take the processor from the next request at each of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wishes: dict[tuple[type[DurableJob], int, int], float] = {}
        self._busy = False
        self._thread: threading.Thread | None = None

    def tell(self, model: type[DurableJob], lane: int, delay_s: float) -> None:
        """Pass it on soon; returns at once."""
        due = time.time() + delay_s if delay_s else 0.0
        with self._changed:
            self._wishes[model, lane, math.ceil(due)] = due
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="waking", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settle(self, seconds: float) -> bool:
        """Wait until everything told so far is passed on; False if that takes longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._wishes and not self._busy, timeout=seconds)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._wishes))
                wishes, self._wishes, self._busy = self._wishes, {}, True
            for (model, lane, _), due in wishes.items():
                _pass_on(model, lane, due)
            with self._changed:
                self._busy = False
                self._changed.notify_all()
            time.sleep(GATHER_SECONDS)


def _pass_on(model: type[DurableJob], lane: int, due: float) -> None:
    try:
        wake(model, lane, delay_s=max(due - time.time(), 0) if due else 0)
    except Exception:  # the thread serves the next wish; this row is the sweep's
        log.exception("waking_failed", model=model._meta.label, lane=lane)


_messenger = _Messenger()


def _after_fork() -> None:
    """A child has its parent's wishes, which its parent passes on, but not its thread."""
    global _messenger
    _messenger = _Messenger()


def _tell(model: type[DurableJob], lane: int, delay_s: float) -> None:
    _messenger.tell(model, lane, delay_s)


def settle(seconds: float = 5.0) -> bool:
    """Wait until the workers know of everything committed so far (before a process ends; in tests)."""
    return _messenger.settle(seconds)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(settle, 1.0)


def lower_flag(model_label: str, lane: int) -> None:
    """A drain begins: whatever is committed from now on needs a new wake-up."""
    if time.monotonic() < _resting_until:
        return
    try:
        quick_redis.client().delete(_flag(model_label, lane))
    except redis.RedisError as error:
        _rest(error, model=model_label, lane=lane)
