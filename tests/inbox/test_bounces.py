"""Delivery reports of the shapes servers really send, and people's mails that only talk about them."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.bounces import BounceKind, classify_bounce
from inbox.safety import VerdictKind, check_inbound

SAMPLES = json.loads((Path(__file__).parent.parent / "payloads" / "bounces" / "reports.json").read_text())
REPORTS = [sample for sample in SAMPLES if sample["expect"]]
PEOPLE = [sample for sample in SAMPLES if not sample["expect"]]


def classify(sample: dict[str, Any], **changes: str):
    given = {key: sample[key] for key in ("from_email", "subject", "text", "headers")}
    return classify_bounce(**{**given, **changes})


def name(sample: dict[str, Any]) -> str:
    return sample["name"]


@pytest.mark.parametrize("sample", REPORTS, ids=name)
def test_a_report_is_read(sample: dict[str, Any]) -> None:
    bounce = classify(sample)
    assert bounce
    expected = sample["expect"]
    assert bounce.kind == expected["kind"]
    assert bounce.failed_recipient == expected["failed_recipient"]
    assert bounce.status_code == expected["status_code"]
    assert bounce.still_trying == expected["still_trying"]
    assert bounce.reason


@pytest.mark.parametrize("sample", REPORTS, ids=name)
def test_a_report_is_recognised_without_its_headers(sample: dict[str, Any]) -> None:
    bounce = classify(sample, headers="")
    assert bounce
    assert bounce.kind == sample["expect"]["kind"]


@pytest.mark.parametrize("sample", REPORTS, ids=name)
def test_auto_reply_headers_do_not_hide_a_report(sample: dict[str, Any]) -> None:
    headers = "Auto-Submitted: auto-replied\nX-Autoreply: yes\n" + sample["headers"]
    verdict = check_inbound(
        channel="email",
        from_email=sample["from_email"],
        subject=sample["subject"],
        body=sample["text"],
        headers=headers,
    )
    assert verdict.kind is VerdictKind.BOUNCE


@pytest.mark.parametrize("sample", PEOPLE, ids=name)
def test_a_mail_that_is_no_report_is_none(sample: dict[str, Any]) -> None:
    assert classify(sample) is None


def test_the_samples_hold_every_kind() -> None:
    assert len(REPORTS) >= 45
    assert {sample["expect"]["kind"] for sample in REPORTS} == set(BounceKind)


def test_a_report_with_windows_line_ends_reads_the_same() -> None:
    for sample in REPORTS:
        assert classify(sample, text=sample["text"].replace("\n", "\r\n")) == classify(sample)


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=1500), st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(from_email: str, subject: str, text: str, headers: str) -> None:
    found = classify_bounce(from_email=from_email, subject=subject, text=text, headers=headers)
    assert found is None or (found.kind in BounceKind and found.reason)


@given(st.text(max_size=400))
@settings(max_examples=100, deadline=None)
def test_whatever_a_mailer_writes_is_a_report_without_raising(text: str) -> None:
    sender = "MAILER-DAEMON@mx.example.com"
    assert classify_bounce(from_email=sender, subject="Undelivered Mail Returned to Sender", text=text)


@pytest.mark.parametrize("unit", ["\n", "- \n", " ", "said: ", "550 ", "a@b.example ", "user x ", "x-a: b\n", "-----"])
def test_of_a_hostile_report_only_the_first_40000_characters_are_read(unit: str) -> None:
    """The work is bounded by what is read, not by what is sent."""
    full = "\n550 5.1.1 The mailbox ann@buyer.example does not exist\n"

    def read(text: str) -> object:
        return classify_bounce(from_email="mailer-daemon@x.example", subject="failure notice", text=text)

    shown = (unit * 40_000)[:40_000]
    assert read(shown + full) == read(shown)
    assert read(full + shown) != read(shown)
