"""A handler that is stopped on its way out of a transaction, or leaves one open, takes nobody else's work with it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.models import WebhookEvent
from tests.together import together
from tests.zrg.job_rows import event, handled_by, workspace
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)

_SLOW_TO_COMMIT = """
CREATE TABLE slow_to_commit (id int);
CREATE FUNCTION takes_its_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON slow_to_commit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION takes_its_time();
"""


@pytest.fixture
def slow_to_commit() -> Iterator[None]:
    """A table whose rows take twenty seconds to commit, as on a disk that stalls."""
    run_sql(_SLOW_TO_COMMIT)
    yield
    run_sql("DROP TABLE slow_to_commit; DROP FUNCTION takes_its_time()")


def run_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def first_and_second() -> tuple[WebhookEvent, WebhookEvent]:
    """Two deliveries of one batch, in this order."""
    home = workspace()
    return event(home, run_at=timezone.now() - timedelta(minutes=1)), event(home)


def leave_a_trace(job: WebhookEvent) -> None:
    with transaction.atomic():
        User.objects.create(email=f"trace-{job.pk}@example.com")


def committed(*jobs: WebhookEvent) -> list[tuple[str, bool]]:
    """Status and trace of each as everybody else sees them: from a connection of its own."""
    found: list[tuple[str, bool]] = []

    def look(_: int) -> None:
        for job in jobs:
            trace = User.objects.filter(email=f"trace-{job.pk}@example.com").exists()
            found.append((WebhookEvent.objects.get(pk=job.pk).status, trace))

    together(1, look)
    return found


def drain() -> None:
    running.drain(WebhookEvent, Lane.FIRST)


def test_stopped_while_it_commits_the_next_of_the_batch_and_the_next_batch_are_done(slow_to_commit: None) -> None:
    stopped, second = first_and_second()

    def handle(job: WebhookEvent) -> None:
        with transaction.atomic():
            leave_a_trace(job)
            if job.pk == stopped.pk:
                run_sql("INSERT INTO slow_to_commit VALUES (1)")

    with handled_by(handle, time_limit_s=0.5):
        drain()
        third = event(second.workspace)
        drain()

    assert committed(stopped, second, third) == [("PENDING", False), ("SUCCEEDED", True), ("SUCCEEDED", True)]


class Ringing(list[Any]):
    """Django's list of the blocks it is in: the alarm rings when the `left`th is about to be left."""

    left = 1

    def pop(self, *where: Any) -> Any:
        self.left -= 1
        if not self.left:
            signal.raise_signal(signal.SIGALRM)
        return super().pop(*where)


@pytest.mark.parametrize("block", [1, 2])
def test_stopped_on_its_way_out_nobody_else_works_in_its_open_transaction(block: int) -> None:
    stopped, second = first_and_second()

    def handle(job: WebhookEvent) -> None:
        with transaction.atomic():
            if job.pk == stopped.pk:
                connection.atomic_blocks = Ringing(connection.atomic_blocks)
                connection.atomic_blocks.left = block
            leave_a_trace(job)

    with handled_by(handle):
        drain()

    assert committed(stopped, second) == [("PENDING", False), ("SUCCEEDED", True)]


def test_what_returns_with_its_transaction_open_is_not_done() -> None:
    forgetful, second = first_and_second()

    def handle(job: WebhookEvent) -> None:
        if job.pk == forgetful.pk:
            transaction.set_autocommit(False)
        leave_a_trace(job)

    with handled_by(handle):
        drain()

    assert committed(forgetful, second) == [("PENDING", False), ("SUCCEEDED", True)]


def test_a_job_run_within_a_callers_transaction_leaves_it_to_the_caller() -> None:
    (job, _) = first_and_second()

    with handled_by(leave_a_trace), transaction.atomic():
        running.run(job)
        status: Any = connection.connection.info.transaction_status
        assert (job.status, status.name) == ("SUCCEEDED", "INTRANS")

    assert committed(job) == [("PENDING", True)]
