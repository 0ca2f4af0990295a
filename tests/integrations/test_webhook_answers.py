"""What callers of the webhook endpoints are told, in the order of spec 02."""

from __future__ import annotations

import base64
import io
import json
import uuid

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import OperationalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import ingestion, routing, turned_away
from integrations.models import Connection, IgnoredDeliveries, WebhookEvent
from tests.integrations.deliveries import (
    ENDPOINTS,
    PROVIDERS,
    SECRETS,
    UNIPILE_SECRET,
    address_of,
    changed,
    connect,
    deliver,
    headers_of,
    kept,
    post,
    sample,
    without,
)
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import Workspace

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


@pytest.fixture(autouse=True)
def _unipile_secret(settings):
    settings.UNIPILE_WEBHOOK_SECRET = UNIPILE_SECRET


def said(response):
    return response.status_code, response.json()


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


# ── Secrets ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("provider", "headers"),
    [
        ("smartlead", {"X-Smartlead-Secret": SECRETS["smartlead"]}),
        ("smartlead", {"Authorization": f"Bearer {SECRETS['smartlead']}"}),
        ("smartlead", {"Authorization": f"bearer   {SECRETS['smartlead']}  "}),
        ("smartlead", {"X-Webhook-Secret": SECRETS["smartlead"]}),
        ("instantly", {"X-Instantly-Secret": SECRETS["instantly"]}),
        ("instantly", {"Authorization": f"Bearer {SECRETS['instantly']}"}),
        ("instantly", {"X-Webhook-Secret": f" {SECRETS['instantly']}\t"}),
    ],
)
def test_a_required_secret_is_taken_from_each_of_its_places(client, harbor, provider, headers):
    connect(harbor, provider)
    body = sample(provider)
    body.pop("secret_key", None)
    assert said(post(client, address_of(provider, harbor), body, headers)) == (200, {"success": True})


def test_smartleads_secret_may_come_in_the_body(client, harbor):
    connect(harbor, "smartlead")
    assert post(client, address_of("smartlead", harbor), sample("smartlead")).status_code == 200


WRONG = ["", "wrong", "Bearer", "sl-secret-012345678", "sl-secret-01234567890", "é", "\x80\xff"]


@pytest.mark.parametrize("provider", ["smartlead", "instantly"])
def test_a_wrong_secret_is_a_401_with_and_without_token(client, harbor, provider):
    connection = connect(harbor, provider)
    for given in WRONG:
        body = sample(provider) | {"secret_key": given}
        headers = {"Authorization": f"Bearer {given}", "X-Webhook-Secret": given}
        for url in (address_of(provider, harbor), f"{ENDPOINTS[provider]}/{connection.webhook_token}"):
            wrong = (401, {"error": "The webhook secret is missing or wrong."})
            assert said(post(client, url, body, headers)) == wrong
    assert kept() == []


def test_a_secret_of_another_type_does_not_fit(client, harbor):
    connect(harbor, "smartlead")
    for secret_key in (None, 5, True, [], {}, ["sl-secret-0123456789"]):
        body = sample("smartlead", secret_key=secret_key)
        assert post(client, address_of("smartlead", harbor), body).status_code == 401


@pytest.mark.parametrize("provider", ["smartlead", "instantly"])
def test_without_a_configured_secret_only_the_url_with_the_token_is_let_in(client, harbor, provider):
    connection = connect(harbor, provider, secret="")
    plain = post(client, address_of(provider, harbor), sample(provider), headers_of(provider))
    assert plain.status_code == 401
    token = post(client, f"{ENDPOINTS[provider]}/{connection.webhook_token}", sample(provider))
    assert said(token) == (200, {"success": True})


@pytest.mark.parametrize("provider", ["ghl", "emailbison"])
def test_an_optional_secret_is_asked_for_once_it_is_set(client, harbor, provider):
    connection = connect(harbor, provider, secret=" optional-secret\n")
    url = f"{ENDPOINTS[provider]}/{connection.webhook_token}"
    assert post(client, url, sample(provider)).status_code == 401
    assert post(client, url, sample(provider), {"X-Webhook-Secret": "other"}).status_code == 401
    assert said(post(client, url, sample(provider), {"X-Webhook-Secret": "optional-secret "}))[0] == 200


@pytest.mark.parametrize("sent", ["schlüssel-é", "schlüssel-é".encode().decode("latin-1")])
def test_a_secret_with_other_letters_fits_as_text_and_as_bytes(client, harbor, sent):
    connect(harbor, "emailbison", secret="schlüssel-é")
    assert post(client, EMAIL, sample("emailbison"), {"X-Webhook-Secret": sent}).status_code == 200


def test_a_changed_secret_counts_at_once(client, harbor):
    connection = connect(harbor, "instantly")
    assert deliver(client, connection).status_code == 200
    connection.credentials = {"webhook_secret": "another-secret"}
    connection.save()
    assert deliver(client, connection).status_code == 401


def test_unipile_must_bring_the_global_secret(client, harbor):
    connection = connect(harbor, "unipile")
    for headers in ({}, {"Unipile-Auth": "wrong"}, {"Unipile-Auth": "é"}, {"Unipile-Auth": ""}):
        for url in (LINKEDIN, f"{LINKEDIN}/{connection.webhook_token}"):
            assert post(client, url, b"{", headers).status_code == 401  # before the body is looked at
    for name in ("Unipile-Auth", "X-Webhook-Secret"):
        assert post(client, LINKEDIN, sample("unipile"), {name: f"{UNIPILE_SECRET} "}).status_code == 200


def test_without_its_secret_unipile_is_switched_off_with_a_reason(client, harbor, settings):
    settings.UNIPILE_WEBHOOK_SECRET = " "
    connect(harbor, "unipile")
    response = post(client, LINKEDIN, sample("unipile"), {"Unipile-Auth": ""})
    assert response.status_code == 401
    assert "UNIPILE_WEBHOOK_SECRET is not set" in response.json()["error"]


# ── GoHighLevel's app signature ────────────────────────────────────────────────
def public(key):
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture
def app_key(settings):
    key = ed25519.Ed25519PrivateKey.generate()
    settings.GHL_WEBHOOK_PUBLIC_KEY = public(key)
    return key


APP_BODY = b'{"type":"InboundMessage","locationId":"loc_1","contactId":"cnt_1","messageId":"m_1","body":"Yes",  "x":1}'


def signed(key, body=APP_BODY):
    return {"X-GHL-Signature": base64.b64encode(key.sign(body)).decode()}


def test_a_signed_app_delivery_needs_no_other_secret(client, harbor, app_key):
    connect(harbor, "ghl", secret="optional-secret")
    assert said(post(client, GHL, APP_BODY, signed(app_key))) == (200, {"success": True})


def test_the_public_key_may_be_a_whole_pem(client, harbor, app_key, settings):
    settings.GHL_WEBHOOK_PUBLIC_KEY = pem(app_key)
    connect(harbor, "ghl")
    assert post(client, GHL, APP_BODY, signed(app_key)).status_code == 200
    settings.GHL_WEBHOOK_PUBLIC_KEY = pem(app_key).replace("\n", "\\n")
    assert post(client, GHL, APP_BODY, signed(app_key)).status_code == 200


@pytest.mark.parametrize("value", ["N/A", "", "bm8=", "é", "x" * 10_000])
def test_a_bad_signature_is_a_401_before_the_body_is_looked_at(client, harbor, app_key, value):
    connect(harbor, "ghl")
    for body in (APP_BODY, b"not json"):
        assert post(client, GHL, body, {"X-GHL-Signature": value}).status_code == 401


def test_a_signature_of_another_body_does_not_fit(client, harbor, app_key):
    connect(harbor, "ghl")
    assert post(client, GHL, APP_BODY.replace(b"Yes", b"No!"), signed(app_key)).status_code == 401


def test_an_app_delivery_without_signature_is_a_401_once_the_key_is_configured(client, harbor, app_key):
    connect(harbor, "ghl")
    assert said(post(client, GHL, APP_BODY)) == (401, {"error": "The signature is missing."})


def test_workflows_are_never_signed(client, harbor, app_key):
    connect(harbor, "ghl")
    assert post(client, GHL, sample("ghl")).status_code == 200


def test_the_legacy_signature_counts_only_where_the_current_is_absent(client, harbor, app_key, settings):
    legacy = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    settings.GHL_WEBHOOK_LEGACY_PUBLIC_KEY = pem(legacy)
    connect(harbor, "ghl")
    proof = base64.b64encode(legacy.sign(APP_BODY, padding.PKCS1v15(), SHA256())).decode()
    assert post(client, GHL, APP_BODY, {"X-WH-Signature": proof}).status_code == 200
    assert post(client, GHL, APP_BODY, {"X-WH-Signature": proof, "X-GHL-Signature": "N/A"}).status_code == 401
    settings.GHL_WEBHOOK_LEGACY_PUBLIC_KEY = ""  # HighLevel's own key: ours does not fit
    assert post(client, GHL, APP_BODY, {"X-WH-Signature": proof}).status_code == 401


def test_a_key_that_cannot_be_read_lets_nobody_in(client, harbor, settings):
    settings.GHL_WEBHOOK_PUBLIC_KEY = "no key at all"
    connect(harbor, "ghl")
    assert post(client, GHL, APP_BODY, {"X-GHL-Signature": "bm8="}).status_code == 401


def test_without_a_configured_key_app_deliveries_are_like_a_workflows(client, harbor, settings):
    settings.GHL_WEBHOOK_PUBLIC_KEY = ""
    connect(harbor, "ghl")
    assert post(client, GHL, APP_BODY, {"X-GHL-Signature": "N/A"}).status_code == 200


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
