"""What workspaces tell models differently: every version, which one is used (spec 05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from zrg.ai import overrides, prompts
from zrg.ai.models import PromptOverride, PromptSnippetOverride
from zrg.ai.prompts import Prompt, Snippet
from zrg.web.admin_actions import CannotAct, confirmed, count_of, for_one
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, pill
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter


class InUseFilter(AnswerFilter):
    title = "whether it is used"
    parameter_name = "used"
    ANSWERS = {"yes": ("In use", {"active": True}), "no": ("Not used", {"active": False})}

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        answer = self.ANSWERS.get(str(self.value()))
        return queryset.filter(**answer[1]) if answer else queryset


def _use(rows: Any, use: Any) -> int:
    """Each of them; stops at the first that no longer fits, saying which."""
    done = 0
    for row in rows.select_related("workspace").order_by("version"):
        try:
            use(row)
        except (ValidationError, LookupError) as error:
            told = error.messages[0] if isinstance(error, ValidationError) else str(error)
            raise CannotAct(f"{row}: {told}") from error
        done += 1
    return done


class _VersionAdmin(ReadOnlyAdmin):
    """Versions are never edited: a new one is written in the workspace's settings, an older one is used again here."""

    list_select_related = ("workspace", "created_by")
    list_filter = (("workspace", AutocompleteFilter), InUseFilter)
    ordering = ("-pk",)
    actions = ("activate", "revert")
    actions_detail = ("activate_this", "revert_this")
    readonly_fields = ("used", "made", "whole_text", "default_text")

    def fitting(self, obj: Any) -> tuple[str, ...]:
        """What it is not yet."""
        return ("revert_this",) if obj.active else ("activate_this",)

    @display(description="Used", ordering="active")
    def used(self, override: Any) -> SafeString:
        return pill("In use", "ok") if override.active else pill("Not used", "plain")

    @display(description="Made", ordering="created_at")
    def made(self, override: Any) -> SafeString | str:
        return ago(override.created_at)

    @display(description="Text")
    def whole_text(self, override: Any) -> SafeString:
        return format_html('<pre class="zrg-code" tabindex="0">{}</pre>', override.text)

    @confirmed(
        "Use this version",
        explain="It replaces the version in use, from the next call on. A version that no longer fits is refused.",
        submit="Use",
        at_most=50,
    )
    def activate(self, request: HttpRequest, ids: list[Any]) -> str:
        done = _use(self.model._default_manager.filter(pk__in=ids), self.use)
        return f"{count_of(done, 'version')} in use."

    @confirmed(
        "Go back to the default",
        explain="The default texts are used again; the versions stay.",
        submit="Use the default",
        at_most=200,
    )
    def revert(self, request: HttpRequest, ids: list[Any]) -> str:
        rows = self.model._default_manager.filter(pk__in=ids, active=True).select_related("workspace")
        return f"{count_of(sum(self.put_back(row) for row in rows), self.noun)} as default."

    activate_this = for_one("activate", "Use this version", icon="check")
    revert_this = for_one("revert", "Use the default", icon="undo")

    @display(description="Default text")
    def default_text(self, override: Any) -> SafeString:
        known = self.known(override)
        text = known.text if known else f"There is no such {self.noun} any more."
        return format_html('<pre class="zrg-code" tabindex="0">{}</pre>', text)

    # What prompts and snippets differ in: their name, using a version (raises ValidationError or LookupError),
    # going back to the default (False where it is in use already), and the default itself.
    noun: str
    use: Callable[[Any], None]
    put_back: Callable[[Any], bool]
    known: Callable[[Any], Prompt | Snippet | None]


@admin.register(PromptOverride)
class PromptOverrideAdmin(_VersionAdmin):
    noun = "prompt"
    list_display = ("prompt_key", "version", "workspace", "used", "model", "created_by", "made", "note")
    search_fields = ("prompt_key", "workspace__name", "note")
    search_help_text = "A prompt's key, the workspace's name, or the note."
    fieldsets = (
        (None, {"fields": ("used", "workspace", "prompt_key", "version", ("model", "effort"))}),
        ("Why", {"fields": ("note", "created_by", "made")}),
        ("Texts", {"fields": ("whole_text", "default_text")}),
    )
    use = staticmethod(overrides.activate)
    put_back = staticmethod(lambda override: overrides.revert(override.workspace, override.prompt_key))
    known = staticmethod(lambda override: prompts.known().get(override.prompt_key))


@admin.register(PromptSnippetOverride)
class PromptSnippetOverrideAdmin(_VersionAdmin):
    noun = "snippet"
    list_display = ("snippet_key", "version", "workspace", "used", "created_by", "made", "note")
    search_fields = ("snippet_key", "workspace__name", "note")
    search_help_text = "A snippet's key, the workspace's name, or the note."
    fieldsets = (
        (None, {"fields": ("used", "workspace", "snippet_key", "version")}),
        ("Why", {"fields": ("note", "created_by", "made")}),
        ("Texts", {"fields": ("whole_text", "default_text")}),
    )
    use = staticmethod(overrides.activate_snippet)
    put_back = staticmethod(lambda override: overrides.revert_snippet(override.workspace, override.snippet_key))
    known = staticmethod(lambda override: prompts.snippets().get(override.snippet_key))
