"""What a person may do with rows (spec 04)."""

from __future__ import annotations

import pytest

from integrations.models import WebhookEvent
from tests.zrg.job_rows import event, handled_by, workspace
from zrg.jobs import desk, running
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User

pytestmark = pytest.mark.django_db


def test_a_retried_dead_letter_has_all_its_attempts_again_and_runs(alice: User) -> None:
    row = event(workspace(), status="FAILED", attempts=8, waits=50, last_error="boom")

    assert desk.retry(WebhookEvent, [row.pk], by=alice) == 1
    row.refresh_from_db()
    assert (row.status, row.attempts, row.waits, row.finished_at) == ("PENDING", 0, 0, None)

    with handled_by(lambda job: None):
        running.drain(WebhookEvent, Lane.FIRST)
    row.refresh_from_db()
    assert row.status == "SUCCEEDED"


@pytest.mark.parametrize("status", [status for status in Status if status != Status.FAILED])
def test_only_dead_letters_are_retried(status: Status, alice: User) -> None:
    row = event(workspace(), status=status)

    assert desk.retry(WebhookEvent, [row.pk], by=alice) == 0
    row.refresh_from_db()
    assert row.status == status


@pytest.mark.parametrize("status", list(Status))
def test_what_waits_or_has_failed_can_be_cancelled_and_nothing_else(status: Status, alice: User) -> None:
    row = event(workspace(), status=status)
    may = status in {Status.PENDING, Status.FAILED}

    assert desk.cancel(WebhookEvent, [row.pk], by=alice) == int(may)
    row.refresh_from_db()
    assert row.status == (Status.CANCELLED if may else status)
