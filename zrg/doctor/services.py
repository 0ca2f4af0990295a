"""PostgreSQL, Redis and the workers, from where this process stands."""

from __future__ import annotations

import time
from collections.abc import Iterator

import redis
from django.db import DatabaseError, connection
from kombu.exceptions import KombuError

from zrg import health
from zrg.celery import QUEUES, app
from zrg.doctor.findings import Finding, warning
from zrg.jobs import heartbeat
from zrg.lib import quick_redis

OLDEST_POSTGRES = 16
OLDEST_REDIS = 7  # Valkey calls itself 7.2 there
SKEW_WARN_S, SKEW_ERROR_S = 2.0, 30.0
PING_SECONDS = 2.0


def database() -> Iterator[Finding]:
    """Reachable, recent, in UTF-8."""
    if problem := health.database():
        yield Finding(problem, "Set DATABASE_URL to postgres://user:password@host:5432/name and start the server.")
        return
    version = connection.cursor().connection.info.server_version // 10_000
    if version < OLDEST_POSTGRES:
        yield Finding(f"PostgreSQL {version} is too old.", f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
    if (encoding := _ask("SHOW server_encoding")) != "UTF8":
        yield Finding(f"The database is encoded in {encoding}.", "Make a new one with ENCODING 'UTF8'.")


def clock() -> Iterator[Finding]:
    """This host's clock against the database's: both decide when a row is due."""
    before = time.time()
    theirs = float(_ask("SELECT extract(epoch FROM clock_timestamp())"))
    skew = theirs - (before + time.time()) / 2
    if abs(skew) > SKEW_WARN_S:
        yield Finding(
            f"The database's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} this host's.",
            "Let both follow a time server (NTP).",
            is_error=abs(skew) > SKEW_ERROR_S,
        )


def migrations() -> Iterator[Finding]:
    """The database has this release's shape."""
    if problem := health.migrations():
        yield Finding(problem, "Run `python manage.py migrate`.")


def broker() -> Iterator[Finding]:
    """Reachable, recent, and never dropping what it was given."""
    if problem := health.broker():
        yield Finding(problem, "Set REDIS_URL to redis://:password@host:6379/0 and start the server.")
        return
    info = quick_redis.client().info()
    version = str(info.get("redis_version", "0"))  # type: ignore[union-attr]
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        yield Finding(f"Redis {version} is too old.", f"Use Redis {OLDEST_REDIS} or Valkey 8 or newer.")
    policy = str(info.get("maxmemory_policy", "noeviction"))  # type: ignore[union-attr]
    if policy != "noeviction":
        yield warning(
            f"Redis may drop keys when memory is short (maxmemory-policy {policy}): waking messages get lost.",
            "Set maxmemory-policy to noeviction; the sweep finds the work a minute later meanwhile.",
        )


def workers() -> Iterator[Finding]:
    """Somebody serves every queue."""
    served = _served_queues()
    if not served:
        yield Finding(
            "No Celery worker answers: nothing is processed but by the cron endpoint.",
            f"Start one: celery -A zrg.celery worker -Q {','.join(QUEUES)}",
        )
    elif alone := [queue for queue in QUEUES if queue not in served]:
        names = ", ".join(alone)
        yield Finding(f"No worker serves the queues: {names}.", f"Start one with -Q {names.replace(' ', '')}.")


def _served_queues() -> set[str]:
    answers = app.control.inspect(timeout=PING_SECONDS).active_queues() or {}
    return {queue["name"] for queues in answers.values() for queue in queues}


def beat() -> Iterator[Finding]:
    """The schedules are being followed."""
    if problem := health.beat():
        age = heartbeat.age_s()
        last = f" Last seen {age:.0f} s ago." if age is not None else ""
        yield Finding(problem + last, "Start it, once: celery -A zrg.celery beat")


def _ask(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


UNREACHABLE = (DatabaseError, redis.RedisError, KombuError, OSError)
