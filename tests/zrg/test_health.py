"""/healthz, /readyz, /metrics: what machines ask (spec 13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.zrg.job_rows import event, many_events, without_redis, workspace
from zrg import health
from zrg.ai.models import KnowledgeAsset, KnowledgeJob
from zrg.jobs import heartbeat
from zrg.jobs.models import FunctionRun, Lane
from zrg.lib import metrics, quick_redis

TOKEN = "a-token-for-prometheus"


@pytest.fixture(autouse=True)
def _no_beat() -> Iterator[None]:
    quick_redis.client().delete(heartbeat.KEY)
    yield
    quick_redis.client().delete(heartbeat.KEY)


def not_ready(client: Client) -> dict[str, str]:
    answer = client.get("/readyz")
    assert answer.status_code == 503, answer.content
    assert answer.json()["status"] == "not ready"
    return answer.json()["reasons"]


def test_a_process_that_answers_is_alive_whatever_the_database_does(client: Client) -> None:
    """No database is allowed in this test."""
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_all_well_is_ready(client: Client) -> None:
    heartbeat.note()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": {}})


@pytest.mark.django_db
def test_without_beat_it_is_not_ready(client: Client) -> None:
    assert "Beat" in not_ready(client)["beat"]


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "ready"), [(1, True), (4, False)])
def test_a_recent_sweep_speaks_for_beat(minutes: int, ready: bool, client: Client) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    FunctionRun.objects.create(function="background-jobs", dispatch_key="k", correlation_id="c", started_at=at)

    assert (client.get("/readyz").status_code == 200) is ready


@pytest.mark.django_db
def test_an_old_heartbeat_is_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeat.note()
    monkeypatch.setattr(health, "BEAT_SILENT_S", -1.0)

    assert "beat" in not_ready(client)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lane", "minutes", "ready"),
    [(Lane.FIRST, 4, True), (Lane.FIRST, 6, False), (Lane.BULK, 50, True), (Lane.BULK, 70, False)],
)
def test_rows_that_nobody_takes_make_it_not_ready(lane: Lane, minutes: int, ready: bool, client: Client) -> None:
    heartbeat.note()
    event(workspace(), lane=lane, run_at=timezone.now() - timedelta(minutes=minutes))

    if ready:
        assert client.get("/readyz").status_code == 200
    else:
        assert "1 rows of integrations.WebhookEvent" in not_ready(client)["queues"]


@pytest.mark.django_db
def test_rows_for_later_do_not(client: Client) -> None:
    heartbeat.note()
    event(workspace(), run_at=timezone.now() + timedelta(hours=2))

    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_missing_migration_makes_it_not_ready_until_it_is_there(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeat.note()
    monkeypatch.setattr(health, "_all_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs' AND name LIKE '0003%'")
    assert "jobs 0003_ai_retention" in not_ready(client)["migrations"]

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('jobs', '0003_ai_retention', now())")
    assert client.get("/readyz").status_code == 200
    assert health._all_migrated


def test_without_a_database_it_says_so_and_asks_it_nothing_more(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", refuse)

    reasons = not_ready(client)

    assert list(reasons) == ["database"]
    assert "DATABASE_URL" in reasons["database"]


@pytest.mark.django_db
def test_without_a_broker_it_says_so(client: Client) -> None:
    FunctionRun.objects.create(function="background-jobs", dispatch_key="k", correlation_id="c")

    with without_redis():
        reasons = not_ready(client)

    assert list(reasons) == ["broker"]


def test_only_beat_leaves_beats_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "_is_beat", False)
    heartbeat.beat_sent_a_task()
    assert heartbeat.age_s() is None

    heartbeat.beat_started()
    quick_redis.client().delete(heartbeat.KEY)
    heartbeat.beat_sent_a_task()
    age = heartbeat.age_s()
    assert age is not None
    assert age < 5


@pytest.mark.django_db
def test_a_starting_worker_wakes_every_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[tuple[str, int]] = []
    monkeypatch.setattr(heartbeat, "wake", lambda model, lane: woken.append((model.__name__, lane)))

    heartbeat.worker_started()

    assert ("WebhookEvent", 0) in woken
    assert ("MessageJob", 1) in woken


# ── /metrics ───────────────────────────────────────────────────────────────────
def scrape(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_metrics_are_not_there_without_a_token_set(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer "])
def test_metrics_need_their_token(header: str, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN

    assert client.get("/metrics", headers={"Authorization": header}).status_code == 401


@pytest.mark.django_db
def test_metrics_tell_of_queues_and_of_what_was_counted(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    metrics._sums.take()  # what other tests of this process counted
    quick_redis.client().delete(metrics.KEY)
    home = workspace()
    many_events(home, 3, lane=Lane.BULK)
    event(home, status="RUNNING", locked_at=timezone.now())
    event(home, status="FAILED")
    metrics.PROVIDER_CALLS.count(provider="ghl", status="429")
    metrics.WEBHOOK_ACK.observe(0.004, provider="emailbison")

    found = scrape(client)

    assert found["zrg_queue_due"][("integrations.WebhookEvent", "bulk")] == 3
    assert found["zrg_queue_due"][("integrations.WebhookEvent", "ingest")] == 0
    assert 55 < found["zrg_queue_oldest_seconds"][("integrations.WebhookEvent", "bulk")] < 120
    assert found["zrg_queue_running"][("integrations.WebhookEvent",)] == 1
    assert found["zrg_queue_failed"][("integrations.WebhookEvent",)] == 1
    assert found["zrg_provider_calls_total"][("ghl", "429")] == 1
    assert found["zrg_webhook_ack_seconds_count"][("emailbison",)] == 1
    assert found["zrg_up"] == {("database",): 1, ("broker",): 1}


@pytest.mark.django_db
def test_no_sample_is_told_twice_where_two_lanes_share_a_queue(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    home = workspace()
    asset = KnowledgeAsset.objects.create(workspace=home, name="Site", kind="url", url="https://example.com/")
    now = timezone.now()
    for lane, minutes in ((Lane.FIRST, 1), (Lane.BULK, 5)):
        KnowledgeJob.objects.create(
            workspace=home, asset=asset, lane=lane, dedupe_key=f"job-{lane}", run_at=now - timedelta(minutes=minutes)
        )

    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    series = [line.rpartition(" ")[0] for line in page.splitlines() if not line.startswith("#")]

    assert len(series) == len(set(series))
    found = scrape(client)
    assert found["zrg_queue_due"][("ai.KnowledgeJob", "bulk")] == 2
    assert 295 < found["zrg_queue_oldest_seconds"][("ai.KnowledgeJob", "bulk")] < 360


@pytest.mark.django_db
def test_metrics_without_a_broker_are_those_of_the_database(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN

    with without_redis():
        found = scrape(client)

    assert found["zrg_up"] == {("database",): 1, ("broker",): 0}
    assert "zrg_queue_due" in found
