"""Who is answering: the lead, or somebody on its side whom it copied in (spec 03, CC repliers)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from integrations.events import MessageReceived
from leads import matching, normalizing, timeline
from leads.models import Lead, LeadIdentity
from zrg.workspaces.models import User

REPLIER = ("current_replier_email", "current_replier_name", "current_replier_since")


def note(match: matching.Match, event: MessageReceived, *, at: datetime, source: str) -> None:
    """Learn from the sender of an e-mail of `at`; only the newest e-mail decides who the current replier is.

    The lead without an e-mail takes the sender's as its primary; another sender becomes an alternate identity."""
    lead, sender = match.lead, normalizing.email(event.sender.email)
    if not sender:
        return
    if not lead.email:
        if not matching.claim(lead, [("email", sender)], source=source):
            lead.email = sender
            match.changed.add("email")
        return
    if sender != lead.email:
        matching.claim(lead, [("email", sender)], source=source)
    if lead.last_email_reply_at is not None and at < lead.last_email_reply_at:
        return
    lead.last_email_reply_at = at
    match.changed.add("last_email_reply_at")
    if sender == lead.email:
        _set(match, "", "", None)
    elif sender != lead.current_replier_email:
        _set(match, sender, event.sender.name.strip()[:200], at)


def _set(match: matching.Match, email: str, name: str, since: object) -> None:
    values = (email, name, since)
    if tuple(getattr(match.lead, column) for column in REPLIER) != values:
        for column, value in zip(REPLIER, values, strict=True):
            setattr(match.lead, column, value)
        match.changed |= set(REPLIER)


@transaction.atomic
def promote(lead: Lead, *, email: str, by: User | None) -> Lead:
    """Make an alternate e-mail the primary one; the roles swap (spec 03). Raises ValueError if it is not an alternate."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    address = normalizing.email(email)
    alternates = LeadIdentity.objects.filter(lead=lead, kind=LeadIdentity.Kind.EMAIL)
    if address == lead.email or not alternates.filter(value=address).exists():
        raise ValueError(f"{email} is not an alternate address of this lead.")
    former = lead.email
    alternates.filter(~Q(value=address), primary=True).update(primary=False)
    alternates.filter(value=address).update(primary=True)
    lead.email = address
    if lead.current_replier_email == address:
        lead.current_replier_email, lead.current_replier_name, lead.current_replier_since = "", "", None
    lead.save(update_fields=["email", *REPLIER, "updated_at"])
    timeline.record(lead, kind="promoted", text=f"{address} is the primary address now", why=f"It was {former}.", by=by)
    return lead
