"""Which handler an event class has. Filled by zrg/wiring.py; ingestion only asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime

    from integrations.models import Connection
    from zrg.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an event came from: what a handler knows besides the event."""

    workspace: Workspace
    connection: Connection | None
    provider: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an event: the lead it belongs to, or why nothing was done."""

    lead_id: UUID | None = None
    reason: str = ""


EventHandler = Callable[[Any, Delivery], Applied]

_handlers: dict[type, EventHandler] = {}


def register(event: type, handle: EventHandler) -> None:
    """Name the one handler of an event class."""
    _handlers[event] = handle


def handler_for(event: type) -> EventHandler | None:
    """The handler of an event class; None if nobody needs it."""
    return _handlers.get(event)


def known() -> dict[type, EventHandler]:
    """All of them, for checks and the docs."""
    return dict(_handlers)
