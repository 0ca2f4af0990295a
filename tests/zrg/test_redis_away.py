"""Redis or Valkey is away: people sign in, read and answer all the same; only live updates and limits rest."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.test.utils import override_settings

from inbox import live
from inbox.models import Message
from leads.models import Lead
from tests.conftest import PASSWORD
from tests.factories.conversations import accounts, conversation
from tests.inbox.test_pages_composer import form_of, send
from zrg.jobs import waking
from zrg.lib import forgiving_cache, quick_redis
from zrg.local import ports
from zrg.workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def marcus(harbor: Workspace) -> Lead:
    accounts(harbor)
    return conversation(harbor, "What would it cost?", first_name="Marcus", email="marcus@fenwick.example.com")


def _forget_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_redis.client.cache_clear()
    live._redis.cache_clear()
    monkeypatch.setattr(forgiving_cache, "_resting_until", 0.0)
    monkeypatch.setattr(waking, "_resting_until", 0.0)


@pytest.fixture
def away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody listens where Redis should be."""
    waking.settle()
    dead = f"redis://127.0.0.1:{ports.free_port()}/0"
    elsewhere = {name: {**about, "LOCATION": dead} for name, about in settings.CACHES.items()}
    with override_settings(REDIS_URL=dead, CACHES=elsewhere):
        _forget_clients(monkeypatch)
        yield
        waking.settle()
    _forget_clients(monkeypatch)


def test_a_person_signs_in_reads_and_answers(away: None, client: Client, marcus: Lead, sam: User) -> None:
    signed_in = client.post("/accounts/login/", {"login": sam.email, "password": PASSWORD})
    assert signed_in.status_code == 302
    page = client.get("/", {"clientId": str(marcus.workspace_id)})
    assert page.status_code == 200
    assert "Marcus" in page.content.decode()
    answer = send(client, marcus, form_of(client, marcus) | {"text": "About $11 a head."})
    assert answer.status_code == 302
    assert [one.body for one in Message.objects.filter(lead=marcus, direction="out")] == ["About $11 a head."]
    refreshed = client.get("/inbox/refresh", {"clientId": str(marcus.workspace_id), "leadId": str(marcus.pk)})
    assert refreshed.status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/").status_code == 302


def test_a_session_from_before_goes_on_and_after_it(
    client: Client, marcus: Lead, sam: User, request: pytest.FixtureRequest
) -> None:
    client.force_login(sam)
    assert client.get("/").status_code == 200
    request.getfixturevalue("away")
    assert client.get("/").status_code == 200


def test_a_wrong_password_is_refused_without_the_counting_of_attempts(away: None, client: Client, sam: User) -> None:
    page = client.post("/accounts/login/", {"login": sam.email, "password": "wrong"})
    assert page.status_code == 200
    assert "do not match" in page.content.decode()


def test_a_cache_that_is_away_is_an_empty_one(away: None) -> None:
    cache.set("a", 1)
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("a", 1) is True  # as in an empty one
    assert cache.get_or_set("a", 2) == 2
    assert cache.get_many(["a"]) == {}
    assert "a" not in cache
    cache.delete_many(["a"])
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_the_copy_of_a_session_lives_five_minutes_at_most() -> None:
    key = uuid.uuid4().hex
    caches["sessions"].set(key, "kept", 60 * 60 * 24 * 14)
    assert caches["sessions"].get(key) == "kept"
    name = caches["sessions"].make_key(key)
    assert 0 < quick_redis.client().ttl(name) <= forgiving_cache.LONGEST_SESSION_S
