"""Instantly's side against its contract (providers/instantly.md): answers, limits, webhooks."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.integrations.sandbox.conftest import Catcher, Client
from tests.integrations.sandbox.shapes import differences

ANN = "ann@buyer.example.com"
BO = "bo@buyer.example.com"

REPLY_RECEIVED: dict[str, Any] = {  # [DOC]
    "timestamp": "2025-03-01T10:00:00.000Z",
    "event_type": "reply_received",
    "workspace": "6b1e-…",
    "campaign_id": "0a9c-…",
    "campaign_name": "Q1",
    "lead_email": "ann@buyer.example",
    "email_account": "sam@sender.example",
    "unibox_url": "https://…",
    "step": 1,
    "variant": 1,
    "is_first": True,
    "email_id": "01955f1e-…",
    "reply_subject": "Re: Quick idea",
    "reply_text_snippet": "Sounds good",
    "reply_text": "Sounds good\n\nOn Thu …",
    "reply_html": "<div>Sounds good</div>",
    "firstName": "Ann",
    "lastName": "Lee",
    "companyName": "Buyer",
}
EMAIL: dict[str, Any] = {  # [SDK]
    "id": "01955f1e-…",
    "timestamp_created": "…",
    "timestamp_email": "…",
    "message_id": "<abc@buyer.example>",
    "thread_id": "pX9…",
    "subject": "Re: Quick idea",
    "body": {"text": "Sounds good", "html": "<div>Sounds good</div>"},
    "content_preview": "Sounds good",
    "eaccount": "sam@sender.example",
    "from_address_email": "ann@buyer.example",
    "to_address_email_list": "sam@sender.example",
    "cc_address_email_list": "boss@buyer.example",
    "bcc_address_email_list": None,
    "reply_to": None,
    "from_address_json": [{"name": "Ann Lee", "address": "ann@buyer.example"}],
    "to_address_json": [],
    "cc_address_json": [],
    "organization_id": "6b1e-…",
    "campaign_id": "0a9c-…",
    "subsequence_id": None,
    "list_id": None,
    "lead": "ann@buyer.example",
    "lead_id": "7777-…",
    "ue_type": 2,
    "step": "0_0_0",
    "is_unread": 1,
    "is_auto_reply": 0,
    "is_focused": 1,
    "i_status": 1,
    "ai_interest_value": 0.9,
    "reminder_ts": None,
    "attachment_json": None,
}


@pytest.fixture
def ann(instantly: Client) -> dict[str, Any]:
    """A lead whom the campaign has written to."""
    lead = instantly.act("lead", email=ANN, first_name="Ann", last_name="Lee", company="Buyer")["lead"]
    instantly.act("campaign-send", lead_email=ANN, subject="Quick idea")
    return lead


@pytest.fixture
def reply(instantly: Client, ann: dict[str, Any]) -> dict[str, Any]:
    return instantly.act("reply", lead_email=ANN, text="Sounds good", cc=["boss@buyer.example.com"])["reply"]


def caught(instantly: Client, catcher: Catcher, event: str, count: int = 1) -> list[dict[str, Any]]:
    """The bodies of an event once that many have arrived."""

    def bodies() -> list[dict[str, Any]]:
        return [body for body in catcher.bodies() if body["event_type"] == event]

    instantly.sandbox.wait_for(lambda: len(bodies()) >= count, what=f"{count} × {event}")
    return bodies()


def answer(instantly: Client, to: str, **changes: Any) -> requests.Response:
    body = {"html": "<p>Tuesday 3pm?</p>", "text": "Tuesday 3pm?"}
    letter = {"reply_to_uuid": to, "eaccount": "sam@sender.example.com", "subject": "Re: Quick idea", "body": body}
    return instantly.call("POST", "/emails/reply", {**letter, **changes})


# ── Webhooks ───────────────────────────────────────────────────────────────────
def test_a_reply_has_the_shape_of_the_contract_and_nothing_more(
    instantly: Client, catcher: Catcher, reply: dict[str, Any]
) -> None:
    (body,) = caught(instantly, catcher, "reply_received")
    assert not differences(body, REPLY_RECEIVED, more_is_fine=False)
    assert (body["workspace"], body["email_id"]) == (instantly.account["id"], reply["id"])


def test_every_delivery_carries_the_secret_in_its_header(
    instantly: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    caught(instantly, catcher, "email_sent")
    assert catcher.caught[0]["headers"]["X-Instantly-Secret"] == "in-secret-0123456789"


def test_the_leads_variables_share_the_name_space_and_system_fields_win(instantly: Client, catcher: Catcher) -> None:
    instantly.act("lead", email=ANN, custom_variables={"website": "https://x.example", "event_type": "mine", "Odd": 1})
    instantly.act("campaign-send", lead_email=ANN)
    (body,) = caught(instantly, catcher, "email_sent")
    assert (body["website"], body["event_type"], body["Odd"]) == ("https://x.example", "email_sent", 1)


def test_a_colleagues_answer_names_the_lead_and_hides_the_colleague(
    instantly: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    made = instantly.act("reply", lead_email=ANN, from_email=BO, text="I decide that.")["reply"]
    (body,) = caught(instantly, catcher, "reply_received")
    assert body["lead_email"] == ANN
    assert BO not in str(body)
    assert instantly.call("GET", f"/emails/{made['id']}").json()["from_address_email"] == BO


@pytest.mark.parametrize(
    ("act", "event"),
    [
        ("campaign-send", "email_sent"),
        ("open", "email_opened"),
        ("bounce", "email_bounced"),
        ("unsubscribe", "lead_unsubscribed"),
        ("out-of-office", "auto_reply_received"),
    ],
)
def test_each_act_tells_its_event(
    instantly: Client, catcher: Catcher, ann: dict[str, Any], act: str, event: str
) -> None:
    instantly.act(act, lead_email=ANN)
    body = caught(instantly, catcher, event)[-1]
    assert (body["lead_email"], body["email_account"], body["step"] >= 1) == (ANN, "sam@sender.example.com", True)
    assert ("email_id" in body) == (event in {"email_sent", "auto_reply_received"})


def test_a_label_follows_the_reply_without_a_message(
    instantly: Client, catcher: Catcher, reply: dict[str, Any]
) -> None:
    instantly.act("interested", lead_email=ANN)
    (body,) = caught(instantly, catcher, "lead_interested")
    assert not {"email_id", "reply_text"} & set(body)


def test_what_is_written_by_hand_or_api_has_no_webhook(
    instantly: Client, catcher: Catcher, reply: dict[str, Any]
) -> None:
    assert instantly.act("manual-email", lead_email=ANN, text="By hand")["deliveries"] == []
    before = len(instantly.sandbox.deliveries(instantly.key))
    assert answer(instantly, reply["id"]).status_code == 200
    assert len(instantly.sandbox.deliveries(instantly.key)) == before


def test_automatic_replies_reach_only_webhooks_of_all_events(instantly: Client, ann: dict[str, Any]) -> None:
    (hook,) = instantly.call("GET", "/webhooks").json()["items"]
    instantly.call("PATCH", f"/webhooks/{hook['id']}", {"event_type": "reply_received"})
    assert instantly.act("out-of-office", lead_email=ANN)["deliveries"] == []
    assert instantly.act("reply", lead_email=ANN, text="Hi")["deliveries"] != []


def test_a_webhook_that_is_off_delivers_nothing_until_it_is_resumed(instantly: Client, ann: dict[str, Any]) -> None:
    (off,) = instantly.act("webhook-off")["webhooks"]
    assert off["status"] == -1
    assert off["timestamp_error"]
    assert instantly.act("open", lead_email=ANN)["deliveries"] == []
    assert instantly.call("POST", f"/webhooks/{off['id']}/resume").json()["status"] == 1
    assert instantly.act("open", lead_email=ANN)["deliveries"] != []


def test_a_webhook_is_retried_three_times_on_anything_but_2xx(
    instantly: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    caught(instantly, catcher, "email_sent")
    catcher.answers = [500]
    instantly.act("open", lead_email=ANN)
    assert len(caught(instantly, catcher, "email_opened", 2)) == 2


def test_webhooks_are_made_one_type_each(instantly: Client) -> None:
    body = {"name": "ZRG", "target_hook_url": "https://zrg.example.com/hook", "event_type": "all_events"}
    made = instantly.call("POST", "/webhooks", body).json()
    assert (made["status"], made["headers"], made["campaign"]) == (1, None, None)
    assert instantly.call("POST", "/webhooks", {**body, "event_type": ["email_sent"]}).status_code == 400
    assert instantly.call("POST", "/webhooks", {**body, "event_type": "auto_reply_received"}).status_code == 400
    assert instantly.call("DELETE", f"/webhooks/{made['id']}").status_code == 200
    assert instantly.call("GET", f"/webhooks/{made['id']}").status_code == 404


# ── Answers ────────────────────────────────────────────────────────────────────
def test_an_email_has_the_shape_of_the_contract(instantly: Client, reply: dict[str, Any]) -> None:
    row = instantly.call("GET", f"/emails/{reply['id']}").json()
    assert not differences(row, EMAIL)
    assert not [name for name in row if name.startswith("_")]
    assert (row["lead"], row["cc_address_email_list"]) == (ANN, "boss@buyer.example.com")


def test_an_answer_goes_to_whoever_wrote_and_comes_back_as_an_email(instantly: Client, ann: dict[str, Any]) -> None:
    theirs = instantly.act("reply", lead_email=ANN, from_email=BO, text="I decide that.")["reply"]
    made = answer(instantly, theirs["id"], cc_address_email_list=f"{ANN}, cy@buyer.example.com").json()
    assert not differences(made, EMAIL)
    assert made["to_address_email_list"] == BO
    assert made["cc_address_email_list"] == f"{ANN},cy@buyer.example.com"
    assert (made["ue_type"], made["lead"], made["thread_id"]) == (3, ANN, theirs["thread_id"])


@pytest.mark.parametrize("lacking", ["reply_to_uuid", "eaccount", "subject", "body"])
def test_an_answer_needs_its_fields(instantly: Client, reply: dict[str, Any], lacking: str) -> None:
    refused = answer(instantly, reply["id"], **{lacking: None})
    assert (refused.status_code, set(refused.json())) == (400, {"statusCode", "error", "message"})
    assert lacking in refused.json()["message"]
    assert not instantly.sandbox.sent(instantly.key)


def test_a_mailbox_that_cannot_send_is_told_with_200(instantly: Client, reply: dict[str, Any]) -> None:
    gone = answer(instantly, reply["id"], eaccount="x@sender.example.com")
    assert (gone.status_code, gone.json()) == (200, {"error": "ACC_NOT_FOUND"})
    instantly.act("sender-status", email="sam@sender.example.com", connected=False)
    assert answer(instantly, reply["id"]).json() == {"error": "ACC_AUTH_ERROR"}
    assert not instantly.sandbox.sent(instantly.key)


def test_emails_are_filtered_and_read_by_cursor(instantly: Client, reply: dict[str, Any]) -> None:
    for turn in range(3):
        instantly.act("reply", lead_email=ANN, text=f"More {turn}")
    answer(instantly, reply["id"])
    manual = instantly.call("GET", "/emails", params={"email_type": "manual", "lead": ANN}).json()["items"]
    assert [row["ue_type"] for row in manual] == [3]
    first = instantly.call("GET", "/emails", params={"email_type": "received", "limit": 3}).json()
    query = {"email_type": "received", "limit": 3, "starting_after": first["next_starting_after"]}
    rest = instantly.call("GET", "/emails", params=query).json()
    assert "next_starting_after" not in rest
    assert [row["body"]["text"] for row in first["items"] + rest["items"]] == [
        "More 2",
        "More 1",
        "More 0",
        "Sounds good",
    ]
    none = instantly.call("GET", "/emails", params={"min_timestamp_created": "2999-01-01T00:00:00.000Z"}).json()
    assert none["items"] == []


def test_the_list_has_a_limit_of_its_own(instantly: Client, reply: dict[str, Any]) -> None:
    """Counted in windows of a minute: a turn of the minute in between begins another one."""
    statuses = [instantly.call("GET", "/emails").status_code for _ in range(41)]
    assert 429 in statuses
    assert statuses.index(429) >= 20
    assert "Retry-After" not in instantly.call("GET", "/emails").headers
    assert instantly.call("GET", f"/emails/{reply['id']}").status_code == 200


def test_a_wrong_key_and_an_unknown_id_have_their_shape(instantly: Client) -> None:
    stranger = instantly.call("GET", "/workspaces/current", headers={"Authorization": "Bearer nope"})
    assert (stranger.status_code, stranger.json()["error"]) == (401, "Unauthorized")
    missing = instantly.call("GET", "/emails/nope")
    assert (missing.status_code, missing.json()["statusCode"]) == (404, 404)
    assert instantly.call("DELETE", "/emails").status_code == 405


def test_who_is_on_the_block_list_gets_no_campaign_mail(instantly: Client, ann: dict[str, Any]) -> None:
    assert instantly.call("POST", "/block-lists-entries", {"bl_value": ANN}).status_code == 200
    assert instantly.call("POST", "/block-lists-entries", {"bl_value": ANN}).status_code == 400
    with pytest.raises(AssertionError, match="block list"):
        instantly.act("campaign-send", lead_email=ANN)


def test_a_label_is_taken_for_later_and_custom_variables_are_replaced(instantly: Client, ann: dict[str, Any]) -> None:
    label = {"lead_email": ANN, "interest_value": -1}
    assert instantly.call("POST", "/leads/update-interest-status", label).status_code == 202
    (lead,) = instantly.call("POST", "/leads/list", {"search": ANN}).json()["items"]
    assert lead["lt_interest_status"] == -1
    for variables in ({"a": "1"}, {"b": "2"}):
        lead = instantly.call("PATCH", f"/leads/{ann['id']}", {"custom_variables": variables}).json()
    assert (lead["payload"], lead["first_name"]) == ({"b": "2"}, "Ann")


def test_the_fault_of_a_200_with_an_error_does_nothing(instantly: Client, reply: dict[str, Any]) -> None:
    with instantly.sandbox.fault("success_false", provider="instantly", account=instantly.key, operation="send"):
        refused = answer(instantly, reply["id"])
    assert (refused.status_code, refused.json()) == (200, {"error": "ACC_UNKNOWN_ERROR"})
    assert not instantly.sandbox.sent(instantly.key)


# ── The page ───────────────────────────────────────────────────────────────────
def test_the_page_shows_the_conversation_and_writes_as_the_lead(instantly: Client, reply: dict[str, Any]) -> None:
    answer(instantly, reply["id"])
    here = f"/?lead={instantly.key}/{ANN}"
    shown = requests.get(instantly.sandbox.url(here), timeout=10).text
    order = [shown.index(text) for text in ("Quick idea", "Sounds good", "Tuesday 3pm?")]
    assert order == sorted(order)
    fields = {"provider": "instantly", "account": instantly.key, "act": "reply", "lead_email": ANN, "back": here}
    written = {**fields, "text": "Written on the page", "quote": "on"}
    again = requests.post(instantly.sandbox.url("/page/act"), data=written, timeout=10)
    assert "Written on the page" in again.text
