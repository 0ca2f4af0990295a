"""Finding messages by an id, a provider's id, or somebody's e-mail address."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from inbox.models import PROVIDER_IDS, Message
from leads.models import LeadIdentity
from leads.normalizing import email
from zrg.workspaces.choosing import as_uuid
from zrg.workspaces.models import Workspace

AT_MOST = 500


def find_messages(term: str) -> list[uuid.UUID]:
    """Ids of at most 500 messages. A UUID is a message's or a lead's; an address is a lead's; anything else is taken as
    a provider's id. Each look-up is on an index, workspace by workspace where that leads it."""
    term = term.replace("\x00", "").strip()
    if as_id := as_uuid(term):
        return _ids(Message.objects.filter(pk=as_id)) or _ids(Message.objects.filter(lead=as_id))
    if "@" in term:
        return _ids(Message.objects.filter(lead__in=_leads_with(email(term))))
    return _by_provider_id(term) if term else []


def _leads_with(address: str) -> list[uuid.UUID]:
    mine = LeadIdentity.objects.filter(workspace__in=Workspace.objects.values("pk"), kind="email", value=address)
    return list(mine.values_list("lead", flat=True)[:20])


def _by_provider_id(term: str) -> list[uuid.UUID]:
    everywhere = Message.objects.filter(workspace__in=Workspace.objects.values("pk"))
    first, *others = [
        everywhere.filter(**{column: term}).values_list("pk", flat=True) for column in PROVIDER_IDS.values()
    ]
    return list(first.union(*others, all=True)[:AT_MOST])


def _ids(messages: QuerySet[Message]) -> list[uuid.UUID]:
    return list(messages.order_by("-sent_at").values_list("pk", flat=True)[:AT_MOST])
