"""Six families of sentiment and status, told apart on pages by shape and colour (design: ui.md)."""

from __future__ import annotations

from leads.models import LeadStatus, Tag

_TAGS = {
    "positive": (Tag.INTERESTED, Tag.MEETING_REQUESTED, Tag.CALL_REQUESTED, Tag.INFORMATION_REQUESTED),
    "booked": (Tag.MEETING_BOOKED,),
    "later": (Tag.FOLLOW_UP, Tag.SNOOZED, Tag.OUT_OF_OFFICE),
    "pushback": (Tag.OBJECTION,),
    "negative": (Tag.NOT_INTERESTED, Tag.BLACKLIST),
    "neutral": (Tag.NEW, Tag.NEUTRAL, Tag.AUTOMATED_REPLY),
}
TAG_TONES: dict[str, str] = {tag: family for family, tags in _TAGS.items() for tag in tags}
TAG_LABELS: dict[str, str] = {tag.value: str(tag.label) for tag in Tag}

STATUS_TONES: dict[str, str] = {
    LeadStatus.NEW: "neutral",
    LeadStatus.QUALIFIED: "positive",
    LeadStatus.MEETING_REQUESTED: "positive",
    LeadStatus.MEETING_BOOKED: "booked",
    LeadStatus.NOT_INTERESTED: "negative",
    LeadStatus.UNQUALIFIED: "negative",
    LeadStatus.BLACKLISTED: "negative",
}
