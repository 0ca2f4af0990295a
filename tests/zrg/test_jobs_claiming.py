"""Who gets which row (spec 04)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.models import WebhookEvent
from tests.zrg.job_rows import event, many_events, workspace
from zrg.jobs.claiming import claim_batch
from zrg.jobs.models import Lane, Status

everywhere = pytest.mark.django_db(transaction=True)


@everywhere
def test_eight_workers_never_share_a_row() -> None:
    many_events(workspace(), 600)
    many_events(workspace(), 40)
    claimed: list[int] = []
    started = threading.Barrier(8)

    def work(name: str) -> None:
        try:
            started.wait(timeout=10)
            while rows := claim_batch(WebhookEvent, Lane.FIRST, worker=name):
                claimed.extend(row.pk for row in rows)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Somebody may have left while others still held rows; what is left is one more claim away.
    while rows := claim_batch(WebhookEvent, Lane.FIRST, worker="last"):
        claimed.extend(row.pk for row in rows)
    assert len(claimed) == len(set(claimed)) == 640


@everywhere
def test_a_claim_does_not_wait_for_rows_that_another_is_just_claiming() -> None:
    many_events(workspace(), 25)
    claimed, release = threading.Event(), threading.Event()

    def claim_slowly() -> None:
        try:
            with transaction.atomic():
                claim_batch(WebhookEvent, Lane.FIRST, worker="slow", batch=20)
                claimed.set()
                release.wait(timeout=20)
        finally:
            connection.close()

    thread = threading.Thread(target=claim_slowly)
    thread.start()
    assert claimed.wait(timeout=10)
    began = time.monotonic()
    rows = claim_batch(WebhookEvent, Lane.FIRST, worker="quick", batch=20)
    took = time.monotonic() - began
    release.set()
    thread.join()

    assert len(rows) == 5
    assert took < 5


@pytest.mark.django_db
def test_a_burst_of_twenty_thousand_does_not_delay_another_workspaces_single_row() -> None:
    many_events(workspace("Burst"), 20_000)
    quiet = event(workspace("Quiet"))

    rows = claim_batch(WebhookEvent, Lane.FIRST, worker="w")

    assert quiet.pk in {row.pk for row in rows}


@pytest.mark.django_db
def test_a_batch_is_shared_evenly_by_the_workspaces_that_wait() -> None:
    for _ in range(4):
        many_events(workspace(), 50)

    rows = claim_batch(WebhookEvent, Lane.FIRST, worker="w", batch=20)

    assert sorted(Counter(row.workspace_id for row in rows).values()) == [5, 5, 5, 5]


@pytest.mark.django_db
def test_with_more_workspaces_than_places_every_place_is_another_workspace() -> None:
    for _ in range(30):
        many_events(workspace(), 3)

    rows = claim_batch(WebhookEvent, Lane.FIRST, worker="w", batch=20)

    assert len(rows) == len({row.workspace_id for row in rows}) == 20


@pytest.mark.django_db
def test_the_lanes_are_separate() -> None:
    home = workspace()
    many_events(home, 30, lane=Lane.BULK)
    reply = event(home, lane=Lane.FIRST)

    assert [row.pk for row in claim_batch(WebhookEvent, Lane.FIRST, worker="w")] == [reply.pk]
    assert len(claim_batch(WebhookEvent, Lane.BULK, worker="w")) == WebhookEvent.BATCH


@pytest.mark.django_db
def test_rows_come_in_order_of_their_turn_and_not_before_it() -> None:
    home, now = workspace(), timezone.now()
    event(home, run_at=now + timedelta(hours=1))
    second = event(home, run_at=now - timedelta(seconds=5))
    first = event(home, run_at=now - timedelta(seconds=9))

    assert [row.pk for row in claim_batch(WebhookEvent, Lane.FIRST, worker="w")] == [first.pk, second.pk]


@pytest.mark.django_db
def test_rows_that_wait_for_later_do_not_hide_the_due_ones_behind_them() -> None:
    patient = workspace()
    for _ in range(25):
        event(patient, run_at=timezone.now() + timedelta(hours=1))
    due = event(patient)

    assert [row.pk for row in claim_batch(WebhookEvent, Lane.FIRST, worker="w")] == [due.pk]


@pytest.mark.django_db
def test_a_claim_counts_the_attempt_and_says_whose_it_is() -> None:
    row = event(workspace())

    (claimed,) = claim_batch(WebhookEvent, Lane.FIRST, worker="host:1:ab")

    row.refresh_from_db()
    assert (row.status, row.attempts, row.locked_by) == (Status.RUNNING, 1, "host:1:ab")
    assert row.locked_at == row.started_at == claimed.locked_at


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_only_pending_rows_are_taken(status: Status) -> None:
    event(workspace(), status=status)

    assert claim_batch(WebhookEvent, Lane.FIRST, worker="w") == []
