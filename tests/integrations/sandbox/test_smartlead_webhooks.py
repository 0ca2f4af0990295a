"""What SmartLead delivers, compared with the samples that the product's parser is tested on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.events import (
    AddressBounced,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    MessageReceived,
    MessageSent,
)
from integrations.providers.smartlead.webhook import DOOR
from tests.integrations.sandbox.conftest import Catcher, Client
from tests.integrations.sandbox.shapes import differences

ANN = "ann@buyer.example.com"
SAMPLES = Path(__file__).parents[2] / "payloads" / "smartlead"


def caught(smart: Client, catcher: Catcher, event: str, count: int = 1) -> dict[str, Any]:
    """The last body of an event once that many have arrived."""

    def found() -> list[dict[str, Any]]:
        return [body for body in catcher.bodies() if body["event_type"] == event]

    smart.sandbox.wait_for(lambda: len(found()) >= count, what=f"{count} × {event}")
    return found()[-1]


@pytest.fixture
def written_to(smart: Client) -> None:
    smart.act("lead", email=ANN, first_name="Ann", last_name="Lee")
    smart.act("campaign-send", lead_email=ANN, subject="Quick idea")


@pytest.mark.usefixtures("written_to")
@pytest.mark.parametrize(
    ("act", "order", "event", "sample", "meaning"),
    [
        ("campaign-send", {}, "EMAIL_SENT", "email_sent", MessageSent),
        ("campaign-send", {}, "FIRST_EMAIL_SENT", "first_email_sent", MessageSent),
        ("open", {}, "EMAIL_OPEN", "email_open", MessageOpened),
        ("reply", {"text": "Sounds good"}, "EMAIL_REPLY", "email_reply", MessageReceived),
        ("out-of-office", {}, "EMAIL_REPLY", "email_reply", MessageReceived),
        ("bounce", {}, "EMAIL_BOUNCE", "email_bounce", AddressBounced),
        ("unsubscribe", {}, "LEAD_UNSUBSCRIBED", "lead_unsubscribed", LeadUnsubscribed),
        ("interested", {}, "LEAD_CATEGORY_UPDATED", "lead_category_updated", LeadInterested),
        (
            "reply",
            {"text": "Who are you?", "lead_email": "stranger@other.example.com"},
            "UNTRACKED_REPLIES",
            "untracked_replies",
            MessageReceived,
        ),
    ],
)
def test_each_event_has_the_shape_of_its_sample_and_its_meaning(
    smart: Client,
    catcher: Catcher,
    act: str,
    order: dict[str, Any],
    event: str,
    sample: str,
    meaning: type,
) -> None:
    smart.act(act, **{"lead_email": ANN, **order})
    body = caught(smart, catcher, event)
    assert not differences(body, json.loads((SAMPLES / f"{sample}.json").read_text()))
    assert body["secret_key"] == "sl-secret-0123456789"
    headline = DOOR.headline(body, {})
    (event_meant,) = DOOR.parse(headline.event_type, DOOR.kept(body))
    assert type(event_meant) is meaning


@pytest.mark.usefixtures("written_to")
def test_from_is_the_mailbox_and_to_is_whoever_answered(smart: Client, catcher: Catcher) -> None:
    order = {"lead_email": ANN, "from_email": "bo@buyer.example.com", "from_name": "Bo Okafor", "text": "For Ann"}
    smart.act("reply", **order)
    body = caught(smart, catcher, "EMAIL_REPLY")
    assert body["from_email"] == "sam@sender.example.com"
    assert (body["to_email"], body["to_name"]) == ("bo@buyer.example.com", "Bo Okafor")
    assert body["sl_lead_email"] == ANN
    assert body["leadCorrespondence"] == {
        "targetLeadEmail": ANN,
        "replyReceivedFrom": "bo@buyer.example.com",
        "repliedCompanyDomain": "SameCompany",
    }
    (received,) = DOOR.parse("EMAIL_REPLY", body)
    assert isinstance(received, MessageReceived)
    assert (received.sender.email, received.person.email) == ("bo@buyer.example.com", ANN)


@pytest.mark.usefixtures("written_to")
def test_several_answers_to_one_mail_share_its_stats_id_and_not_their_own(smart: Client, catcher: Catcher) -> None:
    for text in ("One", "Two"):
        smart.act("reply", lead_email=ANN, text=text)
    caught(smart, catcher, "EMAIL_REPLY", count=2)
    both = [body for body in catcher.bodies() if body["event_type"] == "EMAIL_REPLY"]
    assert len({body["stats_id"] for body in both}) == 1
    assert len({DOOR.headline(body, {}).provider_id for body in both}) == 2


@pytest.mark.usefixtures("written_to")
def test_an_opt_out_names_no_number_of_the_lead(smart: Client, catcher: Catcher) -> None:
    smart.act("unsubscribe", lead_email=ANN)
    body = caught(smart, catcher, "LEAD_UNSUBSCRIBED")
    assert not {name for name in body if name.startswith("sl_") or name == "stats_id"}
    assert body["to_email"] == ANN


@pytest.mark.usefixtures("written_to")
@pytest.mark.parametrize("held", [False, True])
def test_an_answer_by_api_or_by_hand_comes_back_as_an_echo(smart: Client, catcher: Catcher, held: bool) -> None:
    reply = smart.act("reply", lead_email=ANN, text="Sounds good")["reply"]
    smart.sandbox.account("smartlead", smart.account["id"], hold_queue=held)
    order = {"email_stats_id": reply["stats_id"], "email_body": "<p>Tuesday?</p>", "reply_email_body": "<p>Yes</p>"}
    path = f"/api/v1/campaigns/{reply['campaign_id']}/reply-email-thread"
    smart.call("POST", path, order, params={"api_key": smart.account["token"]})
    assert bool(smart.act("send-queued")["deliveries"]) is held
    body = caught(smart, catcher, "MANUAL_REPLY_SENT")
    assert not differences(body, json.loads((SAMPLES / "manual_reply_sent.json").read_text()))
    (echo,) = DOOR.parse("MANUAL_REPLY_SENT", body)
    assert isinstance(echo, MessageConfirmed)
    assert echo.ids["smartlead_message"] == smart.sandbox.sent(smart.key)[0]["id"]
    smart.act("manual-email", lead_email=ANN, text="By hand")
    assert "By hand" in caught(smart, catcher, "MANUAL_REPLY_SENT", count=2)["sent_message"]["text"]


def test_it_is_repeated_three_times_until_it_is_taken(smart: Client, catcher: Catcher) -> None:
    catcher.answers = [500, 503]
    smart.act("reply", lead_email="stranger@other.example.com", text="Hi")
    row = smart.sandbox.wait_for(lambda: smart.sandbox.deliveries(smart.key, state="delivered"), what="the third try")[
        0
    ]
    assert (row["attempts"], row["last_status"]) == (3, 200)
    assert len({one["raw"] for one in catcher.caught}) == 1


def test_a_secret_is_made_where_none_was_given(smart: Client) -> None:
    bare = smart.sandbox.account("smartlead", f"{smart.account['id']}-bare")
    again = smart.sandbox.account("smartlead", f"{smart.account['id']}-bare")
    assert len(bare["more"]["secret_key"]) == 36
    assert again["more"]["secret_key"] == bare["more"]["secret_key"]
