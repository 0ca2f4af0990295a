"""What the system did or declined to do for a lead, when and why (spec 00, promise 3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from leads.models import Lead, TimelineEvent
from zrg.lib import rows
from zrg.lib.ids import uuid7
from zrg.lib.logs import current_correlation_id
from zrg.workspaces.models import User

_INSERT = """
INSERT INTO leads_timelineevent
    (id, workspace_id, lead_id, at, kind, text, why, did, setting, tone, by_id, run_id, dedupe_key)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def told(lead: Lead, dedupe_key: str) -> bool:
    """Whether something was told (and so done) before: what a replayed event asks first."""
    return TimelineEvent.objects.filter(lead=lead, dedupe_key=dedupe_key[:200]).exists()


def record(
    lead: Lead,
    *,
    kind: str,
    text: str,
    why: str = "",
    did: str = "",
    setting: str = "",
    tone: str = TimelineEvent.Tone.PLAIN,
    by: User | None = None,
    at: datetime | None = None,
    dedupe_key: str = "",
) -> None:
    """Write one line on the lead's timeline; the same `dedupe_key` twice is told once. One statement.

    `why` is the evidence (with its confidence), `did` what followed, `setting` under which setting; `at` aware."""
    values: list[Any] = [
        uuid7(),
        lead.workspace_id,
        lead.pk,
        at or timezone.now(),
        kind,
        text[:300],
        why[:500],
        did[:500],
        setting[:200],
        tone,
        by.pk if by else None,
        current_correlation_id(),
        dedupe_key[:200],
    ]
    with rows.prepared() as cursor:
        cursor.execute(_INSERT, values)
