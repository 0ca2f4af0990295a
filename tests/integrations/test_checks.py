"""What is wrong is said before the first request, with its remedy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core import checks as framework
from pytest_django import Settings

from integrations import checks
from integrations.models import Provider
from integrations.providers import ADAPTERS, DOORS


def test_all_is_well_here() -> None:
    assert not [found for found in framework.run_checks() if found.id and found.id.startswith("integrations.E")]


def test_production_refuses_the_sandbox(settings: Settings) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:8900"
    assert checks.sandbox_stays_at_home() == []
    settings.PRODUCTION = True
    (error,) = checks.sandbox_stays_at_home()
    assert (error.id, error.level) == ("integrations.E001", framework.ERROR)
    assert "SANDBOX_URL" in str(error.hint)


def test_no_process_of_production_starts_with_the_sandbox() -> None:
    """Web servers and workers run no system checks."""
    environment = {**os.environ, "ZRG_ENV": "production", "SANDBOX_URL": "http://127.0.0.1:8900"}
    script = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'zrg.settings'; import django; django.setup()"
    ended = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0
    assert (
        ended.stderr.rstrip()
        .splitlines()[-1]
        .startswith("django.core.exceptions.ImproperlyConfigured: SANDBOX_URL is set, but this is production.")
    )


@pytest.mark.parametrize(
    ("keys", "ids"),
    [
        ([], ["integrations.W002"]),
        (["c29tZS10ZXN0LWtleS1vZi0zMi1ieXRlcy1sb25nISE="], []),
        (["c29tZS10ZXN0LWtleS1vZi0zMi1ieXRlcy1sb25nISE=", "short"], ["integrations.E002"]),
        (["ключ"], ["integrations.E002"]),
    ],
)
def test_keys_are_tried_and_never_printed(settings: Settings, keys: list[str], ids: list[str]) -> None:
    settings.CREDENTIALS_KEYS = keys
    found = checks.credentials_can_be_kept()
    assert [error.id for error in found] == ids
    assert not any(key in f"{error.msg}{error.hint}" for error in found for key in keys)


def test_a_missing_cron_secret_is_a_warning(settings: Settings) -> None:
    settings.CRON_SECRET = ""
    (warning,) = checks.cron_has_a_secret()
    assert (warning.id, warning.level) == ("integrations.W003", framework.WARNING)
    settings.CRON_SECRET = "x" * 32
    assert checks.cron_has_a_secret() == []


@pytest.mark.parametrize(
    "path", ["integrations.providers.nowhere.adapter.Nobody", "integrations.checks.register", "zrg.env.text"]
)
def test_a_misspelled_line_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setitem(ADAPTERS, Provider.GHL, path)
    (error,) = checks.providers_load()
    assert error.id == "integrations.E004"
    assert "GoHighLevel" in error.msg


def test_whoever_is_called_is_listened_to_as_well() -> None:
    assert set(ADAPTERS) <= set(DOORS)
