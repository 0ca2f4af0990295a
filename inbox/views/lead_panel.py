"""What a person puts right about a lead: what the last reply means, and what is remembered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from inbox import live, remembering
from inbox import sentiment as reading
from inbox.narrowing import Narrowing
from inbox.selectors import Viewer
from inbox.views.access import viewer_and_lead
from leads.models import Lead
from zrg.web.htmx import wants_fragment
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability


@require_POST
def sentiment(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """The last reply means something else than the machine read; kept as a label."""
    viewer, lead = _editor(request, lead_id)
    try:
        event = reading.correct(lead, tag=request.POST.get("tag", ""), by=viewer.user)
    except ValueError as wrong:
        return _answer(request, lead, str(wrong), is_error=True)
    return _answer(request, lead, f"Sentiment set to {event.get_tag_display()}.")


@require_POST
def memory(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """One or more sections of the memory, a line an entry; sections that are not sent stay."""
    viewer, lead = _editor(request, lead_id)
    given = {
        name: request.POST[name].replace("\x00", "").splitlines() for name in remembering.LISTS if name in request.POST
    }
    try:
        remembering.edit(lead, by=viewer.user, given=given, time_zone=request.POST.get("time_zone", "").strip())
    except ValueError as wrong:
        return _answer(request, lead, str(wrong), is_error=True)
    live.bump_on_commit(lead.workspace_id)
    return _answer(request, lead, "Memory saved. Drafts use it from now on.")


def _editor(request: HttpRequest, lead_id: UUID) -> tuple[Viewer, Lead]:
    viewer, lead = viewer_and_lead(request, lead_id)
    check(viewer.user, Capability.EDIT_LEADS, viewer.workspace)
    return viewer, lead


def _answer(request: HttpRequest, lead: Lead, said: str, *, is_error: bool = False) -> HttpResponse:
    if not wants_fragment(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, said)
        return HttpResponseRedirect(Narrowing().address(lead.workspace_id, leadId=lead.pk) + "#lead")
    answer = trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": said, "error": is_error})
    return answer if is_error else trigger_client_event(answer, "zrg:saved", {})
