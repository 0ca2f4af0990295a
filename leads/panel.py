"""What the lead panel shows, worked out for its template."""

from __future__ import annotations

import uuid
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import phonenumbers
from django.db.models import Q

from leads.facts import EDITABLE, limit_of
from leads.models import UNDO_MERGE_FOR, Lead, LeadIdentity, Merge, MergeSuggestion, SuppressionEntry
from leads.tones import STATUS_TONES, TAG_LABELS, TAG_TONES
from zrg.web import times

_SUPPRESSED = {
    "opt_out": "asked not to be written to",
    "sms_stop": "sent STOP by SMS",
    "bounce": "is a dead address",
    "manual": "was put on the list by a person",
}
_FACTS = (
    ("Name", ("first_name", "last_name")),
    ("Title", ("title",)),
    ("Company", ("company",)),
    ("Website", ("website",)),
    ("State", ("state",)),
    ("Industry", ("industry",)),
    ("Head count", ("headcount",)),
    ("Time zone", ("timezone",)),
)


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    value: str
    limit: int


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    href: str
    fields: list[Field]


@dataclass(frozen=True)
class Twin:
    """Another lead that may be the same person."""

    suggestion_id: int
    name: str
    about: str
    reason: str


@dataclass(frozen=True)
class Joined:
    """A merge that can still be undone."""

    merge_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Panel:
    lead: Lead
    tag: str
    tag_tone: str
    status_tone: str
    phone: str
    linkedin: str
    facts: list[Fact]
    alternates: list[tuple[str, bool]]  # address, is answering now
    phones: list[str]
    local_time: str
    known_as: list[tuple[str, str]]
    suppressed: list[str]
    twins: list[Twin]
    joined: list[Joined]

    @property
    def version(self) -> int:
        """Changes when anything shown but the local time changes."""
        shown = (self.facts, self.alternates, self.phones, self.known_as, self.suppressed, self.twins, self.joined)
        lead = self.lead
        return crc32(repr((shown, lead.status, lead.tag, lead.email, lead.campaign_id)).encode())


def panel(lead: Lead, *, now: datetime, may_merge: bool) -> Panel:
    """Two queries, identities and standing suppressions; two more for those who may merge."""
    names = list(LeadIdentity.objects.filter(lead=lead).order_by("first_seen", "id"))
    suppressed = SuppressionEntry.objects.filter(lead=lead, lifted_at=None).order_by("created_at")[:20]
    return Panel(
        lead=lead,
        tag="Not classified" if lead.unclassified else TAG_LABELS.get(lead.tag, lead.tag),
        tag_tone=TAG_TONES.get(lead.tag, "neutral"),
        status_tone=STATUS_TONES.get(lead.status, "neutral"),
        phone=pretty_phone(lead.phone),
        linkedin=lead.linkedin_url.partition("//")[2] or lead.linkedin_url,
        facts=[_fact(lead, label, fields) for label, fields in _FACTS],
        alternates=[
            (name.value, name.value == lead.current_replier_email)
            for name in names
            if name.kind == "email" and name.value != lead.email
        ],
        phones=[pretty_phone(name.value) for name in names if name.kind == "phone" and name.value != lead.phone],
        local_time=local_time(lead, now=now),
        known_as=[(name.get_kind_display(), name.value) for name in names if name.kind not in {"email", "phone"}],
        twins=twins(lead) if may_merge else [],
        joined=joined(lead, now=now) if may_merge else [],
        suppressed=[f"{pretty_phone(entry.value)} {_SUPPRESSED[entry.reason]}" for entry in suppressed],
    )


def twins(lead: Lead) -> list[Twin]:
    """Open merge suggestions of a lead, at most ten. One query."""
    open_ones = MergeSuggestion.objects.filter(Q(lead=lead) | Q(other=lead), status=MergeSuggestion.Status.OPEN)
    found = open_ones.select_related("lead", "other").order_by("created_at")[:10]
    pairs = [(row, row.other if row.lead_id == lead.pk else row.lead) for row in found]
    return [
        Twin(
            row.pk,
            other.name,
            ", ".join(filter(None, [other.company, other.email or pretty_phone(other.phone)])),
            row.reason,
        )
        for row, other in pairs
        if other.merged_into_id is None
    ]


def joined(lead: Lead, *, now: datetime) -> list[Joined]:
    """Merges into this lead that can still be undone. One query."""
    merges = Merge.objects.filter(survivor=lead, undone_at=None, created_at__gt=now - UNDO_MERGE_FOR)
    return [Joined(merge.pk, merge.loser.name) for merge in merges.select_related("loser")[:10]]


def local_time(lead: Lead, *, now: datetime) -> str:
    """10:42 AM EST, Detroit; empty when the lead's zone is not known."""
    try:
        zone = zoneinfo.ZoneInfo(lead.timezone) if lead.timezone else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        zone = None
    return f"{times.zoned_clock(now, zone)}, {lead.timezone.rpartition('/')[2].replace('_', ' ')}" if zone else ""


def pretty_phone(value: str) -> str:
    """As people write it in its country; anything but a number stays as it is."""
    if not value.startswith("+"):
        return value
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def fact_named(lead: Lead, label: str) -> Fact | None:
    """One fact again, after it was edited."""
    return next((_fact(lead, known, names) for known, names in _FACTS if known == label), None)


def label_of(name: str) -> str:
    """The fact a column belongs to; empty for none."""
    return next((label for label, names in _FACTS if name in names), "")


def _fact(lead: Lead, label: str, names: tuple[str, ...]) -> Fact:
    fields = [Field(name, EDITABLE[name], getattr(lead, name), limit_of(name)) for name in names]
    text = " ".join(field.value for field in fields if field.value)
    return Fact(label, text, _web_address(text) if label == "Website" else "", fields)


def _web_address(text: str) -> str:
    if not text:
        return ""
    return text if text.lower().startswith(("https://", "http://")) else f"https://{text}"
