"""What callers of the webhook endpoints are told, in the order of spec 02."""

from __future__ import annotations

import io
import json
import uuid

import pytest
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import ingestion, routing, turned_away
from integrations.models import IgnoredDeliveries, WebhookEvent
from tests.integrations.deliveries import (
    ENDPOINTS,
    PROVIDERS,
    SECRETS,
    address_of,
    changed,
    connect,
    deliver,
    headers_of,
    kept,
    post,
    said,
    sample,
    without,
)
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("unipile_secret")

EMAIL = ENDPOINTS["emailbison"]
GHL = ENDPOINTS["ghl"]
LINKEDIN = ENDPOINTS["unipile"]
TOO_LARGE = b'{"a":"' + b"x" * (2 * 1024 * 1024) + b'"}'
EVENT_TYPES = {
    "ghl": "InboundMessage",
    "emailbison": "LEAD_REPLIED",
    "smartlead": "EMAIL_REPLY",
    "instantly": "reply_received",
    "unipile": "message_received",
}


def ignored(reason):
    return 200, {"success": True, "ignored": True, "reason": reason}


# ── Kept ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_delivery_is_kept_with_all_that_applying_it_needs(client, harbor, provider):
    connection = connect(harbor, provider)
    assert said(deliver(client, connection)) == (200, {"success": True})
    (event,) = kept()
    assert (event.workspace, event.connection, event.provider) == (harbor, connection, provider)
    assert (event.event_type, event.status, event.lane) == (EVENT_TYPES[provider], Status.PENDING, Lane.FIRST)
    assert event.max_attempts == 8
    assert event.correlation_id
    assert abs((event.received_at - timezone.now()).total_seconds()) < 60


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_token_in_the_path_selects_the_workspace_by_itself(client, harbor, provider):
    connection = connect(harbor, provider)
    url = f"{ENDPOINTS[provider]}/{connection.webhook_token}"
    assert said(post(client, url, sample(provider), headers_of(provider))) == (200, {"success": True})
    assert said(post(client, f"{url}/", sample(provider), headers_of(provider)))[1]["duplicate"]
    assert kept()[0].workspace == harbor


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_costs_at_most_three_statements(client, harbor, provider):
    connection = connect(harbor, provider)
    main = sample("ghl", "workflow_sms") if provider == "ghl" else sample(provider)
    for _ in range(2):  # the second time as a duplicate
        routing.forget()
        with CaptureQueriesContext(ingestion.database) as queries:
            assert deliver(client, connection, main).status_code == 200
        statements = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(statements) <= (3 if provider == "ghl" else 2)


def test_smartleads_account_secret_is_not_kept(client, harbor):
    deliver(client, connect(harbor, "smartlead"))
    (event,) = kept()
    assert "secret_key" not in event.payload
    assert SECRETS["smartlead"] not in str(event.payload)


def test_a_secret_in_a_workflows_custom_data_is_taken_and_not_kept(client, harbor):
    connection = connect(harbor, "ghl", secret="sms-secret")
    body = changed(sample("ghl"), "customData", "secret", to="sms-secret")
    assert said(deliver(client, connection, body)) == (200, {"success": True})
    (event,) = kept()
    assert event.payload["customData"] == {
        "messageId": "m_1",
        "conversationId": "cv_1",
        "campaignId": "sms_9",
        "campaignName": "Spring texts",
    }


# ── 405, 413, 400 ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_only_post_is_a_delivery(client, method):
    for endpoint in ENDPOINTS.values():
        response = getattr(client, method)(endpoint)
        assert response.status_code == 405
        assert response["Allow"] == "POST"
        assert response["Content-Type"] == "application/json"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_body_over_two_mebibytes_is_refused_before_everything_else(client, provider):
    assert len(TOO_LARGE) > 2 * 1024 * 1024
    assert said(post(client, ENDPOINTS[provider], TOO_LARGE)) == (413, {"error": "The body is larger than 2 MiB."})


@pytest.mark.parametrize("length", [2 * 1024 * 1024, 2 * 1024 * 1024 + 1])
def test_the_limit_is_two_mebibytes_to_the_byte(client, harbor, length):
    connect(harbor, "emailbison")
    body = b'{"event":{"type":"LEAD_REPLIED","workspace_id":7},"data":{"reply":{"id":1,"text_body":""}}}'
    body = body.replace(b'""', b'"' + b"x" * (length - len(body)) + b'"')
    assert len(body) == length
    assert post(client, EMAIL, body).status_code == (200 if length == 2 * 1024 * 1024 else 413)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_malformed_body_is_a_400_with_a_reason(client, harbor, provider):
    connect(harbor, provider)
    for body in (b"", b"{", b"not json", b"[]", b'"text"', b"null", b"\xff\xfe", b"\x1f\x8b\x08", b"{}"):
        response = post(client, address_of(provider, harbor), body, headers_of(provider))
        assert response.status_code == 400
        assert response.json()["error"]
    assert kept() == []


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("emailbison", without(sample("emailbison"), "event", "type")),
        ("emailbison", changed(without(sample("emailbison"), "data"), "data", to={"reply": {}})),
        ("emailbison", changed(sample("emailbison", "email_sent"), "data", to={})),
        ("ghl", without(sample("ghl"), "contact_id")),
        ("ghl", without(sample("ghl"), "location")),
        ("ghl", without(sample("ghl", "app_inbound_message"), "contactId")),
        ("smartlead", without(sample("smartlead"), "event_type")),
        ("smartlead", {"event_type": "EMAIL_REPLY", "campaign_id": 12}),
        ("instantly", without(sample("instantly"), "event_type")),
        ("instantly", without(sample("instantly"), "lead_email")),
        ("unipile", without(sample("unipile"), "account_id")),
        ("unipile", without(sample("unipile"), "message_id")),
        ("unipile", without(sample("unipile"), "event")),
    ],
)
def test_missing_ids_are_a_400_with_their_name(client, harbor, provider, body):
    response = deliver(client, connect(harbor, provider), body)
    assert response.status_code == 400
    assert "missing" in response.json()["error"] or "Nothing names" in response.json()["error"]
    assert kept() == []


@pytest.mark.parametrize("provider", ["smartlead", "instantly"])
def test_without_client_id_and_token_nobody_is_meant(client, harbor, provider):
    connect(harbor, provider)
    response = post(client, ENDPOINTS[provider], sample(provider), headers_of(provider))
    assert response.status_code == 400
    assert "clientId" in response.json()["error"]


# ── Which workspace ────────────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", ["emailbison", "smartlead", "instantly"])
def test_an_unknown_client_is_a_404_whatever_the_body_names(client, harbor, provider):
    connect(harbor, provider)
    for client_id in (str(uuid.uuid4()), "7", "not-an-id", "{}", "' OR 1=1", "%00", "%ff", "é"):
        url = f"{ENDPOINTS[provider]}?clientId={client_id}"
        response = post(client, url, sample(provider), headers_of(provider))
        assert said(response) == (404, {"error": "No workspace is connected to this."})


@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_unknown_token_is_nobodys(client, harbor, provider):
    connect(harbor, provider)
    for token in ("x" * 32, "short", "%00" * 20, "é" * 20, "a" * 500, "..", "%2e%2e%2f"):
        response = post(client, f"{ENDPOINTS[provider]}/{token}", sample(provider), headers_of(provider))
        assert response.status_code == (200 if provider == "unipile" else 404)
    assert kept() == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_token_of_another_provider_is_nobodys(client, harbor, provider):
    other = connect(harbor, "calendly", external_id="")
    post(client, f"{ENDPOINTS[provider]}/{other.webhook_token}", sample(provider), headers_of(provider))
    assert kept() == []


@pytest.mark.parametrize("provider", ["emailbison", "smartlead", "instantly"])
def test_a_token_and_a_client_id_of_two_workspaces_are_a_400(client, harbor, elsewhere, provider):
    connection = connect(harbor, provider)
    url = f"{ENDPOINTS[provider]}/{connection.webhook_token}"
    foreign = post(client, f"{url}?clientId={elsewhere.pk}", sample(provider), headers_of(provider))
    assert foreign.status_code == 400
    assert kept() == []
    own = post(client, f"{url}?clientId={harbor.pk}", sample(provider), headers_of(provider))
    assert said(own) == (200, {"success": True})


def test_a_token_and_a_location_of_two_workspaces_are_a_400(client, harbor, elsewhere):
    connect(harbor, "ghl")
    foreign = connect(elsewhere, "ghl", external_id="loc_2")
    assert post(client, f"{GHL}/{foreign.webhook_token}", sample("ghl")).status_code == 400
    assert kept() == []


def test_a_location_may_stand_in_the_query(client, harbor):
    connect(harbor, "ghl")
    response = post(client, f"{GHL}?locationId=loc_1", without(sample("ghl"), "location"))
    assert said(response) == (200, {"success": True})


def test_two_different_locations_are_a_400(client, harbor):
    connect(harbor, "ghl")
    assert post(client, f"{GHL}?locationId=loc_2", sample("ghl")).status_code == 400
    assert post(client, f"{GHL}?locationId=loc_1", sample("ghl")).status_code == 200


def test_a_token_needs_no_location(client, harbor):
    connection = connect(harbor, "ghl", external_id="")
    response = post(client, f"{GHL}/{connection.webhook_token}", without(sample("ghl"), "location"))
    assert said(response) == (200, {"success": True})


def test_an_unknown_location_is_a_404(client, harbor):
    connect(harbor, "ghl", external_id="loc_9")
    assert post(client, GHL, sample("ghl")).status_code == 404


def test_an_unknown_linkedin_account_is_ignored_so_that_nobody_sends_it_again(client, harbor):
    connect(harbor, "unipile", external_id="acc_9")
    assert said(post(client, LINKEDIN, sample("unipile"), headers_of("unipile"))) == ignored("unknown_account")


def test_another_account_at_a_connections_linkedin_url_is_ignored(client, harbor, elsewhere):
    connection = connect(harbor, "unipile", external_id="acc_9")
    connect(elsewhere, "unipile", external_id="acc_1")
    url = f"{LINKEDIN}/{connection.webhook_token}"
    assert said(post(client, url, sample("unipile"), headers_of("unipile"))) == ignored("unknown_account")
    assert kept() == []


def test_client_id_goes_before_what_an_email_delivery_names(client, harbor, elsewhere):
    connect(harbor, "emailbison", external_id="7")
    connect(elsewhere, "emailbison", external_id="8")
    post(client, f"{EMAIL}?clientId={elsewhere.pk}", sample("emailbison"))
    assert kept()[0].workspace == elsewhere


def test_emailbisons_own_workspace_number_goes_before_the_name(client, harbor, elsewhere):
    connect(harbor, "emailbison", external_id="8")
    connect(elsewhere, "emailbison", external_id="7")
    post(client, EMAIL, sample("emailbison"))
    assert kept()[0].workspace == elsewhere


@pytest.mark.parametrize("name", ["Harbor", "harbor", "HARBOR"])
def test_the_name_of_one_workspace_is_enough_whatever_its_case(client, harbor, elsewhere, name):
    connect(harbor, "emailbison", external_id="")
    body = changed(without(sample("emailbison"), "event", "workspace_id"), "event", "workspace_name", to=name)
    assert said(post(client, EMAIL, body)) == (200, {"success": True})
    assert kept()[0].workspace == harbor


def test_a_name_that_two_workspaces_have_is_skipped(client, harbor, alice):
    connect(harbor, "emailbison", external_id="")
    Workspace.objects.create(name="HARBOR", owner=alice)
    assert post(client, EMAIL, sample("emailbison")).status_code == 404
    assert kept() == []


def test_an_email_delivery_that_names_nobody_is_a_400(client, harbor):
    connect(harbor, "emailbison")
    body = changed(sample("emailbison"), "event", to={"type": "LEAD_REPLIED"})
    assert post(client, EMAIL, body).status_code == 400


def test_the_same_number_at_another_instance_is_another_account(client, harbor, settings):
    settings.SANDBOX_URL = ""
    connect(harbor, "emailbison", host="dedi.bison.example")
    body = changed(sample("emailbison"), "event", "workspace_name", to="")
    assert post(client, EMAIL, body).status_code == 404
    own = changed(body, "event", "instance_url", to="https://DEDI.bison.example/")
    assert said(post(client, EMAIL, own)) == (200, {"success": True})


def test_two_instances_may_number_their_workspaces_alike(client, harbor, elsewhere, settings):
    settings.SANDBOX_URL = ""
    ours = connect(harbor, "emailbison", host="dedi.bison.example")
    theirs = connect(elsewhere, "emailbison", host="send.agency.example")
    unnamed = changed(sample("emailbison"), "event", "workspace_name", to="")
    for url, connection in (("https://dedi.bison.example", ours), ("https://send.agency.example", theirs)):
        body = changed(unnamed, "event", "instance_url", to=url)
        assert said(post(client, EMAIL, body)) == (200, {"success": True})
        assert WebhookEvent.objects.latest("pk").connection == connection
    unclear = changed(unnamed, "event", "instance_url", to="")
    assert post(client, EMAIL, unclear).status_code == 404
    assert said(post(client, f"{EMAIL}/{theirs.webhook_token}", unclear)) == (200, {"success": True, "duplicate": True})


# ── In chunks ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("body", "status"), [(json.dumps(sample("emailbison")).encode(), 200), (TOO_LARGE, 413), (b"", 400)]
)
def test_a_body_in_chunks_is_read_to_its_end(client, harbor, body, status):
    """It carries no length, as a sender or a proxy may well do: the reply in it must not be lost."""
    connection = connect(harbor, "emailbison")
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True, "wsgi.input": io.BytesIO(body)}
    url = f"{EMAIL}/{connection.webhook_token}"
    assert client.post(url, content_type="application/json", **chunked).status_code == status
    assert len(kept()) == (status == 200)


# ── Another e-mail platform ────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", ["emailbison", "smartlead", "instantly"])
@pytest.mark.parametrize("actual", ["emailbison", "smartlead", "instantly", None])
def test_deliveries_of_another_platform_are_counted_and_not_kept(client, harbor, provider, actual):
    if actual == provider:
        pytest.skip("the same platform")
    if actual:
        connect(harbor, actual)
    for _ in range(2):  # before the secret, which a switch has deleted
        response = post(client, f"{ENDPOINTS[provider]}?clientId={harbor.pk}", sample(provider))
        assert said(response) == ignored("provider_mismatch")
    turned_away.hand_over()
    (counter,) = IgnoredDeliveries.objects.all()
    assert (counter.workspace, counter.provider, counter.reason) == (harbor, provider, "provider_mismatch")
    assert counter.count == 2
    assert kept() == []


# ── Ignored ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_archived_workspace_is_told_so_only_after_the_secret(client, harbor, provider):
    connection = connect(harbor, provider, secret="the-secret" if provider != "unipile" else None)
    harbor.archived_at = timezone.now()
    harbor.save()
    url = address_of(provider, harbor)
    body = without(sample(provider), "secret_key") if provider == "smartlead" else sample(provider)
    assert post(client, url, body).status_code == 401
    headers = headers_of(provider) | ({"X-Webhook-Secret": "the-secret"} if provider != "unipile" else {})
    assert said(post(client, url, body, headers)) == ignored("workspace_archived")
    token = f"{ENDPOINTS[provider]}/{connection.webhook_token}"
    assert said(post(client, token, body, headers)) == ignored("workspace_archived")
    assert kept() == []


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("emailbison", "tag_attached"),
        ("emailbison", "lead_first_contacted"),
        ("ghl", "app_contact_dnd_update"),
        ("ghl", "app_inbound_email"),
        ("smartlead", "email_link_click"),
        ("smartlead", "manual_step_reached"),
        ("instantly", "email_link_clicked"),
        ("instantly", "lead_neutral"),
        ("instantly", "account_error"),
        ("unipile", "message_reaction"),
        ("unipile", "new_relation"),
    ],
)
def test_an_unknown_event_is_ignored(client, harbor, provider, name):
    assert said(deliver(client, connect(harbor, provider), sample(provider, name))) == ignored("unknown_event")
    assert kept() == []


def test_an_unknown_event_of_a_stranger_is_not_acknowledged(client, harbor):
    connect(harbor, "instantly")
    assert post(client, address_of("instantly", harbor), sample("instantly", "lead_neutral")).status_code == 401


@pytest.mark.parametrize("message", [{"body": "  \n "}, {"body": ""}, {}, None, "text"])
def test_an_empty_sms_is_ignored(client, harbor, message):
    connection = connect(harbor, "ghl")
    assert said(deliver(client, connection, sample("ghl", message=message))) == ignored("empty_message")
    assert kept() == []


@pytest.mark.parametrize("sort", [3, "3", 1, 10, "TYPE_EMAIL"])
@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_a_workflows_e_mail_or_call_is_no_sms(client, harbor, sort, direction):
    connection = connect(harbor, "ghl")
    message = {"type": sort, "body": "Please call me back.", "direction": direction}
    assert said(deliver(client, connection, sample("ghl", message=message))) == ignored("unknown_event")
    assert kept() == []


@pytest.mark.parametrize("sort", [2, "2", "SMS", 20, None])
def test_every_other_message_of_a_workflow_is_kept(client, harbor, sort):
    message = {"type": sort, "body": "Please call me back.", "direction": "inbound"}
    assert said(deliver(client, connect(harbor, "ghl"), sample("ghl", message=message))) == (200, {"success": True})
    assert [row.event_type for row in kept()] == ["InboundMessage"]
