"""Connecting a workspace to accounts: who may, what is kept, and what is never shown."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database

from integrations import account_fields, connecting, models
from integrations.connecting import NeedsConfirmation, connect
from integrations.credentials import hint
from integrations.models import Connection, EmailBisonHost
from zrg.workspaces.access import NotAllowed
from zrg.workspaces.models import User, Workspace


@pytest.fixture
def host(db: None) -> str:
    return EmailBisonHost.objects.create(host="send.agency.example").host


def bison(workspace: Workspace, host: str = "send.agency.example", **given: object) -> Connection:
    usual = {"external_id": "7", "host": host, "secrets": {"api_key": "7|bison-key-of-harbor"}, "by": None}
    return connect(workspace=workspace, provider="emailbison", **usual | given)  # type: ignore[arg-type]


def ghl(workspace: Workspace, **given: object) -> Connection:
    usual = {"external_id": "loc_1", "secrets": {"api_key": "pit-key"}, "by": None}
    return connect(workspace=workspace, provider="ghl", **usual | given)  # type: ignore[arg-type]


def messages(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(error.value.messages)


def test_values_lose_their_white_space(harbor: Workspace, host: str) -> None:
    bison(harbor, external_id=" 7\n", host=" Send.Agency.Example ", secrets={"api_key": "\t7|key \n"})
    kept = Connection.objects.get()
    assert (kept.external_id, kept.host, kept.credentials.get("api_key")) == ("7", "send.agency.example", "7|key")
    assert kept.status == Connection.Status.UNCHECKED


def test_the_same_number_at_another_instance_is_another_account(
    harbor: Workspace, elsewhere: Workspace, host: str
) -> None:
    bison(harbor)
    with pytest.raises(ValidationError, match="Another workspace is connected to this account already"):
        bison(elsewhere)
    other = EmailBisonHost.objects.create(host="dedi.bison.example").host
    assert bison(elsewhere, host=other).workspace == elsewhere


def test_secrets_are_unreadable_in_the_database(harbor: Workspace, host: str) -> None:
    bison(harbor)
    with database.cursor() as cursor:
        cursor.execute("SELECT credentials FROM integrations_connection")
        (stored,) = cursor.fetchone()
    assert "bison-key" not in stored
    assert "bison-key" not in repr(Connection.objects.get().credentials)
    assert hint("7|bison-key-of-harbor") == "configured ····rbor"


def test_a_secret_left_empty_is_kept_and_another_field_changes(harbor: Workspace, host: str) -> None:
    first = bison(harbor, secrets={"api_key": "one", "webhook_secret": "two"})
    again = bison(harbor, external_id="8", secrets={"api_key": "", "webhook_secret": "three"})
    kept = Connection.objects.get()
    assert first.pk == again.pk == kept.pk
    assert kept.webhook_token == first.webhook_token
    assert kept.credentials.as_dict() == {"api_key": "one", "webhook_secret": "three"}
    assert kept.external_id == "8"


@pytest.mark.parametrize("lacking", ["external_id", "host", "api_key"])
def test_a_needed_field_is_asked_for_by_name(harbor: Workspace, host: str, lacking: str) -> None:
    given = {"external_id": "7", "host": host, "secrets": {"api_key": "k"}} | (
        {"secrets": {}} if lacking == "api_key" else {lacking: " "}
    )
    with pytest.raises(ValidationError) as error:
        connect(workspace=harbor, provider="emailbison", by=None, **given)  # type: ignore[arg-type]
    assert list(error.value.message_dict) == [lacking]
    assert not Connection.objects.exists()


def test_a_field_the_provider_does_not_have_is_refused(harbor: Workspace) -> None:
    with pytest.raises(ValidationError, match="no field password"):
        ghl(harbor, secrets={"api_key": "k", "password": "x"})
    with pytest.raises(ValidationError, match="no field host"):
        ghl(harbor, secrets={"api_key": "k", "host": "x"})


@pytest.mark.parametrize("typed", ["evil.example", "https://send.agency.example", "send.agency.example/x", "127.0.0.1"])
def test_a_host_off_the_list_is_refused(harbor: Workspace, host: str, typed: str) -> None:
    with pytest.raises(ValidationError, match="Pick a host of the list"):
        bison(harbor, typed)


def test_an_unknown_provider_is_refused(harbor: Workspace) -> None:
    for provider in ("", "carrier-pigeon", "clay"):
        with pytest.raises(ValidationError, match="Pick a provider"):
            connect(workspace=harbor, provider=provider, by=None)


def test_an_account_belongs_to_one_workspace(harbor: Workspace, elsewhere: Workspace) -> None:
    ghl(harbor)
    with pytest.raises(ValidationError) as error:
        ghl(elsewhere)
    assert "Another workspace is connected to this account already." in messages(error)


# ── One e-mail platform ────────────────────────────────────────────────────────


def smartlead(workspace: Workspace, **given: object) -> Connection:
    secrets = {"api_key": "k", "webhook_secret": "s"}
    return connect(workspace=workspace, provider="smartlead", secrets=secrets, by=None, **given)  # type: ignore[arg-type]


def test_a_second_email_platform_needs_a_yes_and_replaces_the_first(harbor: Workspace, host: str) -> None:
    bison(harbor)
    ghl(harbor)
    with pytest.raises(NeedsConfirmation) as asked:
        smartlead(harbor)
    assert "EmailBison" in str(asked.value)
    assert "SmartLead" in str(asked.value)
    assert connecting.email_platform(harbor).provider == "emailbison"  # type: ignore[union-attr]
    smartlead(harbor, confirmed=True)
    assert set(Connection.objects.values_list("provider", flat=True)) == {"smartlead", "ghl"}


def test_a_switch_that_fails_leaves_everything_as_it_was(harbor: Workspace, host: str) -> None:
    bison(harbor)
    with pytest.raises(ValidationError):
        connect(workspace=harbor, provider="instantly", secrets={}, by=None, confirmed=True)
    assert connecting.email_platform(harbor).provider == "emailbison"  # type: ignore[union-attr]


def test_who_writes_past_the_verbs_is_stopped_by_the_database_in_clear_words(harbor: Workspace, host: str) -> None:
    bison(harbor)
    past = Connection(workspace=harbor, provider="instantly")
    with pytest.raises(ValidationError) as error:
        connecting._save(past)
    assert "at most one e-mail platform" in messages(error)


def test_two_at_once_end_with_one_platform(harbor: Workspace, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one commits after we looked: the constraint catches it, the person reads why."""
    smartlead(harbor)
    monkeypatch.setattr(connecting, "_make_room", lambda *_, **__: None)
    monkeypatch.setattr(Connection, "full_clean", lambda *_, **__: None)
    with pytest.raises(ValidationError) as error:
        bison(harbor)
    assert "at most one e-mail platform" in messages(error)
    assert Connection.objects.get().provider == "smartlead"


# ── Who may ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["ingo", "sam", "pia", "mallory"])
def test_only_admins_connect_and_disconnect(harbor: Workspace, name: str, request: pytest.FixtureRequest) -> None:
    person: User = request.getfixturevalue(name)
    connection = ghl(harbor)
    for attempt in (
        lambda: ghl(harbor, by=person),
        lambda: connecting.disconnect(connection, by=person),
        lambda: connecting.renew_webhook_token(connection, by=person),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert Connection.objects.get().webhook_token == connection.webhook_token


def test_the_owner_connects_and_the_history_says_who(harbor: Workspace, alice: User) -> None:
    connection = ghl(harbor, by=alice)
    event = models.Connection.pgh_event_model.objects.select_related("pgh_context").get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata == {"action": "connect", "user": str(alice.pk)}
    connecting.disconnect(connection, by=alice)
    assert not Connection.objects.exists()


def test_a_new_webhook_address_makes_the_old_one_nobodys(harbor: Workspace, alice: User) -> None:
    connection = ghl(harbor)
    old = connection.webhook_token
    connecting.renew_webhook_token(connection, by=alice)
    assert Connection.objects.get().webhook_token not in ("", old)
    assert not Connection.objects.filter(webhook_token=old).exists()


def test_every_field_of_the_table_fits_a_connection() -> None:
    for fields in account_fields.FIELDS.values():
        for field in fields:
            assert field.is_secret is (field.name not in account_fields.COLUMNS)
            assert field.label
            assert field.help
