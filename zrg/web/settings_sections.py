"""The section of the settings that belongs to no app: the workspace itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from zrg.web.forms import WorkspaceForm, for_reader
from zrg.web.settings_tabs import Section
from zrg.workspaces.models import Workspace


def _workspace(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(WorkspaceForm(instance=workspace), request, workspace)
    return {
        "form": form,
        "action": reverse("web:settings_workspace", args=[workspace.pk]),
        "save_label": "Save workspace",
    }


WORKSPACE = Section("general", "workspace", "Workspace", "settings/workspace.html", _workspace)
