"""Questions of the inbox pages. The list reads lead rollups only, by keyset, along the partial indexes of `Lead`."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from inbox.narrowing import Narrowing
from leads import searching
from leads.models import DraftState, Lead, LeadQuerySet
from zrg.web.paging import Place
from zrg.workspaces.access import standing
from zrg.workspaces.capabilities import Standing
from zrg.workspaces.models import Membership, Role, User, Workspace

PAGE = 30
COUNT_LIMIT = 100
_UNINDEXED_DEPTH = 5_000
_NEWEST_FIRST = (F("last_message_at").desc(), F("id").desc())
_HAS_DRAFT = ~Q(draft_state="")  # as in the partial index `inbox_drafts`

ROW_FIELDS = (
    "id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "company",
    "status",
    "tag",
    "tag_is_uncertain",
    "unclassified",
    "draft_state",
    "draft_send_at",
    "draft_confidence",
    "blacklist_reason",
    "snoozed_until",
    "last_message_at",
    "last_message_direction",
    "last_message_channel",
    "last_message_by",
    "last_inbound_at",
    "preview",
    "is_unread",
    "needs_reply",
    "send_failed",
    "assignee_id",
    "assignee__name",
    "assignee__email",
)


@dataclass(frozen=True)
class Viewer:
    """Who looks at which workspace, and as what."""

    user: User
    workspace: Workspace
    standing: Standing | None

    @classmethod
    def of(cls, user: User, workspace: Workspace) -> Viewer:
        return cls(user, workspace, standing(user, workspace))

    @property
    def is_narrow(self) -> bool:
        """Sees only their own leads and those of nobody (spec 01)."""
        return self.standing == Standing.SETTER and not self.workspace.setters_see_all

    def leads(self) -> LeadQuerySet:
        """Every lead this person may see here, tombstones included."""
        return Lead.objects.seen_by(self.user, self.standing, self.workspace)

    def listable(self) -> list[LeadQuerySet]:
        """The leads of the list, in parts that each follow one index: a setter who sees only their own and the
        unassigned ones would otherwise make the database walk everybody's."""
        shown = self.leads().filter(merged_into=None, last_message_at__isnull=False)
        if self.is_narrow:
            return [shown.filter(assignee=self.user), shown.filter(assignee=None)]
        return [shown]


@dataclass(frozen=True)
class ListPage:
    rows: list[dict[str, Any]]
    next: Place | None


def list_page(viewer: Viewer, narrowing: Narrowing, *, after: Place | None = None, size: int = PAGE) -> ListPage:
    """One page of the list, newest first. One query (two for a narrow setter; one more with a search,
    and another where more than ASCII is looked for)."""
    parts = [_narrowed(part, viewer, narrowing) for part in viewer.listable()]
    if narrowing.search:
        parts = _searched(parts, narrowing.search, viewer.workspace)
    if after:
        parts = [part.filter(TupleLessThan(_place(), (after.at, after.id))) for part in parts]
    rows = _merged(part.order_by(*_NEWEST_FIRST).values(*ROW_FIELDS)[: size + 1] for part in parts)
    rest = rows[size:]
    last = rows[size - 1] if rest else None
    return ListPage(rows[:size], Place(last["last_message_at"], last["id"]) if last else None)


def _place() -> Tuple:
    return Tuple(F("last_message_at"), F("id"))


def _merged(parts: Iterable[Iterable[dict[str, Any]]]) -> list[dict[str, Any]]:
    return list(heapq.merge(*parts, key=lambda row: (row["last_message_at"], row["id"]), reverse=True))


def _narrowed(leads: LeadQuerySet, viewer: Viewer, narrowing: Narrowing) -> LeadQuerySet:
    if narrowing.view == "needs":
        leads = leads.filter(needs_reply=True)
    elif narrowing.view == "drafts":
        leads = leads.filter(_HAS_DRAFT, draft_state__in=[DraftState.WAITS, DraftState.REVIEW])
    elif narrowing.view == "review":
        leads = leads.filter(_HAS_DRAFT, draft_state=DraftState.REVIEW)
    elif narrowing.view == "mine":
        leads = leads.filter(assignee=viewer.user)
    if narrowing.draft:
        leads = leads.filter(_HAS_DRAFT)
    if narrowing.channel:
        leads = leads.filter(**{f"has_{narrowing.channel}": True})
    if narrowing.status:
        leads = leads.filter(status=narrowing.status)
    return leads.filter(is_unread=True) if narrowing.unread else leads


def _searched(parts: list[LeadQuerySet], search: str, workspace: Workspace) -> list[LeadQuerySet]:
    about = searching.sought(search, region=workspace.phone_region)
    if about is None:
        return []
    match = searching.condition(about, workspace=workspace)
    return [(part if about.is_indexed else _newest(part)).filter(match) for part in parts]


def _newest(leads: LeadQuerySet) -> LeadQuerySet:
    """Where no index helps, words are looked for among the newest conversations only. One query, to know since when:
    the planner would not take a sub-query's word for how few they are."""
    times = leads.order_by(*_NEWEST_FIRST).values_list("last_message_at", flat=True)
    oldest = times[_UNINDEXED_DEPTH - 1 : _UNINDEXED_DEPTH].first()
    return leads.filter(last_message_at__gte=oldest) if oldest else leads


_LISTED = """SELECT 1 FROM leads_lead
 WHERE workspace_id = %(workspace)s AND merged_into_id IS NULL AND last_message_at IS NOT NULL"""
_COUNTED = {
    "needs": "needs_reply",
    "drafts": "NOT (draft_state = '') AND draft_state IN ('waits', 'review')",
    "review": "NOT (draft_state = '') AND draft_state = 'review'",
    "mine": "assignee_id = %(user)s",
    "all": "true",
    "unread": "is_unread",
}


def view_counts(viewer: Viewer) -> dict[str, int]:
    """How many leads each view holds, honest up to 99: 100 means "more". One query of at most 100 index entries each,
    written out because composing it anew costs more than running it."""
    seen = ("assignee_id = %(user)s", "assignee_id IS NULL") if viewer.is_narrow else ("true",)
    sql = ", ".join(_count(condition, seen) for condition in _COUNTED.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", {"workspace": viewer.workspace.pk, "user": viewer.user.pk})
        return dict(zip(_COUNTED, cursor.fetchone(), strict=True))


def _count(condition: str, seen: tuple[str, ...]) -> str:
    parts = " UNION ALL ".join(f"({_LISTED} AND {condition} AND {mine} LIMIT {COUNT_LIMIT})" for mine in seen)
    return f"(SELECT count(*) FROM (SELECT 1 FROM ({parts}) part LIMIT {COUNT_LIMIT}) counted)"  # noqa: S608 -- our own names


def people_of(workspace: Workspace) -> QuerySet[User]:
    """Who a lead of the workspace can be given to: its members but the client's portal users, and its owner."""
    works = Membership.objects.filter(workspace=workspace).exclude(role=Role.PORTAL).values("user")
    return User.objects.filter(Q(pk__in=works) | Q(pk=workspace.owner_id), is_active=True).order_by("name", "email")
