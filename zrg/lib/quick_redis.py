"""Redis where it must never be in the way: short time-outs, one new try on a dropped connection, no back-off.

For flags and counters whose loss costs nothing. A refused connection costs under a millisecond, a silent host a
quarter of a second.
"""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

SECONDS = 0.25


@cache
def client() -> redis.Redis:
    """This process's client. Raises redis.RedisError, where Redis is away within `SECONDS`."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        # A restart of Redis drops idle connections: that is worth one more try, a silent host is not.
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
