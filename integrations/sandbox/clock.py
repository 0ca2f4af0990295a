"""Times as the providers write them, always UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


@contextmanager
def at(moment: datetime | None) -> Iterator[None]:
    """Let an act happen at another time than now (the demo's conversations began days ago)."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)


def now() -> datetime:
    """The time on the providers' side, aware."""
    return _told.get() or datetime.now(UTC)


def micros(at: datetime | None = None) -> str:
    """EmailBison: `2024-08-02T06:08:38.000000Z`."""
    return (at or now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def millis(at: datetime | None = None) -> str:
    """GoHighLevel: `2026-09-20T11:31:45.750Z`."""
    return (at or now()).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def spoken(at: str) -> str:
    """A provider's time as mail programs write it above a quotation: `Mon, Mar 2, 2026 at 9:14 AM`."""
    moment = datetime.fromisoformat(at)
    return f"{moment:%a, %b} {moment.day}, {moment.year} at {moment:%I:%M %p}".replace(" at 0", " at ")


def from_epoch(seconds: float) -> str:
    """A time of our own tables, for the control API."""
    return micros(datetime.fromtimestamp(seconds, UTC))
