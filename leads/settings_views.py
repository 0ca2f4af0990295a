"""The section "Retention" of the settings."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from leads.settings_sections import RetentionForm, retention_of
from zrg.web import settings_pages


@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """How long AI text is kept."""
    if request.method != "POST":
        return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), "ai-retention")
    workspace = settings_pages.may_change(request, workspace_id)
    form = RetentionForm(request.POST, instance=retention_of(workspace))
    return settings_pages.save_form(request, workspace, "ai-retention", form, said="Retention saved")
