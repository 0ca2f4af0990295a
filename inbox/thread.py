"""A conversation as it is read: messages of all channels and the timeline in one order, by days of the workspace.

Everything shown is worked out here, so that the templates only print it. Pure but for `open_thread`, which reads."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zlib import crc32

from inbox import thread_rows
from inbox.letters import File, Letter
from inbox.models import OUR_SIDE, DraftOutcome, SentBy
from inbox.outcomes import LOOK_UPS
from inbox.rows import GLYPHS
from inbox.subject_lines import bare
from inbox.thread_rows import EventRow, MessageRow
from leads.models import Direction, Lead
from leads.panel import pretty_phone
from zrg.web import times
from zrg.web.paging import Place
from zrg.web.rendering import rendered

PAGE = 40

_AUTOMATED = {
    "bounce": ("Bounce", "danger"),
    "out_of_office": ("Out of office", "later"),
    "automated": ("Automated reply", "later"),
    "opt_out": ("Asked to stop", "danger"),
    OUR_SIDE: ("Our side", "later"),
}
_EVENT_ICONS = {
    "blacklisted": "x",
    "bounce": "alert",
    "send_failed": "alert",
    "send_unknown": "alert",
    "send_unconfirmed": "clock",
    "assigned": "user",
    "merged": "users",
    "promoted": "mail",
    "tag": "tag",
    "fact": "pen",
    "automation": "sliders",
    "draft": "spark",
    "no_draft": "spark",
    "draft_rejected": "x",
    "auto_send": "spark",
    "auto_send_cancelled": "hand",
    "unclassified": "alert",
    "review_asked": "users",
    "review_clicked": "check",
    "review_unconfirmed": "alert",
    "review_not_asked": "alert",
}
_BY_MACHINE = frozenset({"draft", "auto_send"})  # plum where all is well (design: the machine is visible)


@dataclass(frozen=True)
class Day:
    label: str
    iso: str
    kind = "day"

    @property
    def key(self) -> str:
        return f"day-{self.iso}"

    @property
    def version(self) -> int:
        return crc32(self.label.encode())


@dataclass(frozen=True)
class Event:
    """One line of the timeline, with its reason one click away."""

    id: uuid.UUID
    tone: str
    icon: str
    text: str
    why: list[tuple[str, str]]
    clock: str
    at: datetime
    kind = "event"

    @property
    def iso(self) -> str:
        return self.at.isoformat()

    @property
    def key(self) -> str:
        return f"e-{self.id}"

    @property
    def version(self) -> int:
        return crc32(repr(self).encode())


@dataclass(frozen=True)
class Thread:
    items: list[Day | Event | Letter]
    earlier: Place | None
    messages: list[MessageRow]  # those shown, the newest first
    is_newest: bool

    @property
    def is_whole(self) -> bool:
        """Nothing of the conversation is left out."""
        return self.is_newest and self.earlier is None


def open_thread(lead: Lead, *, zone: tzinfo, now: datetime, before: Place | None = None) -> Thread:
    """The newest 40 messages (before a place) with the timeline between them, oldest first. Two queries."""
    messages = thread_rows.messages(lead, before=before, size=PAGE)
    more, shown = messages[PAGE:], messages[:PAGE][::-1]
    events = thread_rows.events(lead, since=shown[0].sent_at if more else None, until=before.at if before else None)
    reader = _Reader(lead, shown, zone=zone, now=now)
    return Thread(
        items=list(_by_days([*map(reader.letter, shown), *map(reader.event, events)], zone=zone, now=now)),
        earlier=Place(shown[0].sent_at, shown[0].id) if more else None,
        messages=messages[:PAGE],
        is_newest=before is None,
    )


def _by_days(items: Iterable[Event | Letter], *, zone: tzinfo, now: datetime) -> Iterator[Day | Event | Letter]:
    current = None
    for item in sorted(items, key=lambda item: (item.at, item.kind == "event", item.id)):
        at, day = item.at, item.at.astimezone(zone).date()
        if day != current:
            current = day
            yield Day(f"{times.day(at, zone, now=now)} · {times.zone_name(at, zone)}", day.isoformat())
        yield item


class _Reader:
    """Knows the lead and the thread around a message: who was on CC before, which subject stood above."""

    def __init__(self, lead: Lead, messages: list[MessageRow], *, zone: tzinfo, now: datetime) -> None:
        self.lead, self.zone, self.now = lead, zone, now
        self.copied = {person.get("email", "") for message in messages for person in message.cc}
        self.subject = ""
        inbound = [message for message in messages if message.direction == Direction.IN]
        self.new = inbound[-1].id if inbound and lead.is_unread else None

    def letter(self, message: MessageRow) -> Letter:
        inbound = message.direction == Direction.IN
        glyph, channel_name = GLYPHS[message.channel]
        author, machine = (self._sender(message), "") if inbound else _our_author(message)
        return Letter(
            id=message.id,
            inbound=inbound,
            glyph=glyph,
            channel=message.channel,
            channel_name=channel_name,
            author=author,
            note=self._note(message) if inbound else _to_note(self.lead, message),
            machine=machine,
            subject=self._new_subject(message),
            html=rendered(message.body),
            clock=times.clock(message.sent_at, self.zone),
            at=message.sent_at,
            when_in_full=times.full(message.sent_at, self.zone, now=self.now),
            opened=times.full(message.opened_at, self.zone, now=self.now) if message.opened_at else "",
            mark=_AUTOMATED.get(message.automated),
            copies=", ".join(_address(person) for person in message.cc),
            files=[_file(attachment) for attachment in message.attachments],
            has_original=message.has_original,
            delivery=message.delivery,
            error=message.error,
            undo_until=message.undo_until.isoformat() if message.undo_until else "",
            held_until=times.full(message.held_until, self.zone, now=self.now) if message.held_until else "",
            is_given_up=message.look_ups >= LOOK_UPS,
            is_new=message.id == self.new,
        )

    def event(self, event: EventRow) -> Event:
        told = [("Why", event.why), ("Did", event.did), ("Setting", event.setting), ("By", event.by)]
        tone = "ai" if event.kind in _BY_MACHINE and event.tone in {"plain", "ok"} else event.tone
        icon = "hand" if event.kind in _BY_MACHINE and tone == "warn" else _EVENT_ICONS.get(event.kind, "")
        return Event(
            id=event.id,
            tone=tone,
            icon=icon or ("spark" if tone == "ai" else "dot"),
            text=event.text,
            why=[(name, text) for name, text in told if text],
            clock=times.clock(event.at, self.zone),
            at=event.at,
        )

    def _sender(self, message: MessageRow) -> str:
        if message.channel != "email" or message.from_email in {"", self.lead.email}:
            return self.lead.name if not message.from_name or not self.lead.first_name else message.from_name
        return message.from_name or message.from_email

    def _note(self, message: MessageRow) -> str:
        """A CC replier is told apart from the lead (spec 03)."""
        if message.channel == "sms":
            return pretty_phone(message.from_email or self.lead.phone)
        if message.channel != "email" or message.from_email in {"", self.lead.email} or message.automated == OUR_SIDE:
            return ""
        was = ", was on CC" if message.from_email in self.copied else ""
        return f"for {self.lead.first_name or self.lead.name}{was}"

    def _new_subject(self, message: MessageRow) -> str:
        """The subject, where it is another one than above (answers' prefixes aside)."""
        plain = bare(message.subject)
        if message.channel != "email" or not plain or plain == self.subject:
            return ""
        self.subject = plain
        return message.subject


_MACHINES: dict[str, str] = {SentBy.AI: "auto-sent", SentBy.SEQUENCE: "sequence", SentBy.SYSTEM: "system"}
_DRAFTED: dict[str, str] = {DraftOutcome.UNCHANGED: "AI draft", DraftOutcome.EDITED: "edited AI draft"}


def _our_author(message: MessageRow) -> tuple[str, str]:
    """(who it is from, what machine wrote it)."""
    if message.sent_by == SentBy.CAMPAIGN:
        return message.campaign or "Campaign", "campaign"
    if message.sent_by == SentBy.SETTER:
        return message.person or message.from_name or "Sent at the platform", _DRAFTED.get(message.drafted or "", "")
    return message.person or message.from_name or str(SentBy(message.sent_by).label), _MACHINES.get(message.sent_by, "")


def _to_note(lead: Lead, message: MessageRow) -> str:
    """Whom it went to, when that is not simply the lead."""
    others = [_address(person) for person in message.to if person.get("email") not in {"", lead.email, lead.phone}]
    return f"to {', '.join(others)}" if others and message.sent_by != SentBy.CAMPAIGN else ""


def _address(person: dict[str, Any]) -> str:
    return person.get("name") or person.get("email") or ""


def _file(attachment: dict[str, Any]) -> File:
    url = str(attachment.get("url") or "")
    safe = url if url.lower().startswith(("https://", "http://")) else ""
    return File(str(attachment.get("name") or "file"), safe, _size(attachment.get("size")))


def _size(count: object) -> str:
    if not isinstance(count, int) or count <= 0:
        return ""
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, round(count / 1024))} KB"
