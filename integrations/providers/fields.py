"""Fields of what a provider sent, whatever it is: each reader answers with its empty value and never fails. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

from integrations.events import Address, Attachment

Payload = dict[str, Any]

LONGEST_ID = 200
_MOST_ADDRESSES = 100
_YEARS = range(2000, 2101)  # a time outside of these is a mistake: the arrival counts instead
_MILLISECONDS_FROM = 10_000_000_000  # an epoch number above this is in milliseconds


def part(source: object, *path: str) -> Payload:
    """The object at the end of the path; {} if there is none."""
    for name in path:
        source = source.get(name) if isinstance(source, dict) else None
    return source if isinstance(source, dict) else {}


def parts(source: Payload, name: str) -> list[Payload]:
    """The objects of a list; [] if there is none."""
    value = source.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def scalar(value: object) -> str:
    """A string trimmed, a number as text (9001.0 is 9001); "" for everything else, true and false included."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def text(source: Payload, *names: str) -> str:
    """The first of the fields that says something, trimmed."""
    return next((found for name in names if (found := scalar(source.get(name)))), "")


def body(source: Payload, *names: str) -> str:
    """The first of the fields that is a string with more than white space, exactly as it was sent."""
    values = (source.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def identifier(source: Payload, *names: str) -> str:
    """An id as text, at most LONGEST_ID characters: a longer one is replaced by its hash."""
    found = text(source, *names)
    return found if len(found) <= LONGEST_ID else f"sha256:{hashlib.sha256(found.encode()).hexdigest()}"


def flag(value: object) -> bool:
    """True for true, 1, "1", "true", "yes"."""
    return value if isinstance(value, bool) else scalar(value).lower() in {"1", "true", "yes"}


def moment(source: Payload, *names: str) -> datetime | None:
    """The first of the fields that is a time, in UTC: ISO 8601 (without an offset: UTC) or an epoch number."""
    return next((at for name in names if (at := _moment(source.get(name)))), None)


def _moment(value: object) -> datetime | None:
    try:
        at = _parsed(value)
        found = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) if at else None
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and found.year in _YEARS else None


def _parsed(value: object) -> datetime | None:
    if isinstance(value, str) and value.strip():
        return datetime.fromisoformat(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if value > _MILLISECONDS_FROM else value, tz=UTC)
    return None


def address(email: str, name: str = "") -> Address:
    """One address with a name, both trimmed."""
    return Address(email.strip(), " ".join(name.split()))


def addresses(value: object) -> tuple[Address, ...]:
    """Addresses of a list of objects ({name, address | email | email_address}) or of texts, or of one of these."""
    listed = value if isinstance(value, list) else [value]
    found = [one for item in listed[:_MOST_ADDRESSES] for one in _addresses(item)]
    return tuple(dict.fromkeys(one for one in found if "@" in one.email))[:_MOST_ADDRESSES]


def _addresses(item: object) -> list[Address]:
    if isinstance(item, dict):
        return [address(text(item, "address", "email_address", "email"), text(item, "name"))]
    if isinstance(item, str):
        return [address(email, name) for name, email in getaddresses([item.replace(";", ",")])]
    return []


def attachments(source: Payload, name: str = "attachments") -> tuple[Attachment, ...]:
    """Attachments as objects or as plain URLs."""
    value = source.get(name)
    return tuple(one for item in (value if isinstance(value, list) else []) if (one := _attachment(item)))


def _attachment(item: object) -> Attachment | None:
    if isinstance(item, str) and item.strip():
        return Attachment(name=item.strip().rsplit("/", 1)[-1][:200], url=item.strip())
    if not isinstance(item, dict):
        return None
    url = text(item, "download_url", "url", "file_url")
    label = text(item, "file_name", "name", "filename") or url.rsplit("/", 1)[-1] or text(item, "id")
    size = item.get("size", item.get("file_size"))
    known_size = size if type(size) is int and size >= 0 else None
    return Attachment(name=label[:200], url=url, size=known_size) if label else None


def two_names(full: str) -> tuple[str, str]:
    """A full name as first and last: the first word, and the rest."""
    first, _, last = " ".join(full.split()).partition(" ")
    return first, last


def labelled(source: Payload) -> dict[str, str]:
    """Fields by their label without case, spaces and signs ("Job Title" is jobtitle): for names that people chose."""
    return {plain(name): found for name, value in source.items() if (found := scalar(value))}


def plain(label: str) -> str:
    """A label in lower case without spaces and signs."""
    return "".join(filter(str.isalnum, label.lower()))


def first_of(fields: dict[str, str], *names: str) -> str:
    """The first of these that is there."""
    return next((fields[name] for name in names if fields.get(name)), "")
