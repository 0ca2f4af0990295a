"""Rows for the tests of background work: webhook events with a handler of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from uuid import uuid4

from django.db import connection
from django.test import override_settings
from django.utils import timezone

from integrations.models import WebhookEvent
from zrg.jobs import running
from zrg.jobs.models import Lane, Status
from zrg.jobs.registry import Registered
from zrg.lib import quick_redis
from zrg.workspaces.models import User, Workspace


def workspace(name: str = "Acme") -> Workspace:
    """A tenant with an owner."""
    owner = User.objects.create_user(f"owner-{uuid4().hex[:8]}@example.com")
    return Workspace.objects.create(name=name, owner=owner)


def event(of: Workspace, **fields: Any) -> WebhookEvent:
    """A pending delivery, due now."""
    now = timezone.now()
    given = {
        "provider": "emailbison",
        "event_type": "LEAD_REPLIED",
        "payload": {},
        "received_at": now,
        "dedupe_key": uuid4().hex,
        "lane": Lane.FIRST,
        "run_at": now,
        "max_attempts": 8,
        "correlation_id": uuid4().hex,
    }
    return WebhookEvent.objects.create(workspace=of, **given | fields)


def many_events(of: Workspace, count: int, *, lane: int = Lane.FIRST) -> None:
    """`count` pending deliveries in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO integrations_webhookevent (workspace_id, provider, event_type, payload, received_at, status,"
            " lane, dedupe_key, run_at, attempts, max_attempts, waits, locked_by, last_error, correlation_id,"
            " created_at, updated_at, reason)"
            " SELECT %s, 'emailbison', 'EMAIL_SENT', '{}', now(), 'PENDING', %s, gen_random_uuid()::text,"
            " now() - interval '1 minute', 0, 8, 0, '', '', '', now(), now(), '' FROM generate_series(1, %s)",
            [of.pk, lane, count],
        )
        cursor.execute("ANALYZE integrations_webhookevent")


@contextmanager
def handled_by(handle: Callable[[Any], None], *, time_limit_s: float = 30) -> Iterator[None]:
    """Every job is run by `handle`."""
    with mock.patch.object(running, "handler_for", return_value=Registered(handle, time_limit_s)):
        yield


@contextmanager
def without_redis(url: str = "redis://127.0.0.1:1/0") -> Iterator[None]:
    """Nobody listens where Redis should be (or somebody else, at `url`)."""
    with override_settings(REDIS_URL=url):
        quick_redis.client.cache_clear()
        try:
            yield
        finally:
            quick_redis.client.cache_clear()


def statuses() -> dict[str, int]:
    """How many events have which status."""
    rows = WebhookEvent.objects.values_list("status", flat=True)
    return {status: list(rows).count(status) for status in Status.values if status in set(rows)}
