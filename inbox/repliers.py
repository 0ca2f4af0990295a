"""Who is answering: the lead, or somebody on its side whom it copied in (spec 03, CC repliers)."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import Q

from inbox.models import Message
from inbox.safety import AUTOMATIC
from integrations.events import MessageReceived
from leads import matching, normalizing, suppression, timeline
from leads.models import ChannelKind, Direction, Lead, LeadIdentity
from zrg.workspaces.models import User

REPLIER = ("current_replier_email", "current_replier_name", "current_replier_since")
_LOOK_BACK = 100


def note(match: matching.Match, event: MessageReceived, *, at: datetime, source: str) -> None:
    """Learn from the sender of an e-mail of `at` that is recorded; the newest e-mail decides who answers now, whatever
    the order of arrival.

    The lead without an e-mail takes the sender's as its primary; another sender becomes an alternate identity."""
    lead, sender = match.lead, normalizing.email(event.sender.email)
    if not sender:
        return
    if not lead.email:
        if not matching.claim(lead, [("email", sender)], source=source):
            lead.email = sender
            match.changed.add("email")
        return
    if lead.last_email_reply_at is None or at > lead.last_email_reply_at:
        lead.last_email_reply_at = at
        match.changed.add("last_email_reply_at")
    if sender != lead.email:
        matching.claim(lead, [("email", sender)], source=source)
    if sender != lead.email or lead.current_replier_email:
        _set(match, *_answering(lead))


def _answering(lead: Lead) -> tuple[str, str, datetime | None]:
    """Who wrote the newest e-mail (address, name), and since when without another in between; nobody if the lead. What
    machines write (a help desk's receipt from no-reply@) is nobody's answer."""
    mails = Message.objects.filter(lead=lead, channel=ChannelKind.EMAIL, direction=Direction.IN)
    mails = mails.exclude(from_email="").exclude(automated__in=AUTOMATIC).order_by("-sent_at", "-dedupe_key")
    newest = list(mails.values_list("from_email", "from_name", "sent_at")[:_LOOK_BACK])
    if not newest or newest[0][0] == lead.email:
        return "", "", None
    run = list(takewhile(lambda mail: mail[0] == newest[0][0], newest))
    return newest[0][0], next((name for _, name, _ in run if name), ""), run[-1][2]


def _set(match: matching.Match, email: str, name: str, since: datetime | None) -> None:
    values = (email, name, since)
    if tuple(getattr(match.lead, column) for column in REPLIER) != values:
        for column, value in zip(REPLIER, values, strict=True):
            setattr(match.lead, column, value)
        match.changed |= set(REPLIER)


@transaction.atomic
def promote(lead: Lead, *, email: str, by: User | None) -> Lead:
    """Make an alternate e-mail the primary one; the roles swap, and a dead primary that is replaced holds the lead no
    longer (spec 03). Raises ValueError if it is not an alternate."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    address = normalizing.email(email)
    alternates = LeadIdentity.objects.filter(lead=lead, kind=LeadIdentity.Kind.EMAIL)
    if address == lead.email or not alternates.filter(value=address).exists():
        raise ValueError(f"{email} is not an alternate address of this lead.")
    entry = suppression.standing(lead, ChannelKind.EMAIL, [address])
    if entry is not None and entry.reason == suppression.Reason.BOUNCE:
        raise ValueError(f"{address} is on the suppression list as a dead address: nothing could be sent to it.")
    former = lead.email
    alternates.filter(~Q(value=address), primary=True).update(primary=False)
    alternates.filter(value=address).update(primary=True)
    lead.email = address
    if lead.current_replier_email == address:
        lead.current_replier_email, lead.current_replier_name, lead.current_replier_since = "", "", None
    lead.save(update_fields=["email", *REPLIER, "updated_at"])
    timeline.record(lead, kind="promoted", text=f"{address} is the primary address now", why=f"It was {former}.", by=by)
    if lead.blacklist_reason == "bounce":
        suppression.free(lead, why=f"{address} replaces the dead address {former}.", by=by)
    return lead
