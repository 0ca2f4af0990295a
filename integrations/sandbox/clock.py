"""Times as the providers write them, always UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def micros(at: datetime | None = None) -> str:
    """EmailBison: `2024-08-02T06:08:38.000000Z`."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def millis(at: datetime | None = None) -> str:
    """GoHighLevel: `2026-09-20T11:31:45.750Z`."""
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def from_epoch(seconds: float) -> str:
    """A time of our own tables, for the control API."""
    return micros(datetime.fromtimestamp(seconds, UTC))
