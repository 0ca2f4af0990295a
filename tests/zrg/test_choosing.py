"""Which workspace a page shows (spec 01)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from tests.conftest import person
from zrg.workspaces import choosing
from zrg.workspaces.models import User, Workspace


def choose(user: User, *, wanted: object = "", session: dict[str, Any] | None = None) -> Workspace | None:
    request = RequestFactory().get("/", {"clientId": str(wanted)} if wanted else {})
    request.user, request.session = user, {} if session is None else session
    return choosing.choose(request)


@pytest.fixture
def many(alice: User, monkeypatch: pytest.MonkeyPatch) -> list[Workspace]:
    """More than the switcher lists; in the order of their names."""
    monkeypatch.setattr(choosing, "LISTED", 2)
    return [Workspace.objects.create(name=f"Client {letter}", owner=alice) for letter in "ABCD"]


def test_the_one_asked_for_is_chosen_and_remembered(alice: User, many: list[Workspace]) -> None:
    session: dict[str, Any] = {}
    assert choose(alice, wanted=many[1].pk, session=session) == many[1]
    assert choose(alice, session=session) == many[1]


def test_one_beyond_the_switchers_list_goes_before_the_remembered_one(many: list[Workspace]) -> None:
    chief = person("Chief", is_superuser=True)
    for remembered in many:
        assert choose(chief, wanted=many[3].pk, session={choosing.SESSION_KEY: str(remembered.pk)}) == many[3]


@pytest.mark.parametrize("wanted", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_what_is_not_there_is_as_if_nothing_had_been_asked_for(alice: User, many: list[Workspace], wanted: str) -> None:
    assert choose(alice, wanted=wanted) == many[0]


def test_a_foreign_one_is_not_there(alice: User, many: list[Workspace], elsewhere: Workspace) -> None:
    assert choose(alice, wanted=elsewhere.pk) == many[0]
    assert choose(person("Nobody")) is None
