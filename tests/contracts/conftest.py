"""Real HTTP against the sandbox: one server for all tests, an account of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from integrations.models import EmailBisonHost
from tests.sandbox_server import SandboxServer

_numbers = itertools.count(20_000)


@pytest.fixture
def sandbox(sandbox_process: SandboxServer, settings: Settings, db: None) -> Iterator[SandboxServer]:
    """The product's settings point at it, as `make up` does."""
    settings.SANDBOX_URL = sandbox_process.base_url
    settings.EMAILBISON_BASE_URL = f"{sandbox_process.base_url}/emailbison"
    settings.GHL_BASE_URL = f"{sandbox_process.base_url}/ghl"
    settings.INSTANTLY_BASE_URL = f"{sandbox_process.base_url}/instantly"
    settings.SMARTLEAD_BASE_URL = f"{sandbox_process.base_url}/smartlead"
    settings.UNIPILE_BASE_URL = f"{sandbox_process.base_url}/unipile"
    EmailBisonHost.objects.create(host="send.agency.example", note=urlsplit(sandbox_process.base_url).netloc)
    yield sandbox_process
    sandbox_process.control("faults", method="DELETE")


@pytest.fixture
def number() -> int:
    """A number no other test's account has."""
    return next(_numbers)
