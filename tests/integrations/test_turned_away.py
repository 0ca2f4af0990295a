"""Deliveries that are turned away are counted without a statement of the request, and forgotten when one is let in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import connecting, routing, turned_away
from integrations.models import Connection, IgnoredDeliveries
from integrations.turned_away import Reason
from tests.integrations.deliveries import (
    ENDPOINTS,
    UNIPILE_SECRET,
    address_of,
    connect,
    deliver,
    headers_of,
    post,
    sample,
)
from zrg.workspaces.models import Workspace

NOW = timezone.now()


def refuse(client: Client, connection: Connection, secret: str = "wrong") -> None:
    url = address_of(connection.provider, connection.workspace)
    headers = {"X-Webhook-Secret": secret} if secret else {}
    body = {name: value for name, value in sample(connection.provider).items() if name != "secret_key"}
    assert post(client, url, body, headers).status_code == 401


def counted() -> dict[tuple[str, str, str], int]:
    """Workspace, provider and reason of what is in the table."""
    assert turned_away.hand_over()
    rows = IgnoredDeliveries.objects.select_related("workspace")
    return {(row.workspace.name if row.workspace else "", row.provider, row.reason): row.count for row in rows}


def later() -> None:
    """Some seconds later: it is counted, and connections are looked up again."""
    assert turned_away.hand_over()
    routing.forget()


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


# ── Counting ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", ["smartlead", "instantly", "ghl", "emailbison"])
@pytest.mark.parametrize(("given", "reason"), [("wrong", Reason.SECRET_WRONG), ("", Reason.SECRET_MISSING)])
def test_a_refused_delivery_is_counted_for_its_connection(
    client: Client, harbor: Workspace, elsewhere: Workspace, provider: str, given: str, reason: Reason
) -> None:
    connect(elsewhere, provider, secret="theirs", external_id="another")
    connection = connect(harbor, provider, secret="ours")
    for _ in range(3):
        refuse(client, connection, given)
    assert counted() == {("Harbor", provider, reason): 3}
    refuse(client, connection, given)
    assert counted() == {("Harbor", provider, reason): 4}


def test_a_connection_without_the_secret_it_needs_is_told_from_a_wrong_one(client: Client, harbor: Workspace) -> None:
    refuse(client, connect(harbor, "smartlead", secret=""))
    assert counted() == {("Harbor", "smartlead", Reason.SECRET_NOT_SET): 1}


def test_counting_costs_the_request_no_statement_and_the_burst_one(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, "smartlead")
    with CaptureQueriesContext(database) as queries:
        for _ in range(5):
            refuse(client, connection)
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}, "only the look-up, which is never trusted"
    with CaptureQueriesContext(database) as queries:
        turned_away.hand_over()
    assert [query["sql"].split()[0] for query in queries if "SAVEPOINT" not in query["sql"]] == ["INSERT"]


def test_nobody_pays_for_somebody_elses_wrong_secret(client: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    """What is remembered of other connections stays remembered."""
    ours, theirs = connect(harbor, "smartlead"), connect(elsewhere, "instantly")
    assert deliver(client, ours).status_code == 200
    refuse(client, theirs)
    refuse(client, theirs)
    with CaptureQueriesContext(database) as queries:
        assert deliver(client, ours).status_code == 200
    assert not [query["sql"] for query in queries if query["sql"].startswith("SELECT")]


def test_since_when_and_until_when_is_kept_over_all_processes(harbor: Workspace) -> None:
    for seconds in (5, 2, 9):
        turned_away.note(harbor.pk, "smartlead", Reason.SECRET_WRONG, now=at(seconds))
    turned_away.hand_over()
    turned_away.note(harbor.pk, "smartlead", Reason.SECRET_WRONG, now=at(4))  # of a slower process
    turned_away.hand_over()
    row = IgnoredDeliveries.objects.get()
    assert (row.count, row.first_at, row.last_at) == (4, at(2), at(9))


def test_a_counter_that_is_full_stays_full(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, "smartlead")
    refuse(client, connection)
    turned_away.hand_over()
    IgnoredDeliveries.objects.update(count=2_147_483_647)
    refuse(client, connection)
    assert counted() == {("Harbor", "smartlead", Reason.SECRET_WRONG): 2_147_483_647}


def test_while_the_database_is_away_the_count_waits(harbor: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("gone")

    turned_away.note(harbor.pk, "smartlead", Reason.SECRET_WRONG, now=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(turned_away.transaction, "atomic", away)
        assert not turned_away.hand_over()
    turned_away.note(harbor.pk, "smartlead", Reason.SECRET_WRONG, now=NOW)
    assert counted() == {("Harbor", "smartlead", Reason.SECRET_WRONG): 2}


def test_a_workspace_that_is_gone_takes_nobody_elses_count_with_it(harbor: Workspace, elsewhere: Workspace) -> None:
    for workspace in (harbor, elsewhere):
        turned_away.note(workspace.pk, "smartlead", Reason.SECRET_WRONG, now=NOW)
    harbor.delete()
    assert counted() == {("Elsewhere", "smartlead", Reason.SECRET_WRONG): 1}


# ── Over ───────────────────────────────────────────────────────────────────────
def test_a_delivery_that_is_let_in_ends_it(client: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    ours, theirs = connect(harbor, "smartlead"), connect(elsewhere, "smartlead")
    refuse(client, ours), refuse(client, theirs)
    later()
    assert deliver(client, ours).status_code == 200
    assert counted() == {("Elsewhere", "smartlead", Reason.SECRET_WRONG): 1}


def test_one_that_is_let_in_before_the_refusal_is_counted_ends_it_too(client: Client, harbor: Workspace) -> None:
    """Whichever process lets it in: that is seen in the table."""
    connection = connect(harbor, "smartlead")
    refuse(client, connection)
    assert deliver(client, connection).status_code == 200
    assert counted() == {}


def test_an_ignored_delivery_and_one_of_an_archived_workspace_are_let_in_too(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, "smartlead")
    for archived_at in (None, NOW):
        refuse(client, connection)
        later()
        Workspace.objects.update(archived_at=archived_at)
        answer = deliver(client, connection, sample("smartlead", event_type="SOMETHING_NEW"))
        assert answer.json()["ignored"]
        assert counted() == {}
        routing.forget()


def test_what_is_refused_after_that_is_counted_anew(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, "smartlead")
    refuse(client, connection)
    later()
    deliver(client, connection)
    refuse(client, connection)
    assert counted() == {("Harbor", "smartlead", Reason.SECRET_WRONG): 2}, "the later one keeps it"
    routing.forget()
    deliver(client, connection)
    assert counted() == {}
    refuse(client, connection)
    assert counted() == {("Harbor", "smartlead", Reason.SECRET_WRONG): 1}


def test_where_nothing_was_refused_nothing_is_written(client: Client, harbor: Workspace) -> None:
    deliver(client, connect(harbor, "smartlead"))
    with CaptureQueriesContext(database) as queries:
        turned_away.hand_over()
    assert not [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]


@pytest.mark.parametrize("change", ["removed", "switched"])
def test_another_connection_begins_without_it(client: Client, harbor: Workspace, change: str) -> None:
    refuse(client, connect(harbor, "smartlead"))
    turned_away.note(harbor.pk, "instantly", Reason.PROVIDER_MISMATCH, now=NOW)
    turned_away.hand_over()
    if change == "removed":
        connecting.disconnect(Connection.objects.get(), by=None)
        assert counted() == {("Harbor", "instantly", Reason.PROVIDER_MISMATCH): 1}
    else:
        secrets = {"api_key": "k", "webhook_secret": "s"}
        connecting.connect(workspace=harbor, provider="instantly", secrets=secrets, by=None, confirmed=True)
        assert counted() == {}


# ── Signatures, which come before anybody knows for whom ───────────────────────
def test_a_signature_that_does_not_fit_is_counted_for_the_provider(
    client: Client, harbor: Workspace, settings: Any
) -> None:
    settings.UNIPILE_WEBHOOK_SECRET = UNIPILE_SECRET
    connect(harbor, "unipile")
    for headers in ({}, {"Unipile-Auth": "wrong"}):
        assert post(client, ENDPOINTS["unipile"], sample("unipile"), headers).status_code == 401
    assert counted() == {("", "unipile", Reason.BAD_SIGNATURE): 2}
    routing.forget()
    assert post(client, ENDPOINTS["unipile"], sample("unipile"), headers_of("unipile")).status_code == 200
    assert counted() == {}


def test_an_unsigned_delivery_that_is_let_in_says_nothing_about_signatures(client: Client, harbor: Workspace) -> None:
    connection = connect(harbor, "ghl", secret="ours")
    turned_away.note(None, "ghl", Reason.BAD_SIGNATURE, now=NOW)
    turned_away.hand_over()
    headers = {"X-Webhook-Secret": "ours"}
    assert post(client, address_of("ghl", connection.workspace), sample("ghl"), headers).status_code == 200
    assert counted() == {("", "ghl", Reason.BAD_SIGNATURE): 1}
