"""Sweeps: dispatched once per period, run one at a time, bounded, and honest about what they did (spec 04, 13)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from tests.zrg.sweep_runs import ran
from zrg.celery import app
from zrg.jobs import dispatching, executing, sweeping
from zrg.jobs.models import DispatchWindow, FunctionRun
from zrg.jobs.sweeping import Budget, Limit, Sweep, SweepContext

pytestmark = pytest.mark.usefixtures("own_table", "sent")

NOON = datetime(2026, 3, 3, 12, 0, 30, tzinfo=UTC)


def made(run: Callable[[SweepContext], None] = lambda context: None, **fields: Any) -> Sweep:
    """A sweep of the test's own, in the table for as long as the test."""
    given: dict[str, Any] = {
        "name": "test-sweep",
        "period_s": 60,
        "enabled_setting": "CRON_BACKGROUND_JOBS_ENABLED",
        "budget_ms": lambda: 60_000,
        "limits": (Limit("webhookEventLimit", setting="WEBHOOK_EVENT_CRON_LIMIT"),),
    }
    sweep = Sweep(run=run, **given | fields)
    sweeping.register(sweep)
    return sweep


# ── Dispatching ────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_two_dispatches_of_a_period_are_one() -> None:
    sweep = made()
    with time_machine.travel(NOON, tick=False):
        first = dispatching.dispatch(sweep, requested_by="schedule")
        again = dispatching.dispatch(sweep, requested_by="cron")
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        following = dispatching.dispatch(sweep, requested_by="schedule")

    assert (first.duplicate, again.duplicate, following.duplicate) == (False, True, False)
    assert again.window.correlation_id == first.window.correlation_id
    assert again.window.requested_by == "schedule"
    assert DispatchWindow.objects.count() == 2


@pytest.mark.django_db
def test_other_parameters_are_another_wish_and_their_order_is_not() -> None:
    sweep = made()
    with time_machine.travel(NOON, tick=False):
        keys = [
            dispatching.dispatch(sweep, requested_by="cron", params=params).window.dispatch_key
            for params in ({}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 1})
        ]

    assert keys[1] == keys[2]
    assert len(set(keys)) == 3
    assert keys[0].startswith(f"test-sweep:{int(NOON.timestamp() // 60)}:")


@pytest.mark.django_db
@pytest.mark.parametrize("options", [{"sync": True}, {"params": {"dryRun": True}}])
def test_sync_and_dry_runs_never_count_as_the_periods_run(options: dict[str, Any]) -> None:
    sweep = made()
    with time_machine.travel(NOON, tick=False):
        alone = [dispatching.dispatch(sweep, requested_by="cron", **options) for _ in range(2)]
        regular = dispatching.dispatch(sweep, requested_by="schedule")

    assert not any(dispatch.duplicate for dispatch in (*alone, regular))
    assert len({dispatch.window.dispatch_key for dispatch in (*alone, regular)}) == 3


@pytest.mark.django_db(transaction=True)
def test_of_eight_dispatches_at_once_one_is_the_first() -> None:
    sweep = made(period_s=86_400)
    found: list[bool] = []
    started = threading.Barrier(8)

    def work() -> None:
        try:
            started.wait(timeout=10)
            found.append(dispatching.dispatch(sweep, requested_by="cron").duplicate)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, *[True] * 7]


@pytest.mark.django_db
def test_a_sweep_that_is_switched_off_is_written_down_and_not_run(settings: Any) -> None:
    settings.CRON_BACKGROUND_JOBS_ENABLED = False
    made(run=lambda context: pytest.fail("It ran."))

    assert executing.run_now("test-sweep") is None
    assert list(DispatchWindow.objects.values_list("status", "note")) == [("SKIPPED", "disabled")]
    assert not FunctionRun.objects.exists()


@pytest.mark.django_db
def test_switched_on_again_it_runs_in_the_same_period(settings: Any) -> None:
    made()
    with time_machine.travel(NOON, tick=False):
        settings.CRON_BACKGROUND_JOBS_ENABLED = False
        executing.run_now("test-sweep")
        settings.CRON_BACKGROUND_JOBS_ENABLED = True
        executing.run_now("test-sweep")

    assert FunctionRun.objects.get().status == "SUCCEEDED"


@pytest.mark.django_db
def test_a_dispatch_that_reached_no_worker_may_be_wished_again(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = made()
    with time_machine.travel(NOON, tick=False):
        first = dispatching.dispatch(sweep, requested_by="cron")
        monkeypatch.setattr(app, "send_task", mock.Mock(side_effect=BrokerError("gone")))
        with pytest.raises(dispatching.NotTold):
            dispatching.tell_worker(first.window)
        again = dispatching.dispatch(sweep, requested_by="cron")

    assert not again.duplicate
    assert again.window.correlation_id == first.window.correlation_id
    assert again.window.status == "ENQUEUED"


# ── Executing ──────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_a_run_is_kept_with_its_counters() -> None:
    run = ran(made(run=lambda context: context.stage("first", lambda budget: {"done": 3})))

    run.refresh_from_db()
    assert (run.status, run.counters, run.error, run.attempt) == ("SUCCEEDED", {"first": {"done": 3}}, "", 1)
    assert run.finished_at is not None
    assert run.started_at <= run.finished_at
    assert run.correlation_id == DispatchWindow.objects.get().correlation_id


@pytest.mark.django_db
def test_a_failing_stage_does_not_stop_the_next_and_the_run_is_partial() -> None:
    def run(context: SweepContext) -> None:
        context.stage("first", lambda budget: {"done": 1 // 0})
        context.stage("second", lambda budget: {"done": 2})

    entry = ran(made(run=run))

    assert (entry.status, entry.counters) == ("PARTIAL", {"second": {"done": 2}})
    assert "first: ZeroDivisionError" in entry.error


@pytest.mark.django_db
def test_a_run_in_which_every_stage_fails_has_failed() -> None:
    assert ran(made(run=lambda context: context.stage("only", lambda budget: {"done": 1 // 0}))).status == "FAILED"


@pytest.mark.django_db
def test_a_stage_without_time_left_is_left_out() -> None:
    def run(context: SweepContext) -> None:
        context.budget = Budget(time.monotonic() - 1)
        context.stage("late", lambda budget: pytest.fail("It ran."))

    entry = ran(made(run=run))

    assert (entry.status, entry.counters) == ("SUCCEEDED", {"late": {"skipped": "no time left"}})


@pytest.mark.parametrize(("milliseconds", "seconds"), [(45_000, 37.5), (240_000, 232.5), (10_000, 5), (5_000, 2.5)])
def test_a_budget_stops_seven_and_a_half_seconds_early_or_half_way(milliseconds: int, seconds: float) -> None:
    assert sweeping.budget_of(milliseconds).time_left() == pytest.approx(seconds, abs=0.2)


@pytest.mark.django_db
def test_a_stage_gets_its_own_budget_but_never_more_than_is_left() -> None:
    left: list[float] = []

    def run(context: SweepContext) -> None:
        for budget_ms in (10_000, 600_000):
            context.stage(f"{budget_ms}", lambda budget: left.append(budget.time_left()) or {}, budget_ms=budget_ms)

    ran(made(run=run))

    assert left == [pytest.approx(5, abs=0.5), pytest.approx(52.5, abs=0.5)]


@pytest.mark.django_db
def test_the_callers_limits_come_before_the_settings(settings: Any) -> None:
    settings.WEBHOOK_EVENT_CRON_LIMIT = 25
    limits: list[int] = []
    sweep = made(run=lambda context: limits.append(context.limit("webhookEventLimit")))

    ran(sweep)
    ran(sweep, limit=7)
    ran(sweep, limit=7, webhookEventLimit=9)

    assert limits == [25, 7, 9]


@pytest.mark.django_db
def test_three_lost_connections_in_a_row_end_a_sweep() -> None:
    tries: list[int] = []

    def lose(context: SweepContext, budget: Budget) -> dict[str, int]:
        while True:
            with context.unit():
                tries.append(1)
                raise OperationalError("server closed the connection")

    def run(context: SweepContext) -> None:
        context.stage("first", lambda budget: lose(context, budget))
        context.stage("second", lambda budget: pytest.fail("It ran."))

    entry = ran(made(run=run))

    assert (entry.status, len(tries)) == ("FAILED", 3)
    assert "in a row" in entry.error


@pytest.mark.django_db
def test_lost_connections_that_are_not_in_a_row_do_not() -> None:
    def work(context: SweepContext) -> dict[str, int]:
        for number in range(10):
            with context.unit():
                if number % 2:
                    raise OperationalError("server closed the connection")
        return {"done": 10}

    entry = ran(made(run=lambda context: context.stage("only", lambda budget: work(context))))

    assert (entry.status, entry.counters) == ("SUCCEEDED", {"only": {"done": 10}})


@pytest.mark.django_db
def test_a_period_that_has_been_done_is_not_done_again() -> None:
    times: list[int] = []
    made(run=lambda context: times.append(1))

    with time_machine.travel(NOON, tick=False):
        first = executing.run_now("test-sweep")
        second = executing.run_now("test-sweep", requested_by="a second beat")

    assert times == [1]
    assert first == second


@pytest.mark.django_db
def test_a_failed_run_comes_again_three_times_with_growing_pauses(sent: list[dict[str, Any]]) -> None:
    def run(context: SweepContext) -> None:
        raise ValueError("boom")

    made(run=run)
    with time_machine.travel(NOON, tick=False):
        executing.run_now("test-sweep")
        while sent and FunctionRun.objects.count() == len(sent):
            executing.run_now(**sent[-1]["kwargs"])
        executing.run_now("test-sweep")  # a fifth is not allowed, whoever asks

    assert [call["countdown"] for call in sent] == [2, 4, 8]
    assert {call["queue"] for call in sent} == {"sweeps"}
    assert list(FunctionRun.objects.order_by("id").values_list("status", "attempt")) == [
        ("FAILED", attempt) for attempt in (1, 2, 3, 4)
    ]
    assert "ValueError: boom" in FunctionRun.objects.latest("id").error


@pytest.mark.django_db
def test_a_partial_run_is_not_repeated(sent: list[dict[str, Any]]) -> None:
    def run(context: SweepContext) -> None:
        context.stage("first", lambda budget: {"done": 1 // 0})
        context.stage("second", lambda budget: {})

    made(run=run)
    executing.run_now("test-sweep")

    assert sent == []


@pytest.mark.django_db
def test_a_sweep_of_another_release_is_not_run() -> None:
    assert executing.run_now("not-yet-known") is None
    assert not DispatchWindow.objects.exists()


class Elsewhere:
    """Another session that holds the sweep's lock."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep, self.held, self.release = sweep, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        try:
            with executing._alone(self.sweep.name, wait_s=0) as ours:
                assert ours
                self.held.set()
                self.release.wait(timeout=20)
        finally:
            connection.close()

    def __enter__(self) -> Elsewhere:
        self.thread.start()
        assert self.held.wait(timeout=10)
        return self

    def __exit__(self, *exc: object) -> None:
        self.release.set()
        self.thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_second_run_of_a_sweep_is_skipped_not_queued() -> None:
    sweep = made(run=lambda context: pytest.fail("It ran."))

    with Elsewhere(sweep):
        entry = ran(sweep)

    assert entry.status == "SKIPPED"
    assert entry.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_another_sweep_is_not_in_its_way() -> None:
    with Elsewhere(made(name="other")):
        assert ran(made()).status == "SUCCEEDED"


@pytest.mark.django_db(transaction=True)
def test_a_sync_run_waits_for_the_lock() -> None:
    sweep = made()
    window = dispatching.dispatch(sweep, requested_by="cron", sync=True).window

    with Elsewhere(sweep) as other:
        threading.Timer(0.3, other.release.set).start()
        entry = executing.execute(sweep, window, wait_s=10)

    assert entry.status == "SUCCEEDED"


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_takes_no_lock() -> None:
    sweep = made()

    with Elsewhere(sweep):
        entry = executing.execute(
            sweep, dispatching.dispatch(sweep, requested_by="cron", params={"dryRun": True}).window
        )

    assert entry.status == "SUCCEEDED"


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_free_for_others_after_a_run_that_raised() -> None:
    def run(context: SweepContext) -> None:
        raise ValueError("boom")

    sweep = made(run=run)
    ran(sweep)

    with Elsewhere(sweep) as other:
        assert other.held.is_set()


@pytest.mark.django_db
def test_a_run_whose_worker_was_killed_is_closed_by_the_next_but_a_young_dry_run_is_left() -> None:
    sweep = made()
    for key in ("test-sweep:1:a", "test-sweep:2:a:dry:b"):
        FunctionRun.objects.create(function=sweep.name, dispatch_key=key, correlation_id="c")

    ran(sweep)

    found = dict(FunctionRun.objects.filter(correlation_id="c").values_list("dispatch_key", "status"))
    assert found == {"test-sweep:1:a": "FAILED", "test-sweep:2:a:dry:b": "RUNNING"}


@pytest.mark.django_db
def test_a_period_whose_worker_was_killed_is_run_again() -> None:
    sweep = made()
    with time_machine.travel(NOON, tick=False):
        window = dispatching.dispatch(sweep, requested_by="schedule").window
        FunctionRun.objects.create(function=sweep.name, dispatch_key=window.dispatch_key, correlation_id="c")
        executing.run_now("test-sweep", dispatch_key=window.dispatch_key)

    assert list(FunctionRun.objects.order_by("id").values_list("status", "attempt")) == [
        ("FAILED", 1),
        ("SUCCEEDED", 2),
    ]


def test_a_sweep_says_when_it_is_replaced() -> None:
    first = made()
    second = replace(first, period_s=120)
    sweeping.register(second)

    assert sweeping.find("test-sweep") is second
    assert set(sweeping.known()) == {"background-jobs", "payload-retention", "ai-retention", "test-sweep"}
