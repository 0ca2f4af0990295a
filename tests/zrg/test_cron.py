"""/api/cron/: a scheduler of one's own starts the sweeps; nothing it sends is ignored or breaks anything (spec 13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as some
from kombu.exceptions import OperationalError as BrokerError

from tests.zrg.job_rows import event, handled_by, many_events, statuses, workspace
from zrg import sweeps
from zrg.celery import app
from zrg.jobs import executing
from zrg.jobs.models import DispatchWindow, FunctionRun

pytestmark = pytest.mark.django_db

URL = "/api/cron/background-jobs"
SECRET = "a-secret-for-the-scheduler"


@pytest.fixture(autouse=True)
def _set_up(settings: Any) -> None:
    settings.CRON_SECRET = SECRET
    sweeps.register_all()


@pytest.fixture(autouse=True)
def sent() -> Iterator[list[dict[str, Any]]]:
    """What is published to Celery, instead of publishing it."""
    calls: list[dict[str, Any]] = []
    with mock.patch.object(app, "send_task", lambda name, **options: calls.append({"name": name} | options)):
        yield calls


@pytest.fixture
def cron() -> Client:
    """A scheduler that knows the secret."""
    return Client(headers={"Authorization": f"Bearer {SECRET}"})


# ── Who may ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("url", [URL, "/api/cron/payload-retention", "/api/cron/nothing", "/api/cron/runs/12345678"])
def test_without_a_secret_every_endpoint_is_closed(url: str, client: Client, settings: Any) -> None:
    settings.CRON_SECRET = ""

    for answer in (client.get(url), client.post(url), client.put(url), client.get(url, headers={"x-cron-secret": ""})):
        assert answer.status_code == 503
        assert "CRON_SECRET" in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": SECRET},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "Bearer "},
        {"x-cron-secret": ""},
        {"x-cron-secret": SECRET[:-1]},
        {"x-cron-secret": "ünïcödé"},
    ],
)
def test_a_wrong_secret_is_turned_away(headers: dict[str, str], client: Client) -> None:
    for url in (URL, "/api/cron/nothing", "/api/cron/runs/12345678"):
        assert client.post(url, headers=headers).status_code == 401
    assert not DispatchWindow.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": f"bearer   {SECRET} "},
        {"x-cron-secret": SECRET},
        {"x-cron-secret": f" {SECRET} "},
    ],
)
def test_the_secret_is_taken_from_either_header_and_stripped(headers: dict[str, str], client: Client) -> None:
    assert client.get(URL, headers=headers).status_code == 202


def test_a_trailing_newline_in_the_setting_locks_nobody_out(client: Client, settings: Any) -> None:
    settings.CRON_SECRET = f"{SECRET}\n"

    assert client.get(URL, headers={"x-cron-secret": SECRET}).status_code == 202


def test_nobody_is_redirected_to_a_login_and_csrf_is_not_asked(cron: Client) -> None:
    strict = Client(headers={"Authorization": f"Bearer {SECRET}"}, enforce_csrf_checks=True)

    assert strict.post(URL).status_code == 202
    assert cron.get(f"{URL}/").status_code == 202


# ── Dispatching ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_call_dispatches_and_says_where_to_look(method: str, cron: Client, sent: list[dict[str, Any]]) -> None:
    answer = getattr(cron, method)(URL)

    window = DispatchWindow.objects.get()
    assert answer.status_code == 202
    assert answer.json() == {
        "function": "background-jobs",
        "dispatchKey": window.dispatch_key,
        "correlationId": window.correlation_id,
        "duplicate": False,
    }
    assert [(call["name"], call["queue"], call["kwargs"]["dispatch_key"]) for call in sent] == [
        ("zrg.jobs.run_sweep", "sweeps", window.dispatch_key)
    ]
    assert not FunctionRun.objects.exists()


def test_a_second_call_in_the_period_is_a_duplicate_with_the_first_correlation_id(
    cron: Client, sent: list[dict[str, Any]]
) -> None:
    url = "/api/cron/payload-retention"  # its period is a day, so the test does not race the minute
    first, second = cron.get(url), cron.post(url)

    assert second.status_code == 202
    assert second.json() == first.json() | {"duplicate": True}
    assert len(sent) == 1


def test_a_dispatched_run_is_run_by_its_worker_and_can_be_followed(cron: Client, sent: list[dict[str, Any]]) -> None:
    answer = cron.get(URL).json()
    status = f"/api/cron/runs/{answer['correlationId']}"
    assert cron.get(status).json()["status"] == "ENQUEUED"

    executing.run_now(**sent[0]["kwargs"])

    told = cron.get(status).json()
    assert told["status"] == "SUCCEEDED"
    assert told["dispatchKey"] == answer["dispatchKey"]
    assert [run["attempt"] for run in told["runs"]] == [1]
    assert "webhook_events" in told["runs"][0]["counters"]


@pytest.mark.parametrize("identifier", ["12345678", "%00%00%00%00%00%00%00%00", "ü" * 9, "a" * 200, "1' OR '1'='1"])
def test_an_unknown_correlation_id_is_not_found(identifier: str, cron: Client) -> None:
    assert cron.get(f"/api/cron/runs/{quote(identifier, safe='%')}").status_code == 404


def test_an_unknown_sweep_is_not_found_and_the_known_ones_are_named(cron: Client) -> None:
    answer = cron.get("/api/cron/no-such-sweep")

    assert answer.status_code == 404
    assert "background-jobs" in answer.json()["error"]


def test_a_broker_that_is_away_is_said_and_the_next_call_tries_again(
    cron: Client, monkeypatch: pytest.MonkeyPatch, sent: list[dict[str, Any]]
) -> None:
    url = "/api/cron/payload-retention"
    with monkeypatch.context() as patch:
        patch.setattr(app, "send_task", mock.Mock(side_effect=BrokerError("gone")))
        assert cron.get(url).status_code == 503

    again = cron.get(url)
    assert (again.status_code, again.json()["duplicate"]) == (202, False)
    assert len(sent) == 1


def test_a_switched_off_sweep_says_so(cron: Client, settings: Any, sent: list[dict[str, Any]]) -> None:
    settings.CRON_BACKGROUND_JOBS_ENABLED = False

    for query in ("", "?sync=1"):
        answer = cron.get(URL + query)
        assert (answer.status_code, answer.json()["skipped"], answer.json()["reason"]) == (200, True, "disabled")
        status = cron.get(f"/api/cron/runs/{answer.json()['correlationId']}").json()
        assert (status["status"], status["note"]) == ("SKIPPED", "disabled"), "the wish is written down (spec 04)"
    assert sent == []
    assert not FunctionRun.objects.exists()


@pytest.mark.parametrize("other", ["Basic b3BzOnNlY3JldA==", "Bearer of-the-proxy"])
def test_the_secret_may_stand_in_either_header(client: Client, other: str) -> None:
    assert client.get(URL, headers={"Authorization": other, "x-cron-secret": SECRET}).status_code == 202


# ── Inline ─────────────────────────────────────────────────────────────────────
def test_a_sync_run_answers_with_its_counters(cron: Client, sent: list[dict[str, Any]]) -> None:
    event(workspace())

    with handled_by(lambda job: None):
        answer = cron.post(f"{URL}?sync=1")

    told = answer.json()
    assert (answer.status_code, told["status"]) == (200, "SUCCEEDED")
    assert told["counters"]["webhook_events"]["done"] == 1
    assert told["correlationId"] == FunctionRun.objects.get().correlation_id
    assert [call["name"] for call in sent if call["name"] == "zrg.jobs.run_sweep"] == []


def test_a_dry_run_changes_nothing(cron: Client) -> None:
    many_events(workspace(), 3)

    answer = cron.get(f"{URL}?sync=true&dryRun=on")

    assert answer.json()["counters"]["webhook_events"] == {"due": 3}
    assert statuses() == {"PENDING": 3}


def test_limits_are_kept(cron: Client) -> None:
    many_events(workspace(), 10)

    with handled_by(lambda job: None):
        answer = cron.get(f"{URL}?sync=1&webhookEventLimit=4&backgroundJobLimit=200&timeBudgetMs=60000")

    assert answer.json()["counters"]["webhook_events"]["done"] == 4


# ── Parameters: taken as meant, or refused by name ─────────────────────────────
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("timeBudgetMs=4999", "timeBudgetMs"),
        ("timeBudgetMs=780001", "timeBudgetMs"),
        ("timeBudgetMs=abc", "timeBudgetMs"),
        ("timeBudgetMs=1e5", "timeBudgetMs"),
        ("timeBudgetMs=-60000", "timeBudgetMs"),
        ("timeBudgetMs=60000.5", "timeBudgetMs"),
        ("timeBudgetMs=", "timeBudgetMs"),
        ("timeBudgetMs=٦٠٠٠٠", "timeBudgetMs"),
        ("timeBudgetMs=" + "9" * 500, "timeBudgetMs"),
        ("webhookEventLimit=0", "webhookEventLimit"),
        ("webhookEventLimit=201", "webhookEventLimit"),
        ("backgroundJobLimit=201", "backgroundJobLimit"),
        ("limit=0", "limit"),
        ("limit=5&limit=6", "limit"),
        ("sync=maybe", "sync"),
        ("sync=", "sync"),
        ("dryRun=2", "dryRun"),
        ("dryrun=1", "dryrun"),
        ("sinc=1", "sinc"),
    ],
)
def test_a_bad_parameter_is_refused_by_its_name(
    query: str, named: str, cron: Client, sent: list[dict[str, Any]]
) -> None:
    for method in (cron.get, cron.post):
        answer = method(f"{URL}?{query}")
        assert answer.status_code == 400
        assert answer.json()["error"].startswith(f"{named}:")
    assert not DispatchWindow.objects.exists()
    assert sent == []


def test_a_sweep_without_limits_takes_none(cron: Client) -> None:
    assert cron.get("/api/cron/payload-retention?limit=5").status_code == 400


@how(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=some.text(max_size=40), query=some.text(max_size=60), body=some.binary(max_size=60))
def test_nothing_that_is_sent_breaks_anything(name: str, query: str, body: bytes, cron: Client) -> None:
    for url in (f"/api/cron/{quote(name)}?{quote(query)}", f"{URL}?{quote(query, safe='=&')}"):
        for kind in ("application/json", "multipart/form-data", "text/html"):
            answer = cron.generic("POST", url, body, content_type=kind, headers={"Accept": "text/html"})
            assert answer.status_code in {202, 400, 404}


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(method: str, cron: Client) -> None:
    answer = getattr(cron, method)(URL)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer.json()["error"] == "Use GET or POST."
