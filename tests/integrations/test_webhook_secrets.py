"""Which secrets and signatures let a delivery in (spec 02)."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.integrations.deliveries import (
    ENDPOINTS,
    SECRETS,
    UNIPILE_SECRET,
    address_of,
    connect,
    deliver,
    headers_of,
    kept,
    post,
    said,
    sample,
)

pytestmark = pytest.mark.usefixtures("unipile_secret")

EMAIL = ENDPOINTS["emailbison"]
GHL = ENDPOINTS["ghl"]
LINKEDIN = ENDPOINTS["unipile"]


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
