"""The set-up checklist: what is missing for each feature, on the settings page and in the admin (spec 01)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations import turned_away
from integrations.models import Connection
from integrations.turned_away import Reason
from tests.conftest import person
from zrg import checklist
from zrg.ai import spending
from zrg.workspaces.models import Membership, Role, User, Workspace


@pytest.fixture(autouse=True)
def _installation(settings: Any) -> None:
    settings.OPENAI_API_KEY, settings.SLACK_BOT_TOKEN = "sk-test", "xoxb-test"


def told(workspace: Workspace) -> dict[str, tuple[str, str]]:
    """State and what is to be done, by title."""
    return {line.title: (line.state.value, line.to_do) for line in checklist.lines(workspace)}


def ghl(workspace: Workspace, **more: Any) -> Connection:
    given = {"external_id": "loc_1", "credentials": {"api_key": "k"}, "status": "ok"}
    return Connection.objects.create(workspace=workspace, provider="ghl", **given | more)


def test_a_new_workspace_lacks_what_makes_it_work(harbor: Workspace) -> None:
    found = told(harbor)
    assert {title: state for title, (state, _) in found.items()} == {
        "E-mail": "to do",
        "Text messages": "unused",
        "LinkedIn messages": "unused",
        "Reading replies and drafting": "done",
        "Approval in Slack": "done",
        "People": "to do",
    }
    assert found["LinkedIn messages"][1] == "Not connected: LinkedIn messages are neither received nor sent."


@pytest.mark.parametrize(
    ("facts", "to_do"),
    [
        ({}, ""),
        ({"external_id": ""}, "Missing: Location id."),
        ({"status": "failing", "last_error": "Key refused."}, "Key refused."),
        ({"status": "unchecked"}, "Not tested yet: test it."),
    ],
)
def test_a_connection_is_done_when_it_works(harbor: Workspace, facts: dict[str, str], to_do: str) -> None:
    ghl(harbor, **facts)
    found = told(harbor)
    assert found["GoHighLevel" if to_do else "GoHighLevel works"] == ("to do" if to_do else "done", to_do)
    assert "Text messages" not in found


def test_secrets_that_no_key_opens_are_the_operators_to_mend(harbor: Workspace, settings: Any) -> None:
    ghl(harbor)
    settings.CREDENTIALS_KEYS = ["b3RoZXItdGVzdC1rZXktb2YtMzItYnl0ZXMtbG9uZyE="]
    assert "CREDENTIALS_KEYS" in told(harbor)["GoHighLevel"][1]


def test_what_the_installation_lacks_is_said_with_what_it_means(harbor: Workspace, settings: Any) -> None:
    settings.OPENAI_API_KEY = settings.SLACK_BOT_TOKEN = ""
    found = told(harbor)
    assert found["Reading replies and drafting"][0] == "to do"
    assert "nothing is drafted" in found["Reading replies and drafting"][1]
    assert found["Approval in Slack"][0] == "unused"


def test_a_spent_budget_and_refused_webhooks_are_told(harbor: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "is_reached", lambda workspace: True)
    turned_away.note(harbor.pk, "ghl", Reason.SECRET_WRONG, now=timezone.now())
    turned_away.hand_over()
    found = told(harbor)
    assert "budget is used up" in found["Reading replies and drafting"][1]
    assert "A webhook was refused" in found["Webhooks of GoHighLevel"][1]


def page(client: Client, user: User, workspace: Workspace) -> str:
    client.force_login(user)
    return client.get("/", {"view": "settings", "clientId": str(workspace.pk)}).text


def test_its_people_read_it_and_admins_find_the_way(client: Client, harbor: Workspace, alice: User, sam: User) -> None:
    link = f'href="/settings/{harbor.pk}/integrations/ghl"'
    shown = page(client, alice, harbor)
    assert "No e-mail platform is connected" in shown
    assert link in shown
    shown = page(client, sam, harbor)
    assert "No e-mail platform is connected" in shown
    assert link not in shown


def test_people_of_the_client_see_a_card_instead(client: Client, harbor: Workspace) -> None:
    guest = person("Gus Guest")
    Membership.objects.create(workspace=harbor, user=guest, role=Role.PORTAL)
    shown = page(client, guest, harbor)
    assert "No e-mail platform" not in shown
    assert "Your agency looks after this." in shown
