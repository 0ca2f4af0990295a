"""What is known of a lead beside its own columns, for the pages: read in one statement and handed on."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from leads.models import UNDO_MERGE_FOR, Lead
from leads.suppression import FAMILY

MOST_SUPPRESSED = 20
MOST_TWINS = 10


@dataclass(frozen=True, slots=True)
class Person:
    """Another lead, as far as a page names it."""

    name: str
    company: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """An open suggestion that another lead is the same person."""

    id: int
    other: Person
    reason: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge into the lead that can still be undone."""

    id: uuid.UUID
    loser: Person


@dataclass(frozen=True, slots=True)
class Known:
    names: list[tuple[str, str]]  # kind, normalized value; the first known first
    suppressed: list[tuple[str, str]]  # reason, value of standing entries made for it; the oldest first, at most 20
    held: frozenset[tuple[str, str]]  # (family, value) of its names that may not be written to
    suggested: list[Suggested]  # at most ten
    merged: list[Merged]  # the newest first, at most ten


# Written out, because composing six queries anew costs more than running them. Each part: what, place, facts.
_FAMILIES = " ".join(f"WHEN '{kind}' THEN '{family.value}'" for kind, family in FAMILY.items())
_PERSON = "person.first_name, person.last_name, person.company, person.email, person.phone"
_OF_LEAD = f"""
SELECT 'name', row_number() OVER (ORDER BY first_seen, id), ARRAY[kind, value]::text[]
  FROM leads_leadidentity WHERE lead_id = %(lead)s
UNION ALL
SELECT 'suppressed', row_number() OVER (ORDER BY created_at, id), ARRAY[reason, value]::text[]
  FROM leads_suppressionentry WHERE lead_id = %(lead)s AND lifted_at IS NULL
UNION ALL
SELECT 'held', 0, ARRAY[entry.family, entry.value]::text[]
  FROM leads_leadidentity name JOIN leads_suppressionentry entry
    ON entry.workspace_id = name.workspace_id AND entry.value = name.value AND entry.lifted_at IS NULL
   AND entry.family = CASE name.kind {_FAMILIES} END
 WHERE name.lead_id = %(lead)s"""  # noqa: S608 -- constants
_OF_OTHERS = f"""
UNION ALL
SELECT 'suggested', row_number() OVER (ORDER BY pair.created_at, pair.id),
       ARRAY[pair.id::text, pair.reason, {_PERSON}]::text[]
  FROM leads_mergesuggestion pair JOIN leads_lead person
    ON person.id = CASE WHEN pair.lead_id = %(lead)s THEN pair.other_id ELSE pair.lead_id END
 WHERE (pair.lead_id = %(lead)s OR pair.other_id = %(lead)s) AND pair.status = 'open' AND person.merged_into_id IS NULL
UNION ALL
SELECT 'merged', row_number() OVER (ORDER BY merge.created_at DESC), ARRAY[merge.id::text, {_PERSON}]::text[]
  FROM leads_merge merge JOIN leads_lead person ON person.id = merge.loser_id
 WHERE merge.survivor_id = %(lead)s AND merge.undone_at IS NULL AND merge.created_at > %(since)s"""  # noqa: S608 -- our own names
_ORDERED = " ORDER BY 1, 2"


def known(lead: Lead, *, now: datetime, with_others: bool) -> Known:
    """Names and suppressions; `with_others`: suggestions and merges, too. One query."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        sql = _OF_LEAD + (_OF_OTHERS if with_others else "") + _ORDERED
        cursor.execute(sql, {"lead": lead.pk, "since": now - UNDO_MERGE_FOR})
        for what, _, facts in cursor.fetchall():
            found[what].append(facts)
    return Known(
        names=[(kind, value) for kind, value in found["name"]],
        suppressed=[(reason, value) for reason, value in found["suppressed"][:MOST_SUPPRESSED]],
        held=frozenset((family, value) for family, value in found["held"]),
        suggested=[
            Suggested(int(pk), _person(*other), reason) for pk, reason, *other in found["suggested"][:MOST_TWINS]
        ],
        merged=[Merged(uuid.UUID(pk), _person(*loser)) for pk, *loser in found["merged"][:MOST_TWINS]],
    )


def _person(first_name: str, last_name: str, company: str, email: str, phone: str) -> Person:
    lead = Lead(first_name=first_name, last_name=last_name, email=email, phone=phone)
    return Person(lead.name, company, email, phone)
