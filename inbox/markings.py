"""What a platform says of a lead rather than of a message: unsubscribed, interested (spec 02).

Each is done once: a replay changes nothing, whatever a person has decided since."""

from __future__ import annotations

from inbox import inbound, live, recording
from integrations.events import LeadInterested, LeadUnsubscribed
from integrations.registry import Applied
from integrations.registry import Delivery as Arrival
from leads import matching, statuses, suppression, timeline
from leads.models import Lead, Tag


def unsubscribed(event: LeadUnsubscribed, arrival: Arrival) -> Applied:
    """The lead opted out at the platform: final here, too."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    match.save()
    key = f"{arrival.provider}:{event.at or arrival.received_at:%Y-%m-%dT%H:%M:%S.%f}"
    evidence, at = f"Unsubscribed at {arrival.provider}.", recording.when(event.at, arrival)
    suppression.opt_out(match.lead, sender_names=[], evidence=evidence, key=key, at=at)
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk)


def interested(event: LeadInterested, arrival: Arrival) -> Applied:
    """Marked interested at the platform: tag Interested, unless something stronger or later stands (spec 02)."""
    if event.reply is not None:
        inbound.receive(event.reply, arrival)
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    match.save()
    key = f"{statuses.INTERESTED_KEY}{_occasion(event, arrival)}"
    if timeline.told(match.lead, key):
        return Applied(match.lead.pk, "duplicate")
    reason = _tag(match.lead, event, arrival, key=key)
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk, reason)


def _tag(lead: Lead, event: LeadInterested, arrival: Arrival, *, key: str) -> str:
    why, at = f"Marked interested at {arrival.provider}.", recording.when(event.at, arrival)
    stronger = lead.tag in statuses.STRONGER_THAN_INTERESTED
    if not stronger and statuses.set_tag(lead, tag=Tag.INTERESTED, by=None, why=why, at=at, dedupe_key=key):
        return ""
    stays = f"The sentiment stays {Tag(lead.tag).label}."
    timeline.record(lead, kind="interested", text="Marked interested", why=why, did=stays, at=at, dedupe_key=key)
    return "stronger_tag" if stronger else "tag_stays"


def _occasion(event: LeadInterested, arrival: Arrival) -> str:
    at = f"{event.at or arrival.received_at:%Y-%m-%dT%H:%M:%S.%f}"
    return recording.dedupe_key(arrival.provider, event.reply.ids if event.reply else {}, at)
