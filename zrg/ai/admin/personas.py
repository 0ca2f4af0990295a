"""Personas (spec 05)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from zrg.ai import personas
from zrg.ai.forms import PersonaForm
from zrg.ai.models import Persona
from zrg.web.admin_actions import CannotAct, confirmed, for_one
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import pill, short
from zrg.web.admin_filters import AutocompleteFilter


class PersonaAdminForm(PersonaForm):
    """The settings page's, with the workspace of a new one."""

    class Meta(PersonaForm.Meta):
        fields = ["workspace", *PersonaForm.Meta.fields]
        widgets = None  # the admin's own

    def clean_name(self) -> str:
        """Whether it is taken is known when the workspace is: the database says so (validate_constraints)."""
        return str(self.cleaned_data["name"]).strip()


@admin.register(Persona)
class PersonaAdmin(OpsAdmin):
    form = PersonaAdminForm
    can_delete = True
    list_display = ("name", "workspace", "says", "default_mark", "greeting_line")
    list_select_related = ("workspace",)
    list_filter = (("workspace", AutocompleteFilter), "is_default")
    search_fields = ("name", "persona_name", "workspace__name")
    search_help_text = "A persona's name, or the workspace's."
    ordering = ("workspace__name", "name")
    autocomplete_fields = ("workspace",)
    actions = ("make_default",)
    actions_detail = ("make_default_this",)
    fieldsets = (
        (None, {"fields": ("workspace", "name", "is_default")}),
        ("Voice", {"fields": (("persona_name", "tone"), ("greeting", "sms_greeting"), "signature", "goals")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("workspace",) if obj else ()

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Saved whole in `save_model`: the default may have to move first."""
        return form.instance

    def save_model(self, request: HttpRequest, obj: Persona, form: Any, change: bool) -> None:
        form.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on a persona."""

    @confirmed(
        "Make default",
        explain="It speaks wherever a campaign or sequence names no other; the default before it no more.",
        submit="Make default",
        at_most=1,
    )
    def make_default(self, request: HttpRequest, ids: list[Any]) -> str:
        chosen = Persona.objects.filter(pk__in=ids).first()
        if chosen is None:
            raise CannotAct("It is gone.")
        personas.make_default(chosen)
        return f"{chosen} is the default of {chosen.workspace}."

    make_default_this = for_one("make_default", "Make default", icon="star")

    def fitting(self, obj: Persona) -> tuple[str, ...]:
        """Not what it is already."""
        return () if obj.is_default else ("make_default_this",)

    @display(description="Written by", ordering="persona_name")
    def says(self, persona: Persona) -> str:
        return persona.persona_name or "–"

    @display(description="Default", ordering="is_default")
    def default_mark(self, persona: Persona) -> SafeString | str:
        return pill("Default", "info") if persona.is_default else ""

    @display(description="Greeting")
    def greeting_line(self, persona: Persona) -> SafeString | str:
        return short(persona.greeting, 60)
