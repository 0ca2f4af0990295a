"""A circuit breaker per model, shared by all workers in Redis: a service that keeps failing is left alone for a while.

After FAILURES in a row nothing is asked for PAUSE_S; then one call tries, the others wait for what becomes of it. With
Redis away every call is allowed: the breaker saves time, it guards nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import redis
import structlog

from zrg.lib import quick_redis

log = structlog.get_logger(__name__)

FAILURES = 5
WITHIN_S = 120
PAUSE_S = 30
PROBE_S = 15
QUOTA_PAUSE_S = 600


def allows(model: str) -> bool:
    """May this model be asked now?"""
    try:
        client = quick_redis.client()
        count, pause = client.mget(_failures(model), _pause(model))  # type: ignore[misc]
        if pause is not None:
            return False
        if count is None or int(count) < FAILURES:
            return True
        return bool(client.set(_probe(model), 1, nx=True, ex=PROBE_S))
    except redis.RedisError as error:
        log.warning("breaker_away", error=type(error).__name__)
        return True


def succeeded(model: str) -> None:
    """It answered: everything is forgotten."""
    _quietly(lambda client: client.delete(_failures(model), _pause(model), _probe(model)))


def failed(model: str) -> None:
    """It failed in a way that says something about the service (not about our question)."""

    def note(client: redis.Redis) -> None:
        count = int(client.incr(_failures(model)))  # type: ignore[arg-type]
        client.expire(_failures(model), WITHIN_S)
        if count >= FAILURES:
            client.set(_pause(model), 1, ex=PAUSE_S)
            log.warning("circuit_opened", model=model, seconds=PAUSE_S)

    _quietly(note)


def out_of_quota(model: str) -> None:
    """The account's money is used up: asking again soon changes nothing."""
    _quietly(lambda client: client.set(_pause(model), 1, ex=QUOTA_PAUSE_S))


def _quietly(act: Callable[[redis.Redis], object]) -> None:
    try:
        act(quick_redis.client())
    except redis.RedisError as error:
        log.warning("breaker_away", error=type(error).__name__)


def _failures(model: str) -> str:
    return f"zrg:ai:failures:{model}"


def _pause(model: str) -> str:
    return f"zrg:ai:pause:{model}"


def _probe(model: str) -> str:
    return f"zrg:ai:probe:{model}"
