"""The opt-out tables: no missed opt-out, at most 2 % of the look-alikes wrong (issue 2, bars)."""

import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox.optout import detect_opt_out, rulebook, text
from inbox.optout.languages import LANGUAGES
from inbox.sms_keywords import SmsKeyword, sms_keyword

TABLES = Path(__file__).parent.parent / "payloads" / "optout"
SIX = ("en", "de", "fr", "es", "it", "pt")


@dataclass(frozen=True)
class Phrase:
    language: str
    held_out: bool
    opt_out: bool
    subject: str
    body: str


def phrases() -> Iterator[Phrase]:
    for table in sorted(TABLES.glob("*.tsv")):
        with table.open(newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                body = (row["body"] or "").replace("\\n", "\n")
                held, meant = row["set"] == "held_out", row["meaning"] == "opt_out"
                yield Phrase(table.stem, held, meant, row["subject"] or "", body)


PHRASES = list(phrases())


def found(phrase: Phrase) -> bool:
    return detect_opt_out(subject=phrase.subject, body=phrase.body) is not None


def test_the_table_is_as_large_as_the_bar_asks() -> None:
    assert len(PHRASES) >= 260
    for language in SIX:
        assert sum(phrase.language == language for phrase in PHRASES) >= 25


@pytest.mark.parametrize("language", [*SIX, "nl", "pl", "sv"])
def test_no_opt_out_is_missed(language: str) -> None:
    meant = [phrase for phrase in PHRASES if phrase.opt_out and phrase.language == language]
    assert meant
    assert [phrase for phrase in meant if not found(phrase)] == []


def test_hardly_a_look_alike_is_taken_for_an_opt_out() -> None:
    alike = [phrase for phrase in PHRASES if not phrase.opt_out]
    wrong = [phrase for phrase in alike if found(phrase)]
    assert len(wrong) <= 0.02 * len(alike), wrong


@pytest.mark.parametrize("phrase", [p for p in PHRASES if p.opt_out and not p.subject], ids=lambda p: p.body[:30])
def test_an_opt_out_is_found_wherever_it_stands_in_a_message(phrase: Phrase) -> None:
    body = f"Hi Sam,\n\nThank you for your note of last week.\n\n{phrase.body}\n\nKind regards,\nAnn Lee"
    assert detect_opt_out(subject="Re: Quick idea", body=body)
    assert detect_opt_out(subject="", body=phrase.body.upper())


@pytest.mark.parametrize(
    "body",
    [
        "please don’t contact me again",
        "PLEASE DON'T CONTACT ME AGAIN!!",
        "pls dont contact me again 🙏",
        "Don`t contact me again…",
    ],
)
def test_quotes_case_and_emoji_change_nothing(body: str) -> None:
    assert detect_opt_out(subject="", body=body)


def test_the_finding_says_what_and_why() -> None:
    opt_out = detect_opt_out(subject="Re: Quick idea", body="Thanks. Please take me off your list.")
    assert opt_out
    assert opt_out.phrase == "please take me off your list"
    assert opt_out.rule == "en.remove"
    assert opt_out.where == "body"
    assert "removed" in opt_out.reason


def test_a_footer_of_ours_in_the_quoted_part_is_not_the_leads() -> None:
    body = "Sounds good!\n\n> Sam\n> Reply STOP to opt out or unsubscribe here."
    assert detect_opt_out(subject="Re: Quick idea", body=body) is None


def test_on_sms_a_refusal_of_texts_counts_even_with_another_way_offered() -> None:
    body = "Stop texting me, email me instead"
    assert detect_opt_out(subject="", body=body, channel="sms")
    assert detect_opt_out(subject="", body=body, channel="email") is None


@given(subject=st.text(max_size=200), body=st.text(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(subject: str, body: str) -> None:
    opt_out = detect_opt_out(subject=subject, body=body)
    assert opt_out is None or opt_out.phrase


@given(
    st.lists(
        st.sampled_from(["stop", "not", "me", "do", "emailing", "remove", ",", ".", "\n", "unsubscribe", ">", "'"]),
        max_size=80,
    )
)
@settings(max_examples=150, deadline=None)
def test_no_shuffled_words_make_it_raise_and_what_it_finds_was_said(words: list[str]) -> None:
    opt_out = detect_opt_out(subject="", body=" ".join(words))
    said = {word for word in words if word.isalpha()}
    assert opt_out is None or (opt_out.where == "body" and set(re.findall("[a-z]+", opt_out.phrase)) <= said)


@pytest.mark.parametrize("unit", ["do not stop emailing me, ", "a\n", "s.t.", "do not call me. ", "please, ", "x" * 50])
def test_ten_times_the_text_is_about_ten_times_the_work(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (3_000, 30_000))
    assert calls(short) <= calls(long) < 12 * calls(short)


def calls(body: str) -> int:
    """How many functions are called for it, Python's own included: the same on every machine, however busy."""
    count = 0

    def called(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    detect_opt_out(subject="", body=body)  # compiles the rules it needs, once
    before = sys.getprofile()
    sys.setprofile(called)
    try:
        detect_opt_out(subject="", body=body)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("unit", ["do not stop emailing me, ", "a\n", "s.t.", "please, ", "x" * 50, " "])
def test_a_novel_that_mean_nothing_are_read_to_their_end(unit: str) -> None:
    """Seconds, as the work grows with the length; where it grew with its square, nobody would see this test end."""
    assert detect_opt_out(subject="", body=unit * (300_000 // len(unit))) is None
    assert detect_opt_out(subject="", body=unit * (300_000 // len(unit)) + "\n\nPlease unsubscribe me.")


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        *(
            (word, SmsKeyword.STOP)
            for word in (
                "STOP",
                "stop.",
                " Stop! ",
                "STOPALL",
                "Stop all",
                "unsubscribe",
                "Cancel",
                "END",
                "quit",
                "Revoke",
                "opt out",
                "OPT-OUT",
                "optout",
                "“STOP”",
            )
        ),
        *((word, SmsKeyword.START) for word in ("START", "start.", "Unstop")),
        *((word, SmsKeyword.HELP) for word in ("HELP", "help?", "Info")),
    ],
)
def test_a_carrier_keyword_is_the_whole_message(body: str, keyword: SmsKeyword) -> None:
    assert sms_keyword(body) is keyword


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Yes",
        "yes!",
        "stop by my office",
        "please help me",
        "the end",
        "start on Monday",
        "info please",
        "START " * 30,
    ],
)
def test_a_sentence_or_a_yes_is_no_carrier_keyword(body: str) -> None:
    assert sms_keyword(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "Sounds good.\n\nLinks:\nhttps://news.example.com/unsubscribe",
        "Sounds good.\n\n[Unsubscribe](https://news.example.com/u) | [Privacy](https://news.example.com/p)",
        "Sounds good.\n\nUnsubscribe: <https://news.example.com/u>",
    ],
)
def test_the_links_of_a_footer_are_not_the_leads(body: str) -> None:
    assert detect_opt_out(subject="", body=body) is None


@pytest.mark.parametrize(
    "body",
    [
        "Take me off your list. Ann, [buyer.example](https://buyer.example)",
        "remove me https://www.linkedin.example/in/ann",
        "I have read your privacy policy, please stop emailing.",
        "Set your preferences right: https://buyer.example | do not contact me again",
        "[Buyer](https://buyer.example) wants no more emails. Please unsubscribe us.",
    ],
)
def test_a_link_beside_the_request_does_not_hide_it(body: str) -> None:
    assert detect_opt_out(subject="", body=body)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_read_as_all_others_are(said: str) -> None:
    """The short way for ASCII gives what the long one gives."""
    long_way = text.fold(said + "é")
    assert text.fold(said) == long_way[:-1]
    assert text._without_symbols(long_way[:-1]) == text._without_symbols(long_way)[:-1]


def test_every_rule_and_guard_is_a_pattern_before_a_lead_needs_it() -> None:
    """They are compiled when they are first needed: one that cannot be would fail a reply."""
    rules = [rule for found in rulebook.rules().values() for rule in found]
    assert {rule.language for rule in rules} == {language.code for language in LANGUAGES}
    assert all(rule.pattern.pattern for rule in rules)
    assert all(rulebook.guards(language.code).negated.pattern for language in LANGUAGES)
