"""A wrong setting stops the start with its name and the remedy (spec 13)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.zrg.reading_settings import settings_of
from zrg import env


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda value: monkeypatch.setenv("ZRG_TEST", value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("1", True), ("true", True), ("ON", True), ("yes", True), ("0", False), ("False", False), (" off\n", False)],
)
def test_switches_are_read(raw: str, value: bool, given: Any) -> None:
    given(raw)

    assert env.flag("ZRG_TEST", default=not value) is value


@pytest.mark.parametrize("raw", ["2", "ja", "tru", "enabled", "-1"])
def test_anything_else_is_no_switch(raw: str, given: Any) -> None:
    given(raw)

    with pytest.raises(ImproperlyConfigured, match=r"ZRG_TEST.*Use 1 or 0"):
        env.flag("ZRG_TEST", default=True)


@pytest.mark.parametrize("raw", ["", "  ", "\n"])
def test_empty_is_unset(raw: str, given: Any) -> None:
    given(raw)

    assert env.flag("ZRG_TEST", default=True) is True
    assert env.number("ZRG_TEST", 7) == 7
    assert env.text("ZRG_TEST", "default") == "default"
    assert env.words("ZRG_TEST") == []
    assert env.url("ZRG_TEST") == ""


@pytest.mark.parametrize(
    ("raw", "says"), [("abc", "not a whole number"), ("1.5", "not a whole"), ("0", "too small"), ("201", "too large")]
)
def test_a_number_outside_its_bounds_stops_the_start(raw: str, says: str, given: Any) -> None:
    given(raw)

    with pytest.raises(ImproperlyConfigured, match=f"ZRG_TEST.*{says}"):
        env.number("ZRG_TEST", 25, at_least=1, at_most=200)


def test_secrets_lose_the_newline_at_their_end(given: Any) -> None:
    given(" k998877\n")

    assert env.text("ZRG_TEST") == "k998877"


def test_lists_lose_their_empty_entries(given: Any) -> None:
    given(" a, ,b,\n")

    assert env.words("ZRG_TEST") == ["a", "b"]


@pytest.mark.parametrize("raw", ["example.com", "ftp://example.com", "https://", "http:/example.com"])
def test_an_address_is_http_with_a_host(raw: str, given: Any) -> None:
    given(raw)

    with pytest.raises(ImproperlyConfigured, match="not an http or https address"):
        env.url("ZRG_TEST")


def test_an_address_loses_its_last_slash(given: Any) -> None:
    given("https://example.com/")

    assert env.url("ZRG_TEST") == "https://example.com"


def test_only_postgres_will_do(given: Any) -> None:
    given("mysql://user@example.com/zrg")

    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        env.database("ZRG_TEST")


def test_without_an_address_the_database_points_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZRG_TEST", raising=False)

    assert env.database("ZRG_TEST")["HOST"] == "database-url-is-unset.invalid"


# ── The settings as a whole ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CRON_BACKGROUND_JOBS_ENABLED", "perhaps"),
        ("AUTO_SEND_DISABLED", "2"),
        ("WEBHOOK_EVENT_CRON_LIMIT", "201"),
        ("BACKGROUND_JOB_CRON_LIMIT", "0"),
        ("WEBHOOK_EVENT_CRON_TIME_BUDGET_MS", "4999"),
        ("BACKGROUND_JOB_CRON_TIME_BUDGET_MS", "9999"),
        ("WEBHOOK_EVENT_STALE_LOCK_MS", "59999"),
        ("BACKGROUND_JOB_STALE_LOCK_MS", "59999"),
        ("PUBLIC_URL", "zrg.example.com"),
        ("SECRET_KEY", ""),
        ("ZRG_ENV", "prod"),
    ],
)
def test_a_wrong_variable_is_named_when_the_process_starts(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name):
        settings_of(**{"SECRET_KEY": "x" * 50, name: value})


def test_no_provider_variable_is_needed_to_start() -> None:
    assert settings_of(SECRET_KEY="x" * 50, PUBLIC_URL="https://zrg.example.com/")["PUBLIC_URL"] == (
        "https://zrg.example.com"
    )
