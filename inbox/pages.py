"""What the inbox page and its pieces are made of; the views choose which piece is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zlib import crc32

from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe

from inbox import banners, live, selectors
from inbox.facts import facts_of
from inbox.lead_reading import CHOICES, lead_reading, mark_of
from inbox.narrowing import Narrowing
from inbox.permissions import check_may_assign, check_may_reply
from inbox.row_markup import row_html
from inbox.rows import row_of
from inbox.selectors import COUNT_LIMIT, Viewer
from leads.models import ChannelKind, Lead, LeadStatus
from leads.panel import panel
from zrg.ai import personas
from zrg.web.paging import Place
from zrg.workspaces.access import allowed, can
from zrg.workspaces.capabilities import Capability, Standing

LIVE_SALT = "inbox.live"
_VIEWS = (
    ("needs", "Needs reply", "reply"),
    ("drafts", "Drafts to approve", "spark"),
    ("review", "Auto-send review", "hand"),
    ("mine", "Mine", "user"),
    ("all", "All", "inbox"),
)
_TITLES = {key: label for key, label, _ in _VIEWS}


@dataclass(frozen=True)
class NavView:
    key: str
    label: str
    icon: str
    count: str
    is_hot: bool
    href: str
    is_current: bool

    @property
    def version(self) -> int:
        return crc32(repr(self).encode())


def list_context(
    viewer: Viewer, narrowing: Narrowing, *, after: Place | None = None, open_id: UUID | None = None, size: int = 0
) -> dict[str, Any]:
    """The list pane. One query, or two (see selectors.list_page)."""
    now, zone = timezone.now(), viewer.workspace.tzinfo
    found = selectors.list_page(viewer, narrowing, after=after, size=size or selectors.PAGE)
    href = mark_safe(f"{escape(narrowing.address(viewer.workspace.pk))}&amp;leadId=")  # noqa: S308 -- escaped
    rows = (row_of(lead, zone=zone, now=now, me=viewer.user) for lead in found.rows)
    return {
        "viewer": viewer,
        "narrowing": narrowing,
        "list_title": _TITLES[narrowing.view],
        "rows": [row_html(row, href=href, open_id=open_id) for row in rows],
        "more_href": narrowing.address(viewer.workspace.pk, after=found.next) if found.next else "",
        "is_first": after is None,
        "channels": ChannelKind.choices,
        "statuses": LeadStatus.choices,
        "unnarrowed_href": narrowing.without_filters().address(viewer.workspace.pk),
        "all_href": Narrowing().address(viewer.workspace.pk),
        "connect_href": "" if found.rows else _connect_href(viewer),
    }


def _connect_href(viewer: Viewer) -> str:
    """Where the accounts are connected; empty for those who may not."""
    may = can(viewer.user, Capability.CHANGE_SETTINGS, viewer.workspace)
    return f"/?view=settings&settingsTab=integrations&clientId={viewer.workspace.pk}" if may else ""


def nav_context(viewer: Viewer, narrowing: Narrowing) -> dict[str, Any]:
    """Views with their counts. One query."""
    counts = selectors.view_counts(viewer)
    views = [
        NavView(
            key=key,
            label=label,
            icon=icon,
            count=_count(counts[key]),
            is_hot=key == "needs" and counts[key] > 0,
            href=Narrowing(view=key).address(viewer.workspace.pk),
            is_current=narrowing.view == key,
        )
        for key, label, icon in _VIEWS
    ]
    return {"nav_views": views, "waiting": _count(counts["needs"]), "unread": _count(counts["unread"])}


def _count(number: int) -> str:
    return "99+" if number >= COUNT_LIMIT else str(number or "")


def live_context(viewer: Viewer) -> dict[str, Any]:
    """What the poll needs: the revision this page was made at, and a token instead of a session."""
    given = {"w": str(viewer.workspace.pk), "u": str(viewer.user.pk)}
    return {
        "revision": live.known_revision(viewer.workspace.pk),
        "live_href": f"{reverse('inbox:live')}?t={signing.dumps(given, salt=LIVE_SALT, compress=False)}",
    }


def header_context(viewer: Viewer, lead: Lead) -> dict[str, Any]:
    """What may be done with the conversation as a whole. One query for those who may give it away."""
    may_give = can(viewer.user, Capability.MANAGE_LEADS, viewer.workspace)
    return {
        "viewer": viewer,
        "lead": lead,
        "may_reply": allowed(check_may_reply, viewer.user, viewer.workspace),
        "may_give": may_give,
        "may_take": allowed(check_may_assign, viewer.user, lead, viewer.workspace, viewer.user),
        "people": list(selectors.people_of(viewer.workspace).only("name", "email")[:200]) if may_give else [],
        "mark": mark_of(unclassified=lead.unclassified, is_uncertain=lead.tag_is_uncertain),
        "header_version": crc32(
            repr(
                (
                    *(lead.assignee_id, lead.needs_reply, lead.last_reply_at),
                    *(lead.status, lead.unclassified, lead.tag_is_uncertain),
                )
            ).encode()
        ),
        "seen": lead.last_reply_at.isoformat() if lead.last_reply_at else "",
    }


def open_context(viewer: Viewer, lead: Lead, narrowing: Narrowing, *, before: Place | None = None) -> dict[str, Any]:
    """An opened conversation: header, thread and lead panel (the composer comes from inbox.composing, of the same
    `facts`)."""
    now = timezone.now()
    workspace = viewer.workspace
    may_merge = can(viewer.user, Capability.MANAGE_LEADS, workspace)
    facts = facts_of(lead, now=now, may_merge=may_merge, before=before)
    return header_context(viewer, lead) | {
        "facts": facts,
        "thread": facts.thread,
        "panel": panel(lead, facts.known, now=now),
        "reading": lead_reading(lead, now=now),
        "tag_choices": CHOICES,
        "may_edit": can(viewer.user, Capability.EDIT_LEADS, workspace),
        "is_portal": viewer.standing == Standing.PORTAL,
        "disconnected": banners.disconnected(viewer, facts.accounts, now=now),
        "opened_at": now.isoformat(),
        "close_href": narrowing.address(workspace.pk),
        "earlier_href": narrowing.address(workspace.pk, leadId=lead.pk) + "&before=",
        "newest_href": narrowing.address(workspace.pk, leadId=lead.pk),
    }


def page_title(context: dict[str, Any]) -> str:
    """(23) Marcus Oyelaran · Harbor Payroll · ZRG."""
    lead: Lead | None = context.get("lead")
    parts = [lead.name if lead else context.get("list_title", "Inbox"), context["viewer"].workspace.name, "ZRG"]
    waiting = context.get("waiting")
    return (f"({waiting}) " if waiting else "") + " · ".join(filter(None, parts))


def lead_of(viewer: Viewer, raw: UUID | None) -> Lead | None:
    """The lead this person may see here, with what the page reads of it; None if there is none (or no id)."""
    if raw is None:
        return None
    found = viewer.leads().select_related("campaign__persona", "assignee", "memory__edited_by").filter(pk=raw)
    lead = next(iter(found.annotate(**personas.usual())), None)
    if lead is not None:
        lead.workspace = viewer.workspace  # read already
    return lead
