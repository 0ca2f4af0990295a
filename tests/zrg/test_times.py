"""Times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from zrg.web import times

NOW = datetime(2026, 2, 27, 15, 42, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("at", "short"),
    [
        (datetime(2026, 2, 27, 15, 38, tzinfo=UTC), "10:38 AM"),
        (datetime(2026, 2, 27, 5, 0, tzinfo=UTC), "12:00 AM"),
        (datetime(2026, 2, 27, 4, 59, tzinfo=UTC), "Thu"),
        (datetime(2026, 2, 21, 15, 0, tzinfo=UTC), "Sat"),
        (datetime(2026, 2, 20, 15, 0, tzinfo=UTC), "20 Feb"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "Dec 2025"),
        (datetime(2026, 2, 27, 23, 0, tzinfo=UTC), "6:00 PM"),
    ],
)
def test_short(at: datetime, short: str) -> None:
    assert times.short(at, NEW_YORK, now=NOW) == short


@pytest.mark.parametrize(
    ("zone", "at", "name"),
    [
        ("America/New_York", NOW, "EST"),
        ("America/New_York", datetime(2026, 7, 1, tzinfo=UTC), "EDT"),
        ("Europe/Berlin", NOW, "CET"),
        ("Asia/Dubai", NOW, "UTC+4"),
        ("America/Sao_Paulo", NOW, "UTC-3"),
        ("Asia/Kathmandu", NOW, "UTC+5:45"),
        ("UTC", NOW, "UTC"),
    ],
)
def test_every_zone_has_a_name(zone: str, at: datetime, name: str) -> None:
    assert times.zone_name(at, ZoneInfo(zone)) == name


def test_days() -> None:
    assert times.day(NOW, NEW_YORK, now=NOW) == "Today, Fri 27 Feb"
    assert times.day(NOW - timedelta(days=1), NEW_YORK, now=NOW) == "Yesterday, Thu 26 Feb"
    assert times.day(NOW - timedelta(days=400), NEW_YORK, now=NOW) == "Thu 23 Jan 2025"
    assert times.full(NOW, NEW_YORK, now=NOW) == "Fri 27 Feb, 10:42 AM EST"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 seconds"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 min"),
        (3600, "1 h"),
        (47 * 3600, "47 h"),
        (49 * 3600, "2 days"),
    ],
)
def test_spans(seconds: int, words: str) -> None:
    assert times.span(timedelta(seconds=seconds)) == words
