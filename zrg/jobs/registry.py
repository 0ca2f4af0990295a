"""Which handler a job has. Filled by zrg/wiring.py; the runner only asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Registered:
    handle: Handler
    time_limit_s: int


_handlers: dict[tuple[str, str], Registered] = {}


def register(label: str, kind: str, handle: Handler, *, time_limit_s: int = 120) -> None:
    """Name the one handler of a model's (`app.Model`) job type; `time_limit_s` stops a hung one."""
    _handlers[label, kind] = Registered(handle, time_limit_s)


def handler_for(label: str, kind: str) -> Registered:
    """The handler of a job type. Raises LookupError naming what is missing."""
    try:
        return _handlers[label, kind]
    except KeyError:
        raise LookupError(f"No handler for {label} {kind!r}: name one in zrg/wiring.py.") from None


def known() -> dict[tuple[str, str], Registered]:
    """All of them, for checks and the docs."""
    return dict(_handlers)
