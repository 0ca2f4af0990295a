"""How long what the AI was asked and answered is kept: a section of the settings (spec 01, "privacy")."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from leads.models import PrivacySettings
from zrg.web.forms import for_reader
from zrg.web.settings_tabs import Section
from zrg.workspaces.models import Workspace

LONGEST_DAYS = 3_650


class RetentionForm(forms.ModelForm):
    ai_retention_days = forms.IntegerField(
        label="Keep AI text for (days)",
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text="What models were asked and answered is deleted after that; what it cost stays.",
        widget=forms.NumberInput(attrs={"class": "short"}),
    )

    class Meta:
        model = PrivacySettings
        fields = ["ai_retention_days"]


def retention_of(workspace: Workspace) -> PrivacySettings:
    """The row, born with the workspace."""
    return PrivacySettings.objects.get_or_create(workspace=workspace)[0]


def _retention(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    form = for_reader(RetentionForm(instance=retention_of(workspace)), request, workspace)
    return {"form": form, "action": reverse("leads:retention", args=[workspace.pk]), "save_label": "Save retention"}


RETENTION = Section("ai", "ai-retention", "Retention", "settings/section.html", _retention)
