"""Where a provider call may go: the provider's own hosts, the sandbox at home, nowhere else (spec 01: no SSRF)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from integrations.errors import NeedsAttention

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def approve(url: str, *, own: Collection[str], label: str) -> None:
    """Raise NeedsAttention unless `url` leads to one of the provider's `own` hosts over https; one that is reached at
    another port than 443 stands in `own` with its port, as in "api1.unipile.com:13111".

    Outside production the sandbox (SANDBOX_URL) and this machine itself are allowed too, and plain http to them.
    """
    parts = urlsplit(url)
    if _is_at_home(parts):
        return
    if parts.scheme != "https":
        raise NeedsAttention(f"{label} is called over https only.")
    port = "" if parts.port in (None, 443) else f":{parts.port}"
    if parts.username or f"{parts.hostname or ''}{port}" not in own:
        raise NeedsAttention(f"“{parts.hostname}” is not a host of {label} that ZRG may call. Pick one of the list.")


def _is_at_home(parts: SplitResult) -> bool:
    if settings.PRODUCTION:
        return False
    sandbox = urlsplit(settings.SANDBOX_URL) if settings.SANDBOX_URL else None
    return parts.hostname in _LOOPBACK or bool(sandbox and parts.netloc == sandbox.netloc)


def is_sandbox(host: str | None, port: int | None) -> bool:
    """Whether this is the sandbox, which only installations outside production have."""
    home = urlsplit(settings.SANDBOX_URL or "")
    return not settings.PRODUCTION and bool(home.hostname) and (host, port) == (home.hostname, home.port)
