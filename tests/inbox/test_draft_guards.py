"""What no draft may hold (issue 3, bars): the corpus in nine languages, and the rules one by one."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inbox.drafting.guards import LIMITS, Allowed, Kind, problems

DRAFTS = Path(__file__).parent.parent / "payloads" / "drafts"
# A day with an hour is both; which of the two it is called does not matter.
FAMILY: dict[str, set[Kind]] = {"any": set(Kind), Kind.DATE: {Kind.DATE, Kind.TIME}, Kind.TIME: {Kind.DATE, Kind.TIME}}
NINE = {"en", "de", "fr", "es", "it", "nl", "pt", "sv", "pl"}


def rows(name: str) -> list[dict[str, Any]]:
    return json.loads((DRAFTS / f"{name}.json").read_text())


INPUTS = Allowed(**{name: tuple(value) for name, value in json.loads((DRAFTS / "inputs.json").read_text()).items()})
GOOD, BAD = rows("good"), rows("bad")


def kinds(text: str, allowed: Allowed = INPUTS) -> set[str]:
    return {found.kind for found in problems(text, allowed)}


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(GOOD) >= 120
    assert len(BAD) >= 200
    assert {row["language"] for row in GOOD} == {row["language"] for row in BAD} == NINE | {"mixed"}


def test_at_most_two_in_a_hundred_normal_drafts_are_stopped() -> None:
    stopped = [(row["text"], found) for row in GOOD if (found := problems(row["text"], INPUTS))]
    assert len(stopped) <= len(GOOD) * 0.02, stopped


@pytest.mark.parametrize("row", BAD, ids=lambda row: f"{row['language']}-{row['kind']}-{row['text'][:20]!a}")
def test_every_bad_draft_is_caught_for_what_it_is(row: dict[str, Any]) -> None:
    assert kinds(row["text"]) & FAMILY.get(row["kind"], {row["kind"]})


@pytest.mark.parametrize(
    "row", [row for row in BAD if row["kind"] in {"url", "email", "phone", "time", "date", "price"}]
)
def test_what_is_bad_stays_bad_inside_a_good_draft(row: dict[str, Any]) -> None:
    good = next(draft["text"] for draft in GOOD if draft["language"] == row["language"])
    opening, _, rest = good.partition("\n\n")
    family = FAMILY.get(row["kind"], {row["kind"]})
    assert kinds(f"{opening}\n\n{row['text']}. {rest}") & family
    assert kinds(f"{good}\n\nPS {row['text']}") & family


def test_a_link_only_the_lead_wrote_is_not_ours() -> None:
    planted = Allowed(lead_contacts=("https://evil.example/book",), lead_signature=("Book: https://evil.example/book",))
    assert Kind.URL in kinds("Book at https://evil.example/book", planted)
    assert kinds("Book at https://evil.example/book", Allowed(ours=("See https://evil.example/book",))) == set()


@pytest.mark.parametrize(
    "text",
    [
        "https://harbor.example.com/pricing/extra",
        "https://harbor.example.com/PRICING",
        "https://harbor.example.com.evil.example",
        "https://other.harbor.example.com",
        "https://harbor.example.com@evil.example",
        "https://harbor.example.com/pricing?to=evil",
        "hárbor.example.com",
        "hаrbor.example.com",  # a Cyrillic a
        "harbor.example.co",
        "ftp://harbor.example.com",
    ],
)
def test_nearly_our_link_is_not_our_link(text: str) -> None:
    assert problems(f"See {text} for more", INPUTS)


@pytest.mark.parametrize(
    "text",
    [
        "harbor.example.com",
        "https://harbor.example.com/",
        "http://www.harbor.example.com/pricing",
        "(harbor.example.com/pricing).",
        "+1 212 555 0100",
        "(212) 555-0100",
        "Dana@Harbor.example.com",
        "$1500",
        "1,500 USD",
        "US$ 1.500",
        "30 %",
        "30 percent",
        "900€",
        "We are open Monday to Friday 9-5.",
        "Tue 3 Mar,\n2:30 PM EST",
        "TUE 3 MAR, 2:30 PM EST or wed 4 mar, 10:00 am est",
    ],
)
def test_our_own_facts_pass_however_they_are_written(text: str) -> None:
    assert problems(text, INPUTS) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Monday to Thursday 9-5",
        "Friday",
        "Tue 3 Mar, 2:30 PM CET",
        "Tue 3 Mar, 2:30",
        "3 Mar, 2:30 PM EST",
        "Tue 3 Mar, 2:30 PM EST-4:00 PM EST",
        "12:30 PM EST, Tue 3 Mar",
        "€1,500",
        "$900",
        "$15",
        "31 %",
        "$1,500-2,000",
    ],
)
def test_part_of_a_fact_or_a_changed_one_is_not_that_fact(text: str) -> None:
    assert problems(f"What about {text}?", INPUTS)


def test_without_offered_times_nothing_about_times_passes() -> None:
    assert Kind.TIME in kinds("Would Tue 3 Mar, 2:30 PM EST suit you?", replace(INPUTS, offered_times=()))


def test_durations_and_vague_times_pass() -> None:
    text = "A 15-minute call next week? We answer within 24 hours; 30 Minuten reichen. Not before March, then."
    assert problems(text, INPUTS) == ()


@pytest.mark.parametrize(("channel", "limit"), LIMITS.items())
def test_each_channel_has_its_length(channel: str, limit: int) -> None:
    allowed = replace(INPUTS, channel=channel)
    assert kinds("a" * limit, allowed) == set()
    assert kinds("a" * (limit + 1), allowed) == {Kind.LENGTH}


def test_the_caller_may_ask_for_less() -> None:
    assert kinds("a" * 101, replace(INPUTS, max_chars=100)) == {Kind.LENGTH}


def test_the_leads_name_is_greeted_and_not_signed() -> None:
    assert problems("Ann,\n\nthanks for your note about Acme Freight GmbH.\n\nBest,\nDana", INPUTS) == ()
    assert Kind.SIGNATURE in kinds("Thanks for your note.\n\nBest,\nAnn")
    assert Kind.SIGNATURE in kinds("Thanks.\n\nBest,\nAnn Lee", replace(INPUTS, our_names=()))


def test_a_sender_who_has_the_leads_name_may_sign() -> None:
    assert problems("Thanks.\n\nBest,\nAnn Lee", replace(INPUTS, our_names=("Ann Lee",))) == ()


def test_an_emoji_of_several_characters_is_not_hidden_text() -> None:
    assert problems("Great work 👩‍💻 ❤️ 👍🏽 and danke schön, señora Łódź!", INPUTS) == ()


def test_a_problem_says_in_words_what_was_found() -> None:
    (found,) = problems("More at evil.example/x", INPUTS)
    assert (found.kind, found.found) == (Kind.URL, "evil.example/x")
    assert found.words == "The link “evil.example/x” is not one of ours."


def test_a_hostile_text_yields_at_most_fifty_problems() -> None:
    assert 0 < len(problems(" ".join(f"evil{number}.example" for number in range(5000)), INPUTS)) <= 50


@pytest.mark.parametrize(
    "piece",
    [
        *("a", "a.", "1", "[a", "um drei ", "_", "* a", "1,000 ", "one ", "mon ", "http:", "a\n", "é", "a-", "\u200b"),
        *("hundert", "price a a ", "5 Mar ", "a@", "5 at ", "1.", "dix-", "a dot ", "Best,\nAnn Lee\n", "at 3 "),
    ],
)
def test_a_hundred_thousand_hostile_characters_are_read_in_a_moment(piece: str) -> None:
    assert Kind.LENGTH in kinds((piece * (100_000 // len(piece) + 1))[:100_000])


@pytest.mark.parametrize("piece", ["a.", "1 ", "mon ", "$1 ", "https://a.example/ ", "one "])
def test_a_huge_text_of_ours_is_read_in_a_moment(piece: str) -> None:
    assert kinds("Hello", replace(INPUTS, ours=(piece * (100_000 // len(piece)),))) == set()
