"""Signs of life of beat, for the probes; and work that waits is picked up when a worker starts.

Beat leaves a note in Redis when it starts and with each task it sends. It is told apart from other processes that send
tasks by its own start signal.
"""

from __future__ import annotations

import time
from typing import Any

import redis
import structlog
from celery.signals import after_task_publish, beat_init, worker_ready

from zrg.jobs.models import Lane
from zrg.jobs.queues import queue_models
from zrg.jobs.waking import wake
from zrg.lib import quick_redis

log = structlog.get_logger(__name__)

KEY = "zrg:beat"
_KEPT_S = 24 * 60 * 60

_is_beat = False


@beat_init.connect(weak=False)
def beat_started(**_: Any) -> None:
    """From now on this process is beat."""
    global _is_beat
    _is_beat = True
    note()


@after_task_publish.connect(weak=False)
def beat_sent_a_task(**_: Any) -> None:
    """Beat does what it is for."""
    if _is_beat:
        note()


@worker_ready.connect(weak=False)
def worker_started(**_: Any) -> None:
    """Rows that waited for a worker need not wait for the sweep."""
    for model in queue_models():
        for lane in Lane.values:
            wake(model, lane)


def note() -> None:
    """Leave the time in Redis; where it is away, the sweeps' ledger speaks for beat."""
    try:
        quick_redis.client().set(KEY, str(time.time()), ex=_KEPT_S)
    except redis.RedisError as error:
        log.warning("broker_unreachable", where="beat", error=type(error).__name__)


def age_s() -> float | None:
    """Seconds since beat's last sign; None if there is none. Raises redis.RedisError."""
    raw = quick_redis.client().get(KEY)
    return max(time.time() - float(raw), 0.0) if raw else None  # type: ignore[arg-type]
