"""Connections: secrets go in and never come out; the rules of connecting hold here too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations import health, turned_away
from integrations.addresses import webhook_url
from integrations.models import Account, Connection, EmailBisonHost, IgnoredDeliveries
from integrations.providers.base import Health
from integrations.remedies import WHY
from integrations.turned_away import Reason
from tests.admin import rows
from tests.admin.doing import confirm, list_of, page_of, told
from tests.admin.rows import SECRET
from zrg.workspaces.models import User, Workspace

ADD = "admin:integrations_connection_add"


@pytest.fixture(autouse=True)
def _no_provider_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saving tests the account: here nobody answers."""
    monkeypatch.setattr(health, "test", lambda connection: Health(connection.status, "Nobody was asked."))


@pytest.fixture
def bison(harbor: Workspace) -> Connection:
    EmailBisonHost.objects.create(host="send.agency.example")
    return rows.connection(harbor, external_id="7", host="send.agency.example")


def add(client: Client, workspace: Workspace, provider: str, **given: str) -> Any:
    return client.post(reverse(ADD), {"workspace": workspace.pk, "provider": provider, **given})


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_a_connection_is_added_through_the_rules_of_connecting(desk: Client, harbor: Workspace) -> None:
    answer = add(desk, harbor, "ghl", external_id=" loc_1 ", api_key=" pit-secret-value-1 ")
    assert answer.status_code == 302
    assert "Nobody was asked." in told(desk.get(reverse(ADD)))  # what the test after saving found
    made = Connection.objects.get()
    assert (made.provider, made.external_id) == ("ghl", "loc_1")
    assert made.credentials.get("api_key") == "pit-secret-value-1"


def test_each_providers_inputs_have_its_own_names(desk: Client, harbor: Workspace) -> None:
    """The script puts them there when a provider is chosen (zrg/admin.js)."""
    page = desk.get(reverse(ADD))
    told_to_the_script = json.loads(page.context["adminform"].form.fields["provider"].widget.attrs["data-fields"])
    assert told_to_the_script["slack"] == {
        "api_key": {"label": "Bot token", "help": "OAuth & Permissions of the Slack app; begins with xoxb-."}
    }
    assert list(told_to_the_script["smartlead"]) == ["api_key", "webhook_secret", "switch"]


def test_what_is_missing_is_said_beside_its_field(desk: Client, harbor: Workspace) -> None:
    found = errors(add(desk, harbor, "ghl"))
    assert set(found) == {"external_id", "api_key"}
    assert not Connection.objects.exists()


def test_a_second_email_platform_needs_a_yes(desk: Client, harbor: Workspace, bison: Connection) -> None:
    given = {"api_key": "another-secret-1", "webhook_secret": "another-secret-2"}
    found = errors(add(desk, harbor, "smartlead", **given))
    assert "removes that connection" in found["switch"][0]
    add(desk, harbor, "smartlead", **given, switch="on")
    assert [row.provider for row in Connection.objects.all()] == ["smartlead"]


def test_an_account_of_another_workspace_is_refused(desk: Client, elsewhere: Workspace, bison: Connection) -> None:
    given = {"host": bison.host, "external_id": "7", "api_key": "a-secret-of-theirs"}
    found = errors(add(desk, elsewhere, "emailbison", **given))
    assert "Another workspace is connected to this account already." in str(found)


def test_only_hosts_of_the_list_can_be_chosen(desk: Client, bison: Connection) -> None:
    answer = desk.post(page_of(bison), {"host": "evil.example.com", "external_id": "7"})
    assert "host" in errors(answer)


def test_an_instance_that_gets_another_name_keeps_its_accounts(desk: Client, bison: Connection) -> None:
    desk.post(page_of(bison), {"host": bison.host, "external_id": "8"})
    desk.post(page_of(EmailBisonHost.objects.get()), {"host": "mail.agency.example", "note": ""})
    kept = Connection.objects.get()
    assert (kept.host, kept.namespace) == ("mail.agency.example", "")
    assert set(Account.objects.values_list("host", flat=True)) == {"mail.agency.example"}


def test_an_instance_cannot_take_the_name_of_another_ones_accounts(desk: Client, bison: Connection) -> None:
    other = EmailBisonHost.objects.create(host="dedi.bison.example")
    EmailBisonHost.objects.filter(host=bison.host).delete()
    answer = desk.post(page_of(other), {"host": bison.host, "note": ""})
    assert "it is another instance" in str(errors(answer)["host"])


def test_the_page_names_the_other_accounts_and_how_their_numbers_begin(desk: Client, bison: Connection) -> None:
    rows.delivery(bison.workspace)
    desk.post(page_of(bison), {"host": bison.host, "external_id": "8"})
    page = desk.get(page_of(bison)).text
    assert "7 at send.agency.example" in page
    assert "<code>2:</code>" in page


def test_secrets_are_hinted_at_and_never_shown(desk: Client, bison: Connection) -> None:
    page = desk.get(page_of(bison)).text
    assert "configured ····-key" in page
    assert SECRET not in page


def test_a_refused_form_does_not_give_the_secret_back(desk: Client, harbor: Workspace) -> None:
    answer = add(desk, harbor, "ghl", api_key=SECRET)
    assert "external_id" in errors(answer)
    assert SECRET not in answer.text


def test_an_empty_secret_keeps_the_old_one(desk: Client, bison: Connection) -> None:
    desk.post(
        page_of(bison), {"host": bison.host, "external_id": "8", "api_key": "", "webhook_secret": "new-hook-secret"}
    )
    bison = Connection.objects.get()
    assert bison.external_id == "8"
    assert bison.credentials.get("api_key") == f"{SECRET}-key"
    assert bison.credentials.get("webhook_secret") == "new-hook-secret"


def test_an_optional_secret_can_be_taken_back(desk: Client, bison: Connection) -> None:
    given = {"host": bison.host, "external_id": "7"}
    desk.post(page_of(bison), given | {"webhook_secret": "new-hook-secret"})
    assert "forget_webhook_secret" in desk.get(page_of(bison)).text
    desk.post(page_of(bison), given | {"forget_webhook_secret": "on"})
    assert Connection.objects.get().credentials.as_dict() == {"api_key": f"{SECRET}-key"}
    assert "forget_webhook_secret" not in desk.get(page_of(bison)).text


def test_the_webhook_address_is_for_those_who_may_change_it(
    client: Client, desk: Client, susi: User, bison: Connection
) -> None:
    assert webhook_url(bison) == f"http://localhost:8000/api/webhooks/email/{bison.webhook_token}"
    assert bison.webhook_token in desk.get(page_of(bison)).text
    assert bison.webhook_token in desk.get(page_of(bison.workspace)).text
    client.force_login(susi)
    assert bison.webhook_token not in client.get(page_of(bison)).text
    assert bison.webhook_token not in client.get(page_of(bison.workspace)).text


@pytest.mark.parametrize(
    ("found", "says"), [(Health("ok", "Account 7."), "it works"), (Health("failing", "Key refused."), "Key refused.")]
)
def test_the_test_button_makes_a_call_and_tells(
    found: Health, says: str, desk: Client, bison: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Connection] = []
    monkeypatch.setattr(health, "test", lambda connection: called.append(connection) or found)
    address = reverse("admin:integrations_connection_test", args=[bison.pk])
    assert address in desk.get(page_of(bison)).text
    assert says in told(desk.post(address, follow=True))
    assert called == [bison]


def test_testing_takes_a_post_by_somebody_who_may(client: Client, desk: Client, susi: User, bison: Connection) -> None:
    address = reverse("admin:integrations_connection_test", args=[bison.pk])
    assert desk.get(address).status_code == 404
    client.force_login(susi)
    assert client.post(address).status_code == 404


def test_a_new_webhook_address_kills_the_old_one(desk: Client, bison: Connection) -> None:
    old = bison.webhook_token
    confirm(desk, "renew_address", bison)
    bison.refresh_from_db()
    assert bison.webhook_token != old


def test_disconnecting_asks_first_and_then_removes(desk: Client, bison: Connection) -> None:
    address = page_of(bison).replace("/change/", "/disconnect-this/")
    assert "Disconnect: 1" in desk.get(address).text
    assert Connection.objects.exists()
    answer = desk.post(address, {"confirmed": "1"}, follow=True)
    assert told(answer) == "1 connection removed."
    assert not Connection.objects.exists()


def test_deliveries_turned_away_are_shown_wherever_one_looks_for_them(
    desk: Client, harbor: Workspace, elsewhere: Workspace, bison: Connection
) -> None:
    for workspace, provider, reason in (
        (harbor, "emailbison", Reason.SECRET_MISSING),
        (elsewhere, "emailbison", Reason.SECRET_WRONG),
        (None, "emailbison", Reason.SECRET_NOT_SET),
        (None, "unipile", Reason.BAD_SIGNATURE),
    ):
        turned_away.note(workspace and workspace.pk, provider, reason, now=timezone.now())
    turned_away.hand_over()
    page = desk.get(page_of(bison)).text
    assert WHY[Reason.SECRET_MISSING] in page
    assert WHY[Reason.SECRET_NOT_SET] in page
    assert WHY[Reason.SECRET_WRONG] not in page
    assert WHY[Reason.SECRET_MISSING] in desk.get(page_of(harbor)).text
    assert WHY[Reason.BAD_SIGNATURE] in desk.get(list_of(IgnoredDeliveries)).text
    front = desk.get(reverse("admin:index")).text
    assert f"Webhooks of EmailBison for Harbor are refused. {WHY[Reason.SECRET_MISSING]}" in front
    assert "Webhooks of LinkedIn (Unipile) are refused. The signature is missing" in front
    unsigned = IgnoredDeliveries.objects.get(provider="unipile")
    assert "Compare UNIPILE_WEBHOOK_SECRET with LinkedIn (Unipile)." in desk.get(page_of(unsigned)).text


def test_the_page_opens_while_no_key_fits(desk: Client, bison: Connection, settings: Any) -> None:
    settings.CREDENTIALS_KEYS = ["b3RoZXItdGVzdC1rZXktb2YtMzItYnl0ZXMtbG9uZyE="]
    answer = desk.get(page_of(bison))
    assert answer.status_code == 200
    assert "cannot be read" in answer.text
    assert desk.get(page_of(bison.workspace)).status_code == 200


def test_the_ops_group_may_change_connections_of_any_workspace(client: Client, otto: User, bison: Connection) -> None:
    client.force_login(otto)
    assert client.post(page_of(bison), {"host": bison.host, "external_id": "9"}).status_code == 302
    bison.refresh_from_db()
    assert bison.external_id == "9"
