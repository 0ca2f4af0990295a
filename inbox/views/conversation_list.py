"""The inbox page: list, conversation and lead panel, or the one of them that htmx asks for. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox import banners
from inbox.composing import Wanted, composer_context
from inbox.facts import accounts_of
from inbox.models import Message
from inbox.narrowing import Narrowing
from inbox.pages import lead_of, list_context, live_context, nav_context, open_context, page_title
from inbox.selectors import Viewer
from leads.models import Lead
from zrg.web.htmx import personal, wants_fragment
from zrg.web.paging import Place
from zrg.workspaces.choosing import accessible, as_uuid, choose

if TYPE_CHECKING:
    from zrg.workspaces.models import User


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """`/?view=inbox&clientId=…&leadId=…&list=…` (spec 01). Any view but the inbox falls back to it."""
    workspace = choose(request)
    if workspace is None:
        return personal(render(request, "inbox/no_workspace.html"))
    viewer, narrowing = Viewer.of(cast("User", request.user), workspace), Narrowing.read(request.GET)
    if wants_fragment(request, "more"):
        return personal(_more(request, viewer, narrowing))
    if wants_fragment(request, "list"):
        return personal(_list(request, viewer, narrowing))
    # Read before what it stands for: what comes meanwhile is seen by the next poll.
    polled = {} if wants_fragment(request, "open") else live_context(viewer)
    lead = _wanted_lead(request, viewer)
    if isinstance(lead, HttpResponse):
        return lead
    if wants_fragment(request, "earlier") and lead:
        context = open_context(viewer, lead, narrowing, before=Place.read(request.GET.get("before")))
        return personal(render(request, "inbox/_thread_items.html", context | {"is_earlier_piece": True}))
    if wants_fragment(request, "open"):
        return personal(_open(request, viewer, narrowing, lead))
    return personal(_page(request, viewer, narrowing, lead, polled))


def _wanted_lead(request: HttpRequest, viewer: Viewer) -> Lead | HttpResponse | None:
    """The lead of `leadId`; a redirect where it was merged away or lies in another of the person's workspaces."""
    lead_id = as_uuid(request.GET.get("leadId"))
    if lead_id is None:
        if request.GET.get("leadId"):
            raise Http404
        return None
    lead = lead_of(viewer, lead_id)
    if lead is None and "clientId" not in request.GET:
        lead = Lead.objects.for_user(viewer.user).filter(pk=lead_id).first()
    if lead is None:
        raise Http404
    if lead.merged_into_id or lead.workspace_id != viewer.workspace.pk:
        home = Narrowing().address(lead.workspace_id, leadId=lead.merged_into_id or lead.pk)
        return HttpResponseRedirect(home)
    return lead


def _more(request: HttpRequest, viewer: Viewer, narrowing: Narrowing) -> HttpResponse:
    place = Place.read(request.GET.get("after"))
    return render(request, "inbox/_rows.html", list_context(viewer, narrowing, after=place))


def _list(request: HttpRequest, viewer: Viewer, narrowing: Narrowing) -> HttpResponse:
    context = list_context(viewer, narrowing, open_id=as_uuid(request.GET.get("leadId")))
    context |= nav_context(viewer, narrowing)
    return render(request, "inbox/_list_and_views.html", context | {"page_title": page_title(context)})


def _open(request: HttpRequest, viewer: Viewer, narrowing: Narrowing, lead: Lead | None) -> HttpResponse:
    context = _opened(request, viewer, narrowing, lead)
    context |= {"narrowing": narrowing, "viewer": viewer}
    return render(request, "inbox/_open.html", context | {"page_title": page_title(context), "is_fragment": True})


def _opened(request: HttpRequest, viewer: Viewer, narrowing: Narrowing, lead: Lead | None) -> dict[str, Any]:
    if lead is None:
        return {"disconnected": banners.disconnected(viewer, accounts_of(viewer.workspace.pk), now=timezone.now())}
    context = open_context(viewer, lead, narrowing, before=Place.read(request.GET.get("before")))
    wanted = Wanted.read(request.GET)
    return context | composer_context(viewer, lead, context["facts"], restored=_restored(request, lead), wanted=wanted)


def _restored(request: HttpRequest, lead: Lead) -> Message | None:
    """The message just taken back (or not sent), whose text returns to the composer."""
    message_id = as_uuid(request.GET.get("restore"))
    if message_id is None:
        return None
    return Message.objects.filter(pk=message_id, lead=lead, direction="out", delivery__in=["undone", "failed"]).first()


def _page(
    request: HttpRequest, viewer: Viewer, narrowing: Narrowing, lead: Lead | None, polled: dict[str, Any]
) -> HttpResponse:
    place = Place.read(request.GET.get("after"))
    context = list_context(viewer, narrowing, after=place, open_id=lead.pk if lead else None)
    context |= nav_context(viewer, narrowing) | polled | _opened(request, viewer, narrowing, lead)
    context |= {"workspaces": accessible(request), "page_title": page_title(context)}
    return render(request, "inbox/page.html", context)
