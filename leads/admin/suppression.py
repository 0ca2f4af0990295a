"""Whom nobody writes to, and lifting that (spec 03)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from leads import suppression
from leads.models import SuppressionEntry
from leads.suppressing import suppress
from zrg.web.admin_actions import ReasonForm, confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import ago, link, pill
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter


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
