"""What EmailBison delivers, and when (providers/emailbison.md, "Webhook delivery")."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integrations.sandbox.conftest import Catcher, Client
from tests.integrations.sandbox.samples import EVENT_KEYS, LEAD_REPLIED, SENT_MAIL
from tests.integrations.sandbox.shapes import differences

ANN = "ann@buyer.example.com"


def caught(bison: Client, catcher: Catcher, event: str, count: int = 1) -> list[dict[str, Any]]:
    """The bodies of an event once that many have arrived."""
    bison.sandbox.wait_for(lambda: len(catcher.bodies(event)) >= count, what=f"{count} × {event}")
    return catcher.bodies(event)


def test_a_reply_of_a_campaign_lead_has_the_shape_of_the_contract(
    bison: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good")["reply"]
    body = caught(bison, catcher, "LEAD_REPLIED")[0]
    assert not differences(body, LEAD_REPLIED)
    assert body["event"]["workspace_id"] == int(bison.account["id"])
    assert body["event"]["instance_url"] == bison.account["base_url"]
    assert body["data"]["reply"]["id"] == reply["id"]
    assert "subject" not in body["data"]["reply"]
    assert "email_subject" not in body["data"]["scheduled_email"]


def test_delivery_carries_no_secret_and_no_signature(bison: Client, catcher: Catcher, ann: dict[str, Any]) -> None:
    caught(bison, catcher, "EMAIL_SENT")
    names = {name.lower() for name in catcher.caught[0]["headers"]}
    assert names <= {"content-type", "content-length", "host", "accept-encoding", "user-agent", "connection", "accept"}


@pytest.mark.parametrize(
    ("act", "order", "event"),
    [
        ("campaign-send", {"lead_email": ANN}, "EMAIL_SENT"),
        ("open", {"lead_email": ANN}, "EMAIL_OPENED"),
        ("unsubscribe", {"lead_email": ANN}, "LEAD_UNSUBSCRIBED"),
        ("reply", {"lead_email": "stranger@other.example.com", "text": "Hi"}, "UNTRACKED_REPLY_RECEIVED"),
    ],
)
def test_each_event_carries_its_keys_and_no_others(
    bison: Client, catcher: Catcher, ann: dict[str, Any], act: str, order: dict[str, Any], event: str
) -> None:
    bison.act(act, **order)
    body = caught(bison, catcher, event)[-1]
    assert set(body["data"]) == EVENT_KEYS[event]
    if "scheduled_email" in body["data"]:
        assert not differences(body["data"]["scheduled_email"], SENT_MAIL)


def test_an_answer_by_api_comes_back_as_an_echo_without_uuid(
    bison: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good")["reply"]
    sent = bison.call("POST", f"/api/replies/{reply['id']}/reply", {"message": "Tuesday?", "reply_all": True}).json()
    body = caught(bison, catcher, "MANUAL_EMAIL_SENT")[0]
    assert set(body["data"]) == EVENT_KEYS["MANUAL_EMAIL_SENT"]
    assert body["data"]["reply"]["id"] == sent["data"]["reply"]["id"]
    assert "uuid" not in body["data"]["reply"]


def test_a_mail_written_by_hand_is_told_in_the_same_way(bison: Client, catcher: Catcher, ann: dict[str, Any]) -> None:
    bison.act("reply", lead_email=ANN, text="Sounds good")
    bison.act("manual-email", lead_email=ANN, text="Written at EmailBison")
    assert caught(bison, catcher, "MANUAL_EMAIL_SENT")[0]["data"]["reply"]["text_body"] == "Written at EmailBison"
    assert not bison.sandbox.sent(bison.key)  # the product did not send it


def test_interested_follows_the_reply_with_its_id_and_only_once(
    bison: Client, catcher: Catcher, ann: dict[str, Any]
) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good", interested=True)["reply"]
    assert caught(bison, catcher, "LEAD_INTERESTED")[0]["data"]["reply"]["id"] == reply["id"]
    assert bison.act("interested", lead_email=ANN)["deliveries"] == []
    second = bison.act("reply", lead_email=ANN, text="Still good", interested=True)
    assert len(second["deliveries"]) == 1  # LEAD_REPLIED only


def test_marking_by_api_can_be_silent(bison: Client, catcher: Catcher, ann: dict[str, Any]) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good")["reply"]
    path = f"/api/replies/{reply['id']}/mark-as-interested"
    assert bison.call("PATCH", path, {"skip_webhooks": True}).json()["data"]["interested"] is True
    caught(bison, catcher, "LEAD_REPLIED")
    assert "LEAD_INTERESTED" not in [row["event"] for row in bison.sandbox.deliveries(bison.key)]


@pytest.mark.parametrize(("kind", "code"), [("hard", "5.1.1"), ("soft", "4.2.2"), ("policy", "5.7.1")])
def test_a_bounce_comes_from_the_mail_system_with_its_code(
    bison: Client, catcher: Catcher, ann: dict[str, Any], kind: str, code: str
) -> None:
    bison.act("bounce", lead_email=ANN, kind=kind)
    body = caught(bison, catcher, "EMAIL_BOUNCED")[0]
    assert not differences(body, LEAD_REPLIED)
    reply = body["data"]["reply"]
    assert (reply["folder"], reply["type"], reply["automated_reply"]) == ("Bounced", "Bounced", True)
    assert body["data"]["campaign_event"]["type"] == "bounce"
    assert reply["from_email_address"].startswith("mailer-daemon@")
    assert f"Status: {code}" in reply["text_body"]


def test_an_out_of_office_is_automatic(bison: Client, catcher: Catcher, ann: dict[str, Any]) -> None:
    bison.act("out-of-office", lead_email=ANN, until="9 March")
    reply = caught(bison, catcher, "LEAD_REPLIED")[0]["data"]["reply"]
    assert reply["automated_reply"] is True
    assert reply["email_subject"].startswith("Automatic reply:")


def test_a_campaign_may_leave_automatic_replies_out(bison: Client, ann: dict[str, Any]) -> None:
    bison.act("campaign", name="Quiet", include_auto_replies_in_stats=False)
    bison.act("campaign-send", lead_email="bo@buyer.example.com", campaign="Quiet")
    assert bison.act("out-of-office", lead_email="bo@buyer.example.com")["deliveries"] == []


def test_a_colleague_on_cc_answers_under_the_leads_name(bison: Client, catcher: Catcher, ann: dict[str, Any]) -> None:
    bison.act(
        "reply",
        lead_email=ANN,
        text="I answer for Ann",
        from_email="Elise@Buyer.example.com",
        from_name="Elise Tran",
        cc=[ANN],
    )
    data = caught(bison, catcher, "LEAD_REPLIED")[0]["data"]
    assert (data["reply"]["from_email_address"], data["lead"]["email"]) == ("elise@buyer.example.com", ANN)
    assert data["reply"]["cc"] == [{"name": None, "address": ANN}]


def test_a_reply_quotes_the_earlier_mail_when_asked(bison: Client, ann: dict[str, Any]) -> None:
    reply = bison.act("reply", lead_email=ANN, text="Sounds good", quote=True)["reply"]
    assert reply["text_body"].startswith("Sounds good\n\nOn ")
    assert "\n> Hi Ann" in reply["text_body"]
    assert "gmail_quote" in reply["html_body"]


def test_the_next_reply_answers_and_quotes_our_latest_mail_in_the_same_thread(
    bison: Client, ann: dict[str, Any]
) -> None:
    first = bison.act("reply", lead_email=ANN, text="How much?")["reply"]
    body = {"message": "<p>About $11 a head.</p>", "reply_all": True}
    ours = bison.call("POST", f"/api/replies/{first['id']}/reply", body).json()["data"]["reply"]
    second = bison.act("reply", lead_email=ANN, text="Good", quote=True)["reply"]
    assert second["parent_id"] == ours["id"]
    assert "> About $11 a head." in second["text_body"]
    thread = bison.call("GET", f"/api/replies/{ours['id']}/conversation-thread").json()["data"]
    assert [one["id"] for one in thread["older_messages"] + thread["newer_messages"]] == [first["id"], second["id"]]


def test_only_subscribed_events_are_delivered(bison: Client, catcher: Catcher) -> None:
    for row in bison.call("GET", "/api/webhook-url").json()["data"]:
        bison.call("PUT", f"/api/webhook-url/{row['id']}", {**row, "events": ["lead_replied"]})
    assert bison.act("campaign-send", lead_email=ANN)["deliveries"] == []
    assert len(bison.act("reply", lead_email=ANN, text="Hi")["deliveries"]) == 1


def test_a_test_event_is_a_static_sample_of_workspace_one(bison: Client, catcher: Catcher) -> None:
    body = {"event_type": "lead_replied", "url": catcher.url}
    answer = bison.call("POST", "/api/webhook-events/test-event", body).json()["data"]
    assert answer["success"] is True
    arrived = caught(bison, catcher, "LEAD_REPLIED")[0]
    assert arrived == answer["payload"]
    assert arrived["event"]["workspace_id"] == 1
    assert "instance_url" not in arrived["event"]
    wrapped = bison.call("GET", "/api/webhook-events/sample-payload?event_type=lead_replied").json()
    assert wrapped["data"]["event"]["type"] == "LEAD_REPLIED"


def test_a_campaign_mails_many_at_once(bison: Client, catcher: Catcher) -> None:
    sent = bison.act("campaign-send", count=40)
    assert len(set(sent["scheduled_email_ids"])) == 40
    bodies = caught(bison, catcher, "EMAIL_SENT", 40)
    assert len({body["data"]["campaign_event"]["id"] for body in bodies}) == 40


def test_an_unsubscribed_lead_gets_no_more_campaign_mail(bison: Client, ann: dict[str, Any]) -> None:
    bison.act("unsubscribe", lead_email=ANN)
    with pytest.raises(AssertionError, match="has unsubscribed"):
        bison.act("campaign-send", lead_email=ANN)
