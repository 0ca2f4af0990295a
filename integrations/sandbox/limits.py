"""Rate limits of the providers: fixed windows counted in memory."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

_lock = threading.Lock()
_windows: dict[str, tuple[int, int]] = {}


@dataclass(frozen=True)
class Allowance:
    """What is left of one window."""

    maximum: int
    interval_s: int
    remaining: int
    resets_in_s: float

    @property
    def is_spent(self) -> bool:
        return self.remaining < 0


def use(key: str, *, maximum: int, interval_s: int) -> Allowance:
    """Count one call of an account; `remaining` is negative once the window is spent."""
    now = time.time()
    window = int(now // interval_s)
    with _lock:
        started, used = _windows.get(key, (window, 0))
        used = used + 1 if started == window else 1
        _windows[key] = (window, used)
    return Allowance(maximum, interval_s, maximum - used, (window + 1) * interval_s - now)


def used(key: str, *, interval_s: int) -> int:
    """Count one more call of a long window; how many there were."""
    return -use(key, maximum=0, interval_s=interval_s).remaining
