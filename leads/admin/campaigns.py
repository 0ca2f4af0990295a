"""How campaigns answer (spec 06)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, JSON
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.decorators import display

from leads.exporting import CampaignTable
from leads.models import Campaign
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import pill
from zrg.web.admin_filters import AutocompleteFilter, ChoicesDropdownFilter


class CampaignForm(forms.ModelForm):
    """Says beside each field what is wrong with it."""

    class Meta:
        model = Campaign
        fields = ("response_mode", "auto_send_threshold", "auto_send_delay_min_s", "auto_send_delay_max_s")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        threshold = given.get("auto_send_threshold")
        if threshold is not None and not 0 <= threshold <= 1:
            self.add_error("auto_send_threshold", "The threshold is a number from 0 to 1.")
        shortest, longest = given.get("auto_send_delay_min_s"), given.get("auto_send_delay_max_s")
        if shortest is not None and longest is not None and shortest > longest:
            self.add_error("auto_send_delay_min_s", "The shortest delay must not be longer than the longest.")
        return given


@admin.register(Campaign)
class CampaignAdmin(ImportExportMixin, OpsAdmin):
    form = CampaignForm
    resource_classes = [CampaignTable]
    formats = [CSV, JSON]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ("name_or_id", "workspace", "provider", "mode", "auto_send_threshold", "delays")
    list_select_related = ("workspace",)
    list_filter = (
        ("workspace", AutocompleteFilter),
        ("provider", ChoicesDropdownFilter),
        ("response_mode", ChoicesDropdownFilter),
    )
    search_fields = ("name", "external_id", "workspace__name")
    search_help_text = "A campaign's name or id at its platform, or the workspace's name."
    ordering = ("workspace__name", "name")
    readonly_fields = ("workspace", "provider", "external_id", "name", "created_at")
    fieldsets = (
        (
            "How it answers",
            {"fields": ("response_mode", "auto_send_threshold", ("auto_send_delay_min_s", "auto_send_delay_max_s"))},
        ),
        ("As its platform knows it", {"fields": ("name", "workspace", "provider", "external_id", "created_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # webhooks make campaigns, nothing else (spec 06)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    has_export_permission = has_import_permission

    @display(description="Campaign", ordering="name")
    def name_or_id(self, campaign: Campaign) -> str:
        return str(campaign)

    @display(description="Answers", ordering="response_mode")
    def mode(self, campaign: Campaign) -> SafeString:
        is_auto = campaign.response_mode == Campaign.ResponseMode.AI_AUTO_SEND
        return pill(campaign.get_response_mode_display(), "info" if is_auto else "plain")

    @display(description="Delay")
    def delays(self, campaign: Campaign) -> str:
        return f"{campaign.auto_send_delay_min_s}–{campaign.auto_send_delay_max_s} s"
