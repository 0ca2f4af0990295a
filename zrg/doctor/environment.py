"""The settings and secrets of this process. No value of a secret is ever printed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings

from integrations import chat
from integrations.errors import NeedsAttention
from zrg.doctor.findings import Finding, warning

SECRETS = (
    "SECRET_KEY",
    "CREDENTIALS_KEYS",
    "CRON_SECRET",
    "METRICS_TOKEN",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "OPENAI_API_KEY",
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "SLACK_WEBHOOK_URL",
    "UNIPILE_DSN",
    "UNIPILE_API_KEY",
    "UNIPILE_WEBHOOK_SECRET",
    "GHL_WEBHOOK_PUBLIC_KEY",
    "GHL_WEBHOOK_LEGACY_PUBLIC_KEY",
)
_MAY_HOLD_SPACES = {"CREDENTIALS_KEYS", "GHL_WEBHOOK_PUBLIC_KEY", "GHL_WEBHOOK_LEGACY_PUBLIC_KEY"}
_QUOTES = "\"'`“”‘’"
_SHORTEST_SECRET = 16


def secrets() -> Iterator[Finding]:
    """White space, quotes and invisible characters: a trailing newline in a key once took a night to find."""
    for name in SECRETS:
        if raw := os.environ.get(name, ""):
            yield from _look_at(name, raw)


def _look_at(name: str, raw: str) -> Iterator[Finding]:
    value = raw.strip()
    if value != raw:
        yield warning(
            f"{name} has white space around it (ZRG strips it; the other side may not).",
            f"Set {name} again without the spaces or the newline at its end.",
        )
    if value and value[0] in _QUOTES and value[-1] in _QUOTES:
        yield Finding(f"{name} is wrapped in quotes, and they count.", f"Set {name} again without the quotes.")
    if not value.isprintable() or not value.isascii():
        yield Finding(f"{name} holds a character that cannot be seen or typed.", f"Copy {name} anew, by hand.")
    elif any(character.isspace() for character in value) and name not in _MAY_HOLD_SPACES:
        yield Finding(f"{name} holds white space in the middle.", f"Copy {name} anew; it was torn apart.")


def secret_key() -> Iterator[Finding]:
    """Long and random: it signs the sessions."""
    key = settings.SECRET_KEY
    if len(key) >= 50 and len(set(key)) >= 10 and not key.startswith("django-insecure"):
        return
    remedy = "Set SECRET_KEY to 50 random characters (everyone signs in again)."
    yield Finding("SECRET_KEY is short or not random.", remedy, is_error=settings.PRODUCTION)


def credentials_keys() -> Iterator[Finding]:
    """What opens the providers' credentials."""
    if not settings.CREDENTIALS_KEYS:
        yield Finding(
            "CREDENTIALS_KEYS is not set: no connection can be made or used.",
            "Set it to a key from `python manage.py doctor --new-key`.",
        )
    for place, key in enumerate(settings.CREDENTIALS_KEYS, start=1):
        if not _is_fernet_key(key):
            yield Finding(
                f"Key {place} of CREDENTIALS_KEYS is not a Fernet key (44 characters of URL-safe base64).",
                "Make one with `python manage.py doctor --new-key`; keep the old ones behind it.",
            )


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def short_secrets() -> Iterator[Finding]:
    """The secrets of our own doors."""
    for name, closed in (("CRON_SECRET", "the cron endpoints answer 503"), ("METRICS_TOKEN", "/metrics answers 404")):
        value = getattr(settings, name)
        if not value:
            yield warning(f"{name} is not set: {closed}.", f"Set {name} if you need them.")
        elif len(value) < _SHORTEST_SECRET:
            yield Finding(f"{name} is short enough to be guessed.", f"Use at least {_SHORTEST_SECRET} characters.")


def public_url() -> Iterator[Finding]:
    """In webhook URLs and deep links: the address as others reach us."""
    url = urlsplit(settings.PUBLIC_URL)
    host = url.hostname or ""
    if url.path or url.query:
        yield Finding(f"PUBLIC_URL={settings.PUBLIC_URL} has a path.", "Set scheme and host only.")
    if not any(_fits(host, pattern) for pattern in settings.ALLOWED_HOSTS):
        yield Finding(f"ALLOWED_HOSTS does not admit {host}, the host of PUBLIC_URL.", "Add it to ALLOWED_HOSTS.")
    if settings.PRODUCTION and url.scheme != "https":
        yield Finding("PUBLIC_URL is not https: sign-in and webhook secrets travel in the open.", "Use https.")
    if settings.PRODUCTION and host in {"localhost", "127.0.0.1", "::1"}:
        yield Finding(
            f"PUBLIC_URL is {host}: no provider can deliver webhooks there.", "Set PUBLIC_URL to the public address."
        )


def _fits(host: str, pattern: str) -> bool:
    if pattern == "*" or host == pattern.strip("[]").lower():
        return True
    return pattern.startswith(".") and (host.endswith(pattern) or host == pattern[1:])


def slack() -> Iterator[Finding]:
    """Reviewers are written to with one secret and answer with another; alerts have an address of their own."""
    has_bot, has_secret = bool(settings.SLACK_BOT_TOKEN), bool(settings.SLACK_SIGNING_SECRET)
    if not has_bot:
        remedy = "Set SLACK_BOT_TOKEN if reviewers shall be asked in Slack (docs/slack.md)."
        yield warning("SLACK_BOT_TOKEN is not set: drafts wait for review on the page only.", remedy)
    elif not settings.SLACK_BOT_TOKEN.startswith("xoxb-"):
        yield Finding("SLACK_BOT_TOKEN is not a bot token.", "Use the one that begins with xoxb- (docs/slack.md).")
    if has_bot and not has_secret:
        yield Finding(
            "SLACK_SIGNING_SECRET is not set: clicks on Approve & Send are refused.",
            "Copy it from Basic Information of the Slack app (docs/slack.md).",
        )
    if not settings.SLACK_WEBHOOK_URL:
        remedy = "Set SLACK_WEBHOOK_URL to an incoming webhook of Slack (docs/slack.md)."
        yield warning("SLACK_WEBHOOK_URL is not set: nobody is told when a connection fails.", remedy)
    else:
        yield from _slack_webhook()


def _slack_webhook() -> Iterator[Finding]:
    try:
        chat.check_hook(settings.SLACK_WEBHOOK_URL)
    except NeedsAttention as wrong:
        yield Finding(str(wrong), "Copy the address of the incoming webhook anew (docs/slack.md).")


def production() -> Iterator[Finding]:
    """What may not be on where real people are written to."""
    if not settings.PRODUCTION:
        return
    if settings.DEBUG:
        yield Finding("DEBUG is on: errors show settings and code to visitors.", "Unset DEBUG.")
    if settings.SANDBOX_URL:
        yield Finding("SANDBOX_URL is set: providers are played by the sandbox.", "Unset SANDBOX_URL.")
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield warning(
            "EMAIL_URL is not set: links that reset a password are written to the log, and reach nobody.",
            "Set EMAIL_URL to your mail server: smtp+tls://user:password@host:587",
        )
