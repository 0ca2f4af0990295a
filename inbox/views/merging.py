"""Two leads that are one person: merge them, say they are two, or take the merge back (spec 03)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from inbox import live
from inbox.narrowing import Narrowing
from inbox.selectors import Viewer
from inbox.views.access import viewer_and_lead
from leads import merging
from leads.models import Lead, Merge, MergeSuggestion
from zrg.web.htmx import wants_fragment
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability


@require_POST
def merge(request: HttpRequest, lead_id: UUID, suggestion_id: int) -> HttpResponse:
    """Merge the suggested other lead into this one."""
    viewer, lead = _manager(request, lead_id)
    suggestion = _suggestion(lead, suggestion_id)
    other = suggestion.other if suggestion.lead_id == lead.pk else suggestion.lead
    said = f"{other.name} is part of {lead.name} now. The lead panel undoes it for 30 days."
    return _answer(request, lead, said, lambda: merging.merge(survivor=lead, loser=other, by=viewer.user))


@require_POST
def dismiss(request: HttpRequest, lead_id: UUID, suggestion_id: int) -> HttpResponse:
    """They are two people."""
    viewer, lead = _manager(request, lead_id)
    suggestion = _suggestion(lead, suggestion_id)
    return _answer(request, lead, "Kept as two people.", lambda: merging.dismiss(suggestion, by=viewer.user))


@require_POST
def unmerge(request: HttpRequest, lead_id: UUID, merge_id: UUID) -> HttpResponse:
    """Take a merge back."""
    viewer, lead = _manager(request, lead_id)
    done = get_object_or_404(Merge.objects.filter(survivor=lead), pk=merge_id)
    return _answer(request, lead, "The merge is undone.", lambda: merging.undo(done, by=viewer.user))


def _manager(request: HttpRequest, lead_id: UUID) -> tuple[Viewer, Lead]:
    viewer, lead = viewer_and_lead(request, lead_id)
    check(viewer.user, Capability.MANAGE_LEADS, viewer.workspace)
    return viewer, lead


def _suggestion(lead: Lead, suggestion_id: int) -> MergeSuggestion:
    mine = MergeSuggestion.objects.filter(Q(lead=lead) | Q(other=lead), status=MergeSuggestion.Status.OPEN)
    return get_object_or_404(mine.select_related("lead", "other"), pk=suggestion_id)


def _answer(request: HttpRequest, lead: Lead, said: str, act: Callable[[], object]) -> HttpResponse:
    """Do it, and say what came of it: a toast for htmx, else the page of the lead."""
    is_error = False
    try:
        act()
        live.bump_on_commit(lead.workspace_id)
    except merging.CannotMerge as refused:
        said, is_error = str(refused), True
    if not wants_fragment(request):
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, said)
        return HttpResponseRedirect(Narrowing().address(lead.workspace_id, leadId=lead.pk))
    answer = trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": said, "error": is_error})
    return trigger_client_event(answer, "zrg:changed", {})
