"""Sums that a thread of their own hands over."""

from __future__ import annotations

import operator
import queue
from typing import Any

from zrg.lib.tally import Tally

SOON_S = 10.0


def test_sums_are_handed_over_by_themselves_also_after_an_error() -> None:
    came: queue.Queue[dict[str, int]] = queue.Queue()

    def hand_over() -> None:
        came.put(taken := tally.take())
        if "bad" in taken:
            raise RuntimeError("no")

    tally: Tally[str, int] = Tally("test", merge=operator.add, hand_over=hand_over, every_s=0.01)
    for given in ("bad", "good"):
        tally.add(given, 1), tally.add(given, 2)
        got: dict[str, int] = {}
        while got.get(given, 0) < 3:
            for key, value in came.get(timeout=SOON_S).items():
                got[key] = got.get(key, 0) + value
        assert got == {given: 3}


def test_what_could_not_be_handed_over_is_added_to_what_comes() -> None:
    tally: Tally[str, int] = Tally("test", merge=operator.add, hand_over=_nothing, every_s=0.01)
    tally.by_itself = False
    tally.add("a", 1)
    taken = tally.take()
    assert tally.take() == {}
    tally.add("a", 2), tally.add("b", 5)
    tally.put_back(taken)
    assert tally.take() == {"a": 3, "b": 5}


def _nothing() -> Any:
    raise AssertionError("nobody asked for it")
