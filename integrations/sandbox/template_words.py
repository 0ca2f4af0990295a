"""Filters of the page's templates."""

from __future__ import annotations

from django import template

register = template.Library()

_TONES = {"delivered": "is-ok", "failed": "is-danger", "dropped": "is-warn", "pending": "is-info", "sending": "is-info"}


@register.filter
def clock(at: str) -> str:
    """The time of day of a provider's time, with the zone."""
    return f"{at[11:16]} UTC"


@register.filter
def day(at: str) -> str:
    """The date of a provider's time."""
    return at[:10]


@register.filter
def tone(state: str) -> str:
    """The colour class of a delivery's or a message's state."""
    return _TONES.get(state, "")


@register.filter
def status_tone(status: int | None) -> str:
    """The colour class of an HTTP status."""
    return "is-danger" if status is None or status >= 500 else "is-warn" if status >= 400 else "is-ok"
