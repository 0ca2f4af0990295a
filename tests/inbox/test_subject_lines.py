"""Marks in front of a subject, as mail programs and gateways put them."""

import pytest

from inbox.subject_lines import bare, is_answer


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Quick idea",
        "RE: Re: quick  idea",
        "AW: WG: Quick idea",
        "Antw: Quick idea",
        "SV: Quick idea",
        "Re[2]: Quick idea",
        "Re (3): Quick idea",
        "R: I: Quick idea",
        "[EXTERNAL] RE: Quick idea",
        "RE: [Ext] Quick idea",
        "Fwd: RE: Quick idea",
        "回复：Quick idea",
    ],
)
def test_marks_are_no_part_of_a_subject(subject: str) -> None:
    assert bare(subject) == "quick idea"
    assert is_answer(subject)


@pytest.mark.parametrize(
    "subject",
    ["Quick idea", "Fwd: Quick idea", "[EXTERNAL] Quick idea", "Report: Q3", "Retail: a quick idea", "", "re"],
)
def test_what_is_not_marked_is_no_answer(subject: str) -> None:
    assert not is_answer(subject)


@pytest.mark.parametrize("subject", ["Report: Q3", "Interview: Ann", "Research [2]: fine", "reply", "[]"])
def test_words_that_begin_like_a_mark_stay(subject: str) -> None:
    assert bare(subject) == subject.casefold()
