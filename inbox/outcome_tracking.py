"""What became of drafts after they were sent (spec 05, "Evaluation"): answered, how the tag moved, booked.

One statement each: most leads who write were never sent a draft, and nobody waits to learn that."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from inbox.models import DraftStatus, Message
from leads.models import Lead
from zrg.lib import rows

_ON_THE_LAST = """
UPDATE inbox_draft SET {column} = %s
 WHERE id = (SELECT id FROM inbox_draft WHERE lead_id = %s AND status = %s AND decided_at < %s
              ORDER BY decided_at DESC LIMIT 1)
"""
_REPLIED = _ON_THE_LAST.format(column="replied_at") + " AND replied_at IS NULL"
_TAGGED = _ON_THE_LAST.format(column="tag_after")
_BOOKED = _ON_THE_LAST.format(column="booked_at") + " AND booked_at IS NULL"


def replied(message: Message) -> None:
    """A lead wrote: the last draft that was sent before has its answer."""
    _note(_REPLIED, message.sent_at, lead_id=message.lead_id, before=message.sent_at)


def tagged(lead: Lead, *, message: Message) -> None:
    """The answer was read: where the tag went from there."""
    _note(_TAGGED, str(lead.tag), lead_id=lead.pk, before=message.sent_at)


def booked(lead: Lead, *, at: datetime) -> None:
    """A meeting came of the conversation: noted on the last draft that was sent."""
    _note(_BOOKED, at, lead_id=lead.pk, before=at)


def _note(statement: str, value: Any, *, lead_id: UUID, before: datetime) -> None:
    with rows.prepared() as cursor:
        cursor.execute(statement, [value, lead_id, DraftStatus.APPROVED.value, before])
