"""A workspace's own people connect, test, mend and end its accounts, against the sandbox over real HTTP (spec 01)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations import connecting, health, turned_away
from integrations.addresses import webhook_url
from integrations.errors import NeedsAttention
from integrations.models import Connection
from integrations.turned_away import Reason
from tests.conftest import person
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Membership, Role, User, Workspace

Status = Connection.Status
HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def account(sandbox: SandboxServer, number: int) -> dict[str, Any]:
    """A location at HighLevel: its `id` and the `token` of its key."""
    return sandbox.account("ghl", f"loc_{number}", name="Acme", phone="+15550100001")


@pytest.fixture
def connection(harbor: Workspace, account: dict[str, Any]) -> Connection:
    secrets = {"api_key": account["token"], "webhook_secret": "the-webhook-secret-9876"}
    return connecting.connect(workspace=harbor, provider="ghl", external_id=account["id"], secrets=secrets, by=None)


def at(workspace: Workspace, path: str = "") -> str:
    return f"/settings/{workspace.pk}/integrations{path}"


def tab(desk: Client, workspace: Workspace) -> str:
    address = {"view": "settings", "clientId": str(workspace.pk), "settingsTab": "integrations"}
    return desk.get("/", address).text


def kept() -> Connection:
    return Connection.objects.get()


# ── Connecting ─────────────────────────────────────────────────────────────────
def test_an_owner_connects_an_account_which_is_tested_at_once(
    desk: Client, harbor: Workspace, account: dict[str, Any]
) -> None:
    assert "not connected" in tab(desk, harbor)
    given = {"external_id": f" {account['id']} ", "api_key": account["token"]}
    page = desk.post(at(harbor, "/ghl"), given, follow=True).text
    assert (kept().workspace, kept().external_id, kept().status) == (harbor, account["id"], Status.OK)
    assert "Saved. Connected to the GoHighLevel location" in page
    assert webhook_url(kept()) in page
    assert account["token"] not in page


def test_a_wrong_key_is_saved_and_said(desk: Client, harbor: Workspace, account: dict[str, Any]) -> None:
    page = desk.post(at(harbor, "/ghl"), {"external_id": account["id"], "api_key": "pit-wrong"}, follow=True).text
    assert kept().status == Status.FAILING
    assert "does not accept the credentials" in page


def test_what_is_missing_is_said_beside_its_field(desk: Client, harbor: Workspace, sandbox: SandboxServer) -> None:
    answer = desk.post(at(harbor, "/ghl"), {"external_id": "loc_1", "api_key": ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"api_key"}
    assert not Connection.objects.exists()


def test_an_account_of_another_workspace_is_not_taken(
    desk: Client, harbor: Workspace, elsewhere: Workspace, account: dict[str, Any]
) -> None:
    Connection.objects.create(workspace=elsewhere, provider="ghl", external_id=account["id"])
    answer = desk.post(at(harbor, "/ghl"), {"external_id": account["id"], "api_key": account["token"]})
    assert answer.status_code == 422
    assert "Another workspace is connected to this account already." in answer.text
    assert not Connection.objects.filter(workspace=harbor).exists()


def test_a_second_e_mail_platform_needs_a_yes(desk: Client, harbor: Workspace, sandbox: SandboxServer) -> None:
    old = Connection.objects.create(workspace=harbor, provider="emailbison", external_id="7")
    given = {"api_key": "sl-key-0123456789", "webhook_secret": "sl-secret-0123456789"}
    answer = desk.post(at(harbor, "/smartlead"), given)
    assert answer.status_code == 422
    assert "switch" in answer.context["form"].errors
    assert kept() == old
    desk.post(at(harbor, "/smartlead"), given | {"switch": "on"})
    assert kept().provider == "smartlead"


def test_only_hosts_of_the_list_can_be_chosen(desk: Client, harbor: Workspace, sandbox: SandboxServer) -> None:
    given = {"host": "evil.example.com", "external_id": "7", "api_key": "1|key-0123456789"}
    answer = desk.post(at(harbor, "/emailbison"), given)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"host"}


# ── Mending ────────────────────────────────────────────────────────────────────
def test_secrets_are_kept_where_nothing_is_typed_and_never_shown(
    desk: Client, harbor: Workspace, connection: Connection, account: dict[str, Any]
) -> None:
    page = desk.get(at(harbor, "/ghl")).text
    assert "configured ····9876" in page
    assert account["token"] not in page
    assert "the-webhook-secret-9876" not in page
    desk.post(at(harbor, "/ghl"), {"external_id": account["id"], "api_key": "", "webhook_secret": "a-new-one-012345"})
    assert kept().credentials.as_dict() == {"api_key": account["token"], "webhook_secret": "a-new-one-012345"}


def test_an_optional_secret_can_be_taken_back(
    desk: Client, harbor: Workspace, connection: Connection, account: dict[str, Any]
) -> None:
    assert "Remove the webhook secret" in desk.get(at(harbor, "/ghl")).text
    desk.post(at(harbor, "/ghl"), {"external_id": account["id"], "forget_webhook_secret": "on"})
    assert kept().credentials.as_dict() == {"api_key": account["token"]}
    assert "Remove the webhook secret" not in desk.get(at(harbor, "/ghl")).text


def test_a_needed_secret_cannot_be_taken_back(desk: Client, harbor: Workspace, sandbox: SandboxServer) -> None:
    secrets = {"api_key": "sl-key-0123456789", "webhook_secret": "sl-secret-0123456789"}
    connecting.connect(workspace=harbor, provider="smartlead", secrets=secrets, by=None)
    assert "Remove the webhook secret" not in desk.get(at(harbor, "/smartlead")).text
    desk.post(at(harbor, "/smartlead"), {"forget_webhook_secret": "on"})
    assert kept().credentials.as_dict() == secrets


def test_a_revoked_key_is_replaced_by_the_workspaces_own_people(
    desk: Client, harbor: Workspace, connection: Connection, account: dict[str, Any]
) -> None:
    connecting.connect(workspace=harbor, provider="ghl", secrets={"api_key": "pit-revoked"}, by=None)
    health.test(kept())
    inbox = desk.get("/", {"view": "inbox", "clientId": str(harbor.pk)}).text
    assert f'href="{at(harbor, "/ghl")}"' in inbox  # the banner leads to where it is mended
    assert "does not accept the credentials" in tab(desk, harbor)
    desk.post(at(harbor, "/ghl"), {"external_id": account["id"], "api_key": account["token"]})
    assert kept().status == Status.OK
    assert "does not accept the credentials" not in tab(desk, harbor)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_test_button_says_what_it_found(
    desk: Client, harbor: Workspace, connection: Connection, headers: dict[str, str]
) -> None:
    assert (
        "Connected to the GoHighLevel location" in desk.post(at(harbor, "/ghl/test"), headers=headers, follow=True).text
    )
    assert kept().status == Status.OK
    connecting.connect(workspace=harbor, provider="ghl", secrets={"api_key": "pit-revoked"}, by=None)
    assert "does not accept the credentials" in desk.post(at(harbor, "/ghl/test"), headers=headers, follow=True).text


def test_a_new_address_ends_the_old_one(desk: Client, harbor: Workspace, connection: Connection) -> None:
    old = webhook_url(connection)
    page = desk.post(at(harbor, "/ghl/renew"), follow=True).text
    assert webhook_url(kept()) in page
    assert old not in page


def test_disconnecting_removes_it(desk: Client, harbor: Workspace, connection: Connection) -> None:
    assert "GoHighLevel is disconnected." in desk.post(at(harbor, "/ghl/disconnect"), follow=True).text
    assert not Connection.objects.exists()
    assert desk.post(at(harbor, "/ghl/disconnect")).status_code == 404


def test_webhooks_that_are_turned_away_are_told_with_what_to_do(
    desk: Client, harbor: Workspace, connection: Connection
) -> None:
    turned_away.note(harbor.pk, "smartlead", Reason.PROVIDER_MISMATCH, now=timezone.now())
    turned_away.note(harbor.pk, "ghl", Reason.SECRET_WRONG, now=timezone.now() - timedelta(hours=2))
    turned_away.note(harbor.pk, "ghl", Reason.SECRET_WRONG, now=timezone.now())
    turned_away.hand_over()
    shown = tab(desk, harbor)
    assert "This workspace sends e-mail through another platform." in shown
    assert "Connect SmartLead instead, or remove the webhook at SmartLead." in shown
    page = desk.get(at(harbor, "/ghl")).text
    for told in (shown, page):
        assert "2 webhooks were refused since" in told
        assert "The webhook secret that came along is not the one entered here." in told
        assert "Enter the same secret here and at GoHighLevel, or remove it here." in told
    assert "SmartLead" not in page


def test_a_webhook_left_at_a_platform_of_before_is_told_for_a_week(desk: Client, harbor: Workspace) -> None:
    turned_away.note(harbor.pk, "smartlead", Reason.PROVIDER_MISMATCH, now=timezone.now() - timedelta(days=8))
    turned_away.note(harbor.pk, "instantly", Reason.SECRET_MISSING, now=timezone.now() - timedelta(days=8))
    turned_away.hand_over()
    shown = tab(desk, harbor)
    assert "SmartLead instead" not in shown
    assert "No webhook secret came along." in shown


# ── Who ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [Role.INBOX_MANAGER, Role.SETTER])
def test_others_look_and_change_nothing(
    client: Client, harbor: Workspace, connection: Connection, role: str, alice: User
) -> None:
    colleague = person("Carl Colleague")
    Membership.objects.create(workspace=harbor, user=colleague, role=role)
    client.force_login(colleague)
    health.note_failure(connection, NeedsAttention("Wrong key."))
    shown = tab(client, harbor)
    assert "Wrong key." in shown
    assert at(harbor, "/ghl") not in shown
    assert client.get(at(harbor, "/ghl")).status_code == 403
    for order in ("", "/test", "/renew", "/disconnect"):
        assert client.post(at(harbor, f"/ghl{order}")).status_code == 403
    assert kept().webhook_token == connection.webhook_token
    assert f'href="{at(harbor, "/ghl")}"' not in client.get("/", {"view": "inbox"}).text


def test_people_of_the_client_see_a_card_instead(client: Client, harbor: Workspace, connection: Connection) -> None:
    guest = person("Gus Guest")
    Membership.objects.create(workspace=harbor, user=guest, role=Role.PORTAL)
    client.force_login(guest)
    shown = tab(client, harbor)
    assert "Your agency looks after this." in shown
    assert connection.external_id not in shown


def test_a_provider_nobody_knows_is_not_there(desk: Client, harbor: Workspace) -> None:
    assert desk.get(at(harbor, "/calendly")).status_code == 404
