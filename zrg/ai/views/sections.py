"""The sections that are one form each: shown alone, saved alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods, require_safe

from zrg.ai.forms import AutomationForm, LimitsForm, ModelsForm, OfferForm, VoiceForm
from zrg.web import settings_pages
from zrg.workspaces.models import Workspace

_GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def show(request: HttpRequest, workspace_id: UUID, key: str) -> HttpResponse:
    """A section that is only looked at here."""
    return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), key)


def _section(slug: str, form_of: Callable[[QueryDict, Workspace], Any], *, said: str) -> Callable[..., HttpResponse]:
    """A section that is shown, or saved alone by those who may change settings."""

    @require_http_methods(_GET_OR_POST)
    def view(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
        if request.method != "POST":
            return show(request, workspace_id, slug)
        workspace = settings_pages.may_change(request, workspace_id)
        return settings_pages.save_form(request, workspace, slug, form_of(request.POST, workspace), said=said)

    return view


offer = _section("ai-offer", lambda data, home: OfferForm(data, instance=home.ai_settings), said="Offer saved")
voice = _section("ai-voice", lambda data, home: VoiceForm(data, instance=home.ai_settings), said="Voice saved")
models = _section("ai-models", lambda data, home: ModelsForm(data, workspace=home), said="Models saved")
automation = _section("ai-automation", lambda data, home: AutomationForm(data, instance=home.ai_settings), said="Saved")
limits = _section("ai-limits", lambda data, home: LimitsForm(data, instance=home.ai_settings), said="Limits saved")
