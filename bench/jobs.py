"""Durable jobs with no-op handlers, against claiming and finishing rows with bare SQL (SKIP LOCKED)."""

from __future__ import annotations

import multiprocessing
import os
import time
from datetime import timedelta

import psycopg
from django.db import connection
from django.utils import timezone

from bench import bodies
from bench.table import Row
from integrations.models import WebhookEvent
from zrg.jobs import registry, running
from zrg.jobs.models import Lane, Status

COUNT = 10_000
WORKERS = 2


def run() -> list[Row]:
    real = registry.handler_for("integrations.WebhookEvent", "")
    registry.register("integrations.WebhookEvent", "", _nothing)
    try:
        floor, rate = _floor(), _backlog()
        p50, p99 = _pick_up()
    finally:
        registry.register("integrations.WebhookEvent", "", real.handle, time_limit_s=real.time_limit_s)
    return [
        Row(
            "no-op jobs, backlog, 2 workers",
            rate,
            "jobs/s",
            floor,
            "SKIP LOCKED by tens, bare SQL",
            "≥ 900/s",
            rate >= 900,
        ),
        Row("pick-up at 500 jobs/s, median", p50, "ms"),
        Row("pick-up at 500 jobs/s, p99", p99, "ms", None, "", "≤ 50 ms", p99 <= 50),
    ]


def _nothing(job: WebhookEvent) -> None:
    """The handler whose cost is nothing."""


def _fill(count: int) -> None:
    WebhookEvent.objects.all().delete()
    space, now = bodies.workspace(), timezone.now()
    rows = [
        WebhookEvent(
            workspace=space,
            provider="emailbison",
            event_type="EMAIL_SENT",
            payload={},
            received_at=now,
            dedupe_key=f"b{n}",
            run_at=now,
        )
        for n in range(count)
    ]
    WebhookEvent.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE integrations_webhookevent")


def _in_workers(work: object, *args: object) -> float:
    connection.close()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=args) for _ in range(WORKERS)]  # type: ignore[arg-type]
    began = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.perf_counter() - began


def _drain() -> None:
    while running.drain(WebhookEvent, Lane.FIRST):
        pass


def _backlog() -> float:
    _fill(COUNT)
    seconds = _in_workers(_drain)
    assert WebhookEvent.objects.filter(status=Status.SUCCEEDED).count() == COUNT
    return COUNT / seconds


def _floor() -> float:
    _fill(COUNT)
    return COUNT / _in_workers(_bare, os.environ["DATABASE_URL"])


def _bare(url: str) -> None:
    claim = (
        "UPDATE integrations_webhookevent SET status = 'RUNNING', locked_at = now() WHERE id IN ("
        "SELECT id FROM integrations_webhookevent WHERE status = 'PENDING' ORDER BY run_at, id LIMIT 10 "
        "FOR UPDATE SKIP LOCKED) RETURNING id"
    )
    finish = "UPDATE integrations_webhookevent SET status = 'SUCCEEDED', finished_at = now() WHERE id = ANY(%s)"
    with psycopg.connect(url, autocommit=True) as raw:
        while ids := [row[0] for row in raw.execute(claim).fetchall()]:
            raw.execute(finish, [ids])


def _pick_up() -> tuple[float, float]:
    """Rows inserted one by one at a steady rate, each taken by whoever polls the wake-up: inserted → started."""
    WebhookEvent.objects.all().delete()
    space = bodies.workspace()
    connection.close()
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    workers = [context.Process(target=_woken, args=(stop,)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    from zrg.jobs.enqueueing import enqueue

    began, total = time.perf_counter(), 3_000
    for number in range(total):
        enqueue(
            WebhookEvent,
            dedupe_key=f"p{number}",
            workspace_id=space.pk,
            provider="emailbison",
            event_type="X",
            received_at=timezone.now(),
        )
        ahead = began + number / 500 - time.perf_counter()
        if ahead > 0:
            time.sleep(ahead)
    deadline = time.monotonic() + 30
    while WebhookEvent.objects.exclude(status=Status.SUCCEEDED).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    for worker in workers:
        worker.join()
    waits = sorted(
        (started - created) / timedelta(milliseconds=1)
        for created, started in WebhookEvent.objects.values_list("created_at", "started_at")
    )
    return waits[len(waits) // 2], waits[int(len(waits) * 0.99)]


def _woken(stop: object) -> None:
    """A worker's loop with the broker's part: waits for the message that `wake` publishes."""
    from zrg.celery import app

    with app.connection_for_read() as broker, broker.SimpleQueue("ingest") as queue:
        while not stop.is_set():  # type: ignore[attr-defined]
            try:
                message = queue.get(timeout=0.5)
            except queue.Empty:
                continue
            message.ack()
            running.drain(WebhookEvent, Lane.FIRST)
