"""Knowledge assets and the jobs that read their pages (spec 05)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from zrg.ai import knowledge
from zrg.ai.models import KnowledgeAsset, KnowledgeJob
from zrg.web.admin_actions import confirmed, count_of, for_one
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import ago, link, pill
from zrg.web.admin_filters import AutocompleteFilter, ChoicesDropdownFilter
from zrg.web.admin_jobs import DurableJobAdmin

_TONES = {"none": "plain", "pending": "info", "done": "ok", "failed": "danger"}
_SHOWN = 20_000


class AssetForm(forms.ModelForm):
    class Meta:
        model = KnowledgeAsset
        fields = ("name", "active")


@admin.register(KnowledgeAsset)
class KnowledgeAssetAdmin(OpsAdmin):
    """Looked at, named, switched and read again here; texts are written in the workspace's settings."""

    form = AssetForm
    can_delete = True
    list_display = ("name", "workspace", "kind", "length", "state", "used", "read_at")
    list_select_related = ("workspace",)
    list_filter = (("workspace", AutocompleteFilter), ("kind", ChoicesDropdownFilter), ("fetch", ChoicesDropdownFilter))
    search_fields = ("name", "url", "workspace__name")
    search_help_text = "An asset's name or address, or the workspace's name."
    ordering = ("workspace__name", "name")
    actions = ("refresh",)
    actions_detail = ("refresh_this",)
    fieldsets = (
        (None, {"fields": ("name", "active", "workspace", "kind", "url")}),
        ("What was read", {"fields": ("state", "fetch_error", "read_at", "length", "text")}),
    )
    readonly_fields = ("workspace", "kind", "url", "state", "fetch_error", "read_at", "length", "text")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # in the workspace's settings, where the text is checked

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        match = request.resolver_match
        return rows if match and (match.url_name or "").endswith("_change") else rows.defer("content")

    @confirmed(
        "Read again",
        explain="The pages are fetched by a job; what was read before stays until then. Texts and files stay.",
        submit="Read again",
        at_most=200,
    )
    def refresh(self, request: HttpRequest, ids: list[Any]) -> str:
        pages = KnowledgeAsset.objects.filter(pk__in=ids).exclude(url="").defer("content")
        return f"{count_of(sum(knowledge.request_fetch(asset) for asset in pages), 'page')} will be read."

    refresh_this = for_one("refresh", "Read again", icon="refresh")

    def fitting(self, obj: KnowledgeAsset) -> tuple[str, ...]:
        """Only pages can be read."""
        return ("refresh_this",) if knowledge.is_page(obj) else ()

    @display(description="Length", ordering="tokens")
    def length(self, asset: KnowledgeAsset) -> str:
        return f"about {count_of(asset.tokens, 'token')}"

    @display(description="Reading", ordering="fetch")
    def state(self, asset: KnowledgeAsset) -> SafeString:
        return pill(asset.get_fetch_display(), _TONES[asset.fetch])

    @display(description="In use", ordering="active", boolean=True)
    def used(self, asset: KnowledgeAsset) -> bool:
        return asset.active

    @display(description="Read", ordering="fetched_at")
    def read_at(self, asset: KnowledgeAsset) -> SafeString | str:
        return ago(asset.fetched_at)

    @display(description="Text")
    def text(self, asset: KnowledgeAsset) -> SafeString:
        return format_html('<pre class="zrg-code" tabindex="0">{}</pre>', asset.content[:_SHOWN] or "Nothing yet.")


@admin.register(KnowledgeJob)
class KnowledgeJobAdmin(DurableJobAdmin):
    list_display = ("made", "workspace", "asset_link", "status_pill", "tries", "error_line")
    list_display_links = ("made",)
    list_select_related = ("workspace", "asset")
    fieldsets = (
        (None, {"fields": ("status_pill", "workspace", "asset_link")}),
        ("What happened", {"fields": ("story", "error_text")}),
        ("Keys", {"fields": ("id", "dedupe_key", "correlation_id", "lane_name", "tries")}),
    )
    readonly_fields = ("status_pill", "asset_link", "story", "error_text", "lane_name", "tries")

    @display(description="Made", ordering="created_at")
    def made(self, job: KnowledgeJob) -> SafeString | str:
        return ago(job.created_at)

    @display(description="Asset")
    def asset_link(self, job: KnowledgeJob) -> SafeString | str:
        return link(job.asset, job.asset.name[:60])
