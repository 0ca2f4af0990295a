"""A Slack token is tried before it is saved (spec 01), on the settings page and in the admin alike."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.urls import reverse

from integrations import connecting
from integrations.models import Connection
from integrations.providers.base import Health
from integrations.providers.slack.adapter import Slack as Adapter
from integrations.providers.slack.web_api import WebApi
from tests.conftest import person
from tests.slack.conftest import Slack
from zrg.workspaces.models import User, Workspace

BAD = "xoxb-nobody-knows-this-one-4711"
ADMIN = "admin:integrations_connection"


class Door:
    """One of the two places where a token is entered."""

    def __init__(self, kind: str, client: Client, workspace: Workspace) -> None:
        self.kind, self.client, self.workspace = kind, client, workspace

    @property
    def address(self) -> str:
        if self.kind == "page":
            return f"/settings/{self.workspace.pk}/integrations/slack"
        known = Connection.objects.filter(workspace=self.workspace, provider="slack").first()
        return reverse(f"{ADMIN}_change", args=[known.pk]) if known else reverse(f"{ADMIN}_add")

    def enter(self, token: str) -> Any:
        given = {} if self.kind == "page" else {"workspace": self.workspace.pk, "provider": "slack"}
        return self.client.post(self.address, {**given, "api_key": token}, follow=True)

    def said_at_the_field(self, answer: Any) -> str:
        context = answer.context
        form = context["form"] if self.kind == "page" else context["adminform"].form
        assert list(form.errors) == ["api_key"]
        return str(form.errors["api_key"][0])


@pytest.fixture(params=["page", "admin"])
def door(request: pytest.FixtureRequest, client: Client, harbor: Workspace, alice: User) -> Door:
    operator = person("Olga Operator", is_staff=True, is_superuser=True) if request.param == "admin" else alice
    client.force_login(operator)
    return Door(request.param, client, harbor)


@pytest.fixture
def known(slack: Slack, harbor: Workspace, settings: Any) -> Connection:
    """Slack is connected, and works."""
    return connecting.connect(
        workspace=harbor, provider="slack", secrets={"api_key": settings.SLACK_BOT_TOKEN}, by=None
    )


def kept() -> Connection:
    return Connection.objects.get()


def test_a_token_that_slack_accepts_is_saved_and_works(slack: Slack, door: Door, settings: Any) -> None:
    answer = door.enter(f" {settings.SLACK_BOT_TOKEN}\n")
    assert (kept().status, kept().credentials.as_dict()) == ("ok", {"api_key": settings.SLACK_BOT_TOKEN})
    assert kept().config == {"account": "Agency", "team_id": slack.team, "bot_user_id": "U0BOT"}
    assert kept().last_success_at is not None
    assert "Connected to the Slack workspace “Agency” as zrg." in answer.text
    assert settings.SLACK_BOT_TOKEN not in answer.text
    assert len(slack.calls("account")) == 1, "asked once: what it said before saving is what is told afterwards"


def test_a_token_that_slack_refuses_is_not_saved_and_the_field_says_why(slack: Slack, door: Door) -> None:
    answer = door.enter(BAD)
    assert "does not accept the bot token (invalid_auth)" in door.said_at_the_field(answer)
    assert not Connection.objects.exists()
    assert BAD not in answer.text


def test_a_refused_token_leaves_the_old_one_at_work(known: Connection, door: Door, settings: Any) -> None:
    answer = door.enter(BAD)
    assert "Nothing was saved." in door.said_at_the_field(answer)
    assert (kept().status, kept().credentials.as_dict()) == ("ok", {"api_key": settings.SLACK_BOT_TOKEN})


@pytest.mark.parametrize("fault", ["error_500", "rate_limited", "hang_up", "malformed"])
def test_while_slack_cannot_be_asked_nothing_is_saved(slack: Slack, door: Door, settings: Any, fault: str) -> None:
    with slack.fault(fault, "account"):
        answer = door.enter(settings.SLACK_BOT_TOKEN)
    assert "Nothing was saved: enter it again in a minute." in door.said_at_the_field(answer)
    assert not Connection.objects.exists()
    assert settings.SLACK_BOT_TOKEN not in answer.text


def test_no_token_entered_keeps_the_one_there_is(known: Connection, door: Door, settings: Any) -> None:
    """It is tested after saving, as every account is: Slack being away keeps nobody from that."""
    with transaction.atomic():
        connecting.connect(workspace=known.workspace, provider="slack", by=None)
    door.enter("")
    assert (kept().status, kept().credentials.as_dict()) == ("ok", {"api_key": settings.SLACK_BOT_TOKEN})


@pytest.mark.parametrize("token", ["xoxb-12…89", "xoxb-1\n2", "xoxb-ключ"])
def test_what_cannot_be_a_key_is_refused_without_a_call(slack: Slack, door: Door, token: str) -> None:
    assert "No key has such characters" in door.said_at_the_field(door.enter(token))
    assert not slack.calls("account")
    assert not Connection.objects.exists()


def test_a_persons_token_is_refused(slack: Slack, door: Door, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"ok": True, "team": "Agency", "team_id": "T1", "user": "ann", "user_id": "U7"}
    monkeypatch.setattr(WebApi, "call", lambda self, method: told)
    assert "This Slack token is a person's." in door.said_at_the_field(door.enter(settings.SLACK_BOT_TOKEN))
    assert not Connection.objects.exists()


def test_no_transaction_is_open_while_slack_thinks(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ones: list[bool] = []

    def thinks(self: Adapter) -> Health:
        open_ones.extend(not block._from_testcase for block in database.atomic_blocks)
        return Health("ok", "Fine.")

    monkeypatch.setattr(Adapter, "health", thinks)
    door.enter("xoxb-good")
    assert open_ones
    assert not any(open_ones)
    assert kept().status == "ok"


def test_whoever_calls_in_a_transaction_is_told_before_slack_is(slack: Slack, harbor: Workspace) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        connecting.connect(workspace=harbor, provider="slack", secrets={"api_key": "xoxb-good"}, by=None)
    assert not slack.calls("account")


def test_the_list_names_the_slack_workspace(known: Connection, client: Client, alice: User) -> None:
    client.force_login(alice)
    address = {"view": "settings", "clientId": str(known.workspace_id), "settingsTab": "integrations"}
    assert "account Agency" in client.get("/", address).text
