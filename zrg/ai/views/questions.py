"""Qualification questions: all of them in one form, saved together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from zrg.ai import questions
from zrg.ai.knowledge_forms import QuestionFormSet
from zrg.ai.sections import questions_of
from zrg.web import settings_pages
from zrg.workspaces.models import Workspace

SECTION = "ai-questions"


@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, workspace_id: UUID) -> HttpResponse:
    """Save every question, the new one and those marked for deletion; `up` and `down` (an id) move one as well."""
    if request.method != "POST":
        return settings_pages.show_section(request, settings_pages.may_see(request, workspace_id), SECTION)
    workspace = settings_pages.may_change(request, workspace_id)
    formset = QuestionFormSet(request.POST, queryset=questions_of(workspace))
    if not formset.is_valid():
        return settings_pages.refused_section(request, workspace, SECTION, formset=formset)
    with settings_pages.acting(request), transaction.atomic():
        _save(formset, workspace)
        questions.put_in_order(workspace, **_moved(request))
    return settings_pages.saved_section(request, workspace, SECTION, "Questions saved")


def _save(formset: Any, workspace: Workspace) -> None:
    for question in formset.save(commit=False):
        question.workspace = workspace
        if question._state.adding:
            question.order = 32_000  # last, until they are numbered
        question.save()
    for question in formset.deleted_objects:
        question.delete()


def _moved(request: HttpRequest) -> dict[str, Any]:
    for name, by in (("up", -1), ("down", 1)):
        if request.POST.get(name, "").isdecimal():
            return {"move": int(request.POST[name]), "by": by}
    return {}
