"""Before the first request: the table of providers loads, secrets are in order, the sandbox is not in production."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured

from integrations.providers import ADAPTERS, adapter_class
from integrations.providers.base import Provider


def refuse_sandbox_in_production() -> None:
    """Raise ImproperlyConfigured. Asked when a process starts, because web servers and workers run no system checks."""
    for error in sandbox_stays_at_home():
        raise ImproperlyConfigured(f"{error.msg} {error.hint}")


@register()
def sandbox_stays_at_home(*_: Any, **__: Any) -> list[CheckMessage]:
    """The sandbox says yes to everything: in production messages would vanish in it."""
    if not (settings.PRODUCTION and settings.SANDBOX_URL):
        return []
    hint = "Unset SANDBOX_URL: in production providers are called at their own addresses."
    return [Error("SANDBOX_URL is set, but this is production.", hint=hint, id="integrations.E001")]


@register()
def credentials_can_be_kept(*_: Any, **__: Any) -> list[CheckMessage]:
    """Without a key no connection can be saved; with a wrong one none can be read."""
    if not settings.CREDENTIALS_KEYS:
        hint = "Make a key with `python manage.py doctor --new-key` and set CREDENTIALS_KEYS."
        return [Caution("CREDENTIALS_KEYS is not set: no connection can be saved.", hint=hint, id="integrations.W002")]
    wrong = [str(number) for number, key in enumerate(settings.CREDENTIALS_KEYS, 1) if not _is_key(key)]
    hint = "Each is 32 bytes in URL-safe base64; several are separated by commas, the newest first."
    text = f"CREDENTIALS_KEYS: number {', '.join(wrong)} is not a key."
    return [Error(text, hint=hint, id="integrations.E002")] if wrong else []


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


@register()
def cron_has_a_secret(*_: Any, **__: Any) -> list[CheckMessage]:
    """Without it every cron endpoint answers 503 (spec 13)."""
    if settings.CRON_SECRET:
        return []
    hint = "Set CRON_SECRET to 32 random characters if something outside calls /api/cron/."
    return [Caution("CRON_SECRET is not set: every cron endpoint answers 503.", hint=hint, id="integrations.W003")]


@register()
def providers_load(*_: Any, **__: Any) -> list[CheckMessage]:
    """A misspelled line in the table shows here, not at the first reply."""
    errors: list[CheckMessage] = []
    for kind, path in ADAPTERS.items():
        try:
            adapter = adapter_class(kind)
            fits = isinstance(adapter, type) and issubclass(adapter, Provider) and adapter.kind == kind
        except ImportError as error:
            errors.append(Error(f"The adapter of {kind.label} does not load: {error}", id="integrations.E004"))
        else:
            if not fits:
                errors.append(Error(f"{path} is not the adapter of {kind.label}.", id="integrations.E004"))
    return errors
