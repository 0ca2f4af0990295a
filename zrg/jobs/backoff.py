"""When to try again: pure (spec 04)."""

from __future__ import annotations

from datetime import timedelta

FIRST_S = 2.0
CAP_S = 15 * 60.0
MAX_WAITS = 50
MAX_WAITING = timedelta(hours=24)


def delay(attempt: int, *, jitter: float) -> timedelta:
    """Time until the next try after the `attempt`th failed (1, 2, …): 2 s · 2^(n-1), at most 15 min, plus up to a
    quarter by `jitter` (0–1) so that a crowd does not come back at once."""
    base = min(FIRST_S * 2 ** min(attempt - 1, 20), CAP_S)
    return timedelta(seconds=base * (1 + 0.25 * jitter))


def may_wait_again(*, waits: int, waiting: timedelta) -> bool:
    """Rate limits are waited out for at most 24 h or 50 times, whichever ends first."""
    return waits < MAX_WAITS and waiting < MAX_WAITING
