"""The same work in several threads at once, and one piece of work that meets another in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection, connections

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def together(many: int, work: Callable[[int], None]) -> None:
    """Run `work(index)` in as many threads, each with its own connection; the first error is raised."""
    errors: list[BaseException] = []

    def run(index: int) -> None:
        try:
            work(index)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def beside(work: Callable[[], None]) -> Callable[[], None]:
    """Begin `work` in a thread with its own connection; what is returned waits for its end and raises its error."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def finish() -> None:
        thread.join()
        if errors:
            raise errors[0]

    thread = threading.Thread(target=run)
    thread.start()
    return finish


def waits_for_a_lock(sessions: int = 1) -> None:
    """Until as many other sessions of the test's database wait for a lock."""
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees others as it first saw them
            cursor.execute(_WAITING)
            if cursor.fetchone()[0] >= sessions:
                return
    raise AssertionError(f"{sessions} sessions should wait.")
