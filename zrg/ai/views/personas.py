"""Personas: one page each, and how one would read while it is being written."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zrg.ai import personas, voice_preview
from zrg.ai.forms import PersonaForm, VoiceForm
from zrg.ai.models import AiSettings, Persona
from zrg.ai.sections import action
from zrg.web import settings_pages
from zrg.web.forms import for_reader
from zrg.web.htmx import personal
from zrg.workspaces.choosing import as_uuid
from zrg.workspaces.models import Workspace

SECTION = "ai-personas"


@require_safe
def listed(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """The section."""
    return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), SECTION)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """A new one; the first of a workspace is offered as its default."""
    workspace = settings_pages.may_change(request, workspace_id)
    is_first = not Persona.objects.filter(workspace=workspace).exists()
    return _page(request, workspace, Persona(workspace=workspace, is_default=is_first), said="Persona made.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, workspace_id: UUID, persona_id: UUID) -> HttpResponse:
    """One of them, to look at or to change."""
    workspace = settings_pages.may_see_secrets(request, workspace_id)
    persona = get_object_or_404(Persona, workspace=workspace, pk=persona_id)
    if request.method == "POST":
        settings_pages.may_change(request, workspace_id)
    return _page(request, workspace, persona, said="Persona saved.")


def _page(request: HttpRequest, workspace: Workspace, persona: Persona, *, said: str) -> HttpResponse:
    """The form; a new persona or a new default of somebody else in the same moment is told, not lost."""
    is_new = persona._state.adding
    form = PersonaForm(request.POST if request.method == "POST" else None, instance=persona)
    if request.method == "POST" and form.is_valid():
        try:
            with settings_pages.acting(request):
                form.save()
        except IntegrityError:
            form.add_error("name", "A persona of this name was made just now. Choose another.")
        else:
            messages.success(request, said)
            return HttpResponseRedirect(settings_pages.address(workspace, "ai", SECTION))
    return settings_pages.sub_page(
        request,
        workspace,
        "ai/persona.html",
        tab="ai",
        form=for_reader(form, request, workspace),
        persona=persona,
        is_new=is_new,
        preview=voice_preview.of_persona(persona, workspace),
        preview_href=action("persona_preview", workspace) + ("" if is_new else f"?persona={persona.pk}"),
    )


@require_POST
def make_default(request: HttpRequest, workspace_id: UUID, persona_id: UUID) -> HttpResponse:
    """It speaks wherever no other is named."""
    workspace = settings_pages.may_change(request, workspace_id)
    persona = get_object_or_404(Persona, workspace=workspace, pk=persona_id)
    with settings_pages.acting(request):
        personas.make_default(persona)
    return settings_pages.saved_section(request, workspace, SECTION, f"{persona.name} is the default.")


@require_POST
def delete(request: HttpRequest, workspace_id: UUID, persona_id: UUID) -> HttpResponse:
    """Gone; who used it falls back to the default (spec 05)."""
    workspace = settings_pages.may_change(request, workspace_id)
    persona = get_object_or_404(Persona, workspace=workspace, pk=persona_id)
    with settings_pages.acting(request):
        persona.delete()
    messages.success(request, f"{persona.name} is deleted.")
    return HttpResponseRedirect(settings_pages.address(workspace, "ai", SECTION))


@require_POST
def preview(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """What is in the form, as it would read; nothing is saved. `persona`: which one is being edited; `of=settings`:
    the workspace's own voice."""
    workspace = settings_pages.may_change(request, workspace_id)
    if request.GET.get("of") == "settings":
        typed = VoiceForm(request.POST).fields_as(AiSettings(workspace=workspace, company_name=_company(workspace)))
        found = voice_preview.of_settings(typed, workspace)
    else:
        edited = as_uuid(request.GET.get("persona"))
        known = Persona.objects.filter(workspace=workspace, pk=edited).first() if edited else None
        typed_persona = PersonaForm(request.POST).fields_as(known or Persona(workspace=workspace))
        found = voice_preview.of_persona(typed_persona, workspace)
    return personal(render(request, "ai/_preview.html", {"preview": found}))


def _company(workspace: Workspace) -> str:
    return str(workspace.ai_settings.company_name)
