"""What models were asked, what came of it and what it cost (spec 05, "Telemetry")."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from zrg.ai import prompts
from zrg.ai.models import AIInteraction, AiSpend, Outcome
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, exact, lasting, pill, short
from zrg.web.admin_filters import (
    AnswerFilter,
    AutocompleteFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
    WordsFilter,
)

_HEAVY = ("prompt_text", "answer_text")
_MILD = {Outcome.NO_KEY, Outcome.BUDGET, Outcome.CIRCUIT_OPEN, Outcome.INCOMPLETE}


class FeatureFilter(AnswerFilter):
    """What it was for: the features of the prompts there are."""

    title = "feature"
    parameter_name = "feature"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in sorted({prompt.feature for prompt in prompts.known().values()})]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(feature=self.value()) if self.value() else queryset


class ModelFilter(WordsFilter):
    """How the model's id begins: answers name dated snapshots."""

    title = "model"
    parameter_name = "model"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(model__startswith=self.value()) if self.value() else queryset


@admin.register(AIInteraction)
class AIInteractionAdmin(ReadOnlyAdmin):
    list_display = ("at", "workspace", "prompt", "state", "model", "tokens", "cost", "took", "error_line")
    list_display_links = ("at", "prompt")
    list_select_related = ("workspace",)
    list_filter = (
        ("workspace", AutocompleteFilter),
        FeatureFilter,
        ("status", ChoicesDropdownFilter),
        ModelFilter,
        ("created_at", RangeDateTimeFilter),
    )
    search_fields = ("lead_id__exact", "request_id__exact", "correlation_id__exact", "id__exact")
    search_help_text = "A lead's id, the service's request id, or a correlation id."
    ordering = ("-pk",)
    fieldsets = (
        (None, {"fields": ("state", "error", "workspace", "lead_id", "source", "exactly")}),
        ("Asked", {"fields": ("feature", "prompt", ("model", "effort"), "attempts", "knowledge")}),
        ("Cost", {"fields": ("cost", ("tokens_in", "tokens_cached"), ("tokens_out", "tokens_reasoning"), "took")}),
        ("Text", {"fields": ("asked", "answered")}),
        ("Keys", {"fields": ("id", "request_id", "correlation_id")}),
    )
    readonly_fields = ("state", "prompt", "cost", "took", "asked", "answered", "exactly")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        match = request.resolver_match
        return rows if match and (match.url_name or "").endswith("_change") else rows.defer(*_HEAVY)

    @display(description="At", ordering="created_at")
    def at(self, call: AIInteraction) -> SafeString | str:
        return ago(call.created_at)

    @display(description="At")
    def exactly(self, call: AIInteraction) -> str:
        return exact(call.created_at)

    @display(description="Prompt", ordering="prompt_key")
    def prompt(self, call: AIInteraction) -> str:
        return f"{call.prompt_key} #{call.prompt_version}" if call.prompt_version else call.prompt_key

    @display(description="Outcome", ordering="status")
    def state(self, call: AIInteraction) -> SafeString:
        tone = "ok" if call.status == Outcome.OK else "warn" if call.status in _MILD else "danger"
        return pill(call.get_status_display(), tone)

    @display(description="Tokens in, out")
    def tokens(self, call: AIInteraction) -> str:
        return f"{call.tokens_in:,}, {call.tokens_out:,}"

    @display(description="Cost", ordering="cost_usd")
    def cost(self, call: AIInteraction) -> str:
        return f"${call.cost_usd:.4f}"

    @display(description="Took", ordering="latency_ms")
    def took(self, call: AIInteraction) -> str:
        return lasting(call.latency_ms / 1000)

    @display(description="Error")
    def error_line(self, call: AIInteraction) -> SafeString | str:
        return short(call.error, 50)

    @display(description="Asked")
    def asked(self, call: AIInteraction) -> SafeString:
        return _text(call.prompt_text)

    @display(description="Answered")
    def answered(self, call: AIInteraction) -> SafeString:
        return _text(call.answer_text)


def _text(kept: str) -> SafeString:
    if not kept:
        return format_html('<span class="zrg-soft">{}</span>', "Not kept: the workspace does not store AI text.")
    return format_html('<pre class="zrg-code" tabindex="0">{}</pre>', kept)


@admin.register(AiSpend)
class AiSpendAdmin(ReadOnlyAdmin):
    list_display = ("day", "workspace", "feature", "calls", "failed", "tokens_in", "tokens_out", "cost")
    list_select_related = ("workspace",)
    list_filter = (("workspace", AutocompleteFilter), FeatureFilter)
    search_fields = ("workspace__name",)
    search_help_text = "The workspace's name."
    date_hierarchy = None
    ordering = ("-day", "-cost_usd", "pk")
    readonly_fields = ("failed", "cost")
    fields = ("day", "workspace", "feature", "calls", "failures", "tokens_in", "tokens_out", "cost")

    @display(description="Failed", ordering="failures")
    def failed(self, row: AiSpend) -> SafeString | str:
        return pill(f"{row.failures:,}", "warn") if row.failures else "0"

    @display(description="Cost", ordering="cost_usd")
    def cost(self, row: AiSpend) -> str:
        known = "" if row.cost_usd or not row.calls or settings.AI_PRICES else ", no price known"
        return f"${row.cost_usd:.4f}{known}"
