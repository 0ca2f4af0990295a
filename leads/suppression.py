"""The list every send asks (spec 03): opt-outs, dead addresses, SMS STOP. Nothing goes around it.

An entry stands until a person with the capability lifts it with a reason, or START lifts what an SMS STOP did."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from leads import statuses, timeline
from leads.models import ChannelKind, Lead, LeadIdentity, LeadStatus, SoftBounce, SuppressionEntry
from leads.signals import suppression_lifted
from zrg.workspaces.models import User

SOFT_BOUNCES_COUNT_AS_HARD = 3

_FAMILY = {
    "email": ChannelKind.EMAIL,
    "phone": ChannelKind.SMS,
    "linkedin_url": ChannelKind.LINKEDIN,
    "linkedin_member": ChannelKind.LINKEDIN,
}


def standing(lead: Lead, family: str, values: Iterable[str]) -> SuppressionEntry | None:
    """The entry that forbids writing to one of these normalized values on a channel family; None if none does."""
    wanted = [value for value in values if value]
    if not wanted:
        return None
    entries = SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, lifted_at=None)
    return entries.filter(family=family, value__in=wanted).order_by("created_at").first()


def add(
    lead: Lead,
    names: Iterable[tuple[str, str]],
    *,
    reason: str,
    evidence: str,
    by: User | None = None,
) -> int:
    """Put identities (kind, normalized value) on the list; how many are new. Standing entries stay as they are."""
    entries = [
        SuppressionEntry(
            workspace_id=lead.workspace_id,
            family=_FAMILY[kind],
            value=value,
            reason=reason,
            evidence=evidence[:300],
            lead=lead,
            created_by=by,
        )
        for kind, value in names
        if kind in _FAMILY and value
    ]
    before = SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, lead=lead).count()
    SuppressionEntry.objects.bulk_create(entries, ignore_conflicts=True)
    return SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, lead=lead).count() - before


def opt_out(
    lead: Lead, *, sender_names: Iterable[tuple[str, str]], evidence: str, key: str, sms_stop: bool = False
) -> None:
    """The lead asked us to stop: blacklisted on all channels, and every identity of who asked goes on the list.

    `sender_names` are the names of a CC replier besides the lead's own; `key` makes a second telling change nothing."""
    reason = SuppressionEntry.Reason.SMS_STOP if sms_stop else SuppressionEntry.Reason.OPT_OUT
    own = LeadIdentity.objects.filter(lead=lead, kind__in=_FAMILY).values_list("kind", "value")
    add(lead, dict.fromkeys([*own, *sender_names]), reason=reason, evidence=evidence)
    statuses.blacklist(lead, reason="opt_out", why=evidence, dedupe_key=f"opt_out:{key}")


def hard_bounce(lead: Lead, *, address: str, evidence: str, key: str) -> None:
    """Only that address goes on the list; the lead is blacklisted when it is its primary one."""
    add(lead, [("email", address)], reason=SuppressionEntry.Reason.BOUNCE, evidence=evidence)
    if lead.email in {"", address}:
        statuses.blacklist(lead, reason="bounce", why=evidence, dedupe_key=f"bounce:{key}")
        return
    timeline.record(
        lead,
        kind="bounce",
        text=f"{address} is dead: not written to any more",
        why=evidence,
        tone="warn",
        dedupe_key=f"bounce:{key}",
    )


def soft_bounce(lead: Lead, *, address: str, evidence: str, key: str) -> bool:
    """Count a soft bounce of an address once per `key`; the third counts as hard: True then."""
    mark = {"workspace_id": lead.workspace_id, "address": address}
    _, is_new = SoftBounce.objects.get_or_create(**mark, dedupe_key=key[:400])
    count = SoftBounce.objects.filter(**mark).count()
    if is_new:
        timeline.record(
            lead,
            kind="bounce",
            text=f"A message to {address} came back, for now ({count} of {SOFT_BOUNCES_COUNT_AS_HARD})",
            why=evidence,
            tone="warn",
            dedupe_key=f"bounce:{key}",
        )
    if count < SOFT_BOUNCES_COUNT_AS_HARD:
        return False
    hard_bounce(lead, address=address, evidence=f"Third temporary failure. {evidence}", key=f"{key}:third")
    return True


@transaction.atomic
def lift(entry: SuppressionEntry, *, by: User | None, reason: str) -> None:
    """A person (who has the capability; the caller checks) lifts an entry, saying why. Raises ValueError without one."""
    if not reason.strip():
        raise ValueError("Say why the suppression is lifted: it is kept with the entry.")
    entry = SuppressionEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.lifted_at is not None:
        return
    entry.lifted_at, entry.lifted_by, entry.lift_reason = timezone.now(), by, reason.strip()[:300]
    entry.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    if entry.lead_id:
        _after_lift(entry, by=by)


def start(lead: Lead, *, phone: str, key: str) -> bool:
    """SMS START: lifts only what an SMS STOP did, everything of it; True if there was anything."""
    entries = SuppressionEntry.objects.filter(
        workspace_id=lead.workspace_id, lead=lead, reason=SuppressionEntry.Reason.SMS_STOP, lifted_at=None
    )
    if not entries.filter(value=phone).exists():
        return False
    for entry in entries:
        lift(entry, by=None, reason="The lead sent START by SMS.")
    timeline.record(lead, kind="sms_start", text="Sent START: the SMS stop is lifted", dedupe_key=f"start:{key}")
    return True


def _after_lift(entry: SuppressionEntry, *, by: User | None) -> None:
    lead = Lead.objects.select_for_update().get(pk=entry.lead_id)
    timeline.record(
        lead, kind="suppression_lifted", text=f"Suppression of {entry.value} lifted", why=entry.lift_reason, by=by
    )
    suppression_lifted.send(sender=SuppressionEntry, lead=lead, entry=entry)
    if lead.status == LeadStatus.BLACKLISTED and not _still_held(lead):
        statuses.restore(lead, why=entry.lift_reason, by=by)


def _still_held(lead: Lead) -> bool:
    """An opt-out holds the lead whole; a bounce only while it is the primary address's."""
    left = SuppressionEntry.objects.filter(workspace_id=lead.workspace_id, lead=lead, lifted_at=None)
    if left.exclude(reason=SuppressionEntry.Reason.BOUNCE).exists():
        return True
    return left.filter(family=ChannelKind.EMAIL, value=lead.email).exists()
