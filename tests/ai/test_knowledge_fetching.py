"""A page becomes knowledge: by a job, outside any transaction, and never at the price of what was known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tests.integrations.fault_server import FaultServer, answer, serving
from zrg.ai import knowledge
from zrg.ai.models import KnowledgeAsset, KnowledgeJob
from zrg.flows.knowledge import readable
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.sweeps import background_jobs
from zrg.workspaces.models import Workspace

PAGE = b"""<!doctype html><head><title>Harbor &amp; Co \n payroll</title><style>p{}</style></head><body>
<nav><a href="/x">Products</a></nav><h1>Payroll</h1><p>It costs <b>40 dollars</b>. <a href="https://harbor.example.com/p">More</a></p>
<script>var secret = 1</script><footer>All rights reserved</footer></body>"""


@pytest.fixture
def web(settings: Settings) -> Iterator[FaultServer]:
    with serving() as server:
        settings.SANDBOX_URL = server.url
        yield server


def asset(workspace: Workspace, url: str, **more: Any) -> KnowledgeAsset:
    made = KnowledgeAsset.objects.create(workspace=workspace, kind="url", name=url[:200], url=url, **more)
    knowledge.request_fetch(made)
    return made


def work() -> None:
    """What a worker does, until nothing is due."""
    running.drain(KnowledgeJob, Lane.FIRST, for_seconds=30, at_most=10)


def page(web: FaultServer, body: bytes = PAGE, kind: str = "text/html", status: str = "200 OK") -> str:
    return web.says("/page", answer(body, status=status, headers=f"Content-Type: {kind}\r\n"))


@pytest.mark.django_db(transaction=True)
def test_a_page_is_read_without_what_stands_around_it(harbor: Workspace, web: FaultServer) -> None:
    found = asset(harbor, page(web))
    work()
    found.refresh_from_db()
    assert (found.fetch, found.fetch_error, found.name) == ("done", "", "Harbor & Co payroll")
    assert found.content == "Payroll\n\nIt costs 40 dollars. More (https://harbor.example.com/p)"
    assert found.tokens > 0
    assert found.fetched_at
    assert KnowledgeJob.objects.get().status == "SUCCEEDED"


@pytest.mark.django_db(transaction=True)
def test_a_name_that_a_person_gave_stays(harbor: Workspace, web: FaultServer) -> None:
    found = asset(harbor, page(web))
    KnowledgeAsset.objects.filter(pk=found.pk).update(name="Prices")
    work()
    found.refresh_from_db()
    assert found.name == "Prices"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"status": "404 Not Found"}, "answers 404"),
        ({"kind": "application/pdf"}, "application/pdf"),
        ({"body": b"<script>app()</script>"}, "no text"),
    ],
)
def test_a_page_that_cannot_be_had_is_told_at_the_asset_and_what_was_known_stays(
    harbor: Workspace, web: FaultServer, given: dict[str, Any], why: str
) -> None:
    found = asset(harbor, page(web, **given), content="Known before", tokens=4)
    work()
    found.refresh_from_db()
    assert (found.fetch, found.content) == ("failed", "Known before")
    assert why in found.fetch_error
    assert KnowledgeJob.objects.get().status == "SUCCEEDED"


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_down_is_asked_again_and_told_in_the_end(harbor: Workspace, web: FaultServer) -> None:
    found = asset(harbor, page(web, status="503 Down"))
    work()
    job = KnowledgeJob.objects.get()
    found.refresh_from_db()
    assert (job.status, job.attempts, found.fetch) == ("PENDING", 1, "pending")
    KnowledgeJob.objects.update(attempts=job.max_attempts - 1, run_at=job.created_at)
    work()
    found.refresh_from_db()
    assert found.fetch == "failed"
    assert "503" in found.fetch_error


@pytest.mark.django_db(transaction=True)
def test_the_sweep_reads_what_no_worker_was_told_of(harbor: Workspace, web: FaultServer) -> None:
    from zrg.jobs import sweeping

    found = asset(harbor, page(web))
    sweep = sweeping.find("background-jobs")
    assert sweep
    context = sweeping.SweepContext(sweep, {}, "c0ffee00")
    background_jobs(context)
    found.refresh_from_db()
    assert found.fetch == "done"
    assert context.counters["knowledge_jobs"]["done"] == 1


def test_plain_text_stays_as_it_is() -> None:
    from integrations.fetching import Page

    assert readable(Page("https://x.example/", " <b>Not</b> html ", is_html=False)) == ("", "<b>Not</b> html")
