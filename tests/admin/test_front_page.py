"""The front page: what is wrong, each number a link to the list that holds exactly it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from inbox.models import Message
from integrations.models import IgnoredDeliveries
from tests.admin import rows
from tests.admin.doing import list_of, told
from tests.factories import leads as lead_factory
from zrg.jobs import heartbeat
from zrg.jobs.models import DispatchWindow, FunctionRun, Status
from zrg.workspaces.models import User, Workspace

INDEX = "admin:index"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _beat_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "age_s", lambda: 1.0)


@pytest.fixture
def _sweeps_ran(db: None) -> None:
    for name in ("background-jobs", "payload-retention"):
        now = timezone.now()
        FunctionRun.objects.create(
            function=name, dispatch_key=name, status="SUCCEEDED", started_at=now, finished_at=now
        )


def problems(client: Client) -> str:
    page = client.get(reverse(INDEX)).text
    found = re.search(r'aria-label="What is wrong">(.*?)</section>', page, re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.usefixtures("_sweeps_ran")
def test_a_quiet_night_says_so(desk: Client) -> None:
    assert "Nothing is wrong" in problems(desk)


@pytest.mark.usefixtures("_sweeps_ran")
def test_what_is_late_stuck_or_down_is_said_first(desk: Client, harbor: Workspace) -> None:
    late = timezone.now() - HOUR
    rows.delivery(harbor, number=1, status=Status.PENDING, run_at=late)
    rows.delivery(harbor, number=2, status=Status.RUNNING, locked_at=late)
    rows.delivery(harbor, number=3, status=Status.FAILED)
    rows.connection(harbor, status="failing", last_error="Key refused.")
    rows.message_of(lead_factory.lead(harbor), number=1)
    told = problems(desk)
    assert "1 wait in “ingest”" in told
    assert "one has been running for 1 h" in told
    assert "1 failed: webhook events." in told
    assert "1 connection is down: EmailBison." in told
    assert "1 message: not sent." in told


@pytest.mark.usefixtures("_sweeps_ran")
def test_a_missing_schedule_and_a_dead_beat_are_said(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    PeriodicTask.objects.filter(name="background-jobs").delete()
    FunctionRun.objects.update(started_at=timezone.now() - HOUR)
    monkeypatch.setattr(heartbeat, "age_s", lambda: None)
    told = problems(desk)
    assert "No schedule starts background-jobs." in told
    assert "Beat has not shown a sign of life" in told
    assert "The sweep background-jobs: late." in told


def test_every_number_leads_to_a_list_that_opens(desk: Client, harbor: Workspace) -> None:
    _trouble(harbor)
    links = {unescape(link) for link in re.findall(r'href="(/admin/[^"]+)"', desk.get(reverse(INDEX)).text)}
    assert len(links) > 30
    for link in links - {reverse("admin:logout")}:
        answer = desk.get(link)
        assert answer.status_code == 200, link
        assert "?e=1" not in link


def _trouble(harbor: Workspace) -> None:
    late = timezone.now() - HOUR
    for number in range(5):
        rows.delivery(harbor, number=number, run_at=late, connection=None)
        message = rows.message_of(lead_factory.lead(harbor), number=number, provider_asked_at=late, look_ups=3)
        rows.job(message, number=number, run_at=late)
    rows.connection(harbor, status="failing", last_error="Key refused.", last_error_at=timezone.now())
    IgnoredDeliveries.objects.create(
        workspace=harbor, provider="instantly", reason="provider_mismatch", count=3, last_at=timezone.now()
    )
    FunctionRun.objects.create(function="background-jobs", dispatch_key="x", status="FAILED", error="OperationalError")


@pytest.mark.parametrize(
    ("filters", "number"),
    [("delivery__exact=failed", 1), ("trouble=unknown", 1), ("trouble=stuck", 1), ("trouble=any", 4)],
)
def test_the_lists_of_sends_hold_what_was_counted(filters: str, number: int, desk: Client, harbor: Workspace) -> None:
    _trouble(harbor)
    assert len(desk.get(f"{list_of(Message)}?{filters}").context["cl"].result_list) == number


def test_failures_are_grouped_by_their_error(desk: Client, harbor: Workspace) -> None:
    for number in range(3):
        rows.delivery(harbor, number=number, status=Status.FAILED, last_error="KeyError: lead\nmore")
    rows.delivery(harbor, number=9, status=Status.FAILED, last_error="Malformed: no id")
    page = unescape(desk.get(reverse(INDEX)).text)
    link = re.search(r'href="([^"]+)"><b>3×</b> KeyError: lead<', page)
    assert link
    assert len(desk.get(link[1]).context["cl"].result_list) == 3


def test_webhooks_of_the_last_hour_are_counted_by_the_minute(desk: Client, harbor: Workspace) -> None:
    for number in range(3):
        rows.delivery(harbor, number=number, received_at=timezone.now() - timedelta(minutes=5))
    rows.delivery(harbor, number=9, received_at=timezone.now() - 2 * HOUR)
    traffic = desk.get(reverse(INDEX)).context["traffic"]
    assert (traffic.total, traffic.highest) == ("3", 3)
    assert len(desk.get(traffic.url).context["cl"].result_list) == 3


def test_the_front_page_costs_twenty_queries_at_most(desk: Client, harbor: Workspace) -> None:
    _trouble(harbor)
    desk.get(reverse(INDEX))
    with CaptureQueriesContext(database) as queries:
        desk.get(reverse(INDEX))
    told = [query["sql"] for query in queries]
    assert len(told) <= 20, told
    big = [sql for sql in told if re.search(r'"(integrations_webhookevent|inbox_message(job)?)"', sql)]
    assert not [sql for sql in big if "LIMIT" not in sql and "RUNNING" not in sql]


def test_staff_without_a_group_see_no_figures(client: Client, mallory: User, harbor: Workspace) -> None:
    mallory.is_staff = True
    mallory.save()
    client.force_login(mallory)
    page = client.get(reverse(INDEX)).text
    assert "is in none of its groups" in page
    assert "Webhook deliveries" not in page


# ── Sweeps and schedules ───────────────────────────────────────────────────────
@pytest.fixture
def told_workers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from zrg.jobs import dispatching

    names: list[str] = []
    monkeypatch.setattr(dispatching, "tell_worker", lambda window, **_: names.append(window.function))
    return names


def test_a_sweep_is_run_now_beside_its_schedule(desk: Client, olga: User, told_workers: list[str]) -> None:
    address = reverse("admin:jobs_functionrun_run_now")
    for _ in range(2):
        answer = desk.post(address, {"function": "background-jobs"}, follow=True)
    assert "starts as soon as a worker is free" in told(answer)
    assert told_workers == ["background-jobs", "background-jobs"]
    assert {window.requested_by for window in DispatchWindow.objects.all()} == {f"admin: {olga.email}"}


def test_running_a_sweep_takes_a_post_by_somebody_who_may(
    client: Client, desk: Client, susi: User, told_workers: list[str]
) -> None:
    address = reverse("admin:jobs_functionrun_run_now")
    assert desk.get(address).status_code == 404
    assert desk.post(address, {"function": "rm -rf"}).status_code == 404
    client.force_login(susi)
    assert client.post(address, {"function": "background-jobs"}).status_code == 404
    assert told_workers == []


def test_a_switched_off_sweep_says_so(desk: Client, told_workers: list[str], settings: object) -> None:
    settings.CRON_BACKGROUND_JOBS_ENABLED = False  # type: ignore[attr-defined]
    answer = desk.post(reverse("admin:jobs_functionrun_run_now"), {"function": "background-jobs"}, follow=True)
    assert "CRON_BACKGROUND_JOBS_ENABLED" in told(answer)
    assert told_workers == []


def test_missing_schedules_are_put_back(desk: Client) -> None:
    PeriodicTask.objects.filter(name="background-jobs").delete()
    schedules = reverse("admin:django_celery_beat_periodictask_changelist")
    assert "Missing or switched off:" in desk.get(schedules).text
    desk.post(reverse("admin:django_celery_beat_periodictask_restore"))
    assert PeriodicTask.objects.filter(name="background-jobs", enabled=True).exists()
    assert "Missing or switched off:" not in desk.get(schedules).text


def test_a_schedule_starts_only_a_sweep(desk: Client) -> None:
    task = PeriodicTask.objects.get(name="background-jobs")
    address = reverse("admin:django_celery_beat_periodictask_change", args=[task.pk])
    given = {"name": task.name, "interval": task.interval_id, "enabled": "on", "function": "os.system"}
    assert "function" in desk.post(address, given).context["adminform"].form.errors
    both = desk.post(address, given | {"function": "background-jobs", "crontab": "1"})
    assert both.context["adminform"].form.errors
    assert desk.post(address, given | {"function": "background-jobs", "task": "os.system"}).status_code == 302
    task.refresh_from_db()
    assert (task.task, task.kwargs) == ("zrg.jobs.run_sweep", '{"function": "background-jobs"}')
