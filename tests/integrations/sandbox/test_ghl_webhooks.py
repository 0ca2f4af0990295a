"""What GoHighLevel delivers: unsigned from workflows, signed to apps (providers/gohighlevel.md §5, §6)."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.integrations.sandbox.conftest import Catcher, Client
from tests.integrations.sandbox.samples import GHL_INBOUND, GHL_WORKFLOW
from tests.integrations.sandbox.shapes import differences

PHONE = "+13135550163"


def first(ghl: Client, catcher: Catcher) -> dict:
    ghl.sandbox.wait_for(lambda: catcher.caught, what="a webhook")
    return catcher.caught[0]


def test_a_text_fires_the_workflow_with_the_standard_body(ghl: Client, catcher: Catcher) -> None:
    details = {"email": "ann@example.com", "timezone": "America/New_York", "tags": ["lead", "warm"]}
    ghl.act("contact", phone=PHONE, name="Ann Lee", custom_fields={"Job Title": "CFO"}, **details)
    made = ghl.act("sms", phone=PHONE, text="Tuesday works")
    body = first(ghl, catcher)["body"]
    assert not differences(body, GHL_WORKFLOW)
    assert body["tags"] == "lead,warm"
    assert body["customData"]["messageId"] == made["message"]["id"]
    assert body["location"]["id"] == ghl.account["id"]


def test_without_custom_data_there_is_no_message_id_and_no_time(ghl: Client, catcher: Catcher) -> None:
    ghl.act("contact", phone=PHONE, name="Ann")
    made = ghl.act("sms", phone=PHONE, text="Tuesday works", with_ids=False)
    raw = first(ghl, catcher)["raw"].decode()
    assert made["message"]["id"] not in raw
    assert made["message"]["dateAdded"] not in raw
    assert first(ghl, catcher)["body"]["customData"] == {}


def test_empty_fields_are_left_out(ghl: Client, catcher: Catcher) -> None:
    ghl.act("contact", email="bo@example.com", name="Bo")
    ghl.act("sms", email="bo@example.com", text="Hi")
    body = first(ghl, catcher)["body"]
    assert not {"phone", "last_name", "tags"} & set(body)


def test_the_workflow_webhook_is_unsigned_and_never_repeated(ghl: Client, catcher: Catcher) -> None:
    catcher.answers = [500]
    ghl.act("sms", phone=PHONE, text="Tuesday works")
    headers = {name.lower() for name in first(ghl, catcher)["headers"]}
    assert "traceparent" in headers
    assert not {"x-ghl-signature", "x-wh-signature", "authorization"} & headers
    row = ghl.sandbox.wait_for(lambda: ghl.sandbox.deliveries(ghl.key, state="failed"), what="the failure")[0]
    assert (row["attempts"], row["last_status"]) == (1, 500)


def test_stop_is_a_carriers_opt_out_and_start_lifts_it(ghl: Client, catcher: Catcher) -> None:
    ghl.act("sms", phone=PHONE, text=" Stop. ")
    person = ghl.sandbox.control("conversation", account=ghl.key, lead=PHONE)["person"]
    shown = ghl.call("GET", f"/contacts/{person['id']}").json()["contact"]["dndSettings"]["SMS"]
    assert (shown["status"], shown["message"]) == ("permanent", "STOP_KEYWORD")
    ghl.act("sms", phone=PHONE, text="START")
    assert ghl.call("GET", f"/contacts/{person['id']}").json()["contact"]["dndSettings"]["SMS"]["status"] == "inactive"
    ghl.sandbox.wait_for(lambda: len(catcher.caught) == 2, what="both texts as webhooks")


def test_an_unknown_number_becomes_a_contact_once(ghl: Client) -> None:
    one, two = (ghl.act("sms", phone="(313) 555-0142", text=text) for text in ("Hi", "Hello?"))
    assert one["contact"]["id"] == two["contact"]["id"]
    assert one["message"]["conversationId"] == two["message"]["conversationId"]


def test_an_app_webhook_is_signed_over_the_exact_body(ghl: Client, catcher: Catcher) -> None:
    ghl.sandbox.account("ghl", ghl.account["id"], webhook_url="", app_webhook_url=catcher.url)
    ghl.act("sms", phone=PHONE, text="Dienstag paßt")
    one = first(ghl, catcher)
    assert not differences(one["body"], GHL_INBOUND)
    key = load_der_public_key(base64.b64decode(ghl.sandbox.control("state")["ghl_webhook_public_key"]))
    assert isinstance(key, Ed25519PublicKey)
    signature = base64.b64decode(one["headers"]["X-GHL-Signature"])
    key.verify(signature, one["raw"])
    with pytest.raises(InvalidSignature):
        key.verify(signature, one["raw"] + b" ")


def test_app_webhooks_are_repeated_on_429_only(ghl: Client, catcher: Catcher) -> None:
    ghl.sandbox.account("ghl", ghl.account["id"], webhook_url="", app_webhook_url=catcher.url)
    catcher.answers = [429]
    ghl.act("sms", phone=PHONE, text="First")
    ghl.sandbox.wait_for(lambda: len(catcher.caught) == 2, what="the repetition")
    assert catcher.caught[0]["raw"] == catcher.caught[1]["raw"]
    catcher.answers = [503]
    ghl.act("sms", phone=PHONE, text="Second")
    failed = ghl.sandbox.wait_for(lambda: ghl.sandbox.deliveries(ghl.key, state="failed"), what="the failure")
    assert [row["attempts"] for row in failed] == [1]


def test_a_text_by_hand_tells_the_app_but_no_workflow(ghl: Client, catcher: Catcher) -> None:
    ghl.sandbox.account("ghl", ghl.account["id"], app_webhook_url=f"{catcher.url}/app")
    ghl.act("contact", phone=PHONE, name="Ann")
    ghl.act("manual-sms", phone=PHONE, text="Written at GoHighLevel")
    body = first(ghl, catcher)["body"]
    assert (body["type"], body["direction"], body["source"]) == ("OutboundMessage", "outbound", "app")
    assert not ghl.sandbox.sent(ghl.key)
