"""Stopping a handler that hangs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class HandlerTimeout(BaseException):
    """The handler did not end within its type's limit. No `Exception`: a handler that catches those is stopped too."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise HandlerTimeout in the block after `seconds`. Works in a process's main thread, where workers run their
    jobs; elsewhere the block runs unlimited."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise HandlerTimeout(f"stopped after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
