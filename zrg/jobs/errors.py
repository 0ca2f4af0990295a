"""What a handler may say about its own failure; everything else counts as an ordinary, retryable error (spec 04)."""

from __future__ import annotations

from datetime import datetime


class Permanent(Exception):
    """Asking again changes nothing: the job fails at once."""


class RetryLater(Exception):
    """Worth another attempt; after `retry_after` seconds if given. Does not consume an attempt (rate limits)."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Waits(Exception):
    """Not now: due again at `until` (aware), for `reason`. Does not consume an attempt (spec 06, "What stops what")."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until
