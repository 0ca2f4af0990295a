"""A person puts an address or a number on the suppression list by hand (spec 03)."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from leads import normalizing, statuses, suppression
from leads.models import ChannelKind, Lead, LeadIdentity, LeadStatus, SuppressionEntry
from zrg.workspaces.models import User, Workspace


@transaction.atomic
def suppress(*, workspace: Workspace, family: str, value: str, evidence: str, by: User | None) -> SuppressionEntry:
    """Nobody writes to this address, number or profile any more; a lead that has it is named in the entry, and loses
    nothing else. Raises ValidationError by field: not an address, on the list already."""
    value = _normalized(family, value, workspace)
    lead_id = _whose(workspace, family, value)
    entry, is_new = SuppressionEntry.objects.get_or_create(
        workspace=workspace,
        family=family,
        value=value,
        lifted_at=None,
        defaults={
            "reason": SuppressionEntry.Reason.MANUAL,
            "evidence": evidence.strip()[:300],
            "lead_id": lead_id,
            "created_by": by,
        },
    )
    if not is_new:
        raise ValidationError({"value": f"{value} is on the list already ({entry.get_reason_display().lower()})."})
    return entry


@transaction.atomic
def blacklist(lead: Lead, *, why: str, by: User) -> bool:
    """A person says: never write to this lead again. All its names go on the list; False if it was blacklisted (a dead
    address is no such reason: what a person says goes over it)."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.status == LeadStatus.BLACKLISTED and lead.blacklist_reason != "bounce":
        return False
    suppression.add(lead, suppression.names_of(lead), reason=SuppressionEntry.Reason.MANUAL, evidence=why, by=by)
    return statuses.blacklist(lead, reason="manual", why=why, by=by)


@transaction.atomic
def release(lead: Lead, *, why: str, by: User) -> int:
    """Lift everything that stands against writing to this lead, and take it off the blacklist; how many entries. Raises
    ValueError without a reason."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    entries = list(suppression.standing_against(lead).order_by("pk"))
    for entry in entries:
        suppression.lift(entry, by=by, reason=why)
    lead.refresh_from_db()
    if lead.status == LeadStatus.BLACKLISTED:
        statuses.restore(lead, why=why, by=by)
    return len(entries)


def _normalized(family: str, value: str, workspace: Workspace) -> str:
    clean = {
        ChannelKind.EMAIL: lambda: normalizing.email(value),
        ChannelKind.SMS: lambda: normalizing.phone(value, workspace.phone_region),
        ChannelKind.LINKEDIN: lambda: normalizing.linkedin_url(value) or value.strip(),
    }[ChannelKind(family)]()
    if not clean:
        wanted = {"email": "an e-mail address", "sms": "a phone number"}.get(family, "a profile")
        raise ValidationError({"value": f"Enter {wanted}."})
    return clean[:320]


def _whose(workspace: Workspace, family: str, value: str) -> UUID | None:
    kinds = [kind for kind, of in suppression.FAMILY.items() if of == family]
    mine = LeadIdentity.objects.filter(workspace=workspace, kind__in=kinds, value=value)
    return mine.values_list("lead", flat=True).first()
