"""The settings page and the one section that belongs to no app: the workspace itself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from zrg.web import settings_pages, settings_tabs
from zrg.web.forms import WorkspaceForm
from zrg.workspaces.access import check
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.choosing import choose
from zrg.workspaces.models import Workspace


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """`/?view=settings&clientId=…&settingsTab=…` (spec 01). An unknown or empty tab falls back to the first."""
    workspace = choose(request)
    if workspace is None:
        return HttpResponseRedirect("/")  # says there what to do
    check(request.user, Capability.SEE_SETTINGS, workspace)
    known = settings_tabs.tabs()
    tab = request.GET.get("settingsTab", "")
    return settings_pages.tab_page(request, workspace, tab if tab in known else next(iter(known)))


@require_http_methods(["GET", "HEAD", "POST"])
def workspace(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """The workspace's own section."""
    if request.method != "POST":
        return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), "workspace")
    found = settings_pages.may_change(request, workspace_id)
    form = WorkspaceForm(request.POST, instance=Workspace.objects.get(pk=found.pk))
    return settings_pages.save_form(request, found, "workspace", form, said="Workspace saved")
