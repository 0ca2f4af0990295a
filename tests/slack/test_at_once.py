"""Several reviewers, several workers, one draft: it is sent once whoever is quicker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database

from inbox import review
from inbox.models import Draft, Message, MessageJob, ReplySettings
from integrations.models import WebhookEvent
from leads.models import TimelineEvent
from tests.slack.conftest import Slack
from zrg.jobs import running
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User

WORKERS = 4


def in_threads(work: Callable[[], Any]) -> None:
    """Everybody starts at the same moment; an error of any of them is the test's."""
    errors: list[BaseException] = []
    start = threading.Barrier(WORKERS)

    def run() -> None:
        try:
            start.wait(timeout=10)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []


def apply_one() -> None:
    """One click each, as workers with a batch of one would take them."""
    running.drain(WebhookEvent, Lane.FIRST, at_most=1)


@pytest.mark.django_db(transaction=True)
def test_clicks_of_two_people_applied_by_four_workers_send_once(
    slack: Slack, draft: Draft, sam: User, ingo: User, work: Callable[[], None]
) -> None:
    slack.join(sam, ingo)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam, ingo])
    review.request_review(draft)
    work()
    for person in (sam, ingo):
        slack.click(user=person.email, times=2)
    assert WebhookEvent.objects.count() == 4
    in_threads(apply_one)
    work()
    assert Message.objects.filter(draft=draft).count() == 1
    assert len(slack.sandbox.sent("", lead=draft.lead.phone)) == 1
    told = list(TimelineEvent.objects.filter(kind="review_clicked").values_list("did", flat=True))
    assert sorted(did == "The draft was approved." for did in told) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_question_ask_once(
    slack: Slack, draft: Draft, sam: User, work: Callable[[], None]
) -> None:
    slack.join(sam)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam])
    review.request_review(draft)
    job = MessageJob.objects.get()

    def ask() -> None:
        review.ask(MessageJob.objects.get(pk=job.pk))

    in_threads(ask)
    assert len(slack.written_to(sam)) == 1
    MessageJob.objects.update(status=Status.SUCCEEDED)
