"""One id for one story: webhook → event → job → the job it enqueues → their log lines (spec 13)."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
import structlog
from django.test import Client

from integrations.models import WebhookEvent
from tests.integrations.deliveries import address_of, connect, headers_of, sample
from tests.zrg.job_rows import handled_by
from zrg.celery import app
from zrg.jobs import running
from zrg.jobs.enqueueing import enqueue
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace


@pytest.fixture(autouse=True)
def _no_celery() -> Any:
    with mock.patch.object(app, "send_task"):
        yield


def deliver(client: Client, to: Workspace, **headers: str) -> str:
    """Post a reply as EmailBison does; the id that is answered."""
    connect(to, "emailbison")
    answer = client.post(
        address_of("emailbison", to),
        json.dumps(sample("emailbison")),
        content_type="application/json",
        headers=headers_of("emailbison") | headers,
    )
    assert answer.status_code == 200, answer.content
    return answer["X-Correlation-Id"]


@pytest.mark.django_db
def test_the_id_of_the_request_is_on_the_event_and_on_all_that_follows(client: Client, harbor: Workspace) -> None:
    story = deliver(client, harbor, **{"X-Correlation-Id": "story-of-the-webhook"})
    lines: list[Any] = []

    def handle(job: WebhookEvent) -> None:
        lines.append(structlog.contextvars.get_contextvars())
        if not job.dedupe_key.startswith("next"):
            enqueue(
                WebhookEvent,
                workspace=harbor,
                dedupe_key="next",
                provider="ghl",
                event_type="sms",
                payload={},
                received_at=job.received_at,
            )

    with handled_by(handle):
        running.drain(WebhookEvent, Lane.FIRST)

    assert story == "story-of-the-webhook"
    assert set(WebhookEvent.objects.values_list("correlation_id", flat=True)) == {story}
    assert [line["correlation_id"] for line in lines] == [story, story]
    assert len({line["job"] for line in lines}) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("sent", ["", "short", "a" * 65, "with spaces and\ttabs", "<script>alert(1)</script>"])
def test_an_id_that_is_none_is_replaced(sent: str, client: Client, harbor: Workspace) -> None:
    story = deliver(client, harbor, **({"X-Correlation-Id": sent} if sent else {}))

    assert story != sent
    assert len(story) == 32
    assert WebhookEvent.objects.get().correlation_id == story
