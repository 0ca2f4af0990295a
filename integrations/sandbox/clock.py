"""Times as the providers write them, always UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def micros(at: datetime | None = None) -> str:
    """EmailBison: `2024-08-02T06:08:38.000000Z`."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def millis(at: datetime | None = None) -> str:
    """GoHighLevel: `2026-09-20T11:31:45.750Z`."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def spoken(at: str) -> str:
    """A provider's time as mail programs write it above a quotation: `Mon, Mar 2, 2026 at 9:14 AM`."""
    moment = datetime.fromisoformat(at)
    return f"{moment:%a, %b} {moment.day}, {moment.year} at {moment:%I:%M %p}".replace(" at 0", " at ")


def from_epoch(seconds: float) -> str:
    """A time of our own tables, for the control API."""
    return micros(datetime.fromtimestamp(seconds, UTC))
