"""Prompts and snippets: a workspace's own text, its versions, and what it comes to on a real lead."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from zrg.ai import overrides, previewing, prompts, running, templating
from zrg.ai.models import PromptOverride, PromptSnippetOverride
from zrg.ai.prompt_forms import PromptForm, SnippetForm
from zrg.ai.prompts import Prompt, Snippet
from zrg.ai.sections import action
from zrg.web import settings_pages
from zrg.web.forms import for_reader
from zrg.web.htmx import personal
from zrg.workspaces.choosing import as_uuid
from zrg.workspaces.models import Workspace

VERSIONS = 50


# ── Prompts ────────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, workspace_id: UUID, prompt_key: str) -> HttpResponse:
    """The text in use, to read or to replace; `version`: begin with an older one."""
    workspace = settings_pages.may_see_secrets(request, workspace_id)
    prompt = _prompt(prompt_key)
    versions = _versions(PromptOverride, workspace, prompt_key=prompt.key)
    if request.method == "POST":
        settings_pages.may_change(request, workspace_id)
        form = PromptForm(request.POST, of=prompt)
        if form.is_valid():
            saved = overrides.save(workspace, prompt.key, by=settings_pages.person(request), **form.cleaned_data)
            return _done(request, workspace, "prompt", prompt.key, f"Version {saved.version} is in use.")
    else:
        form = PromptForm(of=prompt, initial=_initial(request, versions, prompt.text))
    context = _context(request, workspace, form, versions) | {
        "prompt": prompt,
        "usable": overrides.usable(prompt),
        "variables": prompt.variables,
        "default_text": prompt.text,
        "model": running.model_for(workspace, prompt.task),
        "leads": previewing.find(settings_pages.person(request), workspace, ""),
        "preview_href": action("prompt_preview", workspace, prompt.key),
        "leads_href": action("prompt_leads", workspace),
    }
    return settings_pages.sub_page(request, workspace, "ai/prompt.html", tab="ai", **context)


@require_POST
def activate(request: HttpRequest, workspace_id: UUID, prompt_key: str, version: int) -> HttpResponse:
    """Use an older version again."""
    workspace = settings_pages.may_change(request, workspace_id)
    prompt = _prompt(prompt_key)
    override = get_object_or_404(PromptOverride, workspace=workspace, prompt_key=prompt.key, version=version)
    try:
        overrides.activate(override)
    except ValidationError as error:
        return _done(request, workspace, "prompt", prompt.key, error.messages[0], is_error=True)
    return _done(request, workspace, "prompt", prompt.key, f"Version {version} is in use.")


@require_POST
def revert(request: HttpRequest, workspace_id: UUID, prompt_key: str) -> HttpResponse:
    """Use the default text again; the versions stay."""
    workspace = settings_pages.may_change(request, workspace_id)
    prompt = _prompt(prompt_key)
    overrides.revert(workspace, prompt.key)
    return _done(request, workspace, "prompt", prompt.key, "The default text is in use.")


# ── Snippets ───────────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD", "POST"])
def edit_snippet(request: HttpRequest, workspace_id: UUID, snippet_key: str) -> HttpResponse:
    """As a prompt, for a text that several share."""
    workspace = settings_pages.may_see_secrets(request, workspace_id)
    snippet = _snippet(snippet_key)
    versions = _versions(PromptSnippetOverride, workspace, snippet_key=snippet.key)
    if request.method == "POST":
        settings_pages.may_change(request, workspace_id)
        form = SnippetForm(request.POST, of=snippet)
        if form.is_valid():
            by = settings_pages.person(request)
            saved = overrides.save_snippet(workspace, snippet.key, by=by, **form.cleaned_data)
            return _done(request, workspace, "snippet", snippet.key, f"Version {saved.version} is in use.")
    else:
        form = SnippetForm(of=snippet, initial=_initial(request, versions, snippet.text))
    used_by = [prompt for prompt in prompts.known().values() if snippet.key in templating.places(prompt.text)[1]]
    context = _context(request, workspace, form, versions) | {
        "snippet": snippet,
        "variables": snippet.variables,
        "default_text": snippet.text,
        "used_by": used_by,
    }
    return settings_pages.sub_page(request, workspace, "ai/prompt.html", tab="ai", **context)


@require_POST
def activate_snippet(request: HttpRequest, workspace_id: UUID, snippet_key: str, version: int) -> HttpResponse:
    """Use an older version again."""
    workspace = settings_pages.may_change(request, workspace_id)
    snippet = _snippet(snippet_key)
    own = get_object_or_404(PromptSnippetOverride, workspace=workspace, snippet_key=snippet.key, version=version)
    try:
        overrides.activate_snippet(own)
    except ValidationError as error:
        return _done(request, workspace, "snippet", snippet.key, error.messages[0], is_error=True)
    return _done(request, workspace, "snippet", snippet.key, f"Version {version} is in use.")


@require_POST
def revert_snippet(request: HttpRequest, workspace_id: UUID, snippet_key: str) -> HttpResponse:
    """Use the default text again; the versions stay."""
    workspace = settings_pages.may_change(request, workspace_id)
    snippet = _snippet(snippet_key)
    overrides.revert_snippet(workspace, snippet.key)
    return _done(request, workspace, "snippet", snippet.key, "The default text is in use.")


# ── On a real lead ─────────────────────────────────────────────────────────────
@require_http_methods(["GET", "HEAD"])
def leads(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """Leads to choose from, by `q`."""
    workspace = settings_pages.may_change(request, workspace_id)
    found = previewing.find(settings_pages.person(request), workspace, request.GET.get("q", "")[:120])
    return personal(render(request, "ai/_preview_leads.html", {"leads": found}))


@require_POST
def preview(request: HttpRequest, workspace_id: UUID, prompt_key: str) -> HttpResponse:
    """The text as typed, on the chosen lead: what would be sent and, with `ask`, what the model answers. It costs what
    the call costs and reaches nobody."""
    workspace = settings_pages.may_change(request, workspace_id)
    prompt = _prompt(prompt_key)
    lead_id = as_uuid(request.POST.get("lead"))
    given = lead_id and previewing.inputs(settings_pages.person(request), workspace, lead_id, prompt.key)
    context: dict[str, Any] = {"has_key": running.is_configured(), "error": ""}
    if not lead_id or not given:
        return _previewed(
            request, workspace, prompt, context | {"error": "Choose a lead. It may be gone or not yours."}
        )
    form = PromptForm(request.POST, of=prompt)
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return _previewed(request, workspace, prompt, context | {"error": first})
    data = form.cleaned_data
    typed = PromptOverride(
        workspace=workspace, prompt_key=prompt.key, text=data["text"], model=data["model"], effort=data["effort"]
    )
    if not _is_in_use(workspace, prompt, typed):
        previewing.as_typed(workspace, prompt=typed)
    try:
        context["asked"] = previewing.asked(workspace, prompt.key, given)
    except templating.TemplateError as error:
        return _previewed(request, workspace, prompt, context | {"error": str(error)})
    if request.POST.get("ask") and running.is_configured():
        result = previewing.answer(workspace, prompt.key, given, lead_id=lead_id)
        context["result"] = result
        context["answer"] = result.value.model_dump_json(indent=2) if result.value else ""
    return _previewed(request, workspace, prompt, context)


def _is_in_use(workspace: Workspace, prompt: Prompt, typed: PromptOverride) -> bool:
    """What is typed is what is used: the interaction then names the true version."""
    used = PromptOverride.objects.filter(workspace=workspace, prompt_key=prompt.key, active=True).first()
    if used is None:
        return (typed.text, typed.model, typed.effort) == (prompt.text.strip(), "", "")
    return (typed.text, typed.model, typed.effort) == (used.text, used.model, used.effort)


def _previewed(request: HttpRequest, workspace: Workspace, prompt: Prompt, context: dict[str, Any]) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return personal(render(request, "ai/_prompt_preview.html", context))
    whole = context | {"prompt": prompt, "form": None}
    return settings_pages.sub_page(request, workspace, "ai/prompt_preview.html", tab="ai", **whole)


# ── Common ─────────────────────────────────────────────────────────────────────
def _prompt(key: str) -> Prompt:
    try:
        return prompts.get(key)
    except LookupError:
        raise Http404 from None


def _snippet(key: str) -> Snippet:
    try:
        return prompts.snippets()[key]
    except KeyError:
        raise Http404 from None


def _versions(model: Any, workspace: Workspace, **key: str) -> list[Any]:
    found = model.objects.filter(workspace=workspace, **key).select_related("created_by")
    return list(found.order_by("-version")[:VERSIONS])


def _initial(request: HttpRequest, versions: list[Any], default: str) -> dict[str, Any]:
    wanted = request.GET.get("version", "")
    if wanted == "0":
        return {"text": default}
    chosen = next((own for own in versions if str(own.version) == wanted), None)
    chosen = chosen or next((own for own in versions if own.active), None)
    if chosen is None:
        return {"text": default}
    return {"text": chosen.text, "model": getattr(chosen, "model", ""), "effort": getattr(chosen, "effort", "")}


def _context(request: HttpRequest, workspace: Workspace, form: Any, versions: list[Any]) -> dict[str, Any]:
    active = next((own for own in versions if own.active), None)
    return {"form": for_reader(form, request, workspace), "versions": versions, "active": active}


def _done(
    request: HttpRequest, workspace: Workspace, kind: str, key: str, said: str, *, is_error: bool = False
) -> HttpResponse:
    messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, said)
    return HttpResponseRedirect(reverse(f"ai:{kind}", args=[workspace.pk, key]))
