"""The lead panel's own actions. The panel itself is part of the inbox page."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from leads import automation, facts
from leads.models import Lead
from leads.panel import Fact, fact_named, label_of
from zrg.web.htmx import personal, wants_fragment
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability


@require_POST
def edit_facts(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Save one fact (its one or two fields) edited in place."""
    lead = get_object_or_404(Lead.objects.for_user(request.user).live().select_related("workspace"), pk=lead_id)
    check(request.user, Capability.EDIT_LEADS, lead.workspace)
    values = {name: request.POST.get(name, "") for name in request.POST if name in facts.EDITABLE}
    label = label_of(next(iter(values), ""))
    if not label or not request.user.is_authenticated:
        raise Http404
    try:
        lead, error = facts.edit(lead, values=values, by=request.user), ""
    except facts.Unfit as unfit:
        error = str(unfit)
    if wants_fragment(request):
        return _value(request, lead, label, values, error)
    if error:
        messages.error(request, error)
    return HttpResponseRedirect(f"/?view=inbox&clientId={lead.workspace_id}&leadId={lead.pk}#lead")


@require_POST
def switch(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Switch one of the lead's automations: `name`, and `on` = 1 or 0."""
    lead = get_object_or_404(Lead.objects.for_user(request.user).live().select_related("workspace"), pk=lead_id)
    check(request.user, Capability.EDIT_LEADS, lead.workspace)
    name, on = request.POST.get("name", ""), request.POST.get("on") == "1"
    if name not in automation.SWITCHES or not request.user.is_authenticated:
        raise Http404
    automation.switch(lead, name, on=on, by=request.user)
    said = f"{automation.SWITCHES[name]} is {'on' if on else 'off'} for {lead.name}."
    if not wants_fragment(request):
        messages.success(request, said)
        return HttpResponseRedirect(f"/?view=inbox&clientId={lead.workspace_id}&leadId={lead.pk}#lead")
    answer = trigger_client_event(HttpResponse(status=204), "zrg:toast", {"text": said})
    return trigger_client_event(answer, "zrg:changed", {})


def _value(request: HttpRequest, lead: Lead, label: str, values: dict[str, str], error: str) -> HttpResponse:
    fact = fact_named(lead, label)
    if fact is None:
        raise Http404
    context = {"fact": _as_typed(fact, values) if error else fact, "may_edit": True, "fact_error": error}
    context["facts_href"] = request.path
    answer = personal(render(request, "leads/_fact_value.html", context))
    return answer if error else trigger_client_event(answer, "zrg:changed", {})


def _as_typed(fact: Fact, values: dict[str, str]) -> Fact:
    return replace(fact, fields=[replace(field, value=values.get(field.name, field.value)) for field in fact.fields])
