"""Has anything changed? A revision per workspace in Redis: pages poll it, unchanged costs no query (spec 07)."""

from __future__ import annotations

from functools import cache
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import transaction

log = structlog.get_logger(__name__)


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def _key(workspace_id: UUID | str) -> str:
    return f"zrg:revision:{workspace_id}"


def revision(workspace_id: UUID | str) -> int:
    """The workspace's revision; 0 when nothing has happened yet. Raises redis.RedisError when Redis is away."""
    return int(_redis().get(_key(workspace_id)) or 0)


def known_revision(workspace_id: UUID | str) -> int:
    """As `revision`, for a page that must open with Redis away, too: -1 then, which every later poll finds changed."""
    try:
        return revision(workspace_id)
    except redis.RedisError:
        return -1


def bump_on_commit(workspace_id: UUID | str) -> None:
    """Tell the open pages of a workspace that something changed, once this transaction is committed."""
    transaction.on_commit(lambda: _bump(workspace_id))


def _bump(workspace_id: UUID | str) -> None:
    try:
        _redis().incr(_key(workspace_id))
    except redis.RedisError as error:
        # Pages miss one refresh and see it with the next change; the rows are safe.
        log.warning("live_update_missed", error=type(error).__name__)
