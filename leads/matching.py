"""Which lead is this? The first kind of identity that hits wins; finding and creating are race-free (spec 03).

Claiming a name *is* the insert: (workspace, kind, value) is unique, so two webhooks for a new person meet there and one
of them finds the other's lead. Names are claimed in one statement in sorted order, so two claims cannot deadlock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db import OperationalError, connection
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from integrations.events import Person
from leads import normalizing, suppression
from leads.facts import limit_of
from leads.models import Lead, LeadIdentity, MergeSuggestion
from zrg.lib import rows
from zrg.workspaces.models import Workspace

Name = tuple[str, str]
ROUNDS = 4  # losing the race that often in a row means something else is wrong
LOOK_AGAIN_MS = 200  # below PostgreSQL's deadlock_timeout

# Each lead comes once, and with it whose each name is. Where the lock was waited for, the locked row is the newest and
# all else as it was when the statement began: `seen` says what was true of the lead when its names were read.
# Written so that the server's plan is the same whatever the names and however full the tables: it keeps it then. (With
# arrays of kinds and values it planned anew for each delivery, which took four times as long as finding.)
_OWNER = "(SELECT lead_id FROM leads_leadidentity WHERE workspace_id = %s AND kind = %s AND value = %s)"
_FIND = """
SELECT {{columns}}, named.owners, (SELECT seen.unmerges FROM leads_lead AS seen WHERE seen.id = leads_lead.id)
  FROM (SELECT ARRAY[{owners}] AS owners) AS named JOIN leads_lead ON leads_lead.id = ANY(named.owners)
 ORDER BY leads_lead.id FOR UPDATE OF leads_lead
"""

_CLAIM = """
INSERT INTO leads_leadidentity (workspace_id, lead_id, kind, value, "primary", source, confidence, first_seen)
SELECT %s::uuid, %s::uuid, kind, value, "primary", %s, confidence, %s::timestamptz
  FROM unnest(%s::text[], %s::text[], %s::bool[], %s::float[]) AS name(kind, value, "primary", confidence)
ON CONFLICT (workspace_id, kind, value) DO NOTHING RETURNING kind, value
"""


class Hit(NamedTuple):
    """A locked lead, and by which of its names it was found."""

    lead: Lead
    names: list[Name]
    is_old: bool  # merged, or a merge into it undone, while we waited for its lock: the names may be another lead's now


class LostRace(Exception):
    """Somebody else claimed or moved one of the names in between, again and again, or holds a lead that must not be
    waited for. The caller's transaction must end; the same work is worth another attempt."""


@dataclass(slots=True)
class Match:
    """The lead (locked until the end of the transaction), and what was learned on the way.

    A new lead is only claimed by its names: its row is written by the first `save`, whole, with what the caller has
    set on it until then. Every path must save before the transaction ends."""

    lead: Lead
    created: bool = False
    changed: set[str] = field(default_factory=set)  # lead columns set but not yet saved

    def save(self, *also: str) -> None:
        """Save what was learned, and the other columns the caller has changed. One statement, or none."""
        columns = self.changed | set(also)
        if self.lead._state.adding:
            rows.insert(self.lead)
        elif columns:
            rows.update(self.lead, columns | {"updated_at"})
        self.changed.clear()


def find_or_create(person: Person, *, workspace: Workspace, source: str, at: datetime | None = None) -> Match | None:
    """The lead this person is, locked; made if nobody is known by any of the names. None when no name is usable.

    Must run inside a transaction, and be followed by `Match.save`: empty facts of the lead are filled, a new lead is
    made, neither is written yet. Names nobody has are claimed; where names point at a second lead, the strongest wins
    and a merge suggestion is kept."""
    names = normalizing.names(person, region=workspace.phone_region)
    if not names:
        return None
    for _ in range(ROUNDS):
        hits = _find_settled(workspace, names)
        if hits:
            return _matched(person, names, hits, source=source, at=at)
        made = _created(person, names, workspace=workspace, source=source, at=at)
        if made is not None:
            return made
    raise LostRace(f"Lost the race for {len(names)} names {ROUNDS} times.")


def find(person: Person, *, workspace: Workspace) -> Lead | None:
    """The lead this person is, locked, or None; claims and changes nothing. Must run inside a transaction."""
    names = normalizing.names(person, region=workspace.phone_region)
    hits = _find_settled(workspace, names) if names else []
    return _strongest(names, hits) if hits else None


def claim(lead: Lead, names: list[Name], *, source: str, primary: bool = False) -> list[Name]:
    """Give the lead more names; returns those that belong to somebody else (a merge suggestion is kept for each)."""
    known = set(LeadIdentity.objects.filter(lead=lead).values_list("kind", "value"))
    new = [name for name in names if name not in known]
    if not new:
        return []
    claimed = _claim(lead, new, source=source, at=None, primary=primary)
    suppression.extend(lead, claimed)
    taken = [name for name in new if name not in claimed]
    for name in taken:
        owner = LeadIdentity.objects.filter(workspace_id=lead.workspace_id, kind=name[0], value=name[1]).first()
        if owner and owner.lead_id != lead.pk:
            suggest(lead, owner.lead_id, name)
    return taken


def suggest(lead: Lead, other_id: UUID, name: Name) -> None:
    """Keep "these two may be one person" for a human, once per pair whatever the order."""
    first, second = sorted([lead.pk, other_id], key=str)
    MergeSuggestion.objects.bulk_create(
        [
            MergeSuggestion(
                workspace_id=lead.workspace_id,
                lead_id=first,
                other_id=second,
                reason=f"Both are known by {LeadIdentity.Kind(name[0]).label.lower()} {name[1]}"[:300],
            )
        ],
        ignore_conflicts=True,
    )


def _find_settled(workspace: Workspace, names: list[Name]) -> list[Hit]:
    """The leads that have these names, locked, once it is certain that they have them. Raises LostRace."""
    look = _find
    for _ in range(ROUNDS):
        hits = look(workspace, names)
        if not any(hit.is_old for hit in hits):
            return hits
        look = _find_again
    raise LostRace(f"The leads of {len(names)} names were merged or taken apart {ROUNDS} times.")


def _find(workspace: Workspace, names: list[Name]) -> list[Hit]:
    given = [value for name in names for value in (workspace.pk, *name)]
    return [
        Hit(
            lead,
            names=[name for name, owner in zip(names, owners, strict=True) if owner == lead.pk],
            is_old=lead.merged_into_id is not None or lead.unmerges != unmerges,
        )
        for lead, owners, unmerges in rows.read(Lead, _find_of(len(names)), given, more=2)
    ]


@cache
def _find_of(count: int) -> str:
    return _FIND.format(owners=", ".join([_OWNER] * count))


def _find_again(workspace: Workspace, names: list[Name]) -> list[Hit]:
    """As `_find`, with leads of the round before still locked, so not in the order in which everybody locks: who holds
    the one we want may be waiting for ours. Waits but a moment, and gives up before the database must end one of us."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOOK_AGAIN_MS}")
        try:
            hits = _find(workspace, names)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise LostRace("A lead that has one of the names now is held by somebody else.") from error
            raise
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return hits


def _strongest(names: list[Name], hits: list[Hit]) -> Lead:
    """First by kind; a shared desk address counts only when nothing else hits. Deterministic among equals."""

    def strength(name: Name) -> tuple[bool, int, int]:
        weak = name[0] == "email" and normalizing.is_shared(name[1])
        return (weak, normalizing.RANK[name[0]], names.index(name))

    return min(hits, key=lambda hit: min(map(strength, hit.names))).lead


def _matched(person: Person, names: list[Name], hits: list[Hit], *, source: str, at: datetime | None) -> Match:
    lead = _strongest(names, hits)
    match = Match(lead)
    for hit in hits:
        for name in hit.names if hit.lead is not lead else ():
            suggest(lead, hit.lead.pk, name)
    known = {name for hit in hits for name in hit.names}
    new = [name for name in names if name not in known]
    if new:
        claimed = _claim(lead, new, source=source, at=at)
        if len(claimed) < len(new):  # somebody claimed one in between: keep the suggestion, not the name
            claim(lead, [name for name in new if name not in claimed], source=source)
        _adopt(match, claimed)
        suppression.extend(lead, claimed)
    _fill(match, person)
    return match


def _created(
    person: Person, names: list[Name], *, workspace: Workspace, source: str, at: datetime | None
) -> Match | None:
    """Claim all names for a new lead, whose row follows with `Match.save` (the foreign key is checked at commit). None
    when somebody else claimed one in between: ours are given back."""
    lead = Lead(workspace=workspace, created_at=timezone.now())
    match = Match(lead, created=True)
    _fill(match, person)
    _adopt(match, names)
    lead.enrichment = _enrichment(lead, names)
    match.changed.clear()
    if len(_claim(lead, names, source=source, at=at, primary=True)) < len(names):
        LeadIdentity.objects.filter(lead_id=lead.pk).delete()
        return None
    return match


def _claim(lead: Lead, names: list[Name], *, source: str, at: datetime | None, primary: bool = False) -> list[Name]:
    ordered = sorted(names)
    lone = {kind for kind, _ in ordered if sum(other == kind for other, _ in ordered) == 1}
    columns: dict[str, str] = {"email": lead.email, "phone": lead.phone, "linkedin_url": lead.linkedin_url}

    def is_primary(name: Name) -> bool:
        kind, value = name
        if kind in columns:
            return columns[kind] in {"", value} and kind in lone
        return primary and kind in lone

    with rows.prepared() as cursor:
        cursor.execute(
            _CLAIM,
            [
                lead.workspace_id,
                lead.pk,
                source[:40],
                at or timezone.now(),
                [kind for kind, _ in ordered],
                [value for _, value in ordered],
                [is_primary(name) for name in ordered],
                [0.5 if kind == "email" and normalizing.is_shared(value) else 1.0 for kind, value in ordered],
            ],
        )
        return [tuple(row) for row in cursor.fetchall()]


def _adopt(match: Match, names: list[Name]) -> None:
    """Copy newly claimed names into the lead's display columns where these are empty."""
    for kind, value in names:
        if kind in {"email", "phone", "linkedin_url"} and not getattr(match.lead, kind):
            setattr(match.lead, kind, value)
            match.changed.add(kind)


_FACTS = ("first_name", "last_name", "title", "company", "website", "state", "timezone")


def _fill(match: Match, person: Person) -> None:
    """Fill empty facts; never overwrite one."""
    for fact in _FACTS:
        value = getattr(person, fact).strip()
        if value and not getattr(match.lead, fact):
            setattr(match.lead, fact, value[: limit_of(fact)])
            match.changed.add(fact)


def _enrichment(lead: Lead, names: list[Name]) -> str:
    """The state a new lead starts in (spec 03)."""
    kinds = {kind for kind, _ in names}
    has_linkedin = bool(kinds & {"linkedin_url", "linkedin_member"})
    if "phone" in kinds and "email" not in kinds:
        return Lead.Enrichment.NOT_NEEDED
    if "email" in kinds and not ("phone" in kinds and has_linkedin):
        return Lead.Enrichment.PENDING
    return Lead.Enrichment.NONE
