"""EmailBison's REST side: auth, lists, errors, replies, leads (providers/emailbison.md)."""

from __future__ import annotations

import re
from typing import Any

import requests

from tests.integrations.sandbox.conftest import Client
from tests.integrations.sandbox.samples import BISON_LIST
from tests.integrations.sandbox.shapes import differences


def replied(bison: Client, text: str = "Sounds good", **more: Any) -> dict[str, Any]:
    return bison.act("reply", lead_email="ann@buyer.example.com", text=text, **more)["reply"]


def answer_to(bison: Client, reply: dict[str, Any], **more: Any) -> requests.Response:
    to = [{"name": "Ann Lee", "email_address": "ann@buyer.example.com"}]
    body = {
        "message": "<p>Tuesday 3pm?</p>",
        "content_type": "html",
        "sender_email_id": reply["sender_email_id"],
        "to_emails": to,
    }
    return bison.call("POST", f"/api/replies/{reply['id']}/reply", {**body, **more})


def test_a_call_without_the_right_token_is_unauthenticated(bison: Client) -> None:
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer 1|wrong"}):
        response = bison.call("GET", "/api/users", headers=headers)
        assert (response.status_code, response.json()) == (401, {"message": "Unauthenticated."})


def test_the_health_check_names_the_workspace(bison: Client) -> None:
    data = bison.call("GET", "/api/users").json()["data"]
    assert data["team"]["id"] == int(bison.account["id"])
    assert data["email"]


def test_a_list_has_fifteen_rows_and_links_that_forget_the_filters(bison: Client) -> None:
    for number in range(17):
        bison.act("lead", email=f"lead{number}@many.example.com")
    first = bison.call("GET", "/api/leads?search=many").json()
    assert not differences(first, BISON_LIST)
    assert (len(first["data"]), first["meta"]["total"], first["meta"]["last_page"]) == (15, 17, 2)
    assert first["links"]["next"].endswith("/api/leads?page=2")
    second = bison.call("GET", "/api/leads?search=many&page=2").json()
    assert len(second["data"]) == 2
    assert {row["id"] for row in first["data"]}.isdisjoint(row["id"] for row in second["data"])
    assert len(bison.call("GET", "/api/leads?per_page=100").json()["data"]) == 17


def test_replies_can_be_read_by_cursor_without_gap_or_repetition(bison: Client, ann: dict[str, Any]) -> None:
    made = [replied(bison, f"Number {number}")["id"] for number in range(5)]
    seen, cursor = [], ""
    while True:
        page = bison.call("GET", f"/api/replies?pagination_type=cursor&per_page=2&cursor={cursor}").json()
        seen += [row["id"] for row in page["data"]]
        if not (cursor := page["meta"]["next_cursor"]):
            break
        replied(bison, "While you read")  # newer rows don't shift the pages
    assert seen == made[::-1]


def test_times_carry_microseconds_in_utc(bison: Client, ann: dict[str, Any]) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", replied(bison)["date_received"])


def test_an_answer_is_filed_as_sent_in_the_same_thread(bison: Client, ann: dict[str, Any]) -> None:
    reply = replied(bison)
    sent = answer_to(bison, reply).json()["data"]
    assert (sent["success"], sent["message"], sent["reply"]["folder"]) == (True, "Successfully sent email", "Sent")
    assert sent["reply"]["parent_id"] == reply["id"]
    assert sent["reply"]["to"] == [{"name": "Ann Lee", "address": "ann@buyer.example.com"}]
    thread = bison.call("GET", f"/api/replies/{reply['id']}/conversation-thread").json()["data"]
    assert thread["current_reply"]["id"] == reply["id"]
    assert [one["id"] for one in thread["newer_messages"]] == [sent["reply"]["id"]]
    assert not thread["older_messages"]


def test_an_answer_without_its_fields_is_invalid(bison: Client, ann: dict[str, Any]) -> None:
    reply = replied(bison)
    path = f"/api/replies/{reply['id']}/reply"
    empty = bison.call("POST", path, {})
    assert (empty.status_code, list(empty.json()["errors"])) == (422, ["message"])
    unaddressed = bison.call("POST", path, {"message": "Hi"})
    assert set(unaddressed.json()["errors"]) == {"sender_email_id", "to_emails"}
    assert answer_to(bison, reply, sender_email_id=999).json()["errors"] == {
        "sender_email_id": ["The selected sender email id is invalid."]
    }


def test_reply_all_picks_sender_and_recipients_and_appends_the_given(bison: Client, ann: dict[str, Any]) -> None:
    reply = replied(bison, cc=["boss@buyer.example.com"])
    more = [{"email_address": "elise@buyer.example.com"}, {"email_address": "ann@buyer.example.com"}]
    sent = bison.call(
        "POST", f"/api/replies/{reply['id']}/reply", {"message": "Hi", "reply_all": True, "to_emails": more}
    )
    shown = sent.json()["data"]["reply"]
    assert shown["sender_email_id"] == reply["sender_email_id"]
    assert sorted(one["address"] for one in shown["to"]) == ["ann@buyer.example.com", "elise@buyer.example.com"]
    assert [one["address"] for one in shown["cc"]] == ["boss@buyer.example.com"]


def test_a_multipart_answer_carries_attachments(bison: Client, ann: dict[str, Any]) -> None:
    reply = replied(bison)
    fields = {
        "message": "See attached",
        "sender_email_id": str(reply["sender_email_id"]),
        "to_emails[0][name]": "Ann",
        "to_emails[0][email_address]": "ann@buyer.example.com",
    }
    upload = {"attachments[0]": ("plan.pdf", b"%PDF-", "application/pdf")}
    response = bison.call("POST", f"/api/replies/{reply['id']}/reply", data=fields, files=upload)
    assert response.json()["data"]["reply"]["attachments"] == [{"file_name": "plan.pdf"}]


def test_the_rest_calls_say_subject_where_webhooks_say_email_subject(bison: Client, ann: dict[str, Any]) -> None:
    shown = bison.call("GET", f"/api/replies/{replied(bison)['id']}").json()["data"]
    assert shown["subject"] == "Re: Quick idea"
    assert "email_subject" not in shown
    assert shown["lead"]["overall_stats"]["replies"] == 1
    assert "In-Reply-To: <out-" in shown["raw_body"]


def test_replies_are_filtered_by_folder_lead_and_status(bison: Client, ann: dict[str, Any]) -> None:
    inbound, automatic = (
        replied(bison)["id"],
        bison.act("out-of-office", lead_email="ann@buyer.example.com")["reply"]["id"],
    )
    bison.act("reply", lead_email="stranger@other.example.com", text="Who is this?")
    sent = answer_to(bison, bison.call("GET", f"/api/replies/{inbound}").json()["data"]).json()["data"]["reply"]["id"]

    def ids(query: str) -> list[int]:
        return [row["id"] for row in bison.call("GET", f"/api/replies?{query}").json()["data"]]

    assert ids("folder=sent") == [sent]
    assert ids(f"lead_id={ann['id']}&folder=inbox") == [automatic, inbound]
    assert ids("status=automated_reply") == [automatic]
    assert automatic not in ids("status=not_automated_reply")


def test_an_unknown_reply_is_not_found(bison: Client) -> None:
    response = bison.call("GET", "/api/replies/4711")
    assert (response.status_code, response.json()["data"]["success"]) == (404, False)


def test_another_workspaces_reply_is_not_found(bison: Client, ann: dict[str, Any]) -> None:
    reply = replied(bison)
    other = bison.sandbox.account("emailbison", 10_000 + int(bison.account["id"]))
    stranger = {"Authorization": f"Bearer {other['token']}"}
    assert bison.call("GET", f"/api/replies/{reply['id']}", headers=stranger).status_code == 404


def test_a_new_mail_starts_a_thread_of_its_own(bison: Client, ann: dict[str, Any]) -> None:
    sender = bison.call("GET", "/api/sender-emails").json()["data"][0]["id"]
    body = {"subject": "Hello", "message": "Hi Ann", "sender_email_id": sender, "content_type": "text"}
    sent = bison.call("POST", "/api/replies/new", {**body, "to_emails": [{"email_address": "ann@buyer.example.com"}]})
    shown = sent.json()["data"]["reply"]
    assert (shown["subject"], shown["text_body"], shown["lead_id"]) == ("Hello", "Hi Ann", ann["id"])


def test_patch_keeps_and_put_clears_what_is_not_sent(bison: Client, ann: dict[str, Any]) -> None:
    bison.call("POST", "/api/custom-variables", {"name": "Availability Slot"})
    slot = [{"name": "availability slot", "value": "Tue 10:00"}]
    patched = bison.call("PATCH", f"/api/leads/{ann['id']}", {"custom_variables": slot}).json()["data"]
    assert {one["name"] for one in patched["custom_variables"]} == {"phone_number", "availability slot"}
    assert patched["title"] == "CFO"
    put = bison.call("PUT", "/api/leads/ann@buyer.example.com", {"first_name": "Ann", "custom_variables": slot}).json()[
        "data"
    ]
    assert put["custom_variables"] == slot
    assert put["title"] is None


def test_a_variable_must_exist_and_comes_back_in_lower_case(bison: Client, ann: dict[str, Any]) -> None:
    refused = bison.call("PATCH", f"/api/leads/{ann['id']}", {"custom_variables": [{"name": "Slot", "value": "x"}]})
    assert refused.status_code == 422
    assert bison.call("POST", "/api/custom-variables", {"name": "Slot"}).json()["data"]["name"] == "slot"
    assert bison.call("POST", "/api/custom-variables", {"name": "slot"}).status_code == 422


def test_a_lead_is_created_once(bison: Client) -> None:
    body = {"first_name": "Bo", "email": "bo@buyer.example.com"}
    assert bison.call("POST", "/api/leads", body).status_code == 201
    assert list(bison.call("POST", "/api/leads", body).json()["errors"]) == ["email"]
    merged = bison.call(
        "POST",
        "/api/leads/create-or-update/bo@buyer.example.com",
        {**body, "title": "CTO", "existing_lead_behavior": "patch"},
    )
    assert merged.json()["data"]["title"] == "CTO"


def test_a_lead_is_blacklisted_once(bison: Client, ann: dict[str, Any]) -> None:
    assert bison.call("POST", f"/api/leads/{ann['id']}/blacklist").status_code == 200
    again = bison.call("POST", f"/api/leads/{ann['id']}/blacklist")
    assert (again.status_code, again.json()["data"]) == (
        400,
        {"success": False, "message": "Lead is already blacklisted"},
    )


def test_unsubscribing_a_lead_is_seen_in_its_row(bison: Client, ann: dict[str, Any]) -> None:
    assert bison.call("PATCH", f"/api/leads/{ann['id']}/unsubscribe").json()["data"]["status"] == "unsubscribed"
    assert bison.call("GET", "/api/leads/ann@buyer.example.com").json()["data"]["status"] == "unsubscribed"


def test_an_untracked_reply_can_be_attached_to_a_campaign_mail(bison: Client, ann: dict[str, Any]) -> None:
    stranger = bison.act("reply", lead_email="assistant@buyer.example.com", text="I answer for Ann")["reply"]
    assert (stranger["lead_id"], stranger["type"]) == (None, "Untracked Reply")
    mail = bison.call("GET", f"/api/leads/{ann['id']}/sent-emails").json()["data"][0]
    path = f"/api/replies/{stranger['id']}/attach-scheduled-email-to-reply"
    assert bison.call("POST", path, {"scheduled_email_id": mail["id"]}).json()["data"]["success"] is True
    assert bison.call("GET", f"/api/replies/{stranger['id']}").json()["data"]["lead_id"] == ann["id"]


def test_webhook_addresses_are_made_changed_and_removed(bison: Client) -> None:
    body = {"name": "ZRG", "url": "https://zrg.example.com/hook", "events": ["lead_replied"]}
    made = bison.call("POST", "/api/webhook-url", body)
    assert (made.status_code, set(made.json()["data"])) == (
        201,
        {"id", "name", "url", "events", "created_at", "updated_at"},
    )
    path = f"/api/webhook-url/{made.json()['data']['id']}"
    assert bison.call("PUT", path, {**body, "events": ["email_sent"]}).json()["data"]["events"] == ["email_sent"]
    assert bison.call("POST", "/api/webhook-url", {**body, "events": ["nonsense"]}).status_code == 422
    assert bison.call("DELETE", path).json()["data"]["success"] is True
    assert bison.call("GET", path).status_code == 404


def test_a_method_that_is_not_there_is_answered_in_the_frameworks_shape(bison: Client) -> None:
    response = bison.call("DELETE", "/api/replies")
    assert (response.status_code, list(response.json())) == (405, ["message"])


def test_the_rate_limit_says_when_to_come_back(bison: Client) -> None:
    bison.sandbox.account("emailbison", bison.account["id"], rate_max=2)
    answers = [bison.call("GET", "/api/users") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
