"""What the machine understood and remembers of a lead, and who speaks to them: parts of the lead panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from inbox import remembering
from inbox.models import LeadMemory
from leads.models import Lead, Tag
from leads.tones import TAG_LABELS, TAG_TONES
from zrg.ai import personas
from zrg.web import times

# Only an appointment gives Meeting booked (spec 03).
CHOICES = [(tag.value, str(tag.label)) for tag in Tag if tag != Tag.MEETING_BOOKED]


@dataclass(frozen=True, slots=True)
class Sentiment:
    tag: str
    label: str
    tone: str
    mark: str  # Not understood, Unsure, or empty
    confidence: str
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of what is remembered; `text` as it is edited, a line each."""

    name: str
    label: str
    entries: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.entries)


@dataclass(frozen=True, slots=True)
class Memory:
    sections: list[Section]
    time_zone: str
    about: str  # when it was written, and by whom

    @property
    def is_empty(self) -> bool:
        return not self.time_zone and not any(section.entries for section in self.sections)


@dataclass(frozen=True, slots=True)
class LeadReading:
    sentiment: Sentiment
    memory: Memory
    voice: str

    @property
    def revision(self) -> int:
        return crc32(repr(self).encode())


def mark_of(*, unclassified: bool, is_uncertain: bool) -> str:
    """How a lead is marked whose last reply was not understood, or not surely; empty for all others."""
    return "Not understood" if unclassified else "Unsure" if is_uncertain else ""


def lead_reading(lead: Lead, *, now: datetime) -> LeadReading:
    """Of a lead that was read with its memory and personas.usual (inbox.pages.lead_of); no query."""
    persona = lead.campaign.persona if lead.campaign else None
    return LeadReading(sentiment=_sentiment(lead), memory=_memory(lead, now=now), voice=personas.speaker(lead, persona))


def _sentiment(lead: Lead) -> Sentiment:
    return Sentiment(
        tag=lead.tag,
        label=TAG_LABELS.get(lead.tag, lead.tag),
        tone=TAG_TONES.get(lead.tag, "neutral"),
        mark=mark_of(unclassified=lead.unclassified, is_uncertain=lead.tag_is_uncertain),
        confidence="" if lead.tag_confidence is None else f"{lead.tag_confidence:.2f}",
        reason=lead.tag_reason,
    )


def _memory(lead: Lead, *, now: datetime) -> Memory:
    kept: LeadMemory | None = getattr(lead, "memory", None)
    sections = [Section(name, remembering.LABELS[name], getattr(kept, name, [])) for name in remembering.LISTS]
    return Memory(sections=sections, time_zone=kept.time_zone if kept else "", about=_about(lead, kept, now=now))


def _about(lead: Lead, kept: LeadMemory | None, *, now: datetime) -> str:
    if kept is None:
        return ""
    zone = lead.workspace.tzinfo
    if kept.edited_at and (kept.up_to is None or kept.edited_at > kept.up_to):
        return f"Edited by {kept.edited_by or 'somebody'}, {times.full(kept.edited_at, zone, now=now)}"
    return f"From replies up to {times.full(kept.up_to, zone, now=now)}" if kept.up_to else ""
