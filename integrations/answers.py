"""What a provider answered, and what that means for the caller: pure.

The verdicts are the default of spec 04; an adapter that knows a provider's words better refines the refusals.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from zrg.lib.redaction import redact

SUCCESS = frozenset(range(200, 300))
OR_ABSENT = SUCCESS | {404}  # for questions that "there is none" answers
PAUSE_S = 10.0  # GoHighLevel's burst interval; the pause after a 429 that names none
DAY_IS_SPENT_S = 30 * 60.0
LONGEST_PAUSE_S = 24 * 3600.0
REASON_CHARS = 300
_AGAIN = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. `json` is None where the body is empty or no JSON."""

    status: int
    json: Any
    text: str
    headers: Mapping[str, str]

    @property
    def is_success(self) -> bool:
        return self.status in SUCCESS

    def get(self, *path: str) -> Any:
        """The value under a path of keys, None where any of them is missing."""
        value = self.json
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


def verdict(answer: Answer, *, label: str, sends: bool, now: datetime) -> ProviderError:
    """What an unwanted answer means. `sends`: the call would have written to somebody, so a server error after it is
    an unknown outcome and not a reason to try again."""
    status, why = answer.status, reason(answer.json)
    because = f": {why}" if why else "."
    if status in (401, 403):
        return NeedsAttention(f"{label} does not accept the credentials{because}")
    if status in _AGAIN:
        wait = pause(answer.headers, now=now) if status == 429 else None
        return TryLater(f"{label} asks to try again later ({status}).", retry_after=wait)
    if 400 <= status < 500:
        return Refused(f"{label} refused{because}")
    if 300 <= status < 400:
        return NeedsAttention(f"{label} answered with a redirection ({status}). Check the host.")
    if sends:
        return OutcomeUnknown(f"{label} failed ({status}) while sending.")
    named = pause(answer.headers, now=now) if "retry-after" in _lowered(answer.headers) else None
    return TryLater(f"{label} has a problem ({status}).", retry_after=named)


def reason(body: Any) -> str:
    """The provider's own words, short and without personal data; with its trace id, which support asks for."""
    if not isinstance(body, dict):
        return ""
    inner = body["data"] if isinstance(body.get("data"), dict) else {}
    words = "; ".join(
        dict.fromkeys([*_texts(body.get("errors")), *_texts(body.get("message") or inner.get("message"))])
    )
    words = words or "; ".join(_texts(_error(body)))
    trace = body.get("traceId")
    ending = f" (trace {str(trace)[:60]})" if words and trace else ""
    return redact(words)[:REASON_CHARS].strip() + ending


def _error(body: dict[str, Any]) -> Any:
    """The field `error`, which says something only where there is no message; it may be an object with one."""
    error = body.get("error")
    return error.get("message") if isinstance(error, dict) else error


def _texts(value: Any) -> Iterator[str]:
    """Every text in a text, a list, or a table of field → texts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def pause(headers: Mapping[str, str], *, now: datetime) -> float:
    """Seconds to wait after a 429: Retry-After (seconds or a date), else the provider's interval, else 10."""
    known = _lowered(headers)
    for seconds in (_retry_after(known, now), _day_is_spent(known), _interval(known)):
        if seconds is not None:
            return min(max(seconds, 1.0), LONGEST_PAUSE_S)
    return PAUSE_S


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    raw = headers.get("retry-after", "").strip()
    if not raw:
        return None
    if (seconds := _number(raw)) is not None:
        return seconds
    try:
        at = parsedate_to_datetime(raw)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()


def _day_is_spent(headers: Mapping[str, str]) -> float | None:
    return DAY_IS_SPENT_S if _number(headers.get("x-ratelimit-daily-remaining", "")) == 0 else None


def _interval(headers: Mapping[str, str]) -> float | None:
    milliseconds = _number(headers.get("x-ratelimit-interval-milliseconds", ""))
    return milliseconds / 1000 if milliseconds else None


def _number(raw: str) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
