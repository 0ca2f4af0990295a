"""The workers of a run migrate once: the first makes its database as usual, the others copy it.

Only in the run's own PostgreSQL; in a database of yours nothing but the tests' databases is made.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

COPY = "zrg_migrated"


class Turn:
    """This worker's turn to make its database: the others wait until it is over."""

    def __init__(self, folder: Path) -> None:
        self._copied = folder / "migrated"
        self._lock = (folder / "migrated.lock").open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.is_first = not self._copied.exists()

    def copy(self) -> None:
        """Keep the database as it is now for those who come."""
        source = connection.settings_dict["NAME"]
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE {COPY} TEMPLATE "{source}"')
        self._copied.touch()

    def end(self) -> None:
        """The next one, please."""
        self._lock.close()


@pytest.fixture(scope="session")
def _turn(django_db_modify_db_settings: None) -> Turn | None:
    if not (os.environ.get("PYTEST_XDIST_WORKER") and os.environ.get("ZRG_TESTS_DATABASE")):
        return None
    turn = Turn(Path(os.environ["ZRG_DATA_DIR"]))
    if not turn.is_first:
        connection.settings_dict["TEST"]["TEMPLATE"] = COPY
    return turn


@pytest.fixture(scope="session")
def django_db_setup(_turn: Turn | None, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """pytest-django's fixture of the same name has made the database by now."""
    if _turn is None:
        return
    if _turn.is_first:
        with django_db_blocker.unblock():
            _turn.copy()
    _turn.end()
