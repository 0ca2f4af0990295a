"""Is this installation fit to work? Each check answers with what is wrong in a sentence; none raises (spec 13)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import redis
import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from zrg.jobs import heartbeat, queues
from zrg.jobs.models import FunctionRun, Lane
from zrg.lib import quick_redis

log = structlog.get_logger(__name__)

BEAT_SILENT_S = 180.0
OLDEST_REPLY_S = 300.0  # replies older than this wait for a worker that is not there
OLDEST_BURST_S = 3600.0

_all_migrated = False


def database() -> str:
    """Does PostgreSQL answer?"""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("database_unreachable", error=type(error).__name__)
        return f"The database does not answer ({type(error).__name__}): check DATABASE_URL and the server."
    return ""


def broker() -> str:
    """Does Redis answer?"""
    try:
        quick_redis.client().ping()
    except redis.RedisError as error:
        return f"The broker does not answer ({type(error).__name__}): check REDIS_URL and the server."
    return ""


def migrations() -> str:
    """Is the database's shape this release's? Asked until it is, then remembered: a process never becomes older."""
    global _all_migrated
    if _all_migrated:
        return ""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        first = plan[0][0]
        return f"{len(plan)} migrations are not applied, first {first.app_label} {first.name}: run `manage.py migrate`."
    _all_migrated = True
    return ""


def beat() -> str:
    """Has beat shown a sign of life, or a sweep run, in the last three minutes?"""
    try:
        age = heartbeat.age_s()
    except redis.RedisError:
        age = None  # the ledger below speaks for it
    if age is not None and age < BEAT_SILENT_S:
        return ""
    recent = timezone.now() - timedelta(seconds=BEAT_SILENT_S)
    if FunctionRun.objects.filter(function="background-jobs", started_at__gt=recent).exists():
        return ""
    return "Beat has not shown a sign of life for three minutes: is it running? The schedules start nothing."


def queue_ages() -> str:
    """Is anything due that nobody takes?"""
    late = [depth for depth in queues.depths() if depth.oldest_s > _patience(depth)]
    return " ".join(
        f"{depth.due} rows of {depth.label} wait in the queue “{depth.queue}”, the first for {depth.oldest_s:.0f} s:"
        " is a worker of this queue running?"
        for depth in late
    )


def _patience(depth: queues.Depth) -> float:
    return OLDEST_REPLY_S if depth.lane == Lane.FIRST else OLDEST_BURST_S


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "broker": broker,
    "migrations": migrations,
    "beat": beat,
    "queues": queue_ages,
}
_NEED_THE_DATABASE = {"migrations", "beat", "queues"}


def reasons() -> dict[str, str]:
    """What is wrong, by check; empty when all is well. Takes seconds at most, wherever a service is silent."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        if "database" in found and name in _NEED_THE_DATABASE:
            continue
        began = time.monotonic()
        if problem := _safely(check):
            found[name] = problem
            log.warning("not_ready", check=name, took_ms=round((time.monotonic() - began) * 1000))
    return found


def _safely(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError as error:
        return f"The database did not answer the question ({type(error).__name__})."
