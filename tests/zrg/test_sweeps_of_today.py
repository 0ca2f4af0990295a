"""What each sweep there is does, and when the schedule has it run (spec 04, 05, 13)."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from inbox.models import MessageJob
from integrations.models import WebhookEvent
from tests.zrg.job_rows import event, handled_by, many_events, statuses, workspace
from tests.zrg.sweep_runs import ran
from zrg.ai.models import AIInteraction, KnowledgeJob
from zrg.jobs import pruning, schedules, sweeping, waking
from zrg.jobs.models import DispatchWindow, FunctionRun, Lane
from zrg.jobs.queues import queue_models

pytestmark = pytest.mark.usefixtures("own_table", "sent")


# ── The sweep "background-jobs" ────────────────────────────────────────────────
def background(**params: Any) -> FunctionRun:
    sweep = sweeping.find("background-jobs")
    assert sweep is not None
    return ran(sweep, **params)


@pytest.mark.django_db
def test_what_the_broker_lost_is_found_and_run_replies_first() -> None:
    home = workspace()
    burst = event(home, lane=Lane.BULK)
    reply = event(home, lane=Lane.FIRST)
    order: list[int] = []

    with handled_by(lambda job: order.append(job.pk)):
        run = background()

    assert order == [reply.pk, burst.pk]
    assert run.status == "SUCCEEDED"
    assert run.counters["webhook_events"]["done"] == 2


@pytest.mark.django_db
def test_stale_rows_come_back_and_run_in_the_same_sweep() -> None:
    row = event(workspace(), status="RUNNING", attempts=1, locked_at=timezone.now() - timedelta(minutes=11))

    with handled_by(lambda job: None):
        run = background()

    row.refresh_from_db()
    assert (row.status, row.attempts) == ("SUCCEEDED", 2)
    assert run.counters["stale"]["webhookevent"] == {"returned": 1, "failed": 0}


@pytest.mark.django_db
def test_a_sweep_keeps_to_its_limit_and_tells_the_workers_of_the_rest(sent: list[dict[str, Any]]) -> None:
    waking.lower_flag("integrations.WebhookEvent", Lane.BULK)
    many_events(workspace(), 60, lane=Lane.BULK)

    with handled_by(lambda job: None):
        run = background(webhookEventLimit=30)

    assert statuses() == {"PENDING": 30, "SUCCEEDED": 30}
    assert run.counters["left_to_workers"] == {"bulk/integrations.WebhookEvent": 30}
    assert ("zrg.jobs.drain", "bulk") in {(call["name"], call["queue"]) for call in sent}


@pytest.mark.django_db
def test_broken_events_do_not_stop_the_message_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    drained: list[str] = []

    def drain(model: Any, lane: int, **options: Any) -> int:
        drained.append(model.__name__)
        if model is WebhookEvent:
            raise ValueError("boom")
        return 0

    monkeypatch.setattr("zrg.jobs.running.drain", drain)
    run = background()

    assert run.status == "PARTIAL"
    assert "webhook_events: ValueError" in run.error
    assert drained == ["WebhookEvent", "MessageJob", "MessageJob", "KnowledgeJob", "KnowledgeJob"]
    assert run.counters["message_jobs"]["done"] == 0


@pytest.mark.django_db
def test_a_dry_run_counts_and_changes_nothing() -> None:
    home = workspace()
    many_events(home, 5)
    event(home, status="RUNNING", attempts=8, locked_at=timezone.now() - timedelta(minutes=11))
    before = list(WebhookEvent.objects.order_by("pk").values())

    with handled_by(lambda job: pytest.fail("It ran.")):
        run = background(dryRun=True)

    assert list(WebhookEvent.objects.order_by("pk").values()) == before
    assert run.counters["webhook_events"] == {"due": 5}
    assert run.counters["stale"]["webhookevent"] == {"returned": 0, "failed": 1}


@pytest.mark.django_db
def test_the_sweep_stays_inside_its_time() -> None:
    many_events(workspace(), 25)

    with handled_by(lambda job: time.sleep(0.3)):
        began = time.monotonic()
        run = background(timeBudgetMs=5_000)
        took = time.monotonic() - began

    assert took < 7  # 25 × 0.3 s without a budget
    assert run.counters["webhook_events"]["stopped_early"] is True
    assert 0 < run.counters["webhook_events"]["done"] < 25
    assert set(statuses()) == {"PENDING", "SUCCEEDED"}


def test_every_durable_queue_of_today_is_swept() -> None:
    assert set(queue_models()) == {WebhookEvent, MessageJob, KnowledgeJob}


# ── The sweep "payload-retention" ──────────────────────────────────────────────
def retention(**params: Any) -> FunctionRun:
    sweep = sweeping.find("payload-retention")
    assert sweep is not None
    return ran(sweep, **params)


@pytest.mark.django_db
def test_payloads_of_succeeded_events_are_blanked_after_their_days(settings: Any) -> None:
    settings.WEBHOOK_PAYLOAD_DAYS = 3
    home, now = workspace(), timezone.now()
    given = {"payload": {"text": "hello"}}
    old = event(home, status="SUCCEEDED", finished_at=now - timedelta(days=4), **given)
    young = event(home, status="SUCCEEDED", finished_at=now - timedelta(days=2), **given)
    failed = event(home, status="FAILED", finished_at=now - timedelta(days=9), **given)

    assert retention(dryRun=True).counters["payloads"] == {"old": 1}
    assert retention().counters["payloads"] == {"blanked": 1}

    found = dict(WebhookEvent.objects.values_list("pk", "payload"))
    assert found == {old.pk: None, young.pk: {"text": "hello"}, failed.pk: {"text": "hello"}}


@pytest.mark.django_db
def test_ai_retention_keeps_each_workspaces_days_and_blanks_payloads_too(settings: Any) -> None:
    """One address of an outside scheduler serves both (spec 13)."""
    settings.WEBHOOK_PAYLOAD_DAYS = 3
    short, usual = workspace("Short"), workspace("Usual")
    short.privacy_settings.ai_retention_days = 7
    short.privacy_settings.save()
    now = timezone.now()
    for home in (short, usual):
        for days in (6, 8, 29, 31):
            at = now - timedelta(days=days)
            AIInteraction.objects.create(workspace=home, feature="draft", prompt_key="p", status="ok", created_at=at)
    event(short, status="SUCCEEDED", finished_at=now - timedelta(days=4), payload={"text": "hello"})
    sweep = sweeping.find("ai-retention")
    assert sweep is not None

    assert ran(sweep, dryRun=True).counters == {"interactions": {"old": 4}, "payloads": {"old": 1}}
    done = ran(sweep)

    assert done.counters["interactions"]["deleted"] == 4
    kept = AIInteraction.objects.values_list("workspace__name", "created_at")
    assert sorted((name, (now - at).days) for name, at in kept) == [
        ("Short", 6),
        ("Usual", 6),
        ("Usual", 8),
        ("Usual", 29),
    ]
    assert WebhookEvent.objects.get().payload is None


@pytest.mark.django_db
def test_the_ledger_is_kept_for_a_month(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "_BATCH", 2)
    now = timezone.now()
    for days in (1, 29, 31, 40, 400):
        at = now - timedelta(days=days)
        DispatchWindow.objects.create(function="f", dispatch_key=f"f:{days}", correlation_id="c", created_at=at)
        FunctionRun.objects.create(function="f", dispatch_key=f"f:{days}", correlation_id="c", started_at=at)

    assert retention(dryRun=True).counters["ledger"] == {"dispatches": 3, "runs": 3}
    assert retention().counters["ledger"] == {"dispatches": 3, "runs": 3}
    assert set(FunctionRun.objects.filter(function="f").values_list("dispatch_key", flat=True)) == {"f:1", "f:29"}
    assert DispatchWindow.objects.filter(function="f").count() == 2


# ── Schedules ──────────────────────────────────────────────────────────────────
def test_every_default_schedule_names_a_sweep_and_fits_its_period() -> None:
    for default in schedules.DEFAULTS:
        sweep = sweeping.find(default.function)
        assert sweep is not None
        assert sweep.period_s == (86_400 if default.daily_at else default.minutes * 60)


@pytest.mark.django_db
def test_a_deleted_or_switched_off_schedule_is_missed_and_comes_back() -> None:
    schedules.restore()
    assert schedules.missing() == []

    PeriodicTask.objects.get(name="background-jobs").delete()
    PeriodicTask.objects.filter(name="payload-retention").update(enabled=False)
    assert schedules.missing() == ["background-jobs", "payload-retention"]

    schedules.restore()
    assert schedules.missing() == []


@pytest.mark.django_db
def test_an_edited_schedule_is_left_as_it_was_edited() -> None:
    schedules.restore()
    PeriodicTask.objects.filter(name="background-jobs").update(queue="bulk")

    assert schedules.restore() == []
    assert PeriodicTask.objects.get(name="background-jobs").queue == "bulk"


@pytest.mark.django_db
def test_the_migration_delivers_what_the_doctor_expects() -> None:
    loader, delivered = MigrationLoader(connection), ("0002_schedules_hand", "0003_ai_retention")
    seeds = [loader.get_migration("jobs", name).operations[0].code for name in delivered]
    fields = (
        "name",
        "task",
        "kwargs",
        "queue",
        "expire_seconds",
        "interval__every",
        "crontab__hour",
        "crontab__minute",
    )
    PeriodicTask.objects.all().delete()
    schedules.restore()
    restored = list(PeriodicTask.objects.order_by("name").values_list(*fields))
    PeriodicTask.objects.all().delete()

    for seed in seeds * 2:
        seed(apps, None)

    assert list(PeriodicTask.objects.order_by("name").values_list(*fields)) == restored
    assert len(restored) == len(schedules.DEFAULTS)
