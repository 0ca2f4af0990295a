"""The day in an absence note."""

from __future__ import annotations

from datetime import date

import pytest

from inbox.return_dates import returns_on

SENT = date(2026, 11, 20)
NOTES = [
    ("I am out of the office until Monday, 7 December.", date(2026, 12, 7)),
    ("Back on January 4th.", date(2027, 1, 4)),
    ("I return on 2026-11-30 and will answer then.", date(2026, 11, 30)),
    ("I will be back Dec. 1, 2026", date(2026, 12, 1)),
    ("Ich bin bis 05.12.2026 nicht im Büro.", date(2026, 12, 5)),
    ("Ich bin ab dem 3. Dezember wieder da.", date(2026, 12, 3)),
    ("Absent jusqu'au 8 décembre.", date(2026, 12, 8)),
    ("Je suis de retour le 1er décembre 2026.", date(2026, 12, 1)),
    ("Estaré fuera hasta el 9 de diciembre de 2026.", date(2026, 12, 9)),
    ("Rientrerò il 10 dicembre.", date(2026, 12, 10)),
    ("Ik ben afwezig tot 11 december.", date(2026, 12, 11)),
    ("Estou de férias até 12 de dezembro.", date(2026, 12, 12)),
    ("Jag är tillbaka den 14 december.", date(2026, 12, 14)),
    ("Wracam 15 grudnia.", date(2026, 12, 15)),
]


@pytest.mark.parametrize(("note", "day"), NOTES)
def test_the_day_somebody_is_back_is_read(note: str, day: date) -> None:
    assert returns_on(note, sent=SENT) == day


@pytest.mark.parametrize(
    "note",
    [
        "I am out of the office with limited access to e-mail.",
        "In urgent cases call my colleague.",
        "I was away until 3 November 2024.",
        "Back on 31 February.",
        "Our fair is on 4 December.",
    ],
)
def test_a_day_that_is_none_or_means_something_else_is_not_taken(note: str) -> None:
    assert returns_on(note, sent=SENT) is None
