"""The messages and events of an opened conversation. Written out, because composing these statements anew and making
objects of forty columns out of what they find cost more than all the rest of reading them (ADR 10)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from leads.models import Lead
from zrg.lib.rows import prepared
from zrg.web.paging import Place

EVENTS = 200


class MessageRow(NamedTuple):
    """What a thread shows of a message, but its original."""

    id: UUID
    channel: str
    direction: str
    body: str
    subject: str
    from_email: str
    from_name: str
    automated: str
    sent_at: datetime
    sent_by: str
    delivery: str
    error: str
    opened_at: datetime | None
    look_ups: int
    held_until: datetime | None
    undo_until: datetime | None
    has_original: bool  # it says more than the cleaned text
    person: str | None  # of ours, who sent it
    campaign: str | None
    drafted: str | None  # what became of the draft it was
    to: list[dict[str, Any]]
    cc: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    thread: dict[str, Any]


class EventRow(NamedTuple):
    """One line of the timeline."""

    id: UUID
    at: datetime
    kind: str
    text: str
    why: str
    did: str
    setting: str
    tone: str
    by: str


_OWN = (
    *("id", "channel", "direction", "body", "subject", "from_email", "from_name", "automated", "sent_at", "sent_by"),
    *("delivery", "error", "opened_at", "look_ups", "held_until", "undo_until"),
)
_JSON = ("to", "cc", "attachments", "thread")
# Lengths only: PostgreSQL knows them without reading the values.
_MESSAGES = f"""SELECT {", ".join(f"message.{name}" for name in _OWN)},
       greatest(octet_length(message.raw_text), octet_length(message.raw_html)) > octet_length(message.body),
       coalesce(nullif(person.name, ''), person.email), coalesce(nullif(campaign.name, ''), campaign.external_id),
       draft.outcome, {", ".join(f'message."{name}"' for name in _JSON)}
  FROM inbox_message message
  LEFT JOIN workspaces_user person ON person.id = message.sent_by_user_id
  LEFT JOIN leads_campaign campaign ON campaign.id = message.campaign_id
  LEFT JOIN inbox_draft draft ON draft.id = message.draft_id
 WHERE message.lead_id = %s AND message.delivery <> 'undone'"""  # noqa: S608 -- constants
_NEWEST_MESSAGES = " ORDER BY message.sent_at DESC, message.id DESC LIMIT %s"
_EVENTS = """SELECT event.id, event.at, event.kind, event.text, event.why, event.did, event.setting, event.tone,
       coalesce(nullif(person.name, ''), person.email, '')
  FROM leads_timelineevent event LEFT JOIN workspaces_user person ON person.id = event.by_id
 WHERE event.lead_id = %s AND event.at >= %s AND event.at < %s ORDER BY event.at DESC, event.id DESC LIMIT %s"""
_EVER = (datetime.fromisoformat("0001-01-02T00:00+00:00"), datetime.fromisoformat("9999-12-30T00:00+00:00"))


def messages(lead: Lead, *, before: Place | None, size: int) -> list[MessageRow]:
    """The newest `size + 1` messages (before a place), newest first; none that was taken back. One query."""
    place = " AND (message.sent_at, message.id) < (%s, %s)" if before else ""
    given = [lead.pk, *((before.at, before.id) if before else ()), size + 1]
    with prepared() as cursor:
        cursor.execute(_MESSAGES + place + _NEWEST_MESSAGES, given)
        found = cursor.fetchall()
    first = len(MessageRow._fields) - len(_JSON)
    return [MessageRow(*row[:first], *map(json.loads, row[first:])) for row in found]


def events(lead: Lead, *, since: datetime | None, until: datetime | None) -> list[EventRow]:
    """The newest events of this time, at most 200. One query."""
    with prepared() as cursor:
        cursor.execute(_EVENTS, [lead.pk, since or _EVER[0], until or _EVER[1], EVENTS])
        return [EventRow(*row) for row in cursor.fetchall()]
