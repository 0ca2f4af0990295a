"""What ZRG may do for a lead by itself, as a person switches it (spec 03, 06)."""

from __future__ import annotations

from django.db import transaction

from leads import timeline
from leads.models import Lead
from zrg.workspaces.models import User

SWITCHES: dict[str, str] = {
    "auto_reply": "Auto-reply",
    "auto_follow_up": "Auto-follow-up",
    "auto_book": "Auto-book",
}


@transaction.atomic
def switch(lead: Lead, name: str, *, on: bool, by: User) -> Lead:
    """Switch one on or off and say so on the timeline. Raises KeyError for what is no switch.

    Auto-reply is a person's decision from then on: no campaign or import changes it."""
    label = SWITCHES[name]
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    by_hand = name == "auto_reply"
    if getattr(lead, name) == on and (lead.auto_reply_set_by_person or not by_hand):
        return lead
    setattr(lead, name, on)
    lead.auto_reply_set_by_person = lead.auto_reply_set_by_person or by_hand
    lead.save(update_fields=[name, "auto_reply_set_by_person", "updated_at"])
    timeline.record(lead, kind="automation", text=f"{label} switched {'on' if on else 'off'}", by=by)
    return lead
