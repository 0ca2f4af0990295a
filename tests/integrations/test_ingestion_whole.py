"""A delivery is called done only when what it led to is committed, whatever its handler did with errors on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db import connection as database
from django.test import Client

from inbox import inbound
from inbox.models import Message
from integrations import registry
from integrations.events import MessageReceived
from integrations.models import WebhookEvent
from integrations.registry import Applied
from leads.models import Lead
from tests.integrations.deliveries import connect, deliver
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def an_error_that_is_caught() -> None:
    """The server has undone the transaction; its COMMIT is answered with ROLLBACK, which is no error."""
    with suppress(DatabaseError), database.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def an_error_caught_around_a_block_without_a_savepoint() -> None:
    """Django has marked the transaction to be rolled back, and does it without a word."""
    with suppress(IntegrityError), transaction.atomic(savepoint=False):
        raise IntegrityError


def a_connection_that_is_closed() -> None:
    """Django waits for the end of the block, and ends it without a word."""
    database.close()


def a_connection_that_broke() -> None:
    with suppress(DatabaseError), database.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize(
    "accident",
    [
        an_error_that_is_caught,
        an_error_caught_around_a_block_without_a_savepoint,
        a_connection_that_is_closed,
        a_connection_that_broke,
    ],
)
def test_what_was_undone_on_the_way_is_tried_again(
    accident: Callable[[], None], client: Client, harbor: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive_by_accident(event: Any, delivery: Any) -> Applied:
        done = inbound.receive(event, delivery)
        accident()
        return done

    deliver(client, connect(harbor, "emailbison"))
    with monkeypatch.context() as once:
        once.setitem(registry._handlers, MessageReceived, receive_by_accident)
        running.drain(WebhookEvent, Lane.FIRST)
    row = WebhookEvent.objects.get()
    assert (row.status, row.attempts, row.lead_id) == ("PENDING", 1, None)
    assert not Lead.objects.exists()

    WebhookEvent.objects.update(run_at=row.created_at)
    running.drain(WebhookEvent, Lane.FIRST)
    row.refresh_from_db()
    assert (row.status, row.lead_id) == ("SUCCEEDED", Message.objects.get().lead_id)


@pytest.mark.parametrize("is_pooled", [False, True])
def test_behind_a_pooler_applying_waits_for_the_disk(
    is_pooled: bool, client: Client, harbor: Workspace, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Nobody could tell whether the session that saves the outcome is the one that did the work (ADR 9)."""
    settings.DATABASE_PREPARE = not is_pooled
    who: list[str] = []

    def look(event: Any, delivery: Any) -> Applied:
        with database.cursor() as cursor:
            cursor.execute("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
            who.extend(cursor.fetchone())
        return Applied()

    deliver(client, connect(harbor, "emailbison"))
    monkeypatch.setitem(registry._handlers, MessageReceived, look)
    running.drain(WebhookEvent, Lane.FIRST)
    assert [said == "session" for said in who] == [not is_pooled]
