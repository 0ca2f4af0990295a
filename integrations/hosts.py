"""Where a provider call may go: the provider's own hosts, the sandbox at home, nowhere else (spec 01: no SSRF)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from integrations.errors import NeedsAttention

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def approve(url: str, *, own: Collection[str], label: str) -> None:
    """Raise NeedsAttention unless `url` leads to one of the provider's `own` host names over https.

    Outside production the sandbox (SANDBOX_URL) and this machine itself are allowed too, and plain http to them.
    """
    parts = urlsplit(url)
    if _is_at_home(parts):
        return
    if parts.scheme != "https":
        raise NeedsAttention(f"{label} is called over https only.")
    if parts.username or parts.port not in (None, 443) or (parts.hostname or "") not in own:
        raise NeedsAttention(f"“{parts.hostname}” is not a host of {label} that ZRG may call. Pick one of the list.")


def _is_at_home(parts: SplitResult) -> bool:
    if settings.PRODUCTION:
        return False
    sandbox = urlsplit(settings.SANDBOX_URL) if settings.SANDBOX_URL else None
    return parts.hostname in _LOOPBACK or bool(sandbox and parts.netloc == sandbox.netloc)
