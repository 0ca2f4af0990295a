"""Nothing personal and no secret in logs and on job rows (spec 04, 13): pure functions from text to text.

When in doubt a number is taken for a phone number, but what logs are read for survives: UUIDs, timestamps, addresses of
hosts, decimals, our ids. Every pattern is bounded, so a huge line costs time in proportion to its length.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

SECRET, EMAIL, PHONE, PERSONAL = "[secret]", "[email]", "[phone]", "[personal]"

_NAME = r"secret|token|passw(?:or)?d|api[_-]?key|authorization|credential|cookie|signature|session[_-]?(?:id|key)"
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)
# Keys under which a person's words and data travel; their values are dropped whole.
_PERSONAL_NAMES = frozenset(
    [
        "body",
        "text",
        "html",
        "raw",
        "payload",
        "subject",
        "email",
        "phone",
        "address",
        "first_name",
        "last_name",
        "full_name",
        "from_name",
        "to",
        "cc",
    ]
)
_IDS = re.compile(r"(?:^|_)(?:ids?|job|timestamp|at|ms|s|pid|line|status|count|attempts?)$")

# ── Secrets in text ────────────────────────────────────────────────────────────
_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@\"']{1,400}@"), rf"\1{SECRET}@"),  # user:password@host
    (re.compile(rf"(/api/webhooks/[a-z]{{1,20}}/)(?!{_UUID}\b)[\w-]{{16,}}"), rf"\1{SECRET}"),
    (re.compile(r"(hooks\.slack\.com/\w{1,20}/)[\w/]+"), rf"\1{SECRET}"),
    (re.compile(r"(?i)(\bbearer\s{1,3})[^\s\"',;]{4,}"), rf"\1{SECRET}"),
    (re.compile(r"(?i)(\bbasic\s{1,3})(?=[A-Za-z+/]{0,400}[0-9=])[A-Za-z0-9+/=]{12,}"), rf"\1{SECRET}"),
    (re.compile(r"\b(?:sk|pk|rk|whsec|ghp|xox[a-z])[-_][\w-]{12,}"), SECRET),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"), SECRET),  # JSON web tokens
    (re.compile(r"\bgAAAAA[\w-]{30,}=*"), SECRET),  # our own sealed credentials
    (re.compile(r"-----BEGIN [A-Z ]{3,40}-----.{1,8000}?-----END [A-Z ]{3,40}-----", re.DOTALL), SECRET),
    (
        re.compile(
            rf"(?i)((?<![\w-])[\w-]{{0,40}}(?:{_NAME})[\w-]{{0,40}}[\"']?\s{{0,3}}[=:]\s{{0,3}})"
            r"(?:\"[^\"]{0,4000}\"|'[^']{0,4000}'|[^\s\"'&,;)}\]]{1,4000})"
        ),
        rf"\1{SECRET}",
    ),
)

# ── People in text ─────────────────────────────────────────────────────────────
_LOCAL = r"""[^\s@<>()\[\]{},;:"'\\/=&?|]"""
_EMAIL = re.compile(rf"""(?:"[^"@\n]{{1,64}}"|{_LOCAL}{{1,64}})(?:@|%40){_LOCAL}{{1,200}}\.{_LOCAL}{{2,63}}""")

_KEPT = rf"""
    {_UUID}
  | \d{{4}}-\d{{2}}-\d{{2}}(?:[T\ _]\d{{2}}:?\d{{2}}(?::?\d{{2}}(?:[.,]\d+)?)?(?:Z|[+-]\d{{2}}:?\d{{2}})?)?
  | \d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)\d{{2}}(?!\d)
  | \d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d+)?)?
  | \d{{1,3}}(?:\.\d{{1,3}}){{3}}(?::\d+)?(?![\d.])
  | \d+\.\d+(?![\d.\ -]\d)
"""
_FOUND = r"""
    (?:(?:\+|%2B)\s?\(?\d|\b00\ ?[1-9])(?:[\s().\-/]{0,2}\d){6,14}
  | \(\d{2,5}\)\s?\d{2,5}(?:[\s.-]?\d{2,5}){1,3}
  | \b0\d{1,4}(?:[\s./-]\d{2,8}){1,4}
  | \b(?:1[\s.-])?\(?[2-9]\d{2}\)?[\s.-]?\d{3}[\s.-]\d{4}
  | \b[2-9]\d{2}[\s-]\d{7}
  | \b\d{3}[\s-]\d{3}[\s-]\d{3}
  | \b[6-9]\d{4}[\s-]\d{5}
  | \b1[3-9]\d[\s-]\d{4}[\s-]\d{4}
  | \b9\d{2}[\s-]\d{3}[\s-]\d{2}[\s-]\d{2}
  | \b1?[2-9]\d{2}[2-9]\d{6}
  | \b0[1-9]\d{8,9}
"""
_NUMBERS = re.compile(rf"(?<![\w#/.-])(?:(?P<kept>{_KEPT})|(?P<found>{_FOUND}))(?![\w-]|[./:]\d)", re.VERBOSE)
_FEWEST_DIGITS = 8


def redact(text: str) -> str:
    """The text without e-mail addresses, phone numbers and secrets."""
    text = without_secrets(text)
    return _NUMBERS.sub(_number, text) if any(character.isdigit() for character in text) else text


def without_secrets(text: str) -> str:
    """The text without e-mail addresses and secrets; its numbers are ids and stay."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return _EMAIL.sub(EMAIL, text) if "@" in text or "%40" in text else text


def _number(match: re.Match[str]) -> str:
    found = match["found"]
    if not found or sum(character.isdigit() for character in found) < _FEWEST_DIGITS:
        return match.group()
    return PHONE


def redact_value(name: str, value: Any) -> Any:
    """A value for a log line: redacted by its name and by what it holds, however deep. Numbers and switches stay."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _SECRET_NAME.search(name):
        return SECRET
    if name.lower() in _PERSONAL_NAMES:
        return PERSONAL
    if isinstance(value, dict):
        return {redact(str(key)): redact_value(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(name, inner) for inner in value]
    if isinstance(value, UUID | date | time | timedelta | Decimal):  # datetimes are dates
        return str(value)
    text = value if isinstance(value, str) else _as_text(value)
    return without_secrets(text) if _IDS.search(name.lower()) else redact(text)


def _as_text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else repr(value)
