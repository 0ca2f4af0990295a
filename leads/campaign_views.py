"""The campaigns page: how each answers, changed in place or many at once (spec 06)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from leads import campaign_settings
from leads.campaign_settings import CampaignForm, Change, Unfit
from leads.models import Campaign
from zrg.ai.models import Persona
from zrg.web import settings_pages
from zrg.web.htmx import personal, wants_fragment
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.choosing import as_uuid, choose
from zrg.workspaces.models import Workspace

PAGE = 50
AT_MOST = 900  # Django refuses forms of more than a thousand fields
_AS_IS = "Leave as it is"


class BulkForm(forms.Form):
    """What many campaigns are given; empty leaves it as it is."""

    response_mode = forms.ChoiceField(
        label="Answers", required=False, choices=[("", _AS_IS), *Campaign.ResponseMode.choices]
    )
    auto_send_threshold = forms.FloatField(
        label="Threshold",
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.01", "placeholder": "As it is"}),
        error_messages={"invalid": "Threshold: give a number from 0 to 1, as in 0.9."},
    )
    auto_send_delay_min_s = forms.IntegerField(
        label="Shortest delay (s)",
        required=False,
        min_value=0,
        widget=forms.NumberInput(attrs={"placeholder": "As is"}),
    )
    auto_send_delay_max_s = forms.IntegerField(
        label="Longest delay (s)", required=False, min_value=0, widget=forms.NumberInput(attrs={"placeholder": "As is"})
    )
    persona = forms.ChoiceField(label="Persona", required=False)

    def __init__(self, data: Any = None, *, workspace: Workspace) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.personas = {str(persona.pk): persona for persona in personas_of(workspace)}
        chosen = [(pk, persona.name) for pk, persona in self.personas.items()]
        self.fields["persona"].choices = [("", _AS_IS), ("none", "Workspace's default"), *chosen]  # type: ignore[attr-defined]

    @property
    def change(self) -> Change:
        """Of a valid form."""
        data = self.cleaned_data
        return Change(
            response_mode=data["response_mode"] or None,
            auto_send_threshold=data["auto_send_threshold"],
            auto_send_delay_min_s=data["auto_send_delay_min_s"],
            auto_send_delay_max_s=data["auto_send_delay_max_s"],
            persona=self.personas.get(data["persona"]),
            clear_persona=data["persona"] == "none",
        )


def personas_of(workspace: Workspace) -> list[Persona]:
    """What a campaign's persona can be."""
    return list(Persona.objects.filter(workspace=workspace)[:200])


# ── The page ───────────────────────────────────────────────────────────────────
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """`/campaigns/?clientId=…&q=…&mode=…&page=…`, by name, fifty a page."""
    workspace = choose(request)
    if workspace is None:
        return HttpResponseRedirect("/")  # says there what to do
    check(request.user, Capability.SEE_SETTINGS, workspace)
    return _page(request, workspace)


def _page(request: HttpRequest, workspace: Workspace, *, bulk: BulkForm | None = None) -> HttpResponse:
    query = request.GET
    number = max(int(query["page"]), 1) if query.get("page", "").isdecimal() and len(query["page"]) < 6 else 1
    found = list(_matching(workspace, query).select_related("persona")[(number - 1) * PAGE : number * PAGE + 1])
    context = settings_pages.frame(request, workspace, page_key="campaigns", switch_path="/campaigns/?") | {
        "campaigns": found[:PAGE],
        "personas": personas_of(workspace),
        "modes": Campaign.ResponseMode.choices,
        "q": query.get("q", "")[:120],
        "mode": query.get("mode", ""),
        "is_narrowed": bool(query.get("q") or query.get("mode")),
        "bulk": bulk or BulkForm(workspace=workspace),
        "here": _address(workspace, query),
        "earlier": _address(workspace, query, page=number - 1) if number > 1 else "",
        "later": _address(workspace, query, page=number + 1) if len(found) > PAGE else "",
    }
    status = 422 if bulk is not None else 200
    return personal(render(request, "leads/campaigns.html", context, status=status))


def _matching(workspace: Workspace, query: Any) -> QuerySet[Campaign]:
    found = Campaign.objects.filter(workspace=workspace).order_by("name", "id")
    words = query.get("q", "").replace("\0", "").strip()[:120]
    if words:
        found = found.filter(name__icontains=words)
    mode = query.get("mode", "")
    return found.filter(response_mode=mode) if mode in Campaign.ResponseMode.values else found


def _address(workspace: Workspace, query: Any, **more: Any) -> str:
    given = {"clientId": workspace.pk, "q": query.get("q", "")[:120], "mode": query.get("mode", "")} | more
    return f"{reverse('leads:campaigns')}?" + urlencode({name: value for name, value in given.items() if value})


# ── One ────────────────────────────────────────────────────────────────────────
@require_POST
def edit(request: HttpRequest, workspace_id: UUID, campaign_id: UUID) -> HttpResponse:
    """Save a row; the word about it comes back to stand in the row, and typed values stay."""
    workspace = settings_pages.may_change(request, workspace_id)
    campaign = Campaign.objects.filter(workspace=workspace, pk=campaign_id).first()
    if campaign is None:
        raise Http404
    form = CampaignForm(request.POST, instance=campaign)
    if form.is_valid():
        with settings_pages.acting(request):
            form.save()
    problem = next((errors[0] for errors in form.errors.values()), "")
    if wants_fragment(request):
        context = {"problem": problem, "saved": not problem}
        return personal(render(request, "leads/_campaign_saved.html", context))
    if problem:
        messages.error(request, f"{campaign}: {problem}")
    else:
        messages.success(request, f"{campaign} is saved.")
    return HttpResponseRedirect(_address(workspace, request.GET))


# ── Many ───────────────────────────────────────────────────────────────────────
@require_POST
def bulk(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """First shows what will change for how many, then (`confirmed`) changes it."""
    workspace = settings_pages.may_change(request, workspace_id)
    form = BulkForm(request.POST, workspace=workspace)
    ids = _picked(request, workspace)
    problem = _problem(form, ids)
    if not problem and "confirmed" in request.POST:
        try:
            with settings_pages.acting(request):
                count = campaign_settings.change_many(ids, form.change, workspace=workspace)
        except Unfit as unfit:
            problem = str(unfit)
        else:
            messages.success(request, f"{count} campaign{'' if count == 1 else 's'} changed.")
            return HttpResponseRedirect(_address(workspace, request.GET))
    if problem:
        messages.error(request, problem)
        return _page(request, workspace, bulk=form)
    context = settings_pages.frame(request, workspace, page_key="campaigns", switch_path="/campaigns/?") | {
        "form": form,
        "ids": ids,
        "sample": Campaign.objects.filter(workspace=workspace, pk__in=ids).order_by("name", "id")[:10],
        "beyond": max(len(ids) - 10, 0),
        "back_href": _address(workspace, request.GET),
        "action": request.get_full_path(),
    }
    return personal(render(request, "leads/campaigns_confirm.html", context))


def _picked(request: HttpRequest, workspace: Workspace) -> list[UUID]:
    """The chosen campaigns, or all that match; at most AT_MOST, of this workspace only."""
    if request.POST.get("all"):
        found = _matching(workspace, request.GET)
    else:
        wanted = [pk for raw in request.POST.getlist("pick")[:AT_MOST] if (pk := as_uuid(raw))]
        found = Campaign.objects.filter(workspace=workspace, pk__in=wanted)
    return list(found.values_list("pk", flat=True)[:AT_MOST])


def _problem(form: BulkForm, ids: list[UUID]) -> str:
    """Why nothing can be changed; empty if it can."""
    if not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        label, told = str(form.fields[name].label) if name in form.fields else "", str(errors[0])
        return told if told.startswith(label.partition(" (")[0]) else f"{label}: {told}"
    if not ids:
        return "Choose the campaigns to change first."
    return "" if form.change.values else "Nothing to change: choose at least one setting."
