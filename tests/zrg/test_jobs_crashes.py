"""A worker that ends anywhere loses nothing: its rows come back, and a re-run changes nothing (spec 04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.models import WebhookEvent
from tests.zrg.job_rows import event, handled_by, many_events, statuses, workspace
from zrg.jobs import claiming, running, stale
from zrg.jobs.enqueueing import insert_new
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

FIRST = Lane.FIRST


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing catches it."""


def killing_before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    monkeypatch.setattr(module, name, die)


def killing_after(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    real: Callable[..., Any] = getattr(module, name)

    def die(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(module, name, die)


def without_its_worker() -> None:
    """Time passes, and the sweep looks for rows left behind."""
    long_ago = timezone.now() - timedelta(milliseconds=settings.WEBHOOK_EVENT_STALE_LOCK_MS + 1000)
    WebhookEvent.objects.filter(status="RUNNING").update(locked_at=long_ago)
    stale.bring_back(WebhookEvent)


def write_once(job: WebhookEvent) -> None:
    """An idempotent handler: its trace is unique."""
    with transaction.atomic():
        User.objects.get_or_create(email=f"trace-{job.pk}@example.com")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kill", "step"),
    [
        (killing_before, "claim_batch"),
        (killing_after, "claim_batch"),
        (killing_before, "run"),
        (killing_after, "run"),
        (killing_before, "save_outcomes"),
        (killing_after, "save_outcomes"),
        (killing_before, "hand_back"),
        (killing_after, "hand_back"),
    ],
)
def test_a_kill_between_any_two_steps_loses_nothing_and_does_nothing_twice(
    kill: Callable[..., None], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_events(workspace(), 5)

    with handled_by(write_once):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            kill(patch, running, step)
            running.drain(WebhookEvent, FIRST)
        without_its_worker()
        running.drain(WebhookEvent, FIRST)

    assert statuses() == {"SUCCEEDED": 5}
    assert User.objects.filter(email__startswith="trace-").count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_kill_inside_a_handler_leaves_the_others_to_the_next_worker_at_once(position: int) -> None:
    many_events(workspace(), 5)
    ids = list(WebhookEvent.objects.order_by("run_at", "pk").values_list("pk", flat=True))

    def handle(job: WebhookEvent) -> None:
        write_once(job)
        if job.pk == ids[position]:
            raise Killed

    with handled_by(handle), pytest.raises(Killed):
        running.drain(WebhookEvent, FIRST)
    assert WebhookEvent.objects.get(status="RUNNING").pk == ids[position]

    with handled_by(write_once):
        running.drain(WebhookEvent, FIRST)
        assert statuses() == {"RUNNING": 1, "SUCCEEDED": 4}
        without_its_worker()
        running.drain(WebhookEvent, FIRST)

    assert statuses() == {"SUCCEEDED": 5}
    assert User.objects.filter(email__startswith="trace-").count() == 5


@pytest.fixture
def home(db: None) -> Workspace:
    return workspace()


def left_behind(home: Workspace, **fields: Any) -> WebhookEvent:
    """A row some worker claimed and never finished."""
    given = {"status": "RUNNING", "attempts": 1, "locked_by": "host:1:ab", "locked_at": timezone.now()}
    return event(home, **given | fields)


def test_a_stale_row_is_pending_again_with_a_note(home: Workspace) -> None:
    row = left_behind(home, locked_at=timezone.now() - timedelta(minutes=11), last_error="Earlier trouble.")

    assert stale.bring_back(WebhookEvent) == stale.BroughtBack(returned=1, failed=0)

    row.refresh_from_db()
    assert (row.status, row.attempts, row.locked_at) == ("PENDING", 1, None)
    assert row.run_at <= timezone.now()
    assert row.last_error == "Its worker (host:1:ab) ended without a word after attempt 1 of 8. Earlier trouble."


def test_a_stale_row_without_attempts_left_is_a_dead_letter(home: Workspace) -> None:
    row = left_behind(home, locked_at=timezone.now() - timedelta(minutes=11), attempts=8)

    assert stale.bring_back(WebhookEvent) == stale.BroughtBack(returned=0, failed=1)

    row.refresh_from_db()
    assert row.status == "FAILED"
    assert row.finished_at is not None


def test_a_row_whose_worker_is_merely_slow_is_left_alone(home: Workspace) -> None:
    left_behind(home, locked_at=timezone.now() - timedelta(minutes=9))

    assert stale.bring_back(WebhookEvent) == stale.BroughtBack()
    assert statuses() == {"RUNNING": 1}


def test_each_queue_has_its_own_patience(home: Workspace, settings: Any) -> None:
    left_behind(home, locked_at=timezone.now() - timedelta(minutes=3))

    settings.BACKGROUND_JOB_STALE_LOCK_MS = 60_000
    assert stale.count_stale(WebhookEvent).returned == 0
    settings.WEBHOOK_EVENT_STALE_LOCK_MS = 60_000
    assert stale.count_stale(WebhookEvent).returned == 1


def test_rows_that_were_left_behind_together_twice_are_not_claimed_together_again(home: Workspace) -> None:
    for _ in range(20):
        left_behind(home, locked_at=timezone.now() - timedelta(minutes=11), attempts=2)

    stale.bring_back(WebhookEvent)

    assert len(claiming.claim_batch(WebhookEvent, FIRST, worker="w")) < 5
    spread = [row.run_at for row in WebhookEvent.objects.filter(status="PENDING")]
    assert max(spread) - min(spread) > timedelta(seconds=10)


def test_a_redelivery_does_not_revive_a_dead_letter(home: Workspace) -> None:
    dead = event(home, status="FAILED", dedupe_key="emailbison:1:LEAD_REPLIED:77")
    again = WebhookEvent(
        workspace=home,
        dedupe_key=dead.dedupe_key,
        provider="emailbison",
        event_type="LEAD_REPLIED",
        payload={},
        received_at=timezone.now(),
    )

    assert insert_new(again) is False
    dead.refresh_from_db()
    assert dead.status == "FAILED"
