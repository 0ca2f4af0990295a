"""Adding up in this process what a request must not wait for: sums that a thread of its own hands over now and then.

Counting costs microseconds and never waits. A process that is killed loses what it has not handed over; what is counted
so has to be worth no more than that.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger(__name__)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Tally(Generic[K, V]):
    """Sums by key. `merge` makes one value of two; `hand_over` takes them (`take`) to where they belong, called
    `every_s` seconds after something came. Without `by_itself` that is left to somebody else."""

    def __init__(
        self, name: str, *, merge: Callable[[V, V], V], hand_over: Callable[[], object], every_s: float
    ) -> None:
        self.by_itself = True
        self._name, self._merge, self._hand_over, self._every_s = name, merge, hand_over, every_s
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """Also in a forked child: it has neither its parent's thread nor its parent's sums (they would count twice)."""
        self._lock, self._waiting = threading.Lock(), threading.Event()
        self._sums: dict[K, V] = {}
        self._thread: threading.Thread | None = None

    def add(self, key: K, value: V) -> None:
        """More for this key."""
        with self._lock:
            known = self._sums.get(key)
            self._sums[key] = value if known is None else self._merge(known, value)
            if self._thread is None and self.by_itself:
                self._thread = threading.Thread(target=self._hand_over_for_ever, name=self._name, daemon=True)
                self._thread.start()
        if not self._waiting.is_set():
            self._waiting.set()

    def take(self) -> dict[K, V]:
        """Everything added so far, which is no longer here then."""
        with self._lock:
            taken, self._sums = self._sums, {}
        return taken

    def put_back(self, taken: dict[K, V]) -> None:
        """It could not be handed over: it is tried with what comes."""
        for key, value in taken.items():
            self.add(key, value)

    def _hand_over_for_ever(self) -> None:
        while True:
            self._waiting.wait()
            time.sleep(self._every_s)
            self._waiting.clear()
            try:
                self._hand_over()
            except Exception as error:
                log.error("tally_not_handed_over", tally=self._name, error=type(error).__name__)
