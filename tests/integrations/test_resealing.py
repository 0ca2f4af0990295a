"""Rotating CREDENTIALS_KEYS: a new key first, everything encrypted anew, the old key taken away (spec 01)."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command

from integrations import resealing
from integrations.models import Connection
from integrations.resealing import Resealed
from zrg.workspaces.models import Workspace


@pytest.fixture
def connection(harbor: Workspace) -> Connection:
    return Connection.objects.create(
        workspace=harbor, provider="ghl", external_id="loc_1", credentials={"api_key": "pit-1", "webhook_secret": "s-1"}
    )


def new_key_first(settings: Any) -> str:
    """The operator's first step; the new key."""
    key = Fernet.generate_key().decode()
    settings.CREDENTIALS_KEYS = [key, *settings.CREDENTIALS_KEYS]
    return key


def read(connection: Connection) -> dict[str, str]:
    return Connection.objects.get(pk=connection.pk).credentials.as_dict()


def test_afterwards_the_old_key_is_not_needed(connection: Connection, settings: Any) -> None:
    new = new_key_first(settings)
    assert resealing.count_old() == 1
    told = StringIO()
    call_command("doctor", "--reseal", "--skip", "workers", "--skip", "beat", stdout=StringIO(), stderr=told)
    assert "newest key: 1." in told.getvalue()
    settings.CREDENTIALS_KEYS = [new]
    assert read(connection) == {"api_key": "pit-1", "webhook_secret": "s-1"}
    assert resealing.count_old() == 0


def test_twice_is_once(connection: Connection, settings: Any) -> None:
    new_key_first(settings)
    assert resealing.reseal_all() == Resealed(done=1)
    sealed = Connection.objects.get().credentials.sealed
    assert resealing.reseal_all() == Resealed()
    assert Connection.objects.get().credentials.sealed == sealed


def test_what_no_key_opens_is_counted_and_left_as_it_was(
    connection: Connection, elsewhere: Workspace, settings: Any
) -> None:
    lost = Connection.objects.get().credentials.sealed
    settings.CREDENTIALS_KEYS = [Fernet.generate_key().decode()]
    other = Connection.objects.create(workspace=elsewhere, provider="ghl", credentials={"api_key": "pit-2"})
    Connection.objects.create(workspace=elsewhere, provider="unipile", external_id="acc_9")  # has no secrets
    new_key_first(settings)
    assert resealing.reseal_all() == Resealed(done=1, locked=1)
    assert Connection.objects.get(pk=connection.pk).credentials.sealed == lost
    assert read(other) == {"api_key": "pit-2"}
