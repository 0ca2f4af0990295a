"""Dying in the middle: from a chosen statement on, nothing reaches the database any more, as after kill -9."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg.pq import TransactionStatus

from zrg.jobs import running, stale
from zrg.jobs.models import DurableJob, Lane


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing of ours catches it."""


class Fate:
    """Counts steps (statements, commits, calls of a provider); the process dies before step `at`, None: never."""

    def __init__(self, at: int | None) -> None:
        self.at, self.steps = at, 0

    def step(self) -> None:
        """One more step is about to be taken. Raises Killed from the fatal one on."""
        self.steps += 1
        if self.at is not None and self.steps >= self.at:
            raise Killed

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.step()
        return execute(sql, params, many, context)


@contextmanager
def living(fate: Fate) -> Iterator[Fate]:
    """Within, every statement and every commit is a step of this fate. Whatever ends it before its time is passed on
    with the connection torn: also an error that took the place of Killed on its way out."""
    real = connection.commit

    def commit() -> None:
        try:
            fate.step()
        except Killed:
            connection.connection.rollback()  # the server does it when the line breaks
            raise
        real()

    connection.commit = commit  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(fate):
            yield fate
    except BaseException:
        tear()
        raise
    finally:
        connection.commit = real  # type: ignore[method-assign]


def tear() -> None:
    """The server sees the client vanish: whatever was not committed is gone. Django's wrapper starts anew, whatever it
    believed of its transaction: a kill passes through `atomic` at lines where a living process never leaves it."""
    torn, connection.connection = connection.connection, None
    if torn is not None:
        torn.close()
    connection.closed_in_transaction = False
    connection.connect()
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def dies(fate: Fate, work: Callable[[], object]) -> bool:
    """Do it under this fate; True if it was killed."""
    try:
        with living(fate):
            work()
    except Killed:
        return True
    return False


def finish(model: type[DurableJob], *, rounds: int = 12) -> None:
    """Time passes until no work is left: dead workers' rows come back, pauses end, other workers run them."""
    for _ in range(rounds):
        long_ago = timezone.now() - timedelta(seconds=stale.stale_after_s(model) + 1)
        model._base_manager.filter(status="RUNNING").update(locked_at=long_ago)
        stale.bring_back(model)
        model._base_manager.filter(status="PENDING").update(run_at=timezone.now())
        if not sum(running.drain(model, lane) for lane in Lane.values):
            return
    raise AssertionError(f"{model._meta.label}: work was left after {rounds} rounds.")
