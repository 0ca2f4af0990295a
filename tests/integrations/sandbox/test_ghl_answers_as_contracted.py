"""GoHighLevel's REST side: versions, errors, contacts, messages (providers/gohighlevel.md)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.integrations.sandbox.conftest import Client
from tests.integrations.sandbox.samples import GHL_MESSAGE
from tests.integrations.sandbox.shapes import differences

TALK = {"Version": "2021-04-15"}
PHONE = "+13135550163"


def contact(ghl: Client, **fields: Any) -> requests.Response:
    body = {"locationId": ghl.account["id"], "firstName": "Ann", "lastName": "Lee", "phone": "(313) 555-0163"}
    return ghl.call("POST", "/contacts/", {**body, **fields})


def contact_id(ghl: Client, **fields: Any) -> str:
    return contact(ghl, **fields).json()["contact"]["id"]


def send(ghl: Client, **fields: Any) -> requests.Response:
    return ghl.call(
        "POST", "/conversations/messages", {"type": "SMS", "message": "Does Tuesday suit?", **fields}, headers=TALK
    )


def test_a_wrong_token_is_refused_in_the_shape_of_the_contract(ghl: Client) -> None:
    response = ghl.call("GET", "/contacts/x", headers={"Authorization": "Bearer pit-wrong"})
    expected = {"statusCode": 401, "message": "Invalid token: access token is invalid", "error": "Unauthorized"}
    assert (response.status_code, response.json()) == (401, expected)


def test_the_version_header_is_mandatory_and_differs_by_module(ghl: Client) -> None:
    assert contact(ghl).status_code == 201
    location = f"/locations/{ghl.account['id']}"
    missing = requests.get(
        ghl.account["base_url"] + location, headers={"Authorization": ghl.headers["Authorization"]}, timeout=5
    )
    assert missing.status_code == 401
    assert "version" in missing.json()["message"]
    assert ghl.call("GET", location, headers=TALK).status_code == 400
    assert ghl.call("GET", location).json()["location"]["timezone"] == "America/New_York"


def test_every_answer_carries_the_rate_limit(ghl: Client) -> None:
    headers = ghl.call("GET", f"/locations/{ghl.account['id']}").headers
    assert headers["X-RateLimit-Interval-Milliseconds"] == "10000"
    assert int(headers["X-RateLimit-Remaining"]) < int(headers["X-RateLimit-Max"])
    assert {"X-RateLimit-Limit-Daily", "X-RateLimit-Daily-Remaining"} <= set(headers)


def test_more_than_the_burst_is_too_much_and_names_no_retry_after(ghl: Client) -> None:
    ghl.sandbox.account("ghl", ghl.account["id"], rate_max=2)
    answers = [ghl.call("GET", f"/locations/{ghl.account['id']}") for _ in range(5)]
    assert answers[-1].status_code == 429
    assert "Retry-After" not in answers[-1].headers
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"


def test_a_phone_comes_back_in_e164(ghl: Client) -> None:
    assert contact(ghl).json()["contact"]["phone"] == PHONE


def test_a_duplicate_is_400_with_the_contact_that_is_there(ghl: Client) -> None:
    first = contact_id(ghl, email="ann@example.com")
    by_phone = contact(ghl)
    assert by_phone.status_code == 400
    assert by_phone.json()["message"] == "This location does not allow duplicated contacts."
    assert by_phone.json()["meta"] == {"contactId": first, "matchingField": "phone"}
    by_email = contact(ghl, phone="+13135550199", email="ANN@example.com")
    assert by_email.json()["meta"]["matchingField"] == "email"


def test_an_update_into_a_duplicate_is_refused_too(ghl: Client) -> None:
    first, second = contact_id(ghl), contact_id(ghl, phone="+13135550199")
    refused = ghl.call("PUT", f"/contacts/{second}", {"phone": PHONE})
    assert refused.json()["meta"]["contactId"] == first


def test_a_location_may_allow_duplicates(ghl: Client) -> None:
    ghl.sandbox.account("ghl", ghl.account["id"], allow_duplicates=True)
    assert contact_id(ghl) != contact_id(ghl)


def test_upsert_finds_or_creates_and_says_which(ghl: Client) -> None:
    body = {"locationId": ghl.account["id"], "phone": PHONE, "firstName": "Ann"}
    made = ghl.call("POST", "/contacts/upsert", body).json()
    again = ghl.call("POST", "/contacts/upsert", {**body, "firstName": "Anna"}).json()
    assert (made["new"], again["new"]) == (True, False)
    assert again["contact"]["id"] == made["contact"]["id"]
    assert again["contact"]["firstName"] == "Anna"


def test_upsert_with_the_phone_of_another_keeps_the_first_configured_match(ghl: Client) -> None:
    by_email = contact_id(ghl, phone="", email="ann@example.com")
    contact(ghl, firstName="Bo")
    body = {"locationId": ghl.account["id"], "email": "ann@example.com", "phone": PHONE}
    merged = ghl.call("POST", "/contacts/upsert", body).json()["contact"]
    assert (merged["id"], merged["phone"]) == (by_email, None)


def test_tags_in_an_update_replace_all_and_the_tag_endpoints_do_not(ghl: Client) -> None:
    made = contact_id(ghl, tags=["Lead", "warm"])
    ghl.call("POST", f"/contacts/{made}/tags", {"tags": ["zrg"]})
    assert ghl.call("GET", f"/contacts/{made}").json()["contact"]["tags"] == ["lead", "warm", "zrg"]
    ghl.call("DELETE", f"/contacts/{made}/tags", {"tags": ["warm"]})
    assert ghl.call("GET", f"/contacts/{made}").json()["contact"]["tags"] == ["lead", "zrg"]
    updated = ghl.call("PUT", f"/contacts/{made}", {"tags": ["only"]}).json()
    assert (updated["succeded"], updated["contact"]["tags"]) == (True, ["only"])


@pytest.mark.parametrize(
    ("change", "text"),
    [({"email": ""}, "email must be an email"), ({"locationId": "loc_1"}, "property locationId should not exist")],
)
def test_bad_fields_are_422_with_a_list(ghl: Client, change: dict[str, Any], text: str) -> None:
    made = contact_id(ghl)
    refused = ghl.call("PUT", f"/contacts/{made}", change)
    assert refused.status_code == 422
    assert text in refused.json()["message"]
    assert refused.json()["error"] == "Unprocessable Entity"


def test_custom_fields_are_written_under_several_names_and_read_without_labels(ghl: Client) -> None:
    field = ghl.act("custom-field", name="Job Title")["customField"]
    shown = ghl.call("GET", f"/locations/{ghl.account['id']}/customFields?model=contact").json()["customFields"]
    assert [(one["name"], one["fieldKey"], one["dataType"]) for one in shown] == [
        ("Job Title", "contact.job_title", "TEXT")
    ]
    made = contact_id(ghl)
    for named in ({"id": field["id"], "field_value": "CFO"}, {"key": "job_title", "fieldValue": "CFO"}):
        answer = ghl.call("PUT", f"/contacts/{made}", {"customFields": [named]}).json()
        assert answer["contact"]["customFields"] == [{"id": field["id"], "value": "CFO"}]


def test_search_duplicate_finds_by_number_or_email_and_answers_null_for_nobody(ghl: Client) -> None:
    made = contact_id(ghl, email="ann@example.com")

    def look(**query: str) -> dict[str, Any] | None:
        params = {"locationId": ghl.account["id"], **query}
        return ghl.call("GET", "/contacts/search/duplicate", params=params).json()["contact"]

    assert (look(number=PHONE) or {})["id"] == made
    assert (look(email="ann@example.com") or {})["id"] == made
    assert look(number="+13135550199") is None


def test_search_wants_a_page_limit_and_pages_by_the_last_hit(ghl: Client) -> None:
    refused = ghl.call("POST", "/contacts/search", {"locationId": ghl.account["id"]})
    assert (refused.status_code, refused.json()["message"]) == (422, ["pageLimit must be a number"])
    for number in range(5):
        contact(ghl, phone=f"+1313555018{number}", email=f"p{number}@example.com")
    body: dict[str, Any] = {
        "locationId": ghl.account["id"],
        "pageLimit": 2,
        "sort": [{"field": "dateAdded", "direction": "desc"}],
    }
    seen: list[str] = []
    while hits := ghl.call("POST", "/contacts/search", body).json()["contacts"]:
        seen += [one["id"] for one in hits]
        body["searchAfter"] = hits[-1]["searchAfter"]
    assert len(seen) == len(set(seen)) == 5


def test_search_filters_by_email_has_no_dnd_settings_and_misses_an_exact_phone(ghl: Client) -> None:
    contact(ghl, email="ann@example.com")

    def hits(*filters: dict[str, Any]) -> list[dict[str, Any]]:
        body = {"locationId": ghl.account["id"], "pageLimit": 10, "filters": list(filters)}
        return ghl.call("POST", "/contacts/search", body).json()["contacts"]

    by_email = {"field": "email", "operator": "eq", "value": "ann@example.com"}
    by_phone = {"field": "phone", "operator": "eq", "value": PHONE}
    assert len(hits(by_email)) == 1
    assert "dndSettings" not in hits(by_email)[0]
    assert hits(by_phone) == []
    assert len(hits({"group": "OR", "filters": [by_phone, by_email]})) == 1


def test_a_sent_sms_is_queued_first_and_delivered_later(ghl: Client) -> None:
    made = contact_id(ghl)
    answer = send(ghl, contactId=made)
    assert answer.ok
    assert answer.json()["status"] == "pending"
    path = f"/conversations/messages/{answer.json()['messageId']}"

    def final() -> dict[str, Any] | None:
        shown = ghl.call("GET", path, headers=TALK).json()["message"]
        return shown if shown["status"] == "delivered" else None

    shown = ghl.sandbox.wait_for(final, what="delivery of the SMS")
    assert not differences(shown, GHL_MESSAGE)
    assert (shown["contactId"], shown["to"]) == (made, PHONE)


def test_a_contact_whose_carrier_fails_ends_undelivered(ghl: Client) -> None:
    ghl.act("contact", phone=PHONE, name="Ann Lee", sms_ends="undelivered")
    found = ghl.sandbox.control("conversation", account=ghl.key, lead=PHONE)["person"]["id"]
    sent = send(ghl, contactId=found).json()["messageId"]

    def ended() -> bool:
        return (
            ghl.call("GET", f"/conversations/messages/{sent}", headers=TALK).json()["message"]["status"]
            == "undelivered"
        )

    assert ghl.sandbox.wait_for(ended, what="the bad end")


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"status": "active"}, "DND is active for SMS"),
        ({"channel": "all"}, "DND is active"),
        ({"status": "permanent"}, "has unsubscribed"),
    ],
)
def test_do_not_disturb_refuses_with_its_text(ghl: Client, order: dict[str, Any], text: str) -> None:
    made = contact_id(ghl)
    ghl.act("dnd", contact_id=made, **order)
    refused = send(ghl, contactId=made)
    assert refused.status_code == 400
    assert text in refused.json()["message"]
    assert refused.json()["status"] == 400
    assert refused.json()["traceId"]
    assert not ghl.sandbox.sent(ghl.key)


def test_the_other_refusals_of_a_send_have_their_texts(ghl: Client) -> None:
    assert (
        "Missing phone number"
        in send(ghl, contactId=contact_id(ghl, phone="", email="a@example.com")).json()["message"]
    )
    odd = contact_id(ghl, phone="+999123")
    assert "Invalid country calling code" in send(ghl, contactId=odd).json()["message"]
    assert send(ghl, contactId=odd, message=" ").status_code == 400
    assert send(ghl).status_code == 422
    ghl.sandbox.account("ghl", ghl.account["id"], inactive=True)
    assert "Location or agency is inactive" in send(ghl, contactId=odd).json()["message"]


def test_a_permanent_opt_out_cannot_be_lifted_by_api(ghl: Client) -> None:
    made = contact_id(ghl)
    ghl.act("dnd", contact_id=made, status="permanent")
    ghl.call("PUT", f"/contacts/{made}", {"dndSettings": {"SMS": {"status": "inactive"}}})
    assert ghl.call("GET", f"/contacts/{made}").json()["contact"]["dndSettings"]["SMS"]["status"] == "permanent"


def test_the_export_gives_a_contacts_history_page_by_page(ghl: Client) -> None:
    made = contact_id(ghl)
    for number in range(12):
        ghl.act("sms", contact_id=made, text=f"Number {number}")
    send(ghl, contactId=made)
    query = {"locationId": ghl.account["id"], "contactId": made, "channel": "SMS", "limit": "10"}
    first = ghl.call("GET", "/conversations/messages/export", params=query, headers=TALK).json()
    assert (len(first["messages"]), first["total"]) == (10, 13)
    assert first["messages"][0]["direction"] == "outbound"  # newest first
    rest = ghl.call(
        "GET", "/conversations/messages/export", params={**query, "cursor": first["nextCursor"]}, headers=TALK
    ).json()
    assert (len(rest["messages"]), rest["nextCursor"]) == (3, None)
    assert (
        ghl.call("GET", "/conversations/messages/export", params={**query, "limit": "5"}, headers=TALK).status_code
        == 422
    )


def test_without_a_channel_the_export_leaves_mail_out(ghl: Client) -> None:
    made = contact_id(ghl, email="ann@example.com")
    send(ghl, contactId=made, type="Email", html="<p>Hi</p>", subject="Hello")
    send(ghl, contactId=made)
    query = {"locationId": ghl.account["id"], "contactId": made}
    kinds = [
        row["messageType"]
        for row in ghl.call("GET", "/conversations/messages/export", params=query, headers=TALK).json()["messages"]
    ]
    assert kinds == ["TYPE_SMS"]


def test_a_conversations_messages_are_nested_live_and_flat_in_the_spec(ghl: Client) -> None:
    made = contact_id(ghl)
    for number in range(3):
        ghl.act("sms", contact_id=made, text=f"Number {number}")
    found = ghl.call(
        "GET", "/conversations/search", params={"locationId": ghl.account["id"], "contactId": made}, headers=TALK
    ).json()
    assert (found["total"], found["conversations"][0]["lastMessageBody"]) == (1, "Number 2")
    path = f"/conversations/{found['conversations'][0]['id']}/messages"
    nested = ghl.call("GET", f"{path}?limit=2", headers=TALK).json()["messages"]
    assert [row["body"] for row in nested["messages"]] == ["Number 2", "Number 1"]
    assert nested["nextPage"] is True
    rest = ghl.call("GET", f"{path}?limit=2&lastMessageId={nested['lastMessageId']}", headers=TALK).json()["messages"]
    assert ([row["body"] for row in rest["messages"]], rest["nextPage"]) == (["Number 0"], False)
    ghl.sandbox.account("ghl", ghl.account["id"], shapes="spec")
    assert ghl.call("GET", path, headers=TALK).json()["messages"][0]["body"] == "Number 2"


def test_a_foreign_location_is_refused(ghl: Client) -> None:
    assert contact(ghl, locationId="loc_foreign").status_code == 403


def test_a_messages_status_is_not_ours_to_set(ghl: Client) -> None:
    sent = send(ghl, contactId=contact_id(ghl)).json()["messageId"]
    assert (
        ghl.call("PUT", f"/conversations/messages/{sent}/status", {"status": "read"}, headers=TALK).status_code == 403
    )
