"""Who a lead is given to, by whom (spec 03). Every hand-over is an event."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from leads import timeline
from leads.models import AssignmentEvent, Lead
from leads.signals import lead_assigned
from zrg.workspaces.models import User


class Taken(Exception):
    """Somebody else was given the lead a moment before; the text says who."""


@transaction.atomic
def assign(*, lead: Lead, to: User | None, by: User | None, source: str, only_if_free: bool = False) -> Lead:
    """Give a lead to somebody (None: to nobody) and note who did it. The same person again changes nothing. Raises
    Taken where it is somebody's already and `only_if_free`."""
    lead = Lead.objects.select_related("assignee").select_for_update(of=("self",)).get(pk=lead.pk)
    if lead.assignee_id == (to.pk if to else None):
        return lead
    if only_if_free and lead.assignee is not None:
        raise Taken(f"{lead.assignee} has taken this lead already.")
    lead.assignee, lead.assigned_at = to, timezone.now() if to else None
    lead.save(update_fields=["assignee", "assigned_at", "updated_at"])
    AssignmentEvent.objects.create(workspace_id=lead.workspace_id, lead=lead, to=to, by=by, source=source)
    text = f"Assigned to {to}" if to else "Assigned to nobody"
    timeline.record(lead, kind="assigned", text=text, by=by)
    lead_assigned.send(sender=Lead, lead=lead, to=to, by=by)
    return lead
