"""Paging by keyset: a place in a newest-first order of (time, id), written into an address."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """After this row the next page begins; rows of one time are told apart by the id."""

    at: datetime
    id: uuid.UUID

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id.hex}"

    @classmethod
    def read(cls, raw: str | None) -> Place | None:
        """None for a missing or broken place: the reader then begins at the top."""
        micros, _, hexed = (raw or "").partition("-")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(micros)), uuid.UUID(hex=hexed))
        except (ValueError, OverflowError):
            return None
