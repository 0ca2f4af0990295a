"""The section "Replies" of the settings."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from inbox.settings_sections import RepliesForm, replies_of
from zrg.web import settings_pages


@require_http_methods(["GET", "HEAD", "POST"])
def replies(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """Undo, reviewers, Slack text, hours of auto-send."""
    if request.method != "POST":
        return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), "replies")
    workspace = settings_pages.may_change(request, workspace_id)
    form = RepliesForm(request.POST, instance=replies_of(workspace), workspace=workspace)
    return settings_pages.save_form(request, workspace, "replies", form, said="Replies saved")
