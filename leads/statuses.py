"""Tag → status, and what may never be lowered: the table of spec 03."""

from __future__ import annotations

from datetime import datetime

from leads import timeline
from leads.models import Lead, LeadStatus, Tag, TimelineEvent
from leads.signals import lead_blacklisted, status_changed
from zrg.workspaces.models import User

BY_TAG: dict[str, str] = {
    Tag.MEETING_REQUESTED: LeadStatus.MEETING_REQUESTED,
    Tag.MEETING_BOOKED: LeadStatus.MEETING_REQUESTED,  # until an appointment stands
    Tag.CALL_REQUESTED: LeadStatus.QUALIFIED,
    Tag.INFORMATION_REQUESTED: LeadStatus.QUALIFIED,
    Tag.INTERESTED: LeadStatus.QUALIFIED,
    Tag.NOT_INTERESTED: LeadStatus.NOT_INTERESTED,
    Tag.BLACKLIST: LeadStatus.BLACKLISTED,
}

POSITIVE = frozenset({Tag.INTERESTED, Tag.MEETING_REQUESTED, Tag.CALL_REQUESTED, Tag.INFORMATION_REQUESTED})
AUTOMATED = frozenset({Tag.OUT_OF_OFFICE, Tag.AUTOMATED_REPLY})

# A platform's "interested" never lowers one of these (spec 02).
STRONGER_THAN_INTERESTED = frozenset(
    {Tag.MEETING_BOOKED, Tag.MEETING_REQUESTED, Tag.CALL_REQUESTED, Tag.INFORMATION_REQUESTED, Tag.BLACKLIST}
)


# How the timeline's keys of a platform's "interested" begin.
INTERESTED_KEY = "interested:"

# What keeps a lead blacklisted, the weaker first: a stronger reason takes over, a weaker one never does.
_REASONS = ("", "bounce", "manual", "opt_out")


def after_tag(status: str, tag: str) -> str:
    """The lead's status once it has this tag: pure. `meeting_booked` and `blacklisted` are never lowered by a tag,
    except that Blacklist goes over `meeting_booked`; `unqualified` is overridden only towards `blacklisted`."""
    if tag == Tag.BLACKLIST:
        return LeadStatus.BLACKLISTED
    if status in {LeadStatus.MEETING_BOOKED, LeadStatus.BLACKLISTED, LeadStatus.UNQUALIFIED}:
        return status
    return BY_TAG.get(tag, status)


def after_lift(tag: str) -> tuple[str, str]:
    """(tag, status) once no suppression holds a lead any more: Blacklist becomes Neutral, the status follows."""
    tag = Tag.NEUTRAL if tag == Tag.BLACKLIST else tag
    return tag, BY_TAG.get(tag, LeadStatus.NEW)


def set_tag(
    lead: Lead, *, tag: str, by: User | None, why: str, at: datetime | None = None, dedupe_key: str = ""
) -> bool:
    """Give a locked lead a tag and the status that follows; True if anything changed. The caller's transaction.

    `at` is when a machine learned it: it gives way to whatever was decided after that, so the order in which events
    arrive does not matter. A person decides now."""
    if tag == Tag.BLACKLIST:
        return blacklist(lead, reason="manual", why=why, by=by, dedupe_key=dedupe_key)
    status = after_tag(lead.status, tag)
    if (lead.tag, lead.status) == (tag, status) or (at and _decided_since(lead, at, tag)):
        return False
    before = lead.tag
    lead.tag, lead.unclassified = tag, False
    _move(lead, status)
    lead.save(update_fields=["tag", "status", "unclassified", "updated_at"])
    timeline.record(
        lead,
        kind="tag",
        text=f"Sentiment {Tag(before).label} → {Tag(tag).label}",
        why=why,
        by=by,
        at=at,
        dedupe_key=dedupe_key,
        tone=TimelineEvent.Tone.OK if tag in POSITIVE else TimelineEvent.Tone.PLAIN,
    )
    return True


def _decided_since(lead: Lead, at: datetime, tag: str) -> bool:
    """A platform's later "interested" lowers no stronger tag, whichever of the two is learned first."""
    decided = TimelineEvent.objects.filter(lead=lead, kind__in=["tag", "restored"], at__gt=at)
    if tag in STRONGER_THAN_INTERESTED:
        decided = decided.exclude(dedupe_key__startswith=INTERESTED_KEY)
    return decided.exists()


def blacklist(
    lead: Lead, *, reason: str, why: str, by: User | None = None, at: datetime | None = None, dedupe_key: str = ""
) -> bool:
    """Blacklist a locked lead for `reason` (opt_out, bounce, manual): tag, status, nothing to answer; everything
    pending is cancelled by whoever hears `lead_blacklisted`. False if it was so before, for as good a reason. `at` is
    when the lead gave the reason, for the timeline."""
    if lead.status == LeadStatus.BLACKLISTED and _REASONS.index(lead.blacklist_reason) >= _REASONS.index(reason):
        return False
    lead.tag, lead.blacklist_reason, lead.unclassified = Tag.BLACKLIST, reason, False
    lead.needs_reply = False
    _move(lead, LeadStatus.BLACKLISTED)
    lead.save(update_fields=["tag", "status", "blacklist_reason", "unclassified", "needs_reply", "updated_at"])
    text = {"opt_out": "Opted out", "bounce": "Address is dead"}.get(reason, "Blacklisted")
    timeline.record(
        lead,
        kind="blacklisted",
        text=f"{text}: nothing is sent any more",
        why=why,
        did="Everything pending is cancelled.",
        tone=TimelineEvent.Tone.DANGER,
        by=by,
        at=at,
        dedupe_key=dedupe_key,
    )
    lead_blacklisted.send(sender=Lead, lead=lead, reason=reason)
    return True


def restore(lead: Lead, *, why: str, by: User | None) -> None:
    """Take a locked lead out of the blacklist once nothing suppresses it any more."""
    lead.tag, status = after_lift(lead.tag)
    lead.blacklist_reason = ""
    _move(lead, status)
    lead.save(update_fields=["tag", "status", "blacklist_reason", "updated_at"])
    timeline.record(lead, kind="restored", text="May be written to again", why=why, by=by)


def _move(lead: Lead, status: str) -> None:
    before, lead.status = lead.status, status
    if before != status:
        status_changed.send(sender=Lead, lead=lead, before=before, after=status)
