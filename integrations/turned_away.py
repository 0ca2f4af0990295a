"""Deliveries that were turned away, counted for the pages (spec 02): from outside they look like a dead webhook.

One row per workspace, provider and reason, so nobody can fill the table by sending. A request only adds in memory
(zrg/lib/tally.py); every two seconds a thread hands the sums of its process over in one statement. A delivery that is
let in takes the provider's rows away again, in the same manner: they tell of trouble that is, not that was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.db import connection as database

from integrations.models import IgnoredDeliveries, WebhookEvent
from zrg.lib.tally import Tally
from zrg.workspaces.models import Workspace

log = structlog.get_logger(__name__)

HAND_OVER_EVERY_S = 2.0
_MOST = 2_147_483_647  # the column's

# One that was let in meanwhile, by whichever process, ends it before it is written.
_COUNT = """
INSERT INTO "{ignored}" AS kept (workspace_id, provider, reason, count, first_at, last_at)
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::int[], %s::timestamptz[], %s::timestamptz[])
  AS new (workspace_id, provider, reason, count, first_at, last_at)
WHERE workspace_id IS NULL OR EXISTS (SELECT FROM "{workspaces}" w WHERE w.id = new.workspace_id)
  AND NOT EXISTS (SELECT FROM "{events}" e WHERE e.workspace_id = new.workspace_id
                   AND e.provider = new.provider AND e.received_at > new.last_at)
ON CONFLICT (workspace_id, provider, reason) DO UPDATE SET
  count = least(kept.count::bigint + EXCLUDED.count, {most}), last_at = greatest(kept.last_at, EXCLUDED.last_at)
"""
_CLEAR = """
DELETE FROM "{ignored}" kept
USING unnest(%s::uuid[], %s::text[], %s::timestamptz[]) AS new (workspace_id, provider, at)
WHERE kept.workspace_id IS NOT DISTINCT FROM new.workspace_id AND kept.provider = new.provider
  AND kept.last_at <= new.at
"""
_NAMES = {
    "ignored": IgnoredDeliveries._meta.db_table,
    "events": WebhookEvent._meta.db_table,
    "workspaces": Workspace._meta.db_table,
    "most": _MOST,
}


class Reason(StrEnum):
    """Why a delivery was turned away; what is to be done: integrations/remedies.py."""

    PROVIDER_MISMATCH = "provider_mismatch"  # 200: the workspace has another e-mail platform
    SECRET_MISSING = "secret_missing"  # noqa: S105 -- 401, as all below
    SECRET_WRONG = "secret_wrong"  # noqa: S105
    SECRET_NOT_SET = "secret_not_set"  # noqa: S105 -- the connection has none, and its provider must bring one
    BAD_SIGNATURE = "bad_signature"  # before anybody knows for which workspace


@dataclass(frozen=True, slots=True)
class _Sum:
    count: int
    first_at: datetime
    last_at: datetime

    def __add__(self, more: _Sum) -> _Sum:
        return _Sum(self.count + more.count, min(self.first_at, more.first_at), max(self.last_at, more.last_at))


_LET_IN = ""  # instead of a reason
_Key = tuple[UUID | None, str, str]


def note(workspace_id: UUID | None, provider: str, reason: Reason, *, now: datetime) -> None:
    """Count one; `workspace_id` None: the provider's signature did not fit, whoever it was for."""
    tally.add((workspace_id, provider, reason.value), _Sum(1, now, now))


def note_let_in(workspace_id: UUID | None, provider: str, *, now: datetime) -> None:
    """One was let in: what was turned away until now is over. Worth calling only where something was."""
    tally.add((workspace_id, provider, _LET_IN), _Sum(1, now, now))


def forget(workspace_id: UUID, provider: str) -> None:
    """The connection is new or gone: what was counted before says nothing about it."""
    IgnoredDeliveries.objects.filter(workspace=workspace_id, provider=provider).delete()


def hand_over() -> bool:
    """Write the sums of this process now; False, and they are kept, while the database is away."""
    taken = tally.take()
    try:
        with transaction.atomic(), database.cursor() as cursor:
            if counted := sorted(_rows(taken, let_in=False), key=str):  # in one order: two processes wait, not deadlock
                cursor.execute(_COUNT.format(**_NAMES), [list(column) for column in zip(*counted, strict=True)])
            if let_in := _rows(taken, let_in=True):
                columns = [list(column) for column in zip(*let_in, strict=True)]
                cursor.execute(_CLEAR.format(**_NAMES), [columns[0], columns[1], columns[5]])
    except (DatabaseError, InterfaceError) as error:
        log.warning("turned_away_not_counted", error=type(error).__name__)
        tally.put_back(taken)
        return False
    return True


def _rows(taken: dict[_Key, _Sum], *, let_in: bool) -> list[tuple[object, ...]]:
    return [
        (*key, min(value.count, _MOST), value.first_at, value.last_at)
        for key, value in taken.items()
        if (key[2] == _LET_IN) is let_in
    ]


def _hand_over_and_close() -> None:
    """The thread's: it keeps no connection, there is nothing to write for most of the time."""
    try:
        hand_over()
    finally:
        connections.close_all()


tally: Tally[_Key, _Sum] = Tally(
    "turned away",
    merge=lambda one, more: one + more,
    hand_over=_hand_over_and_close,
    every_s=HAND_OVER_EVERY_S,
)
