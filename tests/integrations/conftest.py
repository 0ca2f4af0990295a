"""What several tests of webhooks have in common."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.integrations.deliveries import UNIPILE_SECRET


@pytest.fixture
def unipile_secret(settings: Settings) -> str:
    """Unipile's webhooks are switched on, with this secret."""
    settings.UNIPILE_WEBHOOK_SECRET = UNIPILE_SECRET
    return UNIPILE_SECRET
