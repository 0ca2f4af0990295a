"""`manage.py doctor` says what is wrong and how to put it right, and its exit code tells a pipeline (spec 13)."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from integrations import turned_away
from integrations.models import Connection
from integrations.turned_away import Reason
from tests.zrg.job_rows import event, without_redis, workspace
from zrg import health
from zrg.ai import client
from zrg.celery import QUEUES
from zrg.doctor import content, environment, services
from zrg.doctor.examination import CHECKS, examine
from zrg.doctor.findings import Finding
from zrg.jobs import heartbeat, schedules
from zrg.lib import quick_redis


def doctor(*words: str) -> tuple[int, str]:
    """Run the command; its exit code and what it printed."""
    printed = io.StringIO()
    try:
        call_command("doctor", *words, stdout=printed, stderr=io.StringIO())
    except SystemExit as ended:
        return int(ended.code or 0), printed.getvalue()
    return 0, printed.getvalue()


def problems(check: Callable[[], Iterator[Finding]]) -> str:
    return " ".join(finding.problem for finding in check())


def errors(check: Callable[[], Iterator[Finding]]) -> list[str]:
    return [finding.problem for finding in check() if finding.is_error]


@pytest.fixture
def healthy(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without a fault: beat, workers, schedules, secrets."""
    settings.CRON_SECRET = settings.METRICS_TOKEN = "a-secret-of-a-decent-length"
    settings.SLACK_BOT_TOKEN, settings.SLACK_SIGNING_SECRET = "xoxb-1-a", "a-signing-secret"
    settings.SLACK_WEBHOOK_URL = "https://hooks.slack.com/services/T1/B1/x"
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "sk-1", "https://api.openai.com/v1"
    settings.AI_MODELS, settings.AI_FALLBACK_MODELS = {"draft": "gpt-5.4-mini"}, []  # whose end nobody named yet
    monkeypatch.setattr(client, "why_unreachable", lambda _: "")
    monkeypatch.setattr(services, "_served_queues", lambda: set(QUEUES))
    schedules.restore()
    heartbeat.note()
    yield
    quick_redis.client().delete(heartbeat.KEY)


def test_all_well_is_exit_code_0(healthy: None) -> None:
    code, printed = doctor()

    assert code == 0, printed
    assert "All is well." in printed
    assert printed.count("✓") == len(CHECKS)


def test_an_error_is_exit_code_1_with_its_remedy(healthy: None) -> None:
    PeriodicTask.objects.filter(name="background-jobs").delete()

    code, printed = doctor()

    assert code == 1
    assert "✗ schedules: The schedule “background-jobs” was deleted" in printed
    assert "→ Bring it back with" in printed
    assert "1 to put right." in printed


def test_a_warning_is_not(healthy: None) -> None:
    event(workspace(), status="FAILED")

    code, printed = doctor()

    assert code == 0
    assert "! dead-letters: 1 rows of integrations.WebhookEvent have failed" in printed


def test_for_programs_it_speaks_json(healthy: None) -> None:
    PeriodicTask.objects.filter(name="background-jobs").delete()

    code, printed = doctor("--json")

    told = json.loads(printed)
    assert (code, told["ok"]) == (1, False)
    assert [(found["check"], found["level"]) for found in told["findings"]] == [("schedules", "error")]
    assert told["findings"][0]["remedy"]


def test_a_new_key_is_a_key_and_nothing_else() -> None:
    """Needs no database."""
    code, printed = doctor("--new-key")

    assert code == 0
    assert Fernet(printed.strip()).decrypt(Fernet(printed.strip()).encrypt(b"x")) == b"x"


def test_deleted_schedules_are_restored_on_demand(healthy: None) -> None:
    PeriodicTask.objects.all().delete()

    assert doctor("--restore-schedules")[0] == 0
    assert schedules.missing() == []


def test_checks_can_be_left_out_before_the_workers_are_started(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_served_queues", lambda: pytest.fail("It was asked."))

    assert doctor("--skip", "workers", "--skip", "beat")[0] == 0


def test_behind_a_dead_database_nothing_is_asked_of_it(healthy: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("refused")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", refuse)
        asked = [check.name for check, _ in examine()]

    assert "database" in asked
    assert not {"clock", "migrations", "schedules", "queues", "connections"} & set(asked)


def test_a_service_that_fails_in_the_middle_is_a_finding_not_a_crash(
    healthy: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(health, "queue_ages", fail)

    assert "✗ queues: The question could not be answered" in doctor()[1]


# ── Secrets ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("raw", "says", "is_error"),
    [
        ("k998877abc\n", "white space around", False),
        (" k998877abc", "white space around", False),
        ('"k998877abc"', "wrapped in quotes", True),
        ("“k998877abc”", "wrapped in quotes", True),
        ("k998877\u200babc", "cannot be seen", True),
        ("k998877\x00abc".replace("\x00", "\x07"), "cannot be seen", True),
        ("k998877 abc", "white space in the middle", True),
    ],
)
def test_a_secret_that_was_copied_badly_is_found_and_never_shown(
    raw: str, says: str, is_error: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRON_SECRET", raw)

    found = [finding for finding in environment.secrets() if "CRON_SECRET" in finding.problem]

    assert says in found[0].problem
    assert found[0].is_error is is_error
    assert "k998877" not in str(found)


def test_a_clean_secret_and_a_list_of_keys_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CRON_SECRET", "k998877abcdef0123456")
    monkeypatch.setenv("CREDENTIALS_KEYS", f"{Fernet.generate_key().decode()}, {Fernet.generate_key().decode()}")

    assert problems(environment.secrets) == ""


@pytest.mark.parametrize("key", ["short", "a" * 60, "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz0123456789"])
def test_a_weak_secret_key_is_an_error_in_production(key: str, settings: Any) -> None:
    settings.SECRET_KEY = key

    settings.PRODUCTION = False
    assert problems(environment.secret_key)
    assert errors(environment.secret_key) == []
    settings.PRODUCTION = True
    assert errors(environment.secret_key)


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ([], "CREDENTIALS_KEYS is not set"),
        (["not-a-key"], "Key 1"),
        ([Fernet.generate_key().decode(), "cut-off=="], "Key 2"),
        (["ü" * 44], "Key 1"),
    ],
)
def test_keys_that_are_none_are_found_by_their_place(keys: list[str], says: str, settings: Any) -> None:
    settings.CREDENTIALS_KEYS = keys

    assert says in " ".join(errors(environment.credentials_keys))


def test_closed_doors_are_a_warning_and_guessable_ones_an_error(settings: Any) -> None:
    settings.CRON_SECRET, settings.METRICS_TOKEN = "", "1234"

    assert "the cron endpoints answer 503" in problems(environment.short_secrets)
    assert errors(environment.short_secrets) == ["METRICS_TOKEN is short enough to be guessed."]


# ── Addresses and production ───────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("url", "hosts", "says"),
    [
        ("http://zrg.example.com", ["zrg.example.com"], "not https"),
        ("https://localhost", ["localhost"], "no provider can deliver"),
        ("https://zrg.example.com", ["www.example.com"], "does not admit"),
        ("https://zrg.example.com/app", ["zrg.example.com"], "has a path"),
    ],
)
def test_a_public_address_that_cannot_work_is_found(url: str, hosts: list[str], says: str, settings: Any) -> None:
    settings.PRODUCTION, settings.PUBLIC_URL, settings.ALLOWED_HOSTS = True, url, hosts

    assert says in " ".join(errors(environment.public_url))


@pytest.mark.parametrize("hosts", [["zrg.example.com"], [".example.com"], ["*"]])
def test_a_good_public_address_is_fine(hosts: list[str], settings: Any) -> None:
    settings.PRODUCTION, settings.PUBLIC_URL, settings.ALLOWED_HOSTS = True, "https://zrg.example.com", hosts

    assert problems(environment.public_url) == ""


def test_the_sandbox_and_debug_stay_out_of_production(settings: Any) -> None:
    settings.DEBUG, settings.SANDBOX_URL = True, "http://127.0.0.1:8900"

    settings.PRODUCTION = False
    assert errors(environment.production) == []
    settings.PRODUCTION = True
    assert len(errors(environment.production)) == 2


def test_production_without_a_mail_server_is_told_where_reset_links_go(settings: Any) -> None:
    settings.DEBUG, settings.SANDBOX_URL, settings.PRODUCTION = False, "", True
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "written to the log" in problems(environment.production)
    assert errors(environment.production) == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert problems(environment.production) == ""


# ── Services ───────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "level"), [(0, None), (5, "warning"), (-5, "warning"), (60, "error")])
def test_clocks_that_disagree_are_found(seconds: float, level: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = services.time.time
    monkeypatch.setattr(services.time, "time", lambda: real() - seconds)

    found = list(services.clock())

    assert [("error" if finding.is_error else "warning") for finding in found] == ([level] if level else [])
    if found:
        assert ("ahead of" if seconds > 0 else "behind") in found[0].problem


def test_without_workers_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PING_SECONDS", 0.2)

    assert "No Celery worker answers" in problems(services.workers)


def test_a_queue_that_nobody_serves_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_served_queues", lambda: {"ingest", "reply", "send"})

    assert problems(services.workers) == "No worker serves the queues: bulk, sweeps."


def test_a_broker_that_is_away_is_found() -> None:
    with without_redis():
        assert "REDIS_URL" in problems(services.broker)


def test_a_broker_that_may_drop_keys_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    client = quick_redis.client()
    monkeypatch.setattr(client, "info", lambda: {"redis_version": "7.2.4", "maxmemory_policy": "allkeys-lru"})

    assert "allkeys-lru" in problems(services.broker)
    assert errors(services.broker) == []


# ── What lies in the database ──────────────────────────────────────────────────
@pytest.mark.django_db
def test_rows_that_nobody_takes_are_found() -> None:
    event(workspace(), run_at=timezone.now() - timedelta(hours=1))

    assert "is a worker of this queue running?" in problems(content.queue_ages)


@pytest.mark.django_db
def test_what_linkedin_lacks_is_named_once_somebody_uses_it(settings: Any) -> None:
    settings.UNIPILE_API_KEY = settings.UNIPILE_DSN = settings.UNIPILE_BASE_URL = ""
    settings.UNIPILE_WEBHOOK_SECRET = "set"
    assert errors(content.linkedin) == []
    Connection.objects.create(workspace=workspace(), provider="unipile", external_id="acc_1")
    assert [said.split(" ")[0] for said in errors(content.linkedin)] == ["UNIPILE_API_KEY", "UNIPILE_DSN"]


@pytest.mark.django_db
def test_webhooks_that_are_refused_are_named_with_what_to_do() -> None:
    assert problems(content.webhooks) == ""
    home = workspace()
    turned_away.note(home.pk, "smartlead", Reason.SECRET_WRONG, now=timezone.now())
    turned_away.note(None, "slack", Reason.BAD_SIGNATURE, now=timezone.now())
    turned_away.hand_over()
    told = list(content.webhooks())
    assert [finding.is_error for finding in told] == [False, False]
    assert f"SmartLead for {home.name}: A webhook was refused" in problems(content.webhooks)
    assert {finding.remedy.split(".")[0] for finding in told} == {
        "Enter the same secret here and at SmartLead",
        "Compare SLACK_SIGNING_SECRET with Slack",
    }


@pytest.mark.django_db
def test_failing_connections_are_named_and_lost_keys_counted(settings: Any) -> None:
    made = {"credentials": {"api_key": "k998877"}}
    Connection.objects.create(workspace=workspace("Acme"), provider="ghl", status="failing", **made)
    Connection.objects.create(workspace=workspace("Bolt"), provider="emailbison", status="ok", **made)

    assert problems(content.connections) == "GoHighLevel of Acme is failing."
    assert errors(content.connections) == []

    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIALS_KEYS]
    assert "of 2 connections still need an old one" in problems(content.connections)
    assert errors(content.connections) == []

    settings.CREDENTIALS_KEYS = settings.CREDENTIALS_KEYS[:1]
    assert errors(content.connections) == ["The credentials of 2 connections fit none of CREDENTIALS_KEYS."]
