"""What a bounce leads to: dead addresses go on the list, full boxes are counted, refusals are only told (spec 03)."""

from __future__ import annotations

from inbox import live, recording
from inbox.bounce_kinds import BounceKind
from inbox.bounces import Bounce, classify_bounce
from integrations.events import AddressBounced, MessageReceived, Person
from integrations.registry import Applied
from integrations.registry import Delivery as Arrival
from leads import matching, normalizing, suppression, timeline
from leads.models import Lead


def bounced(event: AddressBounced, arrival: Arrival) -> Applied:
    """A platform's bounce: dead address, full box or policy, told apart by its text; unknown counts as temporary."""
    match = matching.find_or_create(event.person, workspace=arrival.workspace, source=arrival.provider, at=event.at)
    if match is None:
        return Applied(reason="no_identity")
    match.save()
    bounce = classify_bounce(
        from_email=event.sender.email, subject=event.subject, text=event.text, headers=event.headers
    )
    address = normalizing.email(event.address) or match.lead.email
    key = recording.dedupe_key("b", event.ids, f"{address}|{event.subject}|{event.text}|{event.at}")
    reason = bounce.reason if bounce else "The platform reports a bounce without saying why."
    apply(match.lead, bounce, address=address, evidence=reason, key=key)
    live.bump_on_commit(match.lead.workspace_id)
    return Applied(match.lead.pk)


def of_nobody(event: MessageReceived, bounce: Bounce | None, *, evidence: str, arrival: Arrival) -> Applied:
    """A mailer-daemon is nobody's lead: the bounce belongs to whom the failed message was for."""
    address = normalizing.email(bounce.failed_recipient or "") if bounce else ""
    lead = matching.find(Person(email=address), workspace=arrival.workspace) if address else None
    if lead is None:
        return Applied(reason="bounce_of_unknown_address")
    if is_late_only(bounce):
        return Applied(lead.pk, "mail_is_late")
    apply(lead, bounce, address=address, evidence=evidence, key=recording.dedupe_key("b", event.ids, event.text))
    live.bump_on_commit(lead.workspace_id)
    return Applied(lead.pk)


def in_thread(lead: Lead, bounce: Bounce | None, *, evidence: str, key: str) -> None:
    """A bounce that came as a reply of a locked lead: of the address it names, else of the primary one."""
    if not is_late_only(bounce):
        named = normalizing.email(bounce.failed_recipient or "") if bounce else ""
        apply(lead, bounce, address=named or lead.email, evidence=evidence, key=key)


def is_late_only(bounce: Bounce | None) -> bool:
    """A mail server's warning that it still tries: neither delivered nor failed. A platform's bounce counts."""
    return bool(bounce and bounce.still_trying)


def apply(lead: Lead, bounce: Bounce | None, *, address: str, evidence: str, key: str) -> None:
    """The consequences for a locked lead, once per `key`."""
    if not address:
        return
    kind = bounce.kind if bounce else BounceKind.SOFT
    if kind == BounceKind.HARD:
        suppression.hard_bounce(lead, address=address, evidence=evidence, key=key)
    elif kind == BounceKind.SOFT:
        suppression.soft_bounce(lead, address=address, evidence=evidence, key=key)
    else:
        timeline.record(
            lead,
            kind="bounce",
            text=f"{address}: the message was refused, the address is not dead",
            why=evidence,
            tone="warn",
            dedupe_key=f"bounce:{key}",
        )
