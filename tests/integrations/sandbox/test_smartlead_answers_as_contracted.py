"""SmartLead's REST side: the key in the query, errors, leads, conversations, answers (providers/smartlead.md)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.integrations.sandbox.conftest import Client
from tests.integrations.sandbox.shapes import differences

ANN = "ann@buyer.example.com"
HISTORY: dict[str, Any] = {  # [INT]
    "history": [
        {
            "type": "SENT",
            "message_id": "<out-1@sender.example>",
            "stats_id": "8f3c",
            "time": "",
            "email_body": "<p>Hi</p>",
            "subject": "Quick idea",
            "email_seq_number": "1",
            "open_count": 0,
            "click_count": 0,
            "click_details": {},
        }
    ],
    "from": "sam@sender.example",
    "to": "ann@buyer.example",
}
QUEUED = "Email added to the queue, will be sent out soon!"


def call(smart: Client, method: str, path: str, json: Any = None, **query: Any) -> requests.Response:
    params = {"api_key": smart.account["token"], **query}
    return smart.call(method, f"/api/v1{path}", json, params=params)


@pytest.fixture
def reply(smart: Client) -> dict[str, Any]:
    """Ann's answer to a campaign mail."""
    smart.act("lead", email=ANN, first_name="Ann", last_name="Lee")
    smart.act("campaign-send", lead_email=ANN, subject="Quick idea")
    return smart.act("reply", lead_email=ANN, text="Sounds good")["reply"]


def history(smart: Client, reply: dict[str, Any]) -> dict[str, Any]:
    path = f"/campaigns/{reply['campaign_id']}/leads/{reply['lead_id']}/message-history"
    return dict(call(smart, "GET", path).json())


def answer(smart: Client, reply: dict[str, Any], **more: Any) -> requests.Response:
    body = {
        "email_stats_id": reply["stats_id"],
        "email_body": "<p>Tuesday 3pm?</p>",
        "reply_message_id": reply["message_id"],
        "reply_email_time": reply["time"],
        "reply_email_body": reply["email_body"],
    }
    return call(smart, "POST", f"/campaigns/{reply['campaign_id']}/reply-email-thread", {**body, **more})


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_call_without_the_right_key_is_refused(smart: Client, key: str) -> None:
    response = call(smart, "GET", "/campaigns/", api_key=key)
    assert (response.status_code, response.json()) == (401, {"message": "API key is required."})


def test_the_health_check_lists_all_campaigns(smart: Client) -> None:
    (campaign,) = call(smart, "GET", "/campaigns/").json()
    assert (campaign["name"], campaign["status"], campaign["client_id"]) == ("Q1", "ACTIVE", None)
    assert call(smart, "GET", f"/campaigns/{campaign['id']}").json() == campaign
    assert call(smart, "GET", "/campaigns/99999").status_code == 404
    (mailbox,) = call(smart, "GET", "/email-accounts/", offset=0, limit=100).json()
    assert mailbox["from_email"] == "sam@sender.example.com"


def test_more_than_the_minute_holds_is_429_with_how_long_to_wait(smart: Client) -> None:
    smart.sandbox.account("smartlead", smart.account["id"], rate_max=2)
    answers = [call(smart, "GET", "/campaigns/") for _ in range(5)]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    refused = answers[-1]
    assert refused.status_code == 429
    error = refused.json()["error"]
    assert error["code"] == "RATE_LIMIT_EXCEEDED"
    assert str(error["retry_after"]) == refused.headers["Retry-After"]


def test_an_unknown_address_is_an_empty_object(smart: Client, reply: dict[str, Any]) -> None:
    response = call(smart, "GET", "/leads/", email="nobody@buyer.example.com")
    assert (response.status_code, response.json()) == (200, {})
    found = call(smart, "GET", "/leads/", email="Ann@buyer.example.com").json()
    assert found["id"] == str(reply["lead_id"])
    assert [one["campaign_id"] for one in found["lead_campaign_data"]] == [reply["campaign_id"]]


def test_the_history_has_the_shape_of_the_contract_oldest_first(smart: Client, reply: dict[str, Any]) -> None:
    answer(smart, reply)
    found = history(smart, reply)
    assert not differences(found, HISTORY)
    assert [row["type"] for row in found["history"]] == ["SENT", "REPLY", "SENT"]
    assert [row.get("email_seq_number") for row in found["history"]] == ["1", None, None]
    assert (found["from"], found["to"]) == ("sam@sender.example.com", ANN)


def test_the_newer_shape_has_another_name_for_the_same_rows(smart: Client, reply: dict[str, Any]) -> None:
    old = history(smart, reply)["history"]
    smart.sandbox.account("smartlead", smart.account["id"], history="messages")
    assert history(smart, reply)["messages"] == old


def test_an_answer_is_queued_and_names_no_id(smart: Client, reply: dict[str, Any]) -> None:
    response = answer(smart, reply, cc="bo@buyer.example.com,cy@buyer.example.com", to_email="dee@buyer.example.com")
    assert (response.status_code, response.text) == (200, QUEUED)
    smart.sandbox.account("smartlead", smart.account["id"], answers="json")
    assert answer(smart, reply).json() == {"ok": True, "data": "success"}
    letters = smart.sandbox.sent(smart.key)
    assert letters[-1]["to"] == ["dee@buyer.example.com"]
    assert letters[-1]["cc"] == ["bo@buyer.example.com", "cy@buyer.example.com"]
    assert letters[0]["to"] == [ANN]


def test_what_is_held_is_in_nobodys_history_until_it_leaves(smart: Client, reply: dict[str, Any]) -> None:
    smart.sandbox.account("smartlead", smart.account["id"], hold_queue=True)
    answer(smart, reply)
    assert len(history(smart, reply)["history"]) == 2
    assert smart.sandbox.sent(smart.key)[0]["state"] == "queued"
    smart.act("send-queued")
    assert len(history(smart, reply)["history"]) == 3
    assert smart.act("send-queued")["messages"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email_stats_id": "gone"}, "Invalid email_stats_id or campaign_id"),
        ({"email_stats_id": ""}, '"email_stats_id" is required'),
        ({"email_body": " "}, '"email_body" is required'),
    ],
)
def test_a_bad_answer_is_400_with_the_words_in_error(
    smart: Client, reply: dict[str, Any], change: dict[str, str], words: str
) -> None:
    response = answer(smart, reply, **change)
    assert (response.status_code, response.json()) == (400, {"error": words})
    assert smart.sandbox.sent(smart.key) == []


def test_a_lead_is_changed_with_its_custom_fields_merged(smart: Client, reply: dict[str, Any]) -> None:
    path = f"/campaigns/{reply['campaign_id']}/leads/{reply['lead_id']}"
    assert call(smart, "POST", path, {"custom_fields": {"a": "1"}}).status_code == 400
    for fields in ({"a": "1"}, {"b": "2"}):
        assert call(smart, "POST", path, {"email": ANN, "custom_fields": fields}).json() == {"ok": True}
    found = call(smart, "GET", "/leads/", email=ANN).json()
    assert (found["custom_fields"], found["first_name"]) == ({"a": "1", "b": "2"}, "Ann")


def test_unsubscribing_and_blocking_twice_is_once(smart: Client, reply: dict[str, Any]) -> None:
    for _ in range(2):
        assert call(smart, "POST", f"/leads/{reply['lead_id']}/unsubscribe").json()["ok"] is True
        assert call(smart, "POST", "/leads/add-domain-block-list", {"domain_block_list": [ANN]}).json()["ok"] is True
    blocked = call(smart, "GET", "/leads/get-domain-block-list").json()
    assert [row["email_or_domain"] for row in blocked] == [ANN]
    assert call(smart, "POST", "/leads/99999/unsubscribe").status_code == 404
    person = smart.sandbox.control("conversation", account=smart.key, lead=ANN)["person"]
    assert person["blocked"] == "unsubscribed"


def test_the_master_inbox_lists_conversations_the_one_answered_last_first(smart: Client, reply: dict[str, Any]) -> None:
    smart.act("campaign-send", lead_email="bo@buyer.example.com")
    smart.act("campaign-send", lead_email="silent@buyer.example.com")
    smart.act("reply", lead_email="bo@buyer.example.com", text="Me too")
    rows = call(smart, "POST", "/master-inbox/inbox-replies", {"offset": 0, "limit": 20}).json()["data"]
    assert [row["lead_email"] for row in rows] == ["bo@buyer.example.com", ANN]
    rest = call(smart, "POST", "/master-inbox/inbox-replies", {"offset": 1, "limit": 20}).json()["data"]
    assert [row["lead_email"] for row in rest] == [ANN]


def test_the_log_of_calls_holds_no_key(smart: Client, reply: dict[str, Any]) -> None:
    history(smart, reply)
    log = smart.sandbox.requests(smart.key)
    assert any("api_key=…" in row["path"] for row in log)
    assert smart.account["token"] not in str(log)


def test_the_page_lets_one_write_as_a_lead_of_smartlead(smart: Client, reply: dict[str, Any]) -> None:
    place = f"/?lead={smart.key}/{reply['lead_id']}"
    fields = {"provider": "smartlead", "account": smart.key, "lead_email": ANN, "back": place, "said": "Sent"}
    url = smart.sandbox.url("/page/act")
    shown = requests.post(url, data={**fields, "act": "reply", "text": "From the page", "quote": "on"}, timeout=10).text
    assert f'name="account" value="{smart.key}"' in shown
    assert "From the page" in shown
    for act in ("open", "out-of-office", "interested", "bounce", "unsubscribe"):
        assert (
            "Sent" in requests.post(url, data={**fields, "act": act, "kind": "hard"}, timeout=10).url.rpartition("=")[2]
        )
    refused = requests.post(url, data={**fields, "act": "campaign-send"}, timeout=10).text
    assert "SmartLead would not send" in refused
