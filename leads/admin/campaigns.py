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
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from leads import campaign_settings
from leads.campaign_settings import CampaignForm, Change, Unfit
from leads.exporting import CampaignTable
from leads.models import Campaign
from zrg.ai.models import Persona
from zrg.web.admin_actions import CannotAct, confirmed, count_of
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import pill
from zrg.web.admin_filters import AutocompleteFilter, ChoicesDropdownFilter

_AS_IS = ("", "Leave as it is")
_EMPTY = "Empty: left as it is."


class AnsweringForm(forms.Form):
    """What the chosen campaigns are given; what is left empty stays as it is."""

    response_mode = forms.ChoiceField(
        label="Answers",
        required=False,
        choices=[_AS_IS, *Campaign.ResponseMode.choices],
        widget=UnfoldAdminSelectWidget(),
        help_text="AI auto-send: what the evaluator finds safe goes without a person.",
    )
    auto_send_threshold = forms.FloatField(
        label="Threshold", required=False, help_text=f"0 to 1. {_EMPTY}", widget=UnfoldAdminTextInputWidget()
    )
    auto_send_delay_min_s = forms.IntegerField(
        label="Shortest delay (s)", required=False, help_text=_EMPTY, widget=UnfoldAdminIntegerFieldWidget()
    )
    auto_send_delay_max_s = forms.IntegerField(
        label="Longest delay (s)", required=False, help_text=_EMPTY, widget=UnfoldAdminIntegerFieldWidget()
    )
    persona = forms.ChoiceField(label="Persona", required=False, widget=UnfoldAdminSelectWidget())

    @classmethod
    def for_ids(cls, data: Any, ids: list[Any]) -> AnsweringForm:
        """Personas can be chosen where all the campaigns are of one workspace."""
        form = cls(data)
        workspaces = set(Campaign.objects.filter(pk__in=ids).values_list("workspace", flat=True).distinct()[:2])
        found = Persona.objects.filter(workspace__in=workspaces) if len(workspaces) == 1 else Persona.objects.none()
        persona = form.fields["persona"]
        persona.choices = [_AS_IS, ("none", "The workspace's default"), *((str(one.pk), one.name) for one in found)]  # type: ignore[attr-defined]
        if len(workspaces) > 1:
            persona.help_text = "They are of several workspaces: only the default can be chosen."
        return form


@admin.register(Campaign)
class CampaignAdmin(ImportExportMixin, OpsAdmin):
    form = CampaignForm
    resource_classes = [CampaignTable]
    formats = [CSV, JSON]
    import_form_class = ImportForm
    export_form_class = ExportForm
    list_display = ("name_or_id", "workspace", "provider", "mode", "auto_send_threshold", "delays", "voice")
    list_select_related = ("workspace", "persona")
    list_filter = (
        ("workspace", AutocompleteFilter),
        ("provider", ChoicesDropdownFilter),
        ("response_mode", ChoicesDropdownFilter),
    )
    search_fields = ("name", "external_id", "workspace__name")
    search_help_text = "A campaign's name or id at its platform, or the workspace's name."
    ordering = ("workspace__name", "name")
    actions = ("change_answering",)
    readonly_fields = ("workspace", "provider", "external_id", "name", "created_at")
    fieldsets = (
        (
            "How it answers",
            {
                "fields": (
                    "response_mode",
                    "auto_send_threshold",
                    ("auto_send_delay_min_s", "auto_send_delay_max_s"),
                    "persona",
                )
            },
        ),
        ("As its platform knows it", {"fields": ("name", "workspace", "provider", "external_id", "created_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # webhooks make campaigns, nothing else (spec 06)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_operate_permission(request)

    has_export_permission = has_import_permission

    @confirmed(
        "Change how they answer",
        explain="Drafts of campaigns with AI auto-send may go without a person. All of them are changed, or none.",
        submit="Change",
        form=AnsweringForm,
    )
    def change_answering(self, request: HttpRequest, ids: list[Any], persona: str, **given: Any) -> str:
        wanted = Persona.objects.filter(pk=persona).first() if persona not in {"", "none"} else None
        values = {name: value for name, value in given.items() if value not in {None, ""}}
        change = Change(**values, persona=wanted, clear_persona=persona == "none")
        try:
            done = campaign_settings.change_many(ids, change)
        except Unfit as unfit:
            raise CannotAct(str(unfit)) from unfit
        return f"{count_of(done, 'campaign')} changed: {', '.join(change.words)}."

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

    @display(description="Persona", ordering="persona__name")
    def voice(self, campaign: Campaign) -> str:
        return str(campaign.persona) if campaign.persona else "–"
