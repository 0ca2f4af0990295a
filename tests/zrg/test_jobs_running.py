"""What becomes of a row when its handler has run (spec 04)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection
from django.utils import timezone
from structlog.contextvars import get_contextvars

from integrations.errors import NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.models import WebhookEvent
from tests.together import together
from tests.zrg.job_rows import event, handled_by, many_events, statuses, workspace
from zrg.jobs import backoff, running, saving
from zrg.jobs.errors import Permanent, RetryLater, Waits
from zrg.jobs.models import MAY_BECOME, Lane, Status
from zrg.jobs.registry import register

FIRST = Lane.FIRST


def raising(error: BaseException) -> Callable[[Any], None]:
    def handle(job: Any) -> None:
        raise error

    return handle


def run_once(row: WebhookEvent, handle: Callable[[Any], None], **limits: float) -> WebhookEvent:
    """One drain, and the row as it is then."""
    with handled_by(handle, **limits):
        running.drain(WebhookEvent, row.lane)
    row.refresh_from_db()
    return row


def test_every_status_says_what_it_may_become() -> None:
    assert MAY_BECOME.keys() == set(Status)
    assert all(following <= set(Status) for following in MAY_BECOME.values())
    assert not MAY_BECOME[Status.CANCELLED]


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 16), (8, 256), (9, 512), (10, 900), (30, 900), (10_000, 900)]
)
def test_pauses_double_from_two_seconds_to_fifteen_minutes(attempt: int, seconds: int) -> None:
    assert backoff.delay(attempt, jitter=0) == timedelta(seconds=seconds)
    assert backoff.delay(attempt, jitter=1) == timedelta(seconds=seconds * 1.25)


@pytest.mark.parametrize(
    ("waits", "waiting", "again"),
    [
        (0, timedelta(), True),
        (49, timedelta(hours=23, minutes=59), True),
        (50, timedelta(), False),
        (1, timedelta(hours=24), False),
    ],
)
def test_rate_limits_are_waited_out_fifty_times_or_a_day(waits: int, waiting: timedelta, again: bool) -> None:
    assert backoff.may_wait_again(waits=waits, waiting=waiting) is again


@pytest.mark.django_db
def test_success_is_written_with_what_the_handler_found_out() -> None:
    lead = uuid4()

    def handle(job: WebhookEvent) -> None:
        job.lead_id, job.reason = lead, "nothing\x00 to do"

    row = run_once(event(workspace(), last_error="of an earlier try"), handle)

    assert (row.status, row.lead_id, row.reason, row.last_error) == ("SUCCEEDED", lead, "nothing to do", "")
    assert row.locked_at is None
    assert row.finished_at is not None
    assert row.started_at is not None
    assert row.started_at <= row.finished_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [ValueError("boom"), KeyError("field"), OutcomeUnknown("no answer"), IntegrityError("x"), OperationalError("dead")],
)
def test_an_ordinary_error_is_tried_again_after_a_pause(error: Exception) -> None:
    before = timezone.now()

    row = run_once(event(workspace()), raising(error))

    assert (row.status, row.attempts, row.waits) == ("PENDING", 1, 0)
    assert timedelta(seconds=2) <= row.run_at - before <= timedelta(seconds=2.5 + 5)
    assert type(error).__name__ in row.last_error
    assert "test_jobs_running.py:" in row.last_error
    assert row.locked_at is None


@pytest.mark.django_db
def test_the_last_attempt_makes_a_dead_letter() -> None:
    row = event(workspace(), attempts=7, max_attempts=8)

    run_once(row, raising(ValueError("boom")))

    assert (row.status, row.attempts) == ("FAILED", 8)
    assert row.finished_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error",
    [Permanent("no"), Refused("dead address"), NeedsAttention("key"), ValidationError("bad"), DataError("too long")],
)
def test_what_asking_again_does_not_change_fails_at_once(error: Exception) -> None:
    row = run_once(event(workspace()), raising(error))

    assert (row.status, row.attempts) == ("FAILED", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [RetryLater("429", retry_after=90), TryLater("429", retry_after=90)])
def test_a_rate_limit_costs_no_attempt_and_keeps_to_the_providers_time(error: Exception) -> None:
    before = timezone.now()

    row = run_once(event(workspace()), raising(error))

    assert (row.status, row.attempts, row.waits) == ("PENDING", 0, 1)
    assert timedelta(seconds=90) <= row.run_at - before < timedelta(seconds=95)
    assert row.waiting_since is not None


@pytest.mark.django_db
def test_a_rate_limit_without_a_time_pauses_longer_each_time() -> None:
    before = timezone.now()

    row = run_once(event(workspace(), waits=4, waiting_since=before), raising(RetryLater("slow down")))

    assert row.waits == 5
    assert timedelta(seconds=32) <= row.run_at - before < timedelta(seconds=45)


@pytest.mark.django_db
def test_a_provider_that_names_next_week_is_asked_again_tomorrow() -> None:
    row = run_once(event(workspace()), raising(RetryLater("later", retry_after=7 * 86_400)))

    assert row.run_at - timezone.now() <= timedelta(hours=24)


@pytest.mark.django_db
@pytest.mark.parametrize(("waits", "hours"), [(50, 1), (3, 25)])
def test_a_rate_limit_that_never_ends_is_a_dead_letter(waits: int, hours: int) -> None:
    since = timezone.now() - timedelta(hours=hours)

    row = run_once(event(workspace(), waits=waits, waiting_since=since), raising(RetryLater("429", retry_after=1)))

    assert row.status == "FAILED"
    assert "Waited too long" in row.last_error


@pytest.mark.django_db
def test_waiting_by_the_rules_of_the_house_has_no_end_and_costs_nothing() -> None:
    until = datetime(2099, 1, 1, tzinfo=UTC)
    row = event(workspace(), waits=50, waiting_since=timezone.now() - timedelta(days=9))

    run_once(row, raising(Waits("workspace paused", until=until)))

    assert (row.status, row.attempts, row.run_at, row.last_error) == ("PENDING", 0, until, "workspace paused")
    assert (row.waits, row.waiting_since) == (0, None)


@pytest.mark.django_db
def test_a_wait_that_is_over_already_does_not_spin() -> None:
    row = run_once(event(workspace()), raising(Waits("held", until=timezone.now() - timedelta(hours=1))))

    assert row.run_at > timezone.now()


@pytest.mark.django_db
def test_a_job_type_unknown_to_this_release_waits_for_the_next() -> None:
    row = event(workspace())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zrg.jobs.registry._handlers", {})
        running.drain(WebhookEvent, FIRST)
    row.refresh_from_db()

    assert (row.status, row.attempts, row.waits) == ("PENDING", 0, 1)
    assert "zrg/wiring.py" in row.last_error


@pytest.mark.django_db
def test_the_error_on_the_row_holds_nothing_personal() -> None:
    error = ValueError("Jane <jane.doe@prospect.example>, +1 (212) 555-0147, Bearer sk-12345 \x00\ud800 wrote")

    row = run_once(event(workspace()), raising(error))

    assert "[email]" in row.last_error
    for secret in ("jane.doe", "555", "sk-12345"):
        assert secret not in row.last_error


@pytest.mark.django_db
def test_a_database_error_does_not_quote_the_row() -> None:
    error = IntegrityError('duplicate key violates "one_lead"\nDETAIL:  Failing row contains (Jane, hello there).')

    row = run_once(event(workspace()), raising(error))

    assert "one_lead" in row.last_error
    assert "Jane" not in row.last_error


@pytest.mark.django_db
def test_a_huge_error_fits_the_column() -> None:
    row = run_once(event(workspace()), raising(ValueError("no luck " * 200_000)))

    assert len(row.last_error) == 10_000


@pytest.mark.django_db(transaction=True)
def test_a_hung_handler_is_stopped_even_if_it_catches_every_exception() -> None:
    def hang(job: Any) -> None:
        try:
            time.sleep(20)
        except Exception:
            return

    began = time.monotonic()
    row = run_once(event(workspace()), hang, time_limit_s=0.2)

    assert time.monotonic() - began < 5
    assert (row.status, row.attempts) == ("PENDING", 1)
    assert "HandlerTimeout" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_a_handler_stopped_in_the_middle_of_a_query_leaves_a_connection_that_works() -> None:
    home = workspace()
    hung, after = event(home, run_at=timezone.now() - timedelta(minutes=1)), event(home)

    def handle(job: WebhookEvent) -> None:
        if job.pk == hung.pk:
            connection.cursor().execute("SELECT pg_sleep(20)")

    row = run_once(hung, handle, time_limit_s=0.3)
    after.refresh_from_db()

    assert (row.status, after.status) == ("PENDING", "SUCCEEDED")


def test_a_time_limit_stays_below_celerys() -> None:
    with pytest.raises(ValueError, match="at most 200"):
        register("integrations.WebhookEvent", "slow", lambda job: None, time_limit_s=300)


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_in_a_handler_is_tried_again_and_the_batch_goes_on() -> None:
    home = workspace()
    victim, other = event(home, run_at=timezone.now() - timedelta(minutes=1)), event(home)

    def handle(job: WebhookEvent) -> None:
        if job.pk == victim.pk:
            connection.cursor().execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")

    row = run_once(victim, handle)
    other.refresh_from_db()

    assert (row.status, other.status) == ("PENDING", "SUCCEEDED")
    assert "deadlock" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_a_restarted_database_costs_one_attempt_and_nothing_else() -> None:
    home = workspace()
    many_events(home, 5)

    def handle(job: WebhookEvent) -> None:
        if job.pk == WebhookEvent.objects.order_by("pk").first().pk:  # type: ignore[union-attr]
            connection.cursor().execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with handled_by(handle):
        running.drain(WebhookEvent, FIRST)

    assert statuses() == {"PENDING": 1, "SUCCEEDED": 4}


@pytest.mark.django_db
def test_logs_inside_a_handler_carry_the_deliverys_correlation_id() -> None:
    seen: list[dict[str, Any]] = []
    row = event(workspace(), correlation_id="story-of-the-webhook")

    run_once(row, lambda job: seen.append(get_contextvars()))

    assert seen[0]["correlation_id"] == "story-of-the-webhook"
    assert seen[0]["job"] == f"webhookevent:{row.pk}"


@pytest.mark.django_db
def test_a_drain_stops_at_its_number_and_says_it() -> None:
    many_events(workspace(), 50)

    with handled_by(lambda job: None):
        assert running.drain(WebhookEvent, FIRST, at_most=7) == 7

    assert statuses() == {"PENDING": 43, "SUCCEEDED": 7}


@pytest.mark.django_db
def test_a_drain_whose_time_is_up_hands_unbegun_rows_back_with_their_attempts() -> None:
    many_events(workspace(), 20)

    with handled_by(lambda job: time.sleep(0.05)):
        ran = running.drain(WebhookEvent, FIRST, for_seconds=0.12)

    assert 0 < ran < 20
    assert statuses() == {"PENDING": 20 - ran, "SUCCEEDED": ran}
    assert set(WebhookEvent.objects.filter(status="PENDING").values_list("attempts", flat=True)) == {0}


@pytest.mark.django_db
def test_a_slow_batch_is_saved_on_the_way() -> None:
    many_events(workspace(), 3)
    seen: list[int] = []

    def handle(job: WebhookEvent) -> None:
        seen.append(WebhookEvent.objects.filter(status="SUCCEEDED").count())
        time.sleep(0.3)

    with handled_by(handle):
        running.drain(WebhookEvent, FIRST)

    assert seen == [0, 1, 2]


@pytest.mark.django_db
def test_a_row_taken_back_meanwhile_keeps_what_its_next_run_says() -> None:
    row = event(workspace())

    def handle(job: WebhookEvent) -> None:
        WebhookEvent.objects.filter(pk=job.pk).update(locked_by="the next worker", attempts=2)

    run_once(row, handle)

    assert (row.status, row.locked_by, row.attempts) == ("RUNNING", "the next worker", 2)


@pytest.mark.django_db
def test_a_row_cancelled_meanwhile_stays_cancelled() -> None:
    row = event(workspace())

    run_once(row, lambda job: WebhookEvent.objects.filter(pk=job.pk).update(status="CANCELLED"))

    assert row.status == "CANCELLED"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits_for_disk", [True, False])
def test_what_a_lost_database_may_have_forgotten_is_done_once_more(
    monkeypatch: pytest.MonkeyPatch, waits_for_disk: bool
) -> None:
    """ADR 9: a worker that outlives the database calls nothing done that a crash may have undone."""
    many_events(workspace(), 3)
    monkeypatch.setattr(saving, "PATIENCE_S", (0.01,) * 4)
    monkeypatch.setattr(running, "SAVE_EVERY_S", 60)
    monkeypatch.setattr(WebhookEvent, "WAITS_FOR_DISK", waits_for_disk)
    handled: list[int] = []

    def handle(job: WebhookEvent) -> None:
        handled.append(job.pk)
        if len(handled) == 3:
            together(1, partial(end_session, connection.connection.info.backend_pid))

    with handled_by(handle):
        running.drain(WebhookEvent, FIRST)

    assert len(handled) == (3 if waits_for_disk else 6)
    rows = WebhookEvent.objects.values_list("status", "attempts", "last_error")
    assert set(rows) == {("SUCCEEDED", 1, "")}


def end_session(pid: int, _: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        assert cursor.fetchone() == (True,)


@pytest.mark.django_db(transaction=True)
def test_handlers_run_outside_the_main_thread_too() -> None:
    many_events(workspace(), 5)

    def work() -> None:
        try:
            running.drain(WebhookEvent, FIRST)
        finally:
            connection.close()

    with handled_by(lambda job: None):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert statuses() == {"SUCCEEDED": 5}
