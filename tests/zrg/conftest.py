"""What the tests of sweeps have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from zrg import sweeps
from zrg.celery import app
from zrg.jobs import sweeping, waking


@pytest.fixture
def own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """All sweeps there are, and those of the test's own, for as long as it runs."""
    monkeypatch.setattr(sweeping, "_sweeps", {})
    sweeps.register_all()


@pytest.fixture
def sent() -> Iterator[list[dict[str, Any]]]:
    """What is published to Celery, instead of publishing it."""
    waking._resting_until = 0.0
    calls: list[dict[str, Any]] = []
    with mock.patch.object(app, "send_task", lambda name, **options: calls.append({"name": name} | options)):
        yield calls
