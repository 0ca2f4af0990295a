"""Knowledge assets: add, read, refresh, switch off, delete."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST

from zrg.ai import knowledge
from zrg.ai.knowledge_forms import NEW_ASSETS, AssetEditForm
from zrg.ai.models import KnowledgeAsset
from zrg.ai.sections import new_asset_forms
from zrg.web import settings_pages
from zrg.web.forms import for_reader
from zrg.workspaces.models import Workspace

SECTION = "ai-knowledge"


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """The section; a POST adds an asset of `kind`."""
    if request.method != "POST":
        return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), SECTION)
    workspace = settings_pages.may_change(request, workspace_id)
    kind = request.POST.get("kind", "")
    if kind not in NEW_ASSETS:
        raise Http404
    form = NEW_ASSETS[kind](request.POST, request.FILES, workspace=workspace, prefix=kind)
    with settings_pages.acting(request):
        is_kept = form.is_valid() and form.save()  # type: ignore[attr-defined]
    if not is_kept:
        forms = new_asset_forms(workspace) | {kind: form}
        return settings_pages.refused_section(request, workspace, SECTION, new_forms=forms, open_kind=kind)
    return settings_pages.saved_section(request, workspace, SECTION, "Knowledge added")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, workspace_id: UUID, asset_id: UUID) -> HttpResponse:
    """One asset: its text, or what was read of its page."""
    workspace = settings_pages.may_see(request, workspace_id)
    asset = _asset(workspace, asset_id)
    form = AssetEditForm(request.POST if request.method == "POST" else None, instance=asset)
    if request.method == "POST":
        settings_pages.may_change(request, workspace_id)
        with settings_pages.acting(request):
            if form.is_valid() and form.save():
                messages.success(request, "Knowledge saved.")
                return HttpResponseRedirect(settings_pages.address(workspace, "ai", SECTION))
    context = {"form": for_reader(form, request, workspace), "asset": asset, "is_page": knowledge.is_page(asset)}
    return settings_pages.sub_page(request, workspace, "ai/asset.html", tab="ai", **context)


@require_POST
def refresh(request: HttpRequest, workspace_id: UUID, asset_id: UUID) -> HttpResponse:
    """Have a page read again."""
    workspace = settings_pages.may_change(request, workspace_id)
    asset = _asset(workspace, asset_id)
    if not knowledge.is_page(asset):
        raise Http404
    began = knowledge.request_fetch(asset)
    said = f"{asset.name} is being read" if began else f"{asset.name} is being read already"
    return settings_pages.saved_section(request, workspace, SECTION, said)


@require_POST
def switch(request: HttpRequest, workspace_id: UUID, asset_id: UUID) -> HttpResponse:
    """In use or kept aside: `active` says which."""
    workspace = settings_pages.may_change(request, workspace_id)
    asset = _asset(workspace, asset_id)
    asset.active = request.POST.get("active") == "1"
    with settings_pages.acting(request):
        asset.save(update_fields=["active", "updated_at"])
    said = f"{asset.name} is in use" if asset.active else f"{asset.name} is kept aside"
    return settings_pages.saved_section(request, workspace, SECTION, said)


@require_POST
def delete(request: HttpRequest, workspace_id: UUID, asset_id: UUID) -> HttpResponse:
    """Gone; the primary website from the settings too."""
    workspace = settings_pages.may_change(request, workspace_id)
    asset = _asset(workspace, asset_id)
    with settings_pages.acting(request):
        if asset.kind == KnowledgeAsset.Kind.WEBSITE:
            knowledge.set_website(workspace, "")
        else:
            asset.delete()
    messages.success(request, f"{asset.name} is deleted.")
    return HttpResponseRedirect(settings_pages.address(workspace, "ai", SECTION))


def _asset(workspace: Workspace, asset_id: UUID) -> KnowledgeAsset:
    return get_object_or_404(KnowledgeAsset, workspace=workspace, pk=asset_id)
