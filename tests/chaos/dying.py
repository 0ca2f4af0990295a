"""Dying in the middle: from a chosen moment on, nothing reaches the database any more, as after kill -9."""

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
    """Counts the moments at which one may die, and dies at moment `at`, None: never.

    A moment is a call of a provider or the model, before and after it, and the first statement after each commit: what
    a transaction has not committed is gone with its worker, so a death at any later statement of it leaves the very
    same world behind, and is not tried again."""

    def __init__(self, at: int | None) -> None:
        self.at, self.steps = at, 0
        self._is_another_world = True

    def step(self) -> None:
        """Reach outside, or have reached: always a moment of its own. Raises Killed from the fatal one on."""
        self._is_another_world = True
        self.moment()
        self._is_another_world = True

    def moment(self) -> None:
        """A new one where something was kept since the last. Raises Killed from the fatal one on."""
        self.steps += self._is_another_world
        self._is_another_world = False
        if self.at is not None and self.steps >= self.at:
            raise Killed

    def kept(self) -> None:
        """Something is committed: whoever dies now leaves another world."""
        self._is_another_world = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.moment()
        done = execute(sql, params, many, context)
        if not connection.in_atomic_block and not str(sql).lstrip().startswith("SELECT"):
            self.kept()
        return done


@contextmanager
def living(fate: Fate) -> Iterator[Fate]:
    """Within, every statement and every commit may be the last. Whatever ends it before its time is passed on
    with the connection torn: also an error that took the place of Killed on its way out."""
    real = connection.commit

    def commit() -> None:
        try:
            fate.moment()
        except Killed:
            connection.connection.rollback()  # the server does it when the line breaks
            raise
        real()
        fate.kept()

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
