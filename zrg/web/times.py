"""Times as people read them, always in a named zone: pure. English and of one form on every page."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def zone_name(at: datetime, zone: tzinfo) -> str:
    """The explicit abbreviation at that time: EST, CET, UTC+4."""
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def clock(at: datetime, zone: tzinfo) -> str:
    """9:04 AM."""
    local = at.astimezone(zone)
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"


def zoned_clock(at: datetime, zone: tzinfo) -> str:
    """9:04 AM EST."""
    return f"{clock(at, zone)} {zone_name(at, zone)}"


def date(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """Thu 26 Feb, with the year when it is not this one."""
    local = at.astimezone(zone)
    text = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]}"
    return text if local.year == now.astimezone(zone).year else f"{text} {local.year}"


def day(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """Today, Fri 27 Feb · Yesterday, Thu 26 Feb · Wed 25 Feb."""
    age = (now.astimezone(zone).date() - at.astimezone(zone).date()).days
    word = {0: "Today, ", 1: "Yesterday, "}.get(age, "")
    return word + date(at, zone, now=now)


def full(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """Fri 27 Feb, 10:38 AM EST."""
    return f"{date(at, zone, now=now)}, {zoned_clock(at, zone)}"


def short(at: datetime, zone: tzinfo, *, now: datetime) -> str:
    """For a narrow column: 10:38 AM today, Thu within a week, 12 Feb, then Feb 2025."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    age = (today.date() - local.date()).days
    if age <= 0:
        return clock(at, zone)
    if age < 7:
        return _DAYS[local.weekday()]
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month}" if local.year == today.year else f"{month} {local.year}"


def span(length: timedelta) -> str:
    """A length in its largest unit: 20 seconds, 5 min, 17 h, 3 days."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86_400} days"
