"""Fences around every test: no stray network, no warning overlooked; and the people the stories are about.

Alice owns Harbor, Ingo manages its inbox, Sam sets, Pia watches; Mallory owns another workspace and is a stranger.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

from integrations import routing, turned_away
from tests.emptying import only_what_has_rows
from tests.migrated import _turn, django_db_setup  # noqa: F401 -- fixtures
from tests.model_service import model  # noqa: F401 -- a fixture
from tests.product import InOneWorker, product, require_one_worker  # noqa: F401 -- a fixture
from tests.sandbox_server import sandbox_process  # noqa: F401 -- a fixture
from zrg.workspaces.models import Membership, Role, User, Workspace

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_stray_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this machine may be spoken to: a forgotten request fails with its address."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def _emptied_after_commits() -> Iterator[None]:
    """Cleaning up after a test that commits takes milliseconds."""
    with only_what_has_rows():
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    yield
    cache.clear()
    routing.forget()


@pytest.fixture(autouse=True)
def _turned_away_is_counted_when_asked() -> Iterator[None]:
    """Not by a thread of its own, which would write beside the test's transaction."""
    turned_away.tally.by_itself = False
    yield
    turned_away.tally.take()


@pytest.fixture(scope="session", autouse=True)
def _no_details_of_replies() -> Iterator[None]:
    """Filing a reply of Instantly asks there for more: nobody answers, unless a test says who."""
    with override_settings(INSTANTLY_BASE_URL="http://127.0.0.1:1"):
        yield


def person(name: str, **more: Any) -> User:
    """An account named after a person, at example.com."""
    return User.objects.create_user(f"{name.split()[0].lower()}@example.com", PASSWORD, name=name, **more)


@pytest.fixture
def alice(db: None) -> User:
    return person("Alice Owner")


@pytest.fixture
def harbor(alice: User) -> Workspace:
    return Workspace.objects.create(name="Harbor", owner=alice)


def _member(workspace: Workspace, name: str, role: str) -> User:
    user = person(name)
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


@pytest.fixture
def ingo(harbor: Workspace) -> User:
    return _member(harbor, "Ingo Manager", Role.INBOX_MANAGER)


@pytest.fixture
def sam(harbor: Workspace) -> User:
    return _member(harbor, "Sam Setter", Role.SETTER)


@pytest.fixture
def pia(harbor: Workspace) -> User:
    return _member(harbor, "Pia Portal", Role.PORTAL)


@pytest.fixture
def mallory(db: None) -> User:
    return person("Mallory Stranger")


@pytest.fixture
def elsewhere(mallory: User) -> Workspace:
    """Another agency's workspace: nothing of it may ever be seen from Harbor, and the other way round."""
    return Workspace.objects.create(name="Elsewhere", owner=mallory)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    require_one_worker(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> InOneWorker:
    return InOneWorker(config, log)
