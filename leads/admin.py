"""Campaigns, suppression, merges, identities. The lead's own page joins several floors: zrg/admin/leads.py."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, JSON
from unfold.contrib.import_export.forms import ExportForm, ImportForm
from unfold.decorators import display

from leads import merging, suppression
from leads.exporting import CampaignTable
from leads.models import Campaign, Merge, MergeSuggestion, SuppressionEntry
from leads.suppressing import suppress
from zrg.web.admin_actions import CannotAct, ReasonForm, confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin, ReadOnlyAdmin
from zrg.web.admin_display import ago, link, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter
from zrg.web.admin_secrets import json_block


# ── Campaigns ──────────────────────────────────────────────────────────────────
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


# ── Suppression ────────────────────────────────────────────────────────────────
class StandingFilter(AnswerFilter):
    title = "whether it stands"
    parameter_name = "stands"
    ANSWERS = {"yes": ("Stands", Q(lifted_at=None)), "no": ("Lifted", Q(lifted_at__isnull=False))}


class SuppressionForm(forms.ModelForm):
    """A person adds an address or number that nobody may write to."""

    class Meta:
        model = SuppressionEntry
        fields = ("workspace", "family", "value", "evidence")
        labels = {"evidence": "Why"}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.instance = suppress(**given, by=self.by)  # type: ignore[attr-defined]
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    self.add_error(name, told)
        return given

    def _post_clean(self) -> None:
        """`suppress` has checked and saved."""

    def save(self, commit: bool = True) -> SuppressionEntry:
        return self.instance

    def save_m2m(self) -> None:
        """Nothing of the kind."""


@admin.register(SuppressionEntry)
class SuppressionEntryAdmin(OpsAdmin):
    """Whom nobody writes to. Entries are never edited or deleted: they are lifted, with a reason."""

    form = SuppressionForm
    list_display = ("value", "family", "workspace", "reason", "stands", "lead_link", "since")
    list_select_related = ("workspace", "lead")
    list_filter = (
        StandingFilter,
        ("workspace", AutocompleteFilter),
        ("reason", ChoicesDropdownFilter),
        ("family", ChoicesDropdownFilter),
    )
    ordering = ("-pk",)
    search_fields = ("value__startswith",)
    search_help_text = "The beginning of an address, number or profile."
    autocomplete_fields = ("workspace",)
    actions = ("lift",)
    actions_detail = ("lift_this",)
    add_fieldsets = ((None, {"fields": ("workspace", "family", "value", "evidence")}),)
    fields = (
        "stands",
        "workspace",
        "family",
        "value",
        "reason",
        "evidence",
        "lead_link",
        "created_at",
        "created_by",
        "lifted_at",
        "lifted_by",
        "lift_reason",
    )
    readonly_fields = ("stands", "lead_link")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The form has saved it, through `suppress`."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SuppressionEntry], search_term: str
    ) -> tuple[QuerySet[SuppressionEntry], bool]:
        return suppression_starting_with(queryset, search_term), False

    @confirmed(
        "Lift suppression",
        explain="What stood against writing to these is lifted; a lead that nothing else holds leaves the blacklist. "
        "Only with the person's consent: an opt-out is their word.",
        submit="Lift",
        form=ReasonForm,
        danger=True,
        at_most=200,
    )
    def lift(self, request: HttpRequest, ids: list[Any], *, reason: str) -> str:
        for entry in SuppressionEntry.objects.filter(pk__in=ids, lifted_at=None):
            suppression.lift(entry, by=request.user, reason=reason)
        return f"{count_of(len(ids), 'suppression')} lifted."

    def fitting(self, obj: SuppressionEntry) -> tuple[str, ...]:
        """Nothing is lifted twice."""
        return ("lift_this",) if obj.lifted_at is None else ()

    lift_this = for_one("lift", "Lift suppression", icon="lock_open")

    @display(description="Stands")
    def stands(self, entry: SuppressionEntry) -> SafeString:
        return pill("Stands", "danger") if entry.lifted_at is None else pill("Lifted", "plain")

    @display(description="Lead")
    def lead_link(self, entry: SuppressionEntry) -> SafeString | str:
        return link(entry.lead)

    @display(description="Since", ordering="created_at")
    def since(self, entry: SuppressionEntry) -> SafeString | str:
        return ago(entry.created_at)


def suppression_starting_with(rows: QuerySet[SuppressionEntry], term: str) -> QuerySet[SuppressionEntry]:
    """Standing or lifted entries whose value begins with the words."""
    term = term.replace("\x00", "").strip().lower()
    return rows.filter(value__startswith=term) if term else rows


# ── Merging ────────────────────────────────────────────────────────────────────
@admin.register(MergeSuggestion)
class MergeSuggestionAdmin(ReadOnlyAdmin):
    """Perhaps the same person: a human decides."""

    list_display = ("lead_link", "other_link", "workspace", "why", "state", "since")
    list_display_links = ("why",)
    list_select_related = ("workspace", "lead", "other")
    list_filter = (("status", ChoicesDropdownFilter), ("workspace", AutocompleteFilter))
    ordering = ("-pk",)
    actions = ("merge", "dismiss")
    actions_detail = ("merge_this", "dismiss_this")
    fields = ("state", "workspace", "lead_link", "other_link", "reason", "created_at", "decided_at", "decided_by")
    readonly_fields = ("state", "lead_link", "other_link")

    @confirmed(
        "Merge",
        explain="The second lead of each suggestion is merged into the first: everything moves, and its page leads "
        "there. It can be undone for 30 days.",
        submit="Merge",
        at_most=100,
    )
    def merge(self, request: HttpRequest, ids: list[Any]) -> str:
        return _merge_each(self._open(ids), by=request.user)

    @confirmed(
        "Dismiss", explain="They are two different people: it is not suggested again.", submit="Dismiss", at_most=500
    )
    def dismiss(self, request: HttpRequest, ids: list[Any]) -> str:
        chosen = list(self._open(ids))
        for suggestion in chosen:
            merging.dismiss(suggestion, by=request.user)
        return f"{count_of(len(chosen), 'suggestion')} dismissed."

    def fitting(self, obj: MergeSuggestion) -> tuple[str, ...]:
        """Decided once."""
        return ("merge_this", "dismiss_this") if obj.status == MergeSuggestion.Status.OPEN else ()

    merge_this = for_one("merge", "Merge", icon="merge")
    dismiss_this = for_one("dismiss", "Dismiss", icon="close")

    def _open(self, ids: list[Any]) -> QuerySet[MergeSuggestion]:
        return MergeSuggestion.objects.filter(pk__in=ids, status=MergeSuggestion.Status.OPEN).select_related(
            "lead", "other"
        )

    @display(description="Lead")
    def lead_link(self, suggestion: MergeSuggestion) -> SafeString | str:
        return link(suggestion.lead)

    @display(description="Perhaps the same as")
    def other_link(self, suggestion: MergeSuggestion) -> SafeString | str:
        return link(suggestion.other)

    @display(description="Why")
    def why(self, suggestion: MergeSuggestion) -> SafeString | str:
        return short(suggestion.reason)

    @display(description="State", ordering="status")
    def state(self, suggestion: MergeSuggestion) -> SafeString:
        return pill(suggestion.get_status_display(), "warn" if suggestion.status == "open" else "plain")

    @display(description="Since", ordering="created_at")
    def since(self, suggestion: MergeSuggestion) -> SafeString | str:
        return ago(suggestion.created_at)


def _merge_each(suggestions: QuerySet[MergeSuggestion], *, by: Any) -> str:
    """Merge one after another; what cannot be is told."""
    done, refused = 0, []
    for suggestion in suggestions:
        try:
            merging.merge(survivor=suggestion.lead, loser=suggestion.other, by=by)
            done += 1
        except merging.CannotMerge as reason:
            refused.append(str(reason))
    rest = f" {len(refused)} refused: {' '.join(sorted(set(refused)))}" if refused else ""
    return f"{count_of(done, 'pair')} merged.{rest}"


@admin.register(Merge)
class MergeAdmin(ReadOnlyAdmin):
    """Merges, and taking them back."""

    list_display = ("when", "workspace", "loser_link", "survivor_link", "by", "state")
    list_display_links = ("when",)
    list_select_related = ("workspace", "survivor", "loser", "by")
    list_filter = (("workspace", AutocompleteFilter),)
    ordering = ("-pk",)
    actions_detail = ("undo_this",)
    fields = (
        "state",
        "workspace",
        "loser_link",
        "survivor_link",
        "by",
        "created_at",
        "undone_at",
        "undone_by",
        "record_block",
    )
    readonly_fields = ("state", "loser_link", "survivor_link", "record_block")

    @confirmed(
        "Undo merge",
        explain="Everything goes back to where it was; what came after the merge stays with the surviving lead.",
        submit="Undo the merge",
        danger=True,
        at_most=1,
    )
    def undo(self, request: HttpRequest, ids: list[Any]) -> str:
        for done in Merge.objects.filter(pk__in=ids):
            try:
                merging.undo(done, by=request.user)
            except merging.CannotMerge as reason:
                raise CannotAct(str(reason)) from reason
        return "The merge is undone."

    def fitting(self, obj: Merge) -> tuple[str, ...]:
        """For 30 days, once."""
        return ("undo_this",) if obj.may_be_undone(timezone.now()) else ()

    undo_this = for_one("undo", "Undo merge", icon="undo")

    @display(description="When", ordering="created_at")
    def when(self, merge: Merge) -> SafeString | str:
        return ago(merge.created_at)

    @display(description="Merged away")
    def loser_link(self, merge: Merge) -> SafeString | str:
        return link(merge.loser)

    @display(description="Into")
    def survivor_link(self, merge: Merge) -> SafeString | str:
        return link(merge.survivor)

    @display(description="State")
    def state(self, merge: Merge) -> SafeString:
        if merge.undone_at:
            return pill("Undone", "plain")
        return pill("Can be undone", "ok") if merge.may_be_undone(timezone.now()) else pill("Final", "plain")

    @display(description="What moved")
    def record_block(self, merge: Merge) -> SafeString:
        return json_block(merge.record)
