"""Every fault does what its line says, as often as told, and to nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from tests.integrations.sandbox.conftest import Catcher, Client

TALK = {"Version": "2021-04-15"}


def answered(bison: Client, **options: Any) -> requests.Response:
    reply = bison.act("reply", lead_email="ann@buyer.example.com", text="Hi")["reply"]
    return bison.call("POST", f"/api/replies/{reply['id']}/reply", {"message": "Hello", "reply_all": True}, **options)


def fault(client: Client, kind: str, **more: Any) -> Any:
    return client.sandbox.fault(kind, provider=client.account["provider"], account=client.key, **{"times": 1, **more})


@pytest.mark.parametrize(
    ("kind", "status"),
    [("error_500", 500), ("rate_limited", 429), ("refused", 400), ("unauthorized", 401), ("success_false", 200)],
)
def test_a_refusing_fault_answers_so_and_nothing_is_done(
    bison: Client, ann: dict[str, Any], kind: str, status: int
) -> None:
    with fault(bison, kind, operation="send"):
        response = answered(bison)
    assert response.status_code == status
    assert response.json().get("data", {}).get("success", False) is False
    assert not bison.sandbox.sent(bison.key)
    assert answered(bison).json()["data"]["success"] is True


def test_no_answer_means_done_and_then_silence(bison: Client, ann: dict[str, Any]) -> None:
    with fault(bison, "no_answer", operation="send"), pytest.raises(requests.ConnectionError):
        answered(bison)
    assert len(bison.sandbox.sent(bison.key)) == 1


def test_no_answer_can_outlast_the_clients_patience(bison: Client, ann: dict[str, Any]) -> None:
    with fault(bison, "no_answer", operation="send", delay_s=2), pytest.raises(requests.Timeout):
        reply = bison.act("reply", lead_email="ann@buyer.example.com", text="Hi")["reply"]
        address = f"{bison.account['base_url']}/api/replies/{reply['id']}/reply"
        requests.post(address, json={"message": "Hello", "reply_all": True}, headers=bison.headers, timeout=0.3)
    bison.sandbox.wait_for(lambda: len(bison.sandbox.sent(bison.key)) == 1, what="the work behind the silence")


def test_hang_up_closes_the_line_and_nothing_is_done(bison: Client, ann: dict[str, Any]) -> None:
    with fault(bison, "hang_up", operation="send"), pytest.raises(requests.ConnectionError):
        answered(bison)
    assert not bison.sandbox.sent(bison.key)


def test_malformed_is_done_but_no_json(bison: Client, ann: dict[str, Any]) -> None:
    with fault(bison, "malformed", operation="send"):
        response = answered(bison)
    assert response.status_code == 200
    with pytest.raises(ValueError):
        response.json()
    assert len(bison.sandbox.sent(bison.key)) == 1


def test_slow_answers_late_and_right(bison: Client) -> None:
    with fault(bison, "slow", operation="account", delay_s=0.4):
        began = time.monotonic()
        assert bison.call("GET", "/api/users").status_code == 200
    assert time.monotonic() - began >= 0.4


def test_do_not_disturb_as_a_fault_of_gohighlevel(ghl: Client) -> None:
    made = ghl.act("contact", phone="+13135550163", name="Ann")["contact"]["id"]
    body = {"type": "SMS", "contactId": made, "message": "Hi"}
    with fault(ghl, "dnd", operation="send"):
        assert (
            "DND is active for SMS" in ghl.call("POST", "/conversations/messages", body, headers=TALK).json()["message"]
        )
    with fault(ghl, "refused", operation="send", message="Location or agency is inactive."):
        assert "inactive" in ghl.call("POST", "/conversations/messages", body, headers=TALK).json()["message"]


def test_a_fault_is_used_up_after_its_times(bison: Client) -> None:
    with fault(bison, "error_500", times=2):
        assert [bison.call("GET", "/api/users").status_code for _ in range(3)] == [500, 500, 200]


def test_a_fault_without_times_lasts_until_lifted(bison: Client) -> None:
    with fault(bison, "error_500", times=None):
        assert {bison.call("GET", "/api/users").status_code for _ in range(4)} == {500}
    assert bison.call("GET", "/api/users").status_code == 200


def test_a_fault_of_one_account_or_operation_leaves_the_others_alone(bison: Client, ghl: Client) -> None:
    with fault(bison, "error_500", operation="send", times=None):
        assert bison.call("GET", "/api/users").status_code == 200
        assert ghl.call("GET", f"/locations/{ghl.account['id']}").status_code == 200


def test_the_log_of_calls_names_the_fault(bison: Client) -> None:
    with fault(bison, "error_500", operation="account"):
        bison.call("GET", "/api/users")
    latest = bison.sandbox.requests(bison.key)[0]
    assert (latest["operation"], latest["status"], latest["fault"]) == ("account", 500, "error_500")


def test_a_duplicated_webhook_arrives_more_than_once_with_the_same_body(bison: Client, catcher: Catcher) -> None:
    with fault(bison, "duplicate", copies=3):
        bison.act("campaign-send", lead_email="ann@buyer.example.com")
    bison.sandbox.wait_for(lambda: len(catcher.caught) == 3, what="three copies")
    assert len({one["raw"] for one in catcher.caught}) == 1


def test_webhooks_out_of_order_arrive_in_reverse(ghl: Client, catcher: Catcher) -> None:
    with fault(ghl, "out_of_order", times=3, delay_s=0.3):
        for text in ("one", "two", "three"):
            ghl.act("sms", phone="+13135550163", text=text)
    ghl.sandbox.wait_for(lambda: len(catcher.caught) == 3, what="three texts")
    assert [body["message"]["body"] for body in catcher.bodies()] == ["three", "two", "one"]


def test_a_dropped_webhook_never_arrives_but_can_be_sent_again(bison: Client, catcher: Catcher) -> None:
    with fault(bison, "dropped"):
        told = bison.act("campaign-send", lead_email="ann@buyer.example.com")["deliveries"]
    assert bison.sandbox.deliveries(bison.key)[0]["state"] == "dropped"
    assert not catcher.caught
    bison.sandbox.control("deliveries/resend", {"id": told[0]})
    bison.sandbox.wait_for(lambda: catcher.caught, what="the second try")


def test_a_delayed_webhook_waits(bison: Client, catcher: Catcher) -> None:
    with fault(bison, "delayed", delay_s=0.5):
        bison.act("campaign-send", lead_email="ann@buyer.example.com")
    bison.act("open", lead_email="ann@buyer.example.com")
    bison.sandbox.wait_for(lambda: len(catcher.caught) == 2, what="both")
    assert [body["event"]["type"] for body in catcher.bodies()] == ["EMAIL_OPENED", "EMAIL_SENT"]


def test_an_unknown_fault_is_a_bad_order_with_a_remedy(bison: Client) -> None:
    with pytest.raises(AssertionError, match="kind must be one of error_500"):
        bison.sandbox.control("faults", {"kind": "explode"})
