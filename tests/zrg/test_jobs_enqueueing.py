"""Keeping a row, once, and telling a worker (spec 04)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
import redis
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from integrations.models import WebhookEvent
from tests.zrg.job_rows import without_redis, workspace
from zrg.celery import QUEUES, app
from zrg.jobs import waking
from zrg.jobs.claiming import claim_batch
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.models import Lane
from zrg.jobs.queues import queue_models
from zrg.lib import quick_redis
from zrg.lib.logs import correlated
from zrg.workspaces.models import Workspace

FIRST, BULK = Lane.FIRST, Lane.BULK


@pytest.fixture(autouse=True)
def sent() -> Iterator[list[dict[str, Any]]]:
    """What is published to Celery, instead of publishing it; no flags and no rest from other tests."""
    _forget()
    calls: list[dict[str, Any]] = []
    with mock.patch.object(app, "send_task", lambda name, **options: calls.append({"name": name} | options)):
        yield calls
    _forget()


def _forget() -> None:
    waking._resting_until = 0.0
    client = quick_redis.client()
    for key in client.scan_iter("zrg:woken:*"):
        client.delete(key)


def keep(home: Workspace, key: str, **more: Any) -> bool:
    """Enqueue, and wait until the workers have been told."""
    is_new = keep_only(home, key, **more)
    assert waking.settle()
    return is_new


def keep_only(home: Workspace, key: str, **more: Any) -> bool:
    given = {"provider": "ghl", "event_type": "sms", "payload": {}, "received_at": timezone.now()}
    return enqueue(WebhookEvent, dedupe_key=key, workspace=home, **given | more)


@pytest.mark.django_db
def test_a_key_is_kept_once() -> None:
    home = workspace()

    assert keep(home, "k") is True
    assert keep(home, "k") is False
    assert WebhookEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_one_row_and_one_of_them_hears_it_is_new() -> None:
    home = workspace()
    new: list[bool] = []
    started = threading.Barrier(8)

    def work() -> None:
        try:
            started.wait(timeout=10)
            new.extend([keep(home, f"k{number}") for number in range(20)])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert new.count(True) == WebhookEvent.objects.count() == 20


@pytest.mark.django_db
def test_keeping_a_row_is_one_statement(django_assert_num_queries: Any) -> None:
    home = workspace()

    with django_assert_num_queries(1):
        keep(home, "k")


@pytest.mark.django_db(transaction=True)
def test_workers_are_told_after_the_commit_and_not_before(sent: list[dict[str, Any]]) -> None:
    home = workspace()

    with transaction.atomic():
        keep(home, "k")
        assert sent == []
    waking.settle()

    assert [(call["queue"], call["kwargs"]) for call in sent] == [
        ("ingest", {"model": "integrations.WebhookEvent", "lane": 0})
    ]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_row_tells_nobody(sent: list[dict[str, Any]]) -> None:
    home = workspace()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        keep(home, "k")
        _ = 1 / 0

    assert sent == []


@pytest.mark.django_db(transaction=True)
def test_a_burst_is_one_message_until_a_drain_begins(sent: list[dict[str, Any]]) -> None:
    home = workspace()
    for number in range(50):
        keep(home, f"k{number}")
    assert len(sent) == 1

    waking.lower_flag("integrations.WebhookEvent", FIRST)
    keep(home, "after the drain began")
    assert len(sent) == 2


@pytest.mark.django_db(transaction=True)
def test_each_lane_is_woken_in_its_own_queue(sent: list[dict[str, Any]]) -> None:
    home = workspace()

    keep(home, "reply", lane=FIRST)
    keep(home, "burst", lane=BULK)

    assert [call["queue"] for call in sent] == ["ingest", "bulk"]


@pytest.mark.django_db(transaction=True)
def test_later_rows_of_the_same_second_share_a_message_that_comes_when_all_are_due(
    sent: list[dict[str, Any]],
) -> None:
    home = workspace()
    with time_machine.travel(1_800_000_000.1, tick=False):
        for number in range(20):
            keep(home, f"k{number}", delay=timedelta(seconds=10 + number / 100))
        keep(home, "later", delay=timedelta(seconds=12))

    assert [round(call["countdown"], 1) for call in sent] == [10.9, 12.9]


@pytest.mark.django_db(transaction=True)
def test_rows_far_in_the_future_are_left_to_the_sweep(sent: list[dict[str, Any]]) -> None:
    keep(workspace(), "k", delay=timedelta(hours=2))

    assert sent == []


@pytest.mark.django_db
def test_a_row_for_now_is_due_even_where_this_hosts_clock_is_ahead_of_the_databases() -> None:
    home = workspace()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        keep(home, "k")

    assert len(claim_batch(WebhookEvent, FIRST, worker="w")) == 1


@pytest.mark.django_db
def test_a_row_takes_the_correlation_id_of_the_story_it_is_kept_in() -> None:
    with correlated("the-request-1"):
        keep(workspace(), "k")

    assert WebhookEvent.objects.get().correlation_id == "the-request-1"


@pytest.mark.django_db
def test_a_row_outside_of_any_story_begins_one() -> None:
    keep(workspace(), "k")

    assert len(WebhookEvent.objects.get().correlation_id) == 32


@pytest.fixture
def silent_redis() -> Iterator[None]:
    """A host that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as host, without_redis(f"redis://127.0.0.1:{host.getsockname()[1]}/0"):
        yield


@pytest.fixture
def no_redis() -> Iterator[None]:
    with without_redis():
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", ["silent_redis", "no_redis"])
def test_without_redis_rows_are_kept_and_it_costs_next_to_nothing(
    trouble: str, request: pytest.FixtureRequest, sent: list[dict[str, Any]]
) -> None:
    home = workspace()
    request.getfixturevalue(trouble)

    began = time.monotonic()
    for _ in range(20):
        assert keep_only(home, f"{uuid4()}")
    kept = time.monotonic() - began
    assert waking.settle()
    passed_on = time.monotonic() - began

    assert kept < 5  # twenty inserts: had each waited for Redis (30 s without a time-out), it were minutes
    assert passed_on < 10
    assert WebhookEvent.objects.count() == 20
    assert sent == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("trouble", ["silent_redis", "no_redis"])
def test_waking_directly_does_not_hang_without_redis(trouble: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(trouble)

    began = time.monotonic()
    assert waking.wake(WebhookEvent, FIRST) is False

    assert time.monotonic() - began < 10


@pytest.mark.django_db(transaction=True)
def test_a_message_that_could_not_be_published_does_not_silence_the_next(
    monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, Any]]
) -> None:
    home = workspace()

    def refuse(*args: Any, **options: Any) -> None:
        raise BrokerError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(app, "send_task", refuse)
        assert keep(home, "first") is True
    waking._resting_until = 0.0
    keep(home, "second")

    assert len(sent) == 1


@pytest.mark.django_db(transaction=True)
def test_whatever_goes_wrong_in_telling_the_row_is_kept_and_the_caller_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wake = mock.Mock(side_effect=[TypeError("a bug"), True])
    monkeypatch.setattr(waking, "wake", wake)
    home = workspace()

    assert keep(home, "k") is True
    assert keep(home, "next") is True
    assert WebhookEvent.objects.count() == wake.call_count == 2


def test_lowering_the_flag_of_a_redis_that_is_away_only_logs(no_redis: None) -> None:
    waking.lower_flag("integrations.WebhookEvent", FIRST)

    with pytest.raises(redis.RedisError):
        quick_redis.client().ping()


def test_every_lane_of_every_queue_has_a_celery_queue() -> None:
    assert queue_models()
    for model in queue_models():
        assert set(model.QUEUES) == set(Lane.values)
        assert set(model.QUEUES.values()) <= set(QUEUES)
