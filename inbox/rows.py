"""A row of the list, worked out from the lead's rollups: pure. Templates only print it (a page has up to 150)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zlib import crc32

from inbox.lead_reading import mark_of
from leads.models import DraftState
from leads.tones import TAG_LABELS, TAG_TONES
from zrg.web import times
from zrg.workspaces.models import User

LATE_AFTER = timedelta(hours=4)

GLYPHS = {"email": ("mail", "E-mail"), "sms": ("sms", "SMS"), "linkedin": ("linkedin", "LinkedIn")}

_BLACKLISTED = {"opt_out": "Opted out", "bounce": "Address dead"}


@dataclass(frozen=True, slots=True)
class State:
    """What happens next and whose move it is: one a row, the most urgent. `until`: when it sends itself."""

    look: str
    icon: str
    text: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    id: UUID
    look: str
    channel: str
    glyph: str
    channel_name: str
    name: str
    company: str
    iso: str
    when: str
    when_in_full: str
    by: str
    preview: str
    tone: str
    tag: str
    mark: str
    state: State | None
    initials: str
    assignee: str

    @property
    def version(self) -> int:
        """Changes when anything shown changes: the page replaces only such rows."""
        return crc32(repr(self).encode())


def row_of(lead: dict[str, Any], *, zone: tzinfo, now: datetime, me: User) -> Row:
    """Work out a row from the columns `selectors.ROW_FIELDS`."""
    glyph, channel_name = GLYPHS.get(lead["last_message_channel"], GLYPHS["email"])
    at, assignee = lead["last_message_at"], lead["assignee__name"] or lead["assignee__email"] or ""
    return Row(
        id=lead["id"],
        look=" is-unread" if lead["is_unread"] else " is-quiet" if _is_quiet(lead, now) else "",
        channel=lead["last_message_channel"],
        glyph=glyph,
        channel_name=channel_name,
        name=name_of(lead),
        company=lead["company"],
        iso=at.isoformat(timespec="seconds"),
        when=times.short(at, zone, now=now),
        when_in_full=times.full(at, zone, now=now),
        by=_by(lead, me),
        preview=lead["preview"],
        tone=TAG_TONES.get(lead["tag"], "neutral"),
        tag="" if lead["unclassified"] else TAG_LABELS.get(lead["tag"], lead["tag"]),
        mark=mark_of(unclassified=lead["unclassified"], is_uncertain=lead["tag_is_uncertain"]),
        state=state_of(lead, zone=zone, now=now),
        initials=initials(assignee),
        assignee="You" if lead["assignee_id"] == me.pk else assignee,
    )


def name_of(lead: dict[str, Any]) -> str:
    """As `Lead.name`, from columns."""
    return f"{lead['first_name']} {lead['last_name']}".strip() or lead["email"] or lead["phone"] or "Unknown"


def initials(name: str) -> str:
    """Two letters for the avatar; empty for nobody."""
    parts = name.split()
    if not parts:
        return ""
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else parts[0][1:2])).upper()


def state_of(lead: dict[str, Any], *, zone: tzinfo, now: datetime) -> State | None:
    """The most urgent of: not sent, opted out, sends itself, review, draft, waiting too long, needs reply, snoozed;
    None when nothing is to do."""
    if lead["send_failed"]:
        return State("is-failed", "alert", "Not sent")
    if lead["status"] == "blacklisted":
        return State("is-snoozed", "x", _BLACKLISTED.get(lead["blacklist_reason"], "Blacklisted"))
    if lead["draft_state"]:
        return _draft_state(lead, zone=zone)
    if lead["needs_reply"]:
        waited = now - (lead["last_inbound_at"] or lead["last_message_at"])
        if waited >= LATE_AFTER:
            return State("is-waiting", "clock", f"Waiting {times.span(waited)}")
        return State("is-reply", "reply", "Needs reply")
    if lead["snoozed_until"] and lead["snoozed_until"] > now:
        return State("is-snoozed", "moon", f"Until {times.date(lead['snoozed_until'], zone, now=now)}")
    return None


def _draft_state(lead: dict[str, Any], *, zone: tzinfo) -> State:
    at, confidence = lead["draft_send_at"], lead["draft_confidence"]
    if lead["draft_state"] == DraftState.SCHEDULED and at:
        return State("is-sending is-ai", "", f"Sends at {times.clock(at, zone)}", at.isoformat())
    if lead["draft_state"] == DraftState.REVIEW:
        return State("is-review", "hand", "Review" if confidence is None else f"Review · {confidence:.2f}")
    return State("is-draft", "spark", "Draft ready")


def _is_quiet(lead: dict[str, Any], now: datetime) -> bool:
    asleep = bool(lead["snoozed_until"] and lead["snoozed_until"] > now)
    return lead["status"] in {"blacklisted", "not_interested"} or (asleep and not lead["needs_reply"])


def _by(lead: dict[str, Any], me: User) -> str:
    """Who said it, when that is not the lead. Our own people stand there by their first name (inbox.outcomes)."""
    by = lead["last_message_by"]
    if lead["last_message_direction"] == "out":
        return "You" if by == me.get_short_name() else by
    if by in {"", name_of(lead)}:
        return ""
    return by if "@" in by else by.split(" ")[0]
