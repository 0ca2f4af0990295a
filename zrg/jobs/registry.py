"""Which handler a job has. Filled by zrg/wiring.py; the runner only asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[Any], None]

LONGEST_S = 200  # below Celery's soft limit (240 s), which would stop more than the one job


class NoHandler(LookupError):
    """A job type that zrg/wiring.py does not name (in this release)."""


@dataclass(frozen=True, slots=True)
class Registered:
    handle: Handler
    time_limit_s: float


_handlers: dict[tuple[str, str], Registered] = {}


def register(label: str, kind: str, handle: Handler, *, time_limit_s: float = 120) -> None:
    """Name the one handler of a model's (`app.Model`) job type; `time_limit_s` stops a hung one."""
    if not 0 < time_limit_s <= LONGEST_S:
        raise ValueError(f"{label} {kind}: a time limit is more than 0 and at most {LONGEST_S} s, not {time_limit_s}.")
    _handlers[label, kind] = Registered(handle, time_limit_s)


def handler_for(label: str, kind: str) -> Registered:
    """The handler of a job type. Raises NoHandler naming what is missing."""
    try:
        return _handlers[label, kind]
    except KeyError:
        raise NoHandler(f"No handler for {label} {kind!r}: name one in zrg/wiring.py.") from None


def known() -> dict[tuple[str, str], Registered]:
    """All of them, for checks and the docs."""
    return dict(_handlers)
