"""Filters of the page's templates."""

from __future__ import annotations

import re
from itertools import groupby

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from integrations.sandbox.sides import Letter

register = template.Library()

_PARTS = {"api": "ZRG", "campaign": "Campaign", "hand": "By hand at the provider"}
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


@register.filter
def writer(letter: Letter) -> str:
    """Who wrote a message: the lead by name, our side by its part."""
    return _PARTS.get(letter.via, letter.sender)


@register.filter
def mrkdwn(text: str) -> SafeString:
    """Slack's own marks as Slack shows them: *bold*, > quoted."""
    parts = []
    for is_quoted, lines in groupby(text.splitlines(), key=lambda line: line.startswith(">")):
        told = "<br>".join(escape(line[1:] if is_quoted else line) for line in lines)
        told = re.sub(r"(?<!\w)\*([^*<]+)\*(?!\w)", r"<b>\1</b>", told)
        parts.append(f"<blockquote>{told}</blockquote>" if is_quoted else f"<p>{told}</p>")
    return mark_safe("".join(parts))  # noqa: S308 -- every line was escaped


@register.filter
def telling_state(letter: Letter) -> bool:
    """Is the state worth a word? A lead's own message is always "delivered"."""
    return bool(letter.state) and (letter.via != "lead" or letter.state in ("bounced", "automatic"))
