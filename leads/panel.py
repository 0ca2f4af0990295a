"""What the lead panel shows, worked out for its template."""

from __future__ import annotations

import uuid
import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import phonenumbers

from leads import automation
from leads.facts import EDITABLE, limit_of
from leads.known import Known
from leads.models import Campaign, Lead, LeadIdentity
from leads.tones import STATUS_TONES, TAG_LABELS
from zrg.web import times

_KINDS: dict[str, str] = {kind.value: str(kind.label) for kind in LeadIdentity.Kind}
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
class Switch:
    """What ZRG may do by itself here; one that decides nothing is `idle`, with the reason in `about`."""

    name: str
    label: str
    is_on: bool
    about: str
    is_idle: bool = False


@dataclass(frozen=True)
class Panel:
    lead: Lead
    tag: str
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
    switches: list[Switch]

    @property
    def version(self) -> int:
        """Changes when anything shown but the local time changes."""
        names = (self.facts, self.alternates, self.phones, self.known_as)
        rest = (self.suppressed, self.twins, self.joined, self.switches)
        lead = self.lead
        return crc32(repr((names, rest, lead.status, lead.tag, lead.email, lead.campaign_id)).encode())


def panel(lead: Lead, known: Known, *, now: datetime) -> Panel:
    """Worked out of what was read; no query."""
    return Panel(
        lead=lead,
        tag="Not understood" if lead.unclassified else TAG_LABELS.get(lead.tag, lead.tag),
        status_tone=STATUS_TONES.get(lead.status, "neutral"),
        phone=pretty_phone(lead.phone),
        linkedin=lead.linkedin_url.partition("//")[2] or lead.linkedin_url,
        facts=[_fact(lead, label, fields) for label, fields in _FACTS],
        alternates=[
            (value, value == lead.current_replier_email)
            for kind, value in known.names
            if kind == "email" and value != lead.email
        ],
        phones=[pretty_phone(value) for kind, value in known.names if kind == "phone" and value != lead.phone],
        local_time=local_time(lead, now=now),
        known_as=[(_KINDS[kind], value) for kind, value in known.names if kind not in {"email", "phone"}],
        twins=_twins(known),
        joined=[Joined(merge.id, merge.loser.name) for merge in known.merged],
        switches=[_auto_reply(lead), _auto_follow_up(lead), _auto_book(lead)],
        suppressed=[f"{pretty_phone(value)} {_SUPPRESSED[reason]}" for reason, value in known.suppressed],
    )


def _auto_reply(lead: Lead) -> Switch:
    """The campaign decides who sends; without one the lead's own switch does (spec 06, "Auto-send decision")."""
    label, campaign = automation.SWITCHES["auto_reply"], lead.campaign
    if campaign is None:
        return Switch("auto_reply", label, lead.auto_reply, "No campaign: sure replies leave at once, from 0.90")
    if campaign.response_mode != Campaign.ResponseMode.AI_AUTO_SEND:
        return Switch("auto_reply", label, False, "The campaign is setter managed: people send", is_idle=True)
    is_on = lead.auto_reply or not lead.auto_reply_set_by_person
    return Switch("auto_reply", label, is_on, f"From {campaign.auto_send_threshold:.2f}, {_after(campaign)}")


def _after(campaign: Campaign) -> str:
    low, high = campaign.auto_send_delay_min_s, campaign.auto_send_delay_max_s
    if high == 0:
        return "at once"
    if high < 120:
        return f"after {low} to {high} seconds"
    return f"after {round(low / 60)} to {round(high / 60)} min"


def _auto_follow_up(lead: Lead) -> Switch:
    about = "Due steps of its sequences go out" if lead.auto_follow_up else "Due steps of its sequences wait"
    return Switch("auto_follow_up", automation.SWITCHES["auto_follow_up"], lead.auto_follow_up, about)


def _auto_book(lead: Lead) -> Switch:
    about = "Only times that were offered" if lead.auto_book else "People book"
    return Switch("auto_book", automation.SWITCHES["auto_book"], lead.auto_book, about)


def _twins(known: Known) -> list[Twin]:
    return [
        Twin(
            one.id,
            one.other.name,
            ", ".join(filter(None, [one.other.company, one.other.email or pretty_phone(one.other.phone)])),
            one.reason,
        )
        for one in known.suggested
    ]


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
