"""Forms of the settings: read-only for those who may not change, every field with its one line of help."""

from __future__ import annotations

import zoneinfo
from typing import Any

import phonenumbers
from django import forms
from django.http import HttpRequest

from zrg.workspaces.access import can
from zrg.workspaces.capabilities import Capability
from zrg.workspaces.models import Workspace

SWITCH = {"class": "switch", "role": "switch"}


def for_reader(form: Any, request: HttpRequest, workspace: Workspace) -> Any:
    """The form, all its fields disabled where the person may not change settings."""
    if not can(request.user, Capability.CHANGE_SETTINGS, workspace):
        for field in form.fields.values():
            field.disabled = True
    return form


class WorkspaceForm(forms.ModelForm):
    class Meta:
        model = Workspace
        fields = ["name", "timezone", "phone_region", "setters_see_all"]
        labels = {
            "timezone": "Time zone",
            "phone_region": "Phone region",
            "setters_see_all": "Setters see all conversations",
        }
        help_texts = {
            "name": "What your team and your client call this workspace.",
            "timezone": "Times of the pages and business hours, as in America/New_York.",
            "phone_region": "How phone numbers without a country code are read, as in US, GB or DE.",
            "setters_see_all": "Off: a setter sees the conversations assigned to them and the unassigned ones.",
        }
        widgets = {
            "timezone": forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
            "phone_region": forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
            "setters_see_all": forms.CheckboxInput(attrs=SWITCH),
        }

    def clean_phone_region(self) -> str:
        region: str = self.cleaned_data["phone_region"].strip().upper()
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise forms.ValidationError(f"“{region}” is not a country. Use its two letters, as in US, GB or DE.")
        return region

    @property
    def zones(self) -> list[str]:
        """What the time zone's field offers."""
        return sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
