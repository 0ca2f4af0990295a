"""Live updates: the poll costs nothing while nothing happens and tells nobody anything it should not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox import live
from leads import merging
from tests.factories.conversations import conversation, message
from zrg.workspaces.models import User, Workspace


def state(html: str) -> tuple[str, str]:
    """(address of the poll, revision) of an open page."""
    address = re.search(r'data-live="([^"]+)" data-revision="([^"]+)"', html)
    assert address
    return address[1].replace("&amp;", "&"), address[2]


@pytest.fixture
def opened(client: Client, sam: User, harbor: Workspace) -> tuple[Client, str, str]:
    client.force_login(sam)
    address, revision = state(client.get("/", {"clientId": str(harbor.pk)}).content.decode())
    return client, address, revision


def test_while_nothing_happens_the_poll_asks_the_database_nothing(opened: tuple[Client, str, str]) -> None:
    client, address, revision = opened
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"{address}&rev={revision}")
    assert answer.status_code == 204
    assert [query["sql"] for query in queries] == []


def test_a_change_is_told_with_its_revision(
    opened: tuple[Client, str, str], harbor: Workspace, django_capture_on_commit_callbacks: object
) -> None:
    client, address, revision = opened
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        live.bump_on_commit(harbor.pk)
    answer = client.get(f"{address}&rev={revision}")
    assert answer.status_code == 200
    assert client.get(f"{address}&rev={answer.json()['revision']}").status_code == 204


def test_the_poll_works_without_session_and_only_with_its_token(opened: tuple[Client, str, str]) -> None:
    _, address, revision = opened
    stranger = Client()
    assert stranger.get(f"{address}&rev={revision}").status_code == 204
    assert stranger.get(f"/live?t=forged&rev={revision}").status_code == 403
    assert stranger.get("/live").status_code == 403


def test_the_token_lasts_twelve_hours(opened: tuple[Client, str, str]) -> None:
    client, address, revision = opened
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert client.get(f"{address}&rev={revision}").status_code == 403


def test_a_revision_of_another_workspace_says_nothing_of_this_one(
    opened: tuple[Client, str, str], elsewhere: Workspace, django_capture_on_commit_callbacks: object
) -> None:
    client, address, revision = opened
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        live.bump_on_commit(elsewhere.pk)
    assert client.get(f"{address}&rev={revision}").status_code == 204


def test_the_refresh_brings_what_is_new_to_every_part(opened: tuple[Client, str, str], harbor: Workspace) -> None:
    client, _, _ = opened
    lead = conversation(harbor, first_name="Newcomer")
    message(lead, "And another thing")
    html = client.get("/inbox/refresh", {"clientId": str(harbor.pk), "leadId": str(lead.pk)}).content.decode()
    for part in ("views", "rows", "items", "actions", "panel"):
        assert f'data-for="{part}"' in html
    assert f'id="row-{lead.pk}"' in html
    assert "And another thing" in html
    assert "<title>(1) Newcomer · Harbor · ZRG</title>" in html


def test_an_open_conversation_that_is_merged_away_leads_to_where_it_went(
    opened: tuple[Client, str, str], harbor: Workspace, ingo: User
) -> None:
    client, _, _ = opened
    lead, survivor = conversation(harbor), conversation(harbor)
    merging.merge(survivor=survivor, loser=lead, by=ingo)
    given = {"clientId": str(harbor.pk), "leadId": str(lead.pk)}
    assert f"leadId={survivor.pk}" in client.get("/inbox/refresh", given)["Location"]
    html = client.get("/inbox/refresh", given | {"typed": "1"}).content.decode()
    assert f'id="row-{survivor.pk}"' in html
    assert 'data-for="composer"' not in html


def test_a_row_keeps_its_version_until_something_shown_changes(
    opened: tuple[Client, str, str], harbor: Workspace
) -> None:
    client, _, _ = opened
    lead = conversation(harbor, first_name="Ann", at=timezone.now() - timedelta(minutes=5))

    def version() -> str:
        html = client.get("/inbox/refresh", {"clientId": str(harbor.pk)}).content.decode()
        found = re.search(rf'id="row-{lead.pk}" data-v="(\d+)"', html)
        assert found
        return found[1]

    before = version()
    assert version() == before
    message(lead, "Me again")
    assert version() != before


def test_the_refresh_holds_as_many_rows_as_were_shown_up_to_150(
    opened: tuple[Client, str, str], harbor: Workspace
) -> None:
    client, _, _ = opened
    for number in range(40):
        conversation(harbor, first_name=f"L{number}")
    for shown, expected in (("40", 40), ("rubbish", 30), ("-5", 30), ("100000", 40)):
        html = client.get("/inbox/refresh", {"clientId": str(harbor.pk), "shown": shown}).content.decode()
        assert html.count('class="row') - html.count('class="row-') == expected


def test_pages_open_while_redis_is_away(
    client: Client, sam: User, harbor: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import redis

    def away(_: object) -> int:
        raise redis.ConnectionError

    client.force_login(sam)
    monkeypatch.setattr(live, "revision", away)
    assert 'data-revision="-1"' in client.get("/", {"clientId": str(harbor.pk)}).content.decode()
