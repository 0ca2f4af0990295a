"""Typed readers of the environment: a wrong value stops the start-up with the variable's name and the remedy.

Secrets are stripped of surrounding white space when read (spec 02: a trailing newline in a key).
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "on", "yes"}
_FALSE = {"0", "false", "off", "no"}


def text(name: str, default: str = "") -> str:
    """The variable without surrounding white space; `default` when unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    """A switch: 1/0, true/false, on/off, yes/no; anything else stops the start (spec 13)."""
    raw = text(name)
    if not raw:
        return default
    if raw.lower() in _TRUE:
        return True
    if raw.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is not a switch. Use 1 or 0, true or false, on or off.")


def number(name: str, default: int, *, at_least: int | None = None, at_most: int | None = None) -> int:
    """A whole number inside its bounds."""
    raw = text(name)
    try:
        value = int(raw) if raw else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from None
    if at_least is not None and value < at_least:
        raise ImproperlyConfigured(f"{name}={value} is too small. Use at least {at_least}.")
    if at_most is not None and value > at_most:
        raise ImproperlyConfigured(f"{name}={value} is too large. Use at most {at_most}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; empty entries are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def prices(name: str, default: str) -> dict[str, tuple[str, str, str]]:
    """`model:input/cached/output,…` in US dollars for a million tokens; what is set is added to the default."""
    found: dict[str, tuple[str, str, str]] = {}
    for entry in [*words("", default), *words(name)]:
        model, _, amounts = entry.partition(":")
        parts = amounts.split("/")
        if not model or len(parts) != 3 or not all(part.replace(".", "", 1).isdecimal() for part in parts):
            raise ImproperlyConfigured(f"{name}: {entry!r} is no price. Write it as gpt-5.1:1.25/0.125/10.")
        found[model] = (parts[0], parts[1], parts[2])
    return found


def url(name: str, default: str = "") -> str:
    """An http(s) address without its trailing slash, or empty."""
    raw = text(name, default).rstrip("/")
    if raw and (urlsplit(raw).scheme not in {"http", "https"} or not urlsplit(raw).hostname):
        raise ImproperlyConfigured(f"{name}={raw!r} is not an http or https address.")
    return raw


def database(name: str) -> dict[str, Any]:
    """Django's settings for a postgres:// address; a placeholder that refuses to connect when unset."""
    raw = text(name)
    if not raw:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "unset", "HOST": "database-url-is-unset.invalid"}
    config = dict(environ.Env.db_url_config(raw))
    if "postgresql" not in str(config.get("ENGINE")):
        raise ImproperlyConfigured(f"{name} must be a postgres:// address; ZRG needs PostgreSQL.")
    return config


def email(name: str) -> dict[str, Any]:
    """Django's e-mail settings for an smtp:// address; nothing when unset."""
    raw = text(name)
    return dict(environ.Env.email_url_config(raw)) if raw else {}
