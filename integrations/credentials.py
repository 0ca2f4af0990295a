"""Credentials at rest: encrypted with Fernet keys of the environment, rotated by putting a new key first (spec 01)."""

from __future__ import annotations

import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def _box() -> MultiFernet:
    if not settings.CREDENTIALS_KEYS:
        raise ImproperlyConfigured(
            "CREDENTIALS_KEYS is not set. Make a key with `python manage.py doctor --new-key` and set it."
        )
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEYS])


def seal(values: dict[str, str]) -> str:
    """The values as one encrypted text, each stripped of surrounding white space."""
    clean = {name: value.strip() for name, value in values.items() if value and value.strip()}
    return _box().encrypt(json.dumps(clean).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """The values of `seal`. Raises ImproperlyConfigured when no key fits."""
    if not sealed:
        return {}
    try:
        return json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken:
        raise ImproperlyConfigured(
            "Stored credentials fit none of CREDENTIALS_KEYS. Put the key they were written with back at the end."
        ) from None


def reseal(sealed: str) -> str:
    """The same values under the newest key. Raises ImproperlyConfigured when no key fits."""
    return seal(unseal(sealed)) if sealed else ""


def is_under_newest(sealed: str) -> bool:
    """Whether the first of CREDENTIALS_KEYS opens it: the others are not needed for this one."""
    try:
        Fernet(settings.CREDENTIALS_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


class SealedField(models.TextField):
    """A dict of secrets, encrypted in its column; decrypted when first read. Never in forms, never in repr."""

    _pyi_private_set_type: dict[str, str] | Secrets  # type: ignore[assignment] # for the type checker only
    _pyi_private_get_type: Secrets  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False, blank=True, default=dict)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: Any) -> Secrets:
        return Secrets(value or "")

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Secrets):
            return value.sealed
        return seal(value) if value else ""

    def to_python(self, value: Any) -> Any:
        return value


class Secrets:
    """A read-only dict that is decrypted on first look and shows nothing of itself."""

    __slots__ = ("_values", "sealed")

    def __init__(self, sealed: str) -> None:
        self.sealed = sealed
        self._values: dict[str, str] | None = None

    def get(self, name: str, default: str = "") -> str:
        """The secret, or `default`."""
        if self._values is None:
            self._values = unseal(self.sealed)
        return self._values.get(name, default)

    def as_dict(self) -> dict[str, str]:
        """A copy of all values, to change and save."""
        self.get("")
        return dict(self._values or {})

    def __bool__(self) -> bool:
        return bool(self.sealed)

    def __repr__(self) -> str:
        return "<secrets>"


def hint(value: str) -> str:
    """What a page may show of a secret: that it is there, and its last four characters."""
    if not value:
        return "not set"
    return f"configured ····{value[-4:]}" if len(value) >= 12 else "configured"
