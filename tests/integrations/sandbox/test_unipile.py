"""Unipile's side answers and tells as its contract says (providers/unipile.md)."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.integrations.sandbox.conftest import Catcher, Client
from tests.integrations.sandbox.shapes import differences
from tests.sandbox_server import SandboxServer

MESSAGE: dict[str, Any] = {  # [DOC message-payload]
    "id": "",
    "chat_id": "",
    "provider_id": "",
    "chat_provider_id": "",
    "account_id": "",
    "sender_id": "",
    "text": "",
    "timestamp": "",
    "is_sender": 0,
    "attachments": [],
    "seen": 0,
    "hidden": 0,
    "deleted": 0,
    "edited": 0,
    "is_event": 0,
    "event_type": None,
    "reactions": [],
    "quoted": None,
}
CHAT: dict[str, Any] = {  # [SDK]
    "id": "",
    "account_id": "",
    "account_type": "LINKEDIN",
    "provider_id": "",
    "attendee_provider_id": "",
    "name": None,
    "type": 0,
    "timestamp": "",
    "unread_count": 0,
    "archived": 0,
    "muted_until": None,
    "read_only": 0,
    "disabledFeatures": [],
    "folder": [],
}
PROFILE: dict[str, Any] = {  # [DOC]
    "provider": "LINKEDIN",
    "provider_id": "",
    "public_identifier": "",
    "first_name": "",
    "last_name": "",
    "headline": "",
    "network_distance": "",
    "is_relationship": True,
}
ERROR: dict[str, Any] = {"status": 422, "type": "errors/x", "title": "", "detail": "", "instance": ""}  # [SDK]
PAYLOADS = Path(__file__).parents[2] / "payloads" / "unipile"
_numbers = itertools.count(1)


@pytest.fixture
def unipile(sandbox: SandboxServer, catcher: Catcher) -> Client:
    """A LinkedIn account with its webhooks."""
    account = sandbox.account(
        "unipile", f"acc_{next(_numbers)}", name="Nora Field", webhook_url=catcher.url, webhook_secret="hush"
    )
    return Client(sandbox, account, {"X-API-KEY": account["token"]})


@pytest.fixture
def ann(unipile: Client) -> dict[str, Any]:
    return unipile.act("person", first_name="Ann", last_name="Lee", headline="CFO", degree="1")["person"]


@pytest.fixture
def bo(unipile: Client) -> dict[str, Any]:
    return unipile.act("person", first_name="Bo", last_name="Ray", degree="2")["person"]


def post(client: Client, path: str, **form: str) -> requests.Response:
    """Multipart, as Unipile wants it."""
    fields = [(name, (None, value)) for name, value in form.items()]
    return client.call("POST", f"/api/v1{path}", files=fields)


def get(client: Client, path: str, **query: str) -> dict[str, Any]:
    query.setdefault("account_id", client.account["id"])
    answer = client.call("GET", f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def kind_of(answer: requests.Response) -> tuple[int, str]:
    body = answer.json()
    assert differences(body, ERROR) == []
    return answer.status_code, body["type"].removeprefix("errors/")


def test_a_chat_begins_goes_on_and_is_listed(unipile: Client, ann: dict[str, Any]) -> None:
    begun = post(unipile, "/chats", account_id=unipile.account["id"], attendees_ids=ann["id"], text="Hi Ann").json()
    said = post(unipile, f"/chats/{begun['chat_id']}/messages", text="Are you there?").json()
    assert (begun["object"], said["object"]) == ("ChatStarted", "MessageSent")
    (chat,) = get(unipile, "/chats")["items"]
    assert differences(chat, CHAT) == []
    assert chat["attendee_provider_id"] == ann["id"]
    for path in (f"/chats/{chat['id']}/messages", "/messages"):
        listed = get(unipile, path)
        assert (listed["object"], listed["cursor"]) == ("MessageList", None)
        assert [row["text"] for row in listed["items"]] == ["Are you there?", "Hi Ann"]
        assert differences(listed["items"][0], MESSAGE) == []


def test_lists_go_on_by_cursor(unipile: Client, ann: dict[str, Any]) -> None:
    for number in range(3):
        unipile.act("message", lead=ann["id"], text=f"Line {number}")
    first = get(unipile, "/messages", limit="2")
    rest = get(unipile, "/messages", limit="2", cursor=first["cursor"])
    assert [row["text"] for row in (*first["items"], *rest["items"])] == ["Line 2", "Line 1", "Line 0"]
    assert rest["cursor"] is None


def test_a_message_must_be_a_form(unipile: Client, ann: dict[str, Any]) -> None:
    order = {"account_id": unipile.account["id"], "attendees_ids": ann["id"], "text": "Hi"}
    assert kind_of(unipile.call("POST", "/api/v1/chats", json=order)) == (400, "invalid_parameters")


def test_a_profile_is_found_by_both_names(unipile: Client, ann: dict[str, Any]) -> None:
    by_id, by_name = get(unipile, f"/users/{ann['id']}"), get(unipile, "/users/ann-lee")
    assert by_id == by_name
    assert differences(by_id, PROFILE) == []
    assert by_id["network_distance"] == "FIRST_DEGREE"


def test_only_a_relation_gets_a_chat_and_only_a_stranger_a_request(
    unipile: Client, ann: dict[str, Any], bo: dict[str, Any]
) -> None:
    chat = post(unipile, "/chats", account_id=unipile.account["id"], attendees_ids=bo["id"], text="Hi")
    assert kind_of(chat) == (422, "no_connection_with_recipient")
    order = {"account_id": unipile.account["id"], "provider_id": ann["id"], "message": "Hi"}
    assert kind_of(unipile.call("POST", "/api/v1/users/invite", json=order)) == (422, "already_connected")
    order |= {"provider_id": bo["id"]}
    made = unipile.call("POST", "/api/v1/users/invite", json=order).json()
    assert made["object"] == "UserInvitationSent"
    assert kind_of(unipile.call("POST", "/api/v1/users/invite", json=order)) == (422, "already_invited_recently")
    (request,) = get(unipile, "/users/invite/sent")["items"]
    assert (request["id"], request["invited_user_id"]) == (made["invitation_id"], bo["id"])


def test_an_accepted_request_becomes_a_chat_with_its_note(
    unipile: Client, bo: dict[str, Any], catcher: Catcher
) -> None:
    order = {"account_id": unipile.account["id"], "provider_id": bo["id"], "message": "Hi Bo"}
    unipile.call("POST", "/api/v1/users/invite", json=order)
    unipile.act("accept", lead=bo["id"])
    assert get(unipile, "/users/invite/sent")["items"] == []
    assert [row["text"] for row in get(unipile, "/messages")["items"]] == ["Hi Bo"]
    assert [row["member_id"] for row in get(unipile, "/users/relations")["items"]] == [bo["id"]]
    unipile.sandbox.wait_for(lambda: len(catcher.caught) == 2, what="the two webhooks")
    assert {one["body"]["event"] for one in catcher.caught} == {"message_received", "new_relation"}


def test_one_key_opens_every_account_and_no_other_key_any(unipile: Client, sandbox: SandboxServer) -> None:
    other = sandbox.account("unipile", f"acc_{next(_numbers)}", name="Somebody else")
    assert get(unipile, f"/accounts/{other['id']}")["name"] == "Somebody else"
    assert {one["id"] for one in get(unipile, "/accounts")["items"]} >= {other["id"], unipile.account["id"]}
    stranger = Client(sandbox, unipile.account, {"X-API-KEY": "wrong"})
    assert kind_of(stranger.call("GET", "/api/v1/accounts")) == (401, "invalid_credentials")
    assert kind_of(unipile.call("GET", "/api/v1/accounts/acc_none")) == (404, "resource_not_found")


def test_a_signed_out_account_says_so_and_sends_nothing(unipile: Client, ann: dict[str, Any], catcher: Catcher) -> None:
    unipile.act("disconnect")
    (source,) = get(unipile, f"/accounts/{unipile.account['id']}")["sources"]
    assert source["status"] == "CREDENTIALS"
    chat = post(unipile, "/chats", account_id=unipile.account["id"], attendees_ids=ann["id"], text="Hi")
    assert kind_of(chat) == (401, "disconnected_account")
    unipile.sandbox.wait_for(lambda: catcher.caught, what="the webhook")
    told = {"account_id": unipile.account["id"], "account_type": "LINKEDIN", "message": "CREDENTIALS"}
    assert catcher.caught[0]["body"] == {"AccountStatus": told}


@pytest.mark.parametrize("act", ["message", "own-message"])
def test_the_webhook_of_a_message_is_as_in_the_contract(
    unipile: Client, ann: dict[str, Any], catcher: Catcher, act: str
) -> None:
    unipile.act(act, lead=ann["id"], text="Sounds good")
    unipile.sandbox.wait_for(lambda: catcher.caught, what="the webhook")
    (caught,) = catcher.caught
    sample = "message_received_own.json" if act == "own-message" else "message_received.json"
    assert differences(caught["body"], json.loads((PAYLOADS / sample).read_text())) == []
    assert caught["headers"]["Unipile-Auth"] == "hush"
    assert not caught["headers"]["Content-Type"].startswith("application/json"), "webhooks made by API name no JSON"
    owner = caught["body"]["account_info"]["user_id"]
    assert (caught["body"]["sender"]["attendee_provider_id"] == owner) == (act == "own-message")
    assert caught["body"]["attendees"][0]["attendee_provider_id"] == ann["id"]


def test_a_send_by_api_is_echoed(unipile: Client, ann: dict[str, Any], catcher: Catcher) -> None:
    begun = post(unipile, "/chats", account_id=unipile.account["id"], attendees_ids=ann["id"], text="Hi Ann").json()
    unipile.sandbox.wait_for(lambda: catcher.caught, what="the echo")
    body = catcher.caught[0]["body"]
    assert (body["message_id"], body["is_sender"]) == (begun["message_id"], True)


@pytest.mark.parametrize(
    ("message", "status", "kind"),
    [
        ("errors/limit_exceeded", 422, "limit_exceeded"),
        ("errors/account_restricted", 403, "account_restricted"),
        ("errors/no_client_session", 503, "no_client_session"),
        ("The moon is wrong.", 422, "unprocessable_entity"),
    ],
)
def test_a_fault_may_name_the_type_of_error(
    unipile: Client, ann: dict[str, Any], message: str, status: int, kind: str
) -> None:
    with unipile.sandbox.fault("refused", provider="unipile", operation="send", message=message):
        answer = post(unipile, "/chats", account_id=unipile.account["id"], attendees_ids=ann["id"], text="Hi")
    assert kind_of(answer) == (status, kind)
    assert get(unipile, "/messages")["items"] == []


def test_the_page_shows_the_lead_and_writes_as_them(unipile: Client, ann: dict[str, Any]) -> None:
    page = unipile.sandbox.url(f"/?lead={unipile.key}/{ann['id']}&by=linkedin")
    shown = requests.get(page, timeout=10).text
    assert "Send LinkedIn message" in shown
    order = {
        "provider": "unipile",
        "account": unipile.key,
        "act": "message",
        "lead": ann["id"],
        "text": "From the page",
    }
    answer = requests.post(unipile.sandbox.url("/page/act"), data={**order, "back": "/"}, timeout=10)
    assert answer.ok
    assert "From the page" in requests.get(page, timeout=10).text
