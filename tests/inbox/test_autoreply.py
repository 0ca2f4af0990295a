"""Machines' answers in nine languages, people's answers that look like them, and the order of the checks."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.autoreply import AutoReplyKind, classify_auto_reply
from inbox.safety import VerdictKind, check_inbound
from inbox.sms_keywords import SmsKeyword

SAMPLES = json.loads((Path(__file__).parent.parent / "payloads" / "autoreplies.json").read_text())
ANN = "ann@buyer.example"


def name(sample: dict[str, Any]) -> str:
    return sample["name"]


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s["expect"]], ids=name)
def test_a_machines_answer_is_told_by_kind_and_return(sample: dict[str, Any]) -> None:
    found = classify_auto_reply(subject=sample["subject"], text=sample["text"], headers=sample["headers"])
    assert found
    assert found.kind == sample["expect"]["kind"]
    assert found.return_text == sample["expect"]["return_text"]


@pytest.mark.parametrize("sample", [s for s in SAMPLES if not s["expect"]], ids=name)
def test_a_persons_answer_is_none(sample: dict[str, Any]) -> None:
    assert classify_auto_reply(subject=sample["subject"], text=sample["text"], headers=sample["headers"]) is None


def test_the_samples_hold_both_kinds() -> None:
    assert len(SAMPLES) >= 40
    assert {sample["expect"]["kind"] for sample in SAMPLES if sample["expect"]} == set(AutoReplyKind)


@given(st.text(max_size=100), st.text(max_size=1500), st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(subject: str, text: str, headers: str) -> None:
    found = classify_auto_reply(subject=subject, text=text, headers=headers)
    assert found is None or (found.kind in AutoReplyKind and found.reason)


def verdict(body: str, *, channel: str = "email", subject: str = "Re: Quick idea", headers: str = "") -> VerdictKind:
    return check_inbound(channel=channel, from_email=ANN, subject=subject, body=body, headers=headers).kind


def test_a_persons_opt_out_beats_their_absence() -> None:
    assert verdict("I'm out of the office until Monday. Please take me off your list.") is VerdictKind.OPT_OUT


def test_the_footer_of_an_automatic_mail_is_no_opt_out() -> None:
    away = "I am out of the office until Monday with limited access to email.\n\nUnsubscribe"
    assert verdict(away, headers="Auto-Submitted: auto-replied") is VerdictKind.OUT_OF_OFFICE
    news = "Our spring collection is here.\n\nUnsubscribe"
    assert verdict(news, headers="Precedence: bulk") is VerdictKind.AUTOMATED


def test_an_automatic_mail_that_asks_for_removal_is_an_opt_out() -> None:
    body = "Ann Lee has left. Please remove this address from your mailing list."
    assert verdict(body, subject="Automatic reply: Quick idea") is VerdictKind.OPT_OUT


def test_an_ordinary_answer_passes() -> None:
    assert verdict("Sounds good, Thursday at 3 works for me.") is VerdictKind.NONE


@pytest.mark.parametrize(
    ("body", "kind", "keyword"),
    [
        ("STOP", VerdictKind.OPT_OUT, SmsKeyword.STOP),
        ("Unstop.", VerdictKind.SMS_START, SmsKeyword.START),
        ("help", VerdictKind.SMS_HELP, SmsKeyword.HELP),
    ],
)
def test_carrier_keywords_count_on_sms(body: str, kind: VerdictKind, keyword: SmsKeyword) -> None:
    found = check_inbound(channel="sms", from_email="", subject="", body=body)
    assert (found.kind, found.sms_keyword) == (kind, keyword)
    assert found.reason


@pytest.mark.parametrize("word", ["START", "help", "info", "end"])
def test_carrier_keywords_are_just_words_in_an_email(word: str) -> None:
    assert verdict(word) is VerdictKind.NONE


def test_a_yes_by_sms_is_an_answer() -> None:
    assert verdict("YES", channel="sms", subject="") is VerdictKind.NONE


def test_an_opt_out_in_plain_words_counts_on_every_channel() -> None:
    for channel in ("sms", "email", "linkedin"):
        assert verdict("please leave me alone", channel=channel, subject="") is VerdictKind.OPT_OUT


def test_a_report_is_only_looked_for_in_email() -> None:
    assert verdict("Address not found, message bounced", channel="sms", subject="") is VerdictKind.NONE
