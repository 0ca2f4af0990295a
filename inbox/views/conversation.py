"""What is done with a conversation as a whole, and the original of a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from inbox import attention, live, repliers
from inbox.narrowing import Narrowing
from inbox.pages import header_context, lead_of
from inbox.permissions import check_may_assign
from inbox.selectors import Viewer, people_of
from inbox.views.access import may_reply, message_of, viewer_and_lead
from leads import assignment
from leads.models import AssignmentEvent, Lead
from zrg.web.htmx import personal, wants_fragment
from zrg.workspaces.access import can, check
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.choosing import as_uuid


def page_of(lead: Lead, **more: Any) -> str:
    """The address of the conversation."""
    return Narrowing().address(lead.workspace_id, leadId=lead.pk, **more)


@require_POST
def read(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Opening a conversation marks it read, for those who may answer; asked for by the opened pane."""
    _, lead = may_reply(request, lead_id)
    answer = HttpResponse(status=204)
    return trigger_client_event(answer, "zrg:changed", {}) if attention.mark_read(lead) else answer


@require_POST
def done(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Nothing to answer here, unless the lead wrote again after what the page showed (`seen`)."""
    viewer, lead = may_reply(request, lead_id)
    if not attention.mark_done(lead, by=viewer.user, seen=_time(request.POST.get("seen", ""))):
        return _header(request, viewer, lead, said=f"Not marked done: {lead.name} wrote again.", is_error=True)
    return _header(request, viewer, lead, said="Done. It comes back when the lead writes again.")


@require_POST
def reopen(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """It needs a reply after all."""
    viewer, lead = may_reply(request, lead_id)
    attention.mark_needs_reply(lead, by=viewer.user)
    return _header(request, viewer, lead, said="Back among those that need a reply.")


@require_POST
def assign(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Give the lead to `to`; empty: to nobody."""
    viewer, lead = viewer_and_lead(request, lead_id)
    raw = request.POST.get("to", "")
    to = get_object_or_404(people_of(viewer.workspace), pk=as_uuid(raw)) if raw else None
    check_may_assign(viewer.user, lead, viewer.workspace, to)
    gives = can(viewer.user, Capability.MANAGE_LEADS, viewer.workspace)
    try:
        lead = assignment.assign(
            lead=lead, to=to, by=viewer.user, source=AssignmentEvent.Source.MANUAL, only_if_free=not gives
        )
    except assignment.Taken as taken:
        return _header(request, viewer, lead, said=str(taken), is_error=True)
    live.bump_on_commit(lead.workspace_id)
    return _header(request, viewer, lead, said=f"Assigned to {to}." if to else "Assigned to nobody.")


@require_POST
def promote(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Make an alternate address the primary one."""
    viewer, lead = viewer_and_lead(request, lead_id)
    check(viewer.user, Capability.EDIT_LEADS, viewer.workspace)
    try:
        repliers.promote(lead, email=request.POST.get("email", ""), by=viewer.user)
    except ValueError as wrong:
        if wants_fragment(request):
            return trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": str(wrong), "error": True})
        messages.error(request, str(wrong))
    else:
        live.bump_on_commit(lead.workspace_id)
    if wants_fragment(request):
        return trigger_client_event(HttpResponse(status=204), "zrg:changed", {})
    return HttpResponseRedirect(page_of(lead))


@require_safe
def original(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A message as it came, as plain text: provider HTML is shown as its source and never becomes part of a page."""
    viewer, message = message_of(request, message_id)
    template = "inbox/_original.html" if wants_fragment(request) else "inbox/original.html"
    context = {"viewer": viewer, "message": message, "lead": message.lead, "back": page_of(message.lead)}
    return personal(render(request, template, context))


def _time(raw: str) -> datetime | None:
    """A time with its zone; None for anything else."""
    try:
        at = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _header(request: HttpRequest, viewer: Viewer, lead: Lead, *, said: str, is_error: bool = False) -> HttpResponse:
    """The header's actions as they are now, or the page for a browser without JavaScript."""
    if not wants_fragment(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, said)
        return HttpResponseRedirect(page_of(lead))
    fresh = lead_of(viewer, lead.pk) or lead
    answer = render(request, "inbox/_header_actions.html", header_context(viewer, fresh))
    trigger_client_event(answer, "zrg:toast", {"text": said, "error": is_error})
    return personal(trigger_client_event(answer, "zrg:changed", {}))
