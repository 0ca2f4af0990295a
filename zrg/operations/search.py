"""The search box of the admin: leads, messages, deliveries, workspaces; each look-up on an index, each bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import Model, Q
from django.http import HttpRequest
from unfold.dataclasses import SearchResult

from inbox.finding import find_messages
from inbox.models import Message
from integrations.finding import find_deliveries
from integrations.models import Connection, WebhookEvent
from leads.finding import find_leads
from leads.models import Lead
from zrg.web.admin_display import change_url
from zrg.workspaces.choosing import as_uuid
from zrg.workspaces.models import User, Workspace

EACH = 8
SHORTEST = 3


def search(request: HttpRequest, term: str) -> list[SearchResult]:
    """What the person may see of what the words find, the most specific first."""
    term = term.replace("\x00", "").strip()
    if len(term) < SHORTEST and not term.isdigit():
        return []
    found: list[SearchResult] = []
    for model, icon, look_up in _SEARCHED:
        if request.user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}"):
            found += [_result(obj, icon) for obj in look_up(term)]
    return found


def _leads(term: str) -> Iterable[Model]:
    return Lead.objects.select_related("workspace").filter(pk__in=find_leads(term, at_most=EACH))


def _messages(term: str) -> Iterable[Model]:
    """By an id only: an address is a lead's, and found there."""
    return Message.objects.filter(pk__in=find_messages(term)[:EACH]) if "@" not in term and " " not in term else []


def _deliveries(term: str) -> Iterable[Model]:
    if " " in term or "@" in term:
        return []
    return WebhookEvent.objects.defer("payload").filter(pk__in=find_deliveries(term)[:EACH])


def _workspaces(term: str) -> Iterable[Model]:
    return Workspace.objects.filter(Q(name__icontains=term) | Q(pk=as_uuid(term)))[:EACH]


def _people(term: str) -> Iterable[Model]:
    return User.objects.filter(Q(email__icontains=term) | Q(name__icontains=term))[:EACH]


def _connections(term: str) -> Iterable[Model]:
    return Connection.objects.select_related("workspace").filter(Q(external_id=term) | Q(pk=as_uuid(term)))[:EACH]


_SEARCHED: tuple[tuple[type[Model], str, Callable[[str], Iterable[Model]]], ...] = (
    (Lead, "person", _leads),
    (Workspace, "domain", _workspaces),
    (Connection, "cable", _connections),
    (WebhookEvent, "webhook", _deliveries),
    (Message, "mail", _messages),
    (User, "group", _people),
)


def _result(obj: Model, icon: str) -> SearchResult:
    workspace = obj.workspace if isinstance(obj, Lead | Connection) else None
    kind = str(obj._meta.verbose_name).capitalize()
    told = f"{kind} in {workspace}" if workspace else kind
    detail = getattr(obj, "email", "")
    return SearchResult(title=str(obj), description=f"{told} {detail}".strip(), link=change_url(obj, obj.pk), icon=icon)
