"""The database between two tests that commit: only what has rows is emptied.

Django truncates every table there is (a hundred new files) and makes content types, permissions and groups anew: much
for a test. Here one query finds the tables with rows, and their rows are deleted. What Django makes after each flush is
kept, and compared: where a test changed it, Django's own flush puts it right. Sequences go on, as with a flush.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import TransactionTestCase

Flush = Callable[[TransactionTestCase], None]

# Rows go without the checks and triggers of their tables: all that refers to them goes too, and history is not written.
_NO_TRIGGERS = "SET LOCAL session_replication_role = replica"


class Emptied:
    """What the tables hold after a flush, and how to get there again."""

    def __init__(self, flush: Flush) -> None:
        self._flush = flush
        self._look = ""
        self._kept: dict[str, str] = {}
        """What is in the tables that Django fills after a flush, as a checksum."""

    def __call__(self, case: TransactionTestCase) -> None:
        """Stands in for TransactionTestCase._fixture_teardown."""
        usual = case.available_apps is None and not case.serialized_rollback and not case.reset_sequences
        if not (usual and self._look and self._delete()):
            self._flush(case)
            self._take_stock()

    def _delete(self) -> bool:
        """False where it takes a flush."""
        with connection.cursor() as cursor:
            cursor.execute(self._look)
            found = dict(cursor.fetchall())
            if any(found.get(table) != state for table, state in self._kept.items()):
                return False
            if filled := found.keys() - self._kept.keys():
                with transaction.atomic():
                    cursor.execute("; ".join([_NO_TRIGGERS, *(f'DELETE FROM "{table}"' for table in sorted(filled))]))
        return True

    def _take_stock(self) -> None:
        if not _may_go_without_triggers():
            return
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        some = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in sorted(tables))
        with connection.cursor() as cursor:
            cursor.execute(some)
            filled = sorted(name for (name,) in cursor.fetchall())
            exact = [f"SELECT '{name}', md5(string_agg(t::text, ' ' ORDER BY id)) FROM \"{name}\" t" for name in filled]
            rest = [
                f"SELECT '{name}', '' WHERE EXISTS (SELECT FROM \"{name}\")"
                for name in sorted(tables)
                if name not in filled
            ]
            cursor.execute(" UNION ALL ".join(exact))
            self._kept = dict(cursor.fetchall())
        self._look = " UNION ALL ".join([*exact, *rest])


def _may_go_without_triggers() -> bool:
    """The role of a database of your own may not: then every test is followed by Django's flush."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NO_TRIGGERS)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
            raise
        return False
    return True


@contextmanager
def only_what_has_rows() -> Iterator[None]:
    """Within, tests that commit are followed by this instead of Django's flush."""
    flush: Any = TransactionTestCase._fixture_teardown
    emptied = Emptied(flush)
    TransactionTestCase._fixture_teardown = lambda case: emptied(case)  # type: ignore[method-assign]
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]
