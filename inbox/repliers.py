"""Who is answering: the lead, or somebody on its side whom it copied in (spec 03, CC repliers); or somebody of ours."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import Exists, Q

from inbox.models import Message
from inbox.safety import NOT_A_REPLY
from integrations.events import MessageReceived
from leads import matching, normalizing, suppression, timeline
from leads.models import ChannelKind, Direction, Lead, LeadIdentity
from zrg.workspaces.models import User, Workspace

REPLIER = ("current_replier_email", "current_replier_name", "current_replier_since")
_LOOK_BACK = 100


def our_side(lead: Lead, sender: str, *, mailbox: str) -> str:
    """Why a normalized address is of our own side (a colleague of the client answers in the thread), not of the lead's;
    empty where it is not known to be.

    Ours are the members of the workspace, the mailboxes this lead was written from (`mailbox`: the one the provider
    names now), and whoever is at the domain of one, unless that is a mail service of everybody or the lead's own. At
    most one query, none for the lead's primary address."""
    if not sender or sender == lead.email:
        return ""
    if sender == mailbox or _is_at(sender, mailbox, lead):
        return f"This conversation is held from {mailbox}."
    is_member, is_mailbox = _known_as_ours(lead, sender)
    if is_member:
        return f"{sender} is a member of this workspace."
    return f"This lead was written to from {sender.partition('@')[2]}." if is_mailbox else ""


def _is_at(sender: str, mailbox: str, lead: Lead) -> bool:
    domain = sender.partition("@")[2]
    return domain == mailbox.partition("@")[2] and _tells_sides(domain, lead)


def _tells_sides(domain: str, lead: Lead) -> bool:
    """Whether everybody at a domain is of one side."""
    return not normalizing.is_free_mail(domain) and domain != lead.email.partition("@")[2]


def _known_as_ours(lead: Lead, sender: str) -> tuple[bool, bool]:
    """Whether it is a member of the workspace; whether it, or another at its domain, wrote to this lead. One query."""
    domain, same = sender.partition("@")[2], Q(from_email=sender)
    if _tells_sides(domain, lead):
        same |= Q(from_email__endswith=f"@{domain}")
    ours = Message.objects.filter(same, lead_id=lead.pk, channel=ChannelKind.EMAIL, direction=Direction.OUT)
    here = Q(memberships__workspace=lead.workspace_id) | Q(owned_workspaces=lead.workspace_id)
    workspace = Workspace.objects.filter(pk=lead.workspace_id)
    return workspace.values_list(Exists(User.objects.filter(here, email=sender)), Exists(ours)).get()


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
    mails = mails.exclude(from_email="").exclude(automated__in=NOT_A_REPLY).order_by("-sent_at", "-dedupe_key")
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
