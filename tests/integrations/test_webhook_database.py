"""What a delivery asks of the database, what is remembered of it, and what callers are told without it (spec 02)."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import ingestion, routing
from integrations.models import Connection
from tests.integrations.deliveries import (
    ENDPOINTS,
    PROVIDERS,
    address_of,
    changed,
    connect,
    deliver,
    kept,
    post,
    said,
    sample,
)
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("unipile_secret")

EMAIL = ENDPOINTS["emailbison"]
GHL = ENDPOINTS["ghl"]


# ── The database is away ───────────────────────────────────────────────────────
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_with_the_database_away_the_provider_is_asked_to_come_again(client, harbor, provider, monkeypatch):
    connection, calls = connect(harbor, provider), []

    def fail(*args, **kwargs):
        calls.append(args)
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(ingestion, "insert_new", fail)
    response = deliver(client, connection)
    assert response.status_code == (429 if provider == "ghl" else 503)  # HighLevel comes again after 429 only
    assert int(response["Retry-After"]) > 0
    assert len(calls) == 2


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_made_anew_and_the_delivery_kept(client, harbor, monkeypatch):
    connection, real, calls = connect(harbor, "emailbison"), ingestion.insert_new, []

    def fail_once(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("the connection is lost")
        return real(*args, **kwargs)

    monkeypatch.setattr(ingestion, "insert_new", fail_once)
    assert said(deliver(client, connection)) == (200, {"success": True})
    assert len(kept()) == 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_noticed_and_replaced(client, harbor):
    connection = connect(harbor, "emailbison")
    ingestion.database.cursor().execute("SET application_name = 'doomed'")
    doomed = ingestion.database.connection
    other = ingestion.database.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed'")
    other.close()
    assert said(deliver(client, connection)) == (200, {"success": True})
    assert ingestion.database.connection is not doomed
    assert len(kept()) == 1


# ── What is remembered for two seconds ─────────────────────────────────────────
def test_in_a_burst_the_workspace_is_looked_up_once(client, harbor):
    connection = connect(harbor, "emailbison")
    deliver(client, connection)
    with CaptureQueriesContext(ingestion.database) as queries:
        body = changed(sample("emailbison"), "data", "reply", "id", to=9002)
        assert deliver(client, connection, body).json() == {"success": True}
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_what_another_process_changed_turns_nobody_away_wrongly(client, harbor):
    connection = connect(harbor, "instantly", secret="old-secret")
    url = address_of("instantly", harbor)

    def answer(secret):
        return post(client, url, sample("instantly"), {"X-Webhook-Secret": secret}).status_code

    assert answer("old-secret") == 200
    # .update() tells nobody, like a change in another process
    Connection.objects.filter(pk=connection.pk).update(credentials={"webhook_secret": "new-secret"})
    assert answer("new-secret") == 200
    assert answer("old-secret") == 401
    Workspace.objects.filter(pk=harbor.pk).update(archived_at=timezone.now())
    routing.forget()
    assert post(client, url, sample("instantly"), {"X-Webhook-Secret": "new-secret"}).json()["ignored"]
    Workspace.objects.filter(pk=harbor.pk).update(archived_at=None)
    assert answer("new-secret") == 200


def test_what_is_remembered_is_soon_forgotten(client, harbor, monkeypatch):
    connection, now = connect(harbor, "emailbison"), [1000.0]
    monkeypatch.setattr(routing.time, "monotonic", lambda: now[0])
    deliver(client, connection)
    Connection.objects.filter(pk=connection.pk).update(external_id="8")
    assert deliver(client, connection).json()["duplicate"]
    now[0] += routing.REMEMBERED_FOR_S + 0.1
    body = changed(sample("emailbison"), "event", "workspace_name", to="")
    assert deliver(client, connection, body).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_connection_deleted_a_moment_ago_is_looked_up_again(client, harbor):
    connection = connect(harbor, "emailbison")
    deliver(client, connection)
    with ingestion.database.cursor() as cursor:
        cursor.execute("TRUNCATE integrations_connection CASCADE")
    body = changed(sample("emailbison"), "event", "workspace_name", to="")
    assert deliver(client, connection, body).status_code == 404


def test_a_session_cookie_costs_nothing(client, harbor, alice):
    connection = connect(harbor, "emailbison")
    client.force_login(alice)
    with CaptureQueriesContext(ingestion.database) as queries:
        assert deliver(client, connection).status_code == 200
    assert len(queries) == 2
