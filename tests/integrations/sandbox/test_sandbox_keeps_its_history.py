"""State, deliveries and numbering outlive the process; the control API can be repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integrations.sandbox.conftest import Catcher, Client
from tests.sandbox_server import SandboxServer

ANN = "ann@buyer.example.com"


def test_a_failed_webhook_is_repeated_until_it_is_taken(bison: Client, catcher: Catcher) -> None:
    catcher.answers = [500, 302]
    bison.act("campaign-send", lead_email=ANN)
    bison.sandbox.wait_for(lambda: len(catcher.caught) == 3, what="two repetitions")
    row = bison.sandbox.wait_for(lambda: bison.sandbox.deliveries(bison.key, state="delivered"), what="the success")[0]
    assert (row["attempts"], row["last_status"]) == (3, 200)
    assert len({one["raw"] for one in catcher.caught}) == 1


def test_what_a_killed_sandbox_had_not_delivered_arrives_after_its_restart(tmp_path: Path, catcher: Catcher) -> None:
    server = SandboxServer(data_dir=tmp_path).start()
    try:
        account = server.account("emailbison", 7, webhook_url=catcher.url)
        with server.fault("delayed", delay_s=0.8):
            server.control("emailbison/campaign-send", {"lead_email": ANN})
        server.kill()
        assert not catcher.caught
        server.start()
        server.wait_for(lambda: catcher.caught, what="the webhook after the restart")
        assert server.control("accounts")["accounts"][0]["token"] == account["token"]
        assert server.control("conversation", account="7", lead=ANN)["letters"][0]["via"] == "campaign"
    finally:
        server.stop()


def test_an_account_made_twice_is_one_with_its_token(sandbox: SandboxServer, catcher: Catcher) -> None:
    order = {"provider": "emailbison", "id": "900", "webhook_url": catcher.url, "senders": ["sam@sender.example.com"]}
    first, second = (sandbox.control("accounts", order) for _ in range(2))
    assert (first["created"], second["created"]) == (True, False)
    assert first["account"]["token"] == second["account"]["token"]
    told = sandbox.control("emailbison/campaign-send", {"account": "900", "lead_email": ANN})
    assert len(told["deliveries"]) == 1  # one subscription, not two
    state = next(one for one in sandbox.control("state")["accounts"] if one["key"] == "emailbison:900")
    assert state["records"]["sender"] == 1


def test_ids_repeat_between_accounts_but_never_within_one(bison: Client, sandbox: SandboxServer) -> None:
    other = sandbox.account("emailbison", 901)
    mine = bison.act("lead", email=ANN)["lead"]["id"]
    theirs = sandbox.control("emailbison/lead", {"account": other["key"], "email": ANN})["lead"]["id"]
    assert mine == theirs
    sandbox.reset(bison.key)
    assert bison.act("lead", email=ANN)["lead"]["id"] > mine


def test_a_reset_empties_an_account_but_keeps_it_connected(
    bison: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    bison.sandbox.reset(bison.key)
    assert bison.call("GET", "/api/leads").json()["meta"]["total"] == 0
    assert bison.sandbox.deliveries(bison.key) == []
    assert len(bison.act("campaign-send", lead_email=ANN)["deliveries"]) == 1
    assert bison.call("GET", "/api/users").status_code == 200


def test_what_was_sent_is_listed_newest_first_over_all_channels(
    bison: Client, ghl: Client, ann: dict[str, Any]
) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good")["reply"]
    bison.call("POST", f"/api/replies/{reply['id']}/reply", {"message": "<p>By mail</p>", "reply_all": True})
    contact = ghl.act("contact", phone="+13135550163", email=ANN, name="Ann")["contact"]["id"]
    body = {"type": "SMS", "contactId": contact, "message": "By SMS"}
    ghl.call("POST", "/conversations/messages", body, headers={"Version": "2021-04-15"})
    mine = [one for one in bison.sandbox.sent() if one["account"] in (bison.key, ghl.key)]
    assert [(one["channel"], one["text"]) for one in mine] == [("sms", "By SMS"), ("email", "By mail")]
    assert mine[1]["to"] == [ANN]
    assert [one["text"] for one in bison.sandbox.sent(bison.key, lead=ANN)] == ["By mail"]


def test_an_act_can_be_played_in_the_past(bison: Client, ghl: Client) -> None:
    at = "2026-03-02T09:14:00+01:00"
    bison.act("campaign-send", lead_email=ANN, at=at)
    reply = bison.act("reply", lead_email=ANN, text="Sounds good", at=at)["reply"]
    text = ghl.act("sms", phone="+13135550163", text="Hi", at=at)["message"]
    assert (reply["date_received"], text["dateAdded"]) == ("2026-03-02T08:14:00.000000Z", "2026-03-02T08:14:00.000Z")
    assert bison.act("reply", lead_email=ANN, text="Now")["reply"]["date_received"] > "2026-03-02T08:14:01"
    with pytest.raises(AssertionError, match="400"):
        bison.act("reply", lead_email=ANN, text="Hi", at="yesterday")


def test_an_unknown_account_or_act_is_named_in_the_refusal(bison: Client) -> None:
    with pytest.raises(AssertionError, match="There is no account"):
        bison.sandbox.control("emailbison/reply", {"account": "4711", "lead_email": ANN, "text": "Hi"})
    with pytest.raises(AssertionError, match="EmailBison knows: lead"):
        bison.act("sing")
    with pytest.raises(AssertionError, match="Unknown provider"):
        bison.sandbox.control("pigeon/reply", {})
    with pytest.raises(AssertionError, match="text is missing"):
        bison.act("reply", lead_email=ANN)


def test_it_refuses_to_start_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = SandboxServer(data_dir=tmp_path)
    server.environment["ZRG_ENV"] = "production"
    with pytest.raises(RuntimeError, match="no place in production"):
        server.start()
