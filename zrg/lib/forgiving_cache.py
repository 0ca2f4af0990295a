"""Django's cache where Redis may be away: what is not there is asked of the database, nobody gets an error page.

Without Redis nothing is remembered: sessions cost a query, and limits that are counted here (sign-in attempts) do not
count. A server that was just away is left alone for a second, except for deletions: they are always tried.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis
import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)

REST_S = 1.0
LONGEST_SESSION_S = 300

_resting_until = 0.0


class ForgivingCache(RedisCache):
    """As Django's, but away means empty."""

    def add(self, *args: Any, **options: Any) -> bool:
        return self._forgiven(super().add, True, *args, **options)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._forgiven(super().get, default, key, default, version=version)

    def set(self, *args: Any, **options: Any) -> None:
        self._forgiven(super().set, None, *args, **options)

    def touch(self, *args: Any, **options: Any) -> bool:
        return self._forgiven(super().touch, False, *args, **options)

    def get_many(self, *args: Any, **options: Any) -> dict[Any, Any]:
        return self._forgiven(super().get_many, {}, *args, **options)

    def set_many(self, data: dict[Any, Any], *args: Any, **options: Any) -> list[Any]:
        return self._forgiven(super().set_many, list(data), data, *args, **options)

    def has_key(self, *args: Any, **options: Any) -> bool:
        return self._forgiven(super().has_key, False, *args, **options)

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._forgiven(super().delete, False, *args, always=True, **options)

    def delete_many(self, *args: Any, **options: Any) -> None:
        self._forgiven(super().delete_many, None, *args, always=True, **options)

    def incr(self, key: Any, *args: Any, **options: Any) -> int:
        """ValueError where the key is not there, as in every cache."""
        found: int | None = self._forgiven(super().incr, None, key, *args, **options)
        if found is None:
            raise ValueError(f"Key {key!r} not found")
        return found

    def _forgiven(
        self, ask: Callable[..., Any], fallback: Any, *args: Any, always: bool = False, **options: Any
    ) -> Any:
        global _resting_until
        if time.monotonic() < _resting_until and not always:
            return fallback
        try:
            return ask(*args, **options)
        except redis.RedisError as error:
            _resting_until = time.monotonic() + REST_S
            log.warning("cache_unreachable", error=type(error).__name__)
            return fallback


class SessionCache(ForgivingCache):
    """Sessions are rows; a copy lives five minutes at most, so that one whose end could not be told here ends soon."""

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> int | None:
        seconds: float | None = super().get_backend_timeout(timeout)
        return LONGEST_SESSION_S if seconds is None else int(min(seconds, LONGEST_SESSION_S))
