"""What the composer shows of a pending draft: what it says, how sure the machine is, why, and when it sends itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zlib import crc32

from django.utils import timezone

from inbox.models import AutoSendAction, Draft, DraftStatus, MessageJob
from leads.models import Lead, TimelineEvent
from zrg.ai.models import KnowledgeAsset
from zrg.jobs.models import Status
from zrg.lib.rows import prepared
from zrg.web import times

SHOWS_FAILURE_FOR = timedelta(minutes=10)
_LAST_WISH = f"""SELECT status, given ->> 'key' FROM inbox_messagejob
 WHERE lead_id = %s AND kind = '{MessageJob.Kind.DRAFT}' AND created_at > %s ORDER BY created_at DESC LIMIT 1"""  # noqa: S608 -- our own names

# Action → how the bar says it
_SAID: dict[str, str] = {
    AutoSendAction.NEEDS_REVIEW: "needs review",
    AutoSendAction.ERROR: "needs review",
    AutoSendAction.SEND_DELAYED: "sends itself",
    AutoSendAction.SEND_IMMEDIATE: "is being sent",
}


@dataclass(frozen=True, slots=True)
class DraftCard:
    """A pending draft as the page shows it. Times in the workspace's zone."""

    id: UUID
    version: int
    channel: str
    channel_name: str
    text: str
    original: str
    persona: str
    headline: str
    reason: str
    tone: str
    confidence: str
    threshold: str
    at: int
    need: int
    problems: list[str]
    why: list[tuple[str, str]]
    send_at: str
    send_at_in_full: str

    @property
    def revision(self) -> int:
        """Changes when anything shown changes."""
        return crc32(repr(self).encode())


@dataclass(frozen=True, slots=True)
class Writing:
    """What became of the last wish for another draft: still being written, or why none came of it."""

    is_running: bool
    why: str = ""


def pending_of(lead: Lead, wanted: UUID | None = None) -> Draft | None:
    """The draft to show: the wanted one while it is pending, else the newest that is. One query, none where the lead
    has no pending draft."""
    if not lead.draft_state:
        return None
    found = list(Draft.objects.pending().filter(lead=lead).select_related("edited_by").order_by("-created_at")[:5])
    return next((draft for draft in found if draft.pk == wanted), found[0] if found else None)


def card_of(draft: Draft, lead: Lead) -> DraftCard:
    """Worked out for the template. One query where knowledge was used."""
    zone, now = lead.workspace.tzinfo, timezone.now()
    is_scheduled = draft.send_at is not None
    asks = draft.action in {AutoSendAction.NEEDS_REVIEW, AutoSendAction.ERROR}
    return DraftCard(
        id=draft.pk,
        version=draft.version,
        channel=draft.channel,
        channel_name=str(draft.get_channel_display()),
        text=draft.content,
        original=draft.original_content,
        persona=draft.persona_name,
        headline=_headline(draft),
        reason=_reason(draft),
        tone="ai" if is_scheduled or not (asks or draft.cancelled_reason or draft.problems) else "warn",
        confidence=_number(draft.confidence),
        threshold=_number(draft.threshold),
        at=round(100 * (draft.confidence or 0)),
        need=round(100 * (draft.threshold or 0)),
        problems=[str(problem) for problem in draft.problems],
        why=_why(draft, lead, now=now),
        send_at=draft.send_at.isoformat() if draft.send_at else "",
        send_at_in_full=_moment(draft.send_at, zone, now=now) if draft.send_at else "",
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _headline(draft: Draft) -> str:
    if draft.send_at is None and draft.cancelled_reason:
        return "auto-send cancelled"
    if draft.action == AutoSendAction.SEND_DELAYED and draft.send_at is None:
        return "waits for you"
    return _SAID.get(draft.action, "waits for you")


def _reason(draft: Draft) -> str:
    if draft.send_at is None and draft.cancelled_reason:
        return draft.cancelled_reason
    return draft.reason


def _moment(at: datetime, zone: Any, *, now: datetime) -> str:
    same_day = at.astimezone(zone).date() == now.astimezone(zone).date()
    return times.zoned_clock(at, zone) if same_day else times.full(at, zone, now=now)


def _why(draft: Draft, lead: Lead, *, now: datetime) -> list[tuple[str, str]]:
    """What it was made of, as told to a person: (name, text)."""
    strategy = draft.strategy if isinstance(draft.strategy, dict) else {}
    edited = f"{draft.edited_by or 'Somebody'}, {_at(draft.edited_at, lead, now)}" if draft.edited_at else ""
    told = [
        ("Decision", draft.reason),
        ("Setting", draft.setting),
        ("Asked for", draft.instruction),
        ("Goal", str(strategy.get("goal") or "")),
        ("Points", "; ".join(str(point).rstrip(".; ") for point in strategy.get("points") or [])),
        ("Voice", draft.persona_name),
        ("Knowledge", ", ".join(_knowledge(draft))),
        ("Checks", "Passed the verifier and the checks." if draft.verified else "Did not pass every check."),
        ("Edited", edited),
        ("Written", _at(draft.created_at, lead, now)),
    ]
    return [(name, text) for name, text in told if text]


def _at(at: datetime, lead: Lead, now: datetime) -> str:
    return times.full(at, lead.workspace.tzinfo, now=now)


def _knowledge(draft: Draft) -> list[str]:
    if not draft.knowledge:
        return []
    assets = KnowledgeAsset.objects.filter(workspace_id=draft.workspace_id, pk__in=draft.knowledge)
    return list(assets.values_list("name", flat=True)[:8])


# ── A draft that ended while somebody had it open ──────────────────────────────
def ended(draft: Draft, *, by_me: bool) -> str:
    """What became of it, for somebody who still has its text; empty while it is pending."""
    name = draft.lead.first_name or draft.lead.name
    who = "You" if by_me else str(draft.decided_by) if draft.decided_by else ""
    match draft.status:
        case DraftStatus.SUPERSEDED if "took its place" in draft.decision_note:
            return "A newer draft took its place."
        case DraftStatus.SUPERSEDED:
            return f"Newer reply: {name} wrote again after this was drafted."
        case DraftStatus.APPROVED:
            return f"{who} approved this draft already." if who else "This draft was sent by itself."
        case DraftStatus.REJECTED:
            return f"{who} rejected this draft." if who else f"This draft was rejected. {draft.decision_note}".strip()
        case DraftStatus.EXPIRED:
            return f"This draft has expired. {draft.decision_note}".strip()
    return ""


# ── A draft that is being written ──────────────────────────────────────────────
def writing_of(lead: Lead) -> Writing | None:
    """Whether another draft is being written for the lead, or why none came of the last wish. One query, mostly."""
    with prepared() as cursor:
        cursor.execute(_LAST_WISH, [lead.pk, timezone.now() - SHOWS_FAILURE_FOR])
        last = cursor.fetchone()
    if last is None:
        return None
    status, key = last
    if status in {Status.PENDING, Status.RUNNING}:
        return Writing(is_running=True)
    if status == Status.FAILED:
        return Writing(is_running=False, why="The model did not answer. Try again in a moment.")
    told = (
        TimelineEvent.objects.filter(lead=lead, dedupe_key=f"no_draft:{key or ''}")
        .values_list("why", flat=True)
        .first()
    )
    return Writing(is_running=False, why=told) if told else None
