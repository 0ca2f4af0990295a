"""What the providers' REST answers mean, on samples of their contracts and on nonsense."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.answers import Answer, reason
from integrations.events import Address, Channel, MessageConfirmed, MessageReceived, Person
from integrations.providers.base import Outgoing
from integrations.providers.emailbison import rows as bison
from integrations.providers.gohighlevel import rows as ghl
from integrations.providers.sameness import as_html, begins_alike, is_same, own_words

SAMPLES = Path(__file__).parent.parent / "payloads"
SENT = datetime(2025, 3, 1, 10, 59, 30, tzinfo=UTC)


def sample(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text())


ANSWER = Outgoing(
    channel=Channel.EMAIL,
    text="Tuesday 3pm?",
    person=Person(email="ann@buyer.example"),
    to=(Address("Ann@buyer.example", "Ann Lee"),),
    thread={"reply_id": "9001", "sender_email_id": "139"},
)


# ── EmailBison ─────────────────────────────────────────────────────────────────


def test_emailbison_a_sent_reply_becomes_a_receipt() -> None:
    receipt = bison.receipt(sample("emailbison_api/reply_sent.json")["data"]["reply"])
    assert receipt.ids == {"emailbison_reply": "9002", "rfc": "<out-2@sender.example>"}
    assert receipt.thread == {"reply_id": "9002", "sender_email_id": "139"}
    assert receipt.at == datetime(2025, 3, 1, 11, 0, tzinfo=UTC)


def newer() -> list[dict[str, Any]]:
    return sample("emailbison_api/conversation_thread.json")["data"]["newer_messages"]


def test_emailbison_our_answer_is_found_among_newer_messages_with_what_it_quotes() -> None:
    assert [bison.is_this(row, ANSWER, since=SENT, known=()) for row in newer()] == [True, False]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": "Tuesday 3pm"}, "other words"),
        ({"text": ""}, "no words"),
        ({"to": (Address("bo@buyer.example"),)}, "another recipient"),
    ],
)
def test_emailbison_another_message_is_not_taken_for_ours(change: dict[str, Any], why: str) -> None:
    assert not bison.is_this(newer()[0], replace(ANSWER, **change), since=SENT, known=()), why


def test_emailbison_ours_is_not_known_yet_and_not_older_than_the_send() -> None:
    row = newer()[0]
    assert not bison.is_this(row, ANSWER, since=SENT, known=["9002"])
    at = datetime(2025, 3, 1, 11, 0, tzinfo=UTC)
    assert bison.is_this(row, ANSWER, since=at + timedelta(minutes=2), known=())
    assert not bison.is_this(row, ANSWER, since=at + timedelta(minutes=2, seconds=1), known=())


def test_emailbison_a_text_version_that_quotes_is_ours_without_its_html() -> None:
    row = newer()[0] | {"html_body": None}
    assert bison.is_this(row, ANSWER, since=SENT, known=())


def test_emailbison_rows_of_the_inbox_mean_what_the_webhook_means() -> None:
    bounced, received, away = (bison.event(row) for row in sample("emailbison_api/replies.json")["data"])
    assert bounced is None
    assert isinstance(received, MessageReceived)
    assert received.person.names == (("emailbison_lead", "31"),)
    assert (received.person.email, received.person.phone) == ("ann@buyer.example", "+15550100002")
    assert received.sender == Address("bo@buyer.example", "Bo Lee")
    assert received.cc == (Address("ann@buyer.example", ""),)
    assert received.thread == {"reply_id": "9001", "sender_email_id": "139"}
    assert received.ids == {"emailbison_reply": "9001", "rfc": "<abc@buyer.example>"}
    assert received.campaign is not None
    assert received.campaign.external_id == "12"
    assert received.attachments[0].name == "plan.pdf"
    assert isinstance(away, MessageReceived)
    assert (away.untracked, away.automated, away.person.email) == (True, True, "cy@other.example")


def test_emailbison_a_sent_row_is_a_confirmation() -> None:
    row = sample("emailbison_api/reply_sent.json")["data"]["reply"]
    found = bison.event(row)
    assert isinstance(found, MessageConfirmed)
    assert (found.person.email, found.subject) == ("ann@buyer.example", "Re: Quick idea")


@pytest.mark.parametrize(
    ("status", "connected"), [("Connected", True), ("connected", True), ("Not connected", False), (None, False)]
)
def test_emailbison_a_mailbox_is_connected_in_either_spelling(status: str | None, connected: bool) -> None:
    assert bison.sender({"id": 139, "email": "sam@sender.example", "status": status}).is_connected is connected


# ── GoHighLevel ────────────────────────────────────────────────────────────────


def test_ghl_only_text_messages_are_history() -> None:
    rows, _, _ = ghl.page(sample("ghl_api/export.json"))
    events = [event for row in rows if (event := ghl.event(row))]
    assert [event.ids["ghl_message"] for event in events] == ["m_6", "m_4", "m_2", "m_0"]
    assert [type(event) for event in events] == [MessageConfirmed, MessageReceived, MessageConfirmed, MessageReceived]
    received = events[1]
    assert isinstance(received, MessageReceived)
    assert received.thread == {"contact_id": "cnt_1", "conversation_id": "cv_1"}
    assert received.at == datetime(2026, 9, 20, 11, 31, 45, 750000, tzinfo=UTC)
    assert received.attachments[0].url.startswith("https://storage.example.com/media/map.png")


@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_ghl_both_shapes_of_a_conversation_are_one(shape: str) -> None:
    rows, last, more = ghl.page(sample(f"ghl_api/conversation_{shape}.json"))
    assert ([row["id"] for row in rows], last, more) == (["m_6", "m_4"], "m_4", True)


def test_ghl_a_message_may_come_wrapped() -> None:
    bare = {"id": "m_1", "status": "sent"}
    assert ghl.message({"message": bare}) == ghl.message(bare) == bare


def test_ghl_a_bad_end_is_noted() -> None:
    rows, _, _ = ghl.page(sample("ghl_api/export.json"))
    assert [ghl.receipt(row).note for row in rows if row["id"] in ("m_6", "m_2")] == [
        "",
        "GoHighLevel reports it as undelivered.",
    ]


# ── Whatever comes ─────────────────────────────────────────────────────────────

NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "id",
    "folder",
    "to",
    "cc",
    "html_body",
    "text_body",
    "date_received",
    "lead",
    "sender_email_id",
    "messageType",
]
NAMES += ["type", "body", "direction", "dateAdded", "contactId", "attachments", "status", "message", "messages", "data"]
ROWS = st.dictionaries(st.sampled_from(NAMES), NONSENSE | st.sampled_from(["Inbox", "Sent", "inbound", "TYPE_SMS"]))


@given(ROWS)
def test_no_row_breaks_the_reading(row: dict[str, Any]) -> None:
    assert bison.event(row) is None or str(row["folder"]).lower() in {"inbox", "sent"}
    assert all(isinstance(value, str) for value in bison.receipt(row).thread.values())
    assert bison.is_this(row, ANSWER, since=SENT, known=()) is False
    assert ghl.event(row) is None or (ghl.is_sms(row) and "id" in row)
    assert ghl.is_this(row, ANSWER, since=SENT, known=()) is False
    assert all(isinstance(value, str) for value in ghl.thread(row).values())
    assert isinstance(ghl.message(row), dict)


@given(NONSENSE)
def test_no_answer_breaks_the_reading(body: Any) -> None:
    rows, last, more = ghl.page(body)
    assert all(isinstance(row, dict) for row in rows)
    assert isinstance(last, str)
    assert isinstance(more, bool)
    assert isinstance(ghl.message(body), dict)
    assert isinstance(reason(body), str)
    Answer(200, body, "", {}).get("data", "team", "id")


# ── Texts out and back ─────────────────────────────────────────────────────────


@given(st.text(max_size=200))
def test_what_goes_out_as_html_comes_back_as_the_same_words(text: str) -> None:
    assert is_same(text, own_words(as_html(text))) or not is_same(text, text)


@pytest.mark.parametrize(
    ("text", "rich"),
    [
        ("One\nTwo\n\nThree", "<p>One<br>Two</p><p>Three</p>"),
        ("One\r\n\r\n\r\n\r\nTwo", "<p>One</p><p>Two</p>"),
        ('  a < b & "c"  ', '<p>a &lt; b &amp; "c"</p>'),
    ],
)
def test_text_becomes_paragraphs_and_breaks(text: str, rich: str) -> None:
    assert as_html(text) == rich


@pytest.mark.parametrize(
    ("ours", "theirs", "alike"),
    [
        ("Yes", "yes", True),
        ("Yes", "Yes\n\nOn Monday Ann wrote:\n> …", True),
        ("Yes", "Yesterday", False),
        ("Yes, Tuesday", "Yes", False),
        ("", "", False),
        ("", "anything", False),
    ],
)
def test_a_quoted_tail_does_not_hide_our_words(ours: str, theirs: str, alike: bool) -> None:
    assert begins_alike(ours, theirs) is alike
