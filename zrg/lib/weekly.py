"""Weekly hours as settings keep them: {"0": ["09:00", "17:00"], …}, Monday is 0, in a named zone. Pure and DST-safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

Hours = Mapping[str, Sequence[str]]


def is_open(hours: Hours, zone: tzinfo, at: datetime) -> bool:
    """Whether `at` (aware) lies inside; nothing set: always closed. The end is outside."""
    local = at.astimezone(zone)
    span = _span(hours, local.weekday())
    return span is not None and span[0] <= local.time() < span[1]


def next_open(hours: Hours, zone: tzinfo, at: datetime) -> datetime | None:
    """The first moment from `at` on (aware) that lies inside; None if there is none within eight days."""
    if is_open(hours, zone, at):
        return at
    local = at.astimezone(zone)
    for ahead in range(9):
        day = local.date() + timedelta(days=ahead)
        span = _span(hours, day.weekday())
        if span is None:
            continue
        # An hour that comes twice that night opens twice; one that is skipped does not open by its old name.
        twice = (datetime.combine(day, span[0], tzinfo=zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        if ahead_of_us := [begins for begins in twice if begins > at and is_open(hours, zone, begins)]:
            return min(ahead_of_us).astimezone(at.tzinfo)
    return None


def _span(hours: Hours, weekday: int) -> tuple[time, time] | None:
    given = hours.get(str(weekday))
    if not given or len(given) != 2:
        return None
    begins, ends = (time.fromisoformat(text) if text != "24:00" else time.max for text in given)
    return (begins, ends) if begins < ends else None
