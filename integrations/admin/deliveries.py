"""Webhook deliveries: what came, what became of it, doing it again (spec 02, 04)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from integrations import ingestion, remedies
from integrations.completeness import readable_secrets
from integrations.finding import find_deliveries
from integrations.models import IgnoredDeliveries, WebhookEvent
from zrg.web.admin_actions import confirmed, for_one
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, exact, link, pill, short
from zrg.web.admin_filters import AutocompleteFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from zrg.web.admin_jobs import JOB_FILTERS, DurableJobAdmin
from zrg.web.admin_secrets import json_block


@admin.register(WebhookEvent)
class WebhookEventAdmin(DurableJobAdmin):
    HEAVY = ("payload",)
    newest_first = ("-received_at",)
    list_display = (
        "received",
        "workspace",
        "provider",
        "event_type",
        "status_pill",
        "tries",
        "outcome",
    )
    list_display_links = ("received", "event_type")
    list_filter = (*JOB_FILTERS, ("provider", ChoicesDropdownFilter), ("received_at", RangeDateTimeFilter))
    search_fields = ("pk",)  # what is really searched: get_search_results
    search_help_text = "An id, a lead's id, a correlation id, or the beginning of a dedupe key."
    actions = ("replay", "retry", "cancel")
    actions_detail = ("replay_this", "retry_this", "cancel_this")
    fieldsets = (
        (None, {"fields": ("status_pill", "workspace_link", "connection_link", "provider", "event_type", "lead_link")}),
        ("What happened", {"fields": ("story", "reason", "error_text")}),
        ("Payload", {"fields": ("payload_block",)}),
        ("Keys", {"fields": ("id", "dedupe_key", "correlation_id", "received_exactly", "lane_name", "tries")}),
    )
    readonly_fields = (
        "status_pill",
        "workspace_link",
        "connection_link",
        "lead_link",
        "story",
        "error_text",
        "payload_block",
        "received_exactly",
        "lane_name",
        "tries",
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[WebhookEvent], search_term: str
    ) -> tuple[QuerySet[WebhookEvent], bool]:
        return (queryset.filter(pk__in=find_deliveries(search_term)) if search_term.strip() else queryset), False

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="Received", ordering="received_at")
    def received(self, event: WebhookEvent) -> SafeString | str:
        return ago(event.received_at)

    @display(description="Received")
    def received_exactly(self, event: WebhookEvent) -> str:
        return exact(event.received_at)

    @display(description="Reason or error")
    def outcome(self, event: WebhookEvent) -> SafeString | str:
        return short(event.last_error) if event.last_error else pill(event.reason) if event.reason else ""

    @display(description="Workspace")
    def workspace_link(self, event: WebhookEvent) -> SafeString | str:
        return link(event.workspace)

    @display(description="Connection")
    def connection_link(self, event: WebhookEvent) -> SafeString | str:
        return link(event.connection) if event.connection else "Gone"

    @display(description="Lead")
    def lead_link(self, event: WebhookEvent) -> SafeString | str:
        """By the site map: the lead's model lives on a higher floor."""
        return lead_page(event.lead_id)

    @display(description="As it came, without secrets")
    def payload_block(self, event: WebhookEvent) -> SafeString | str:
        if event.payload is None:
            return "Blanked: payloads are kept for some days after success (WEBHOOK_PAYLOAD_DAYS)."
        secrets = readable_secrets(event.connection) if event.connection else {}
        if secrets is None:
            return "Not shown: the connection's secrets cannot be read (CREDENTIALS_KEYS), so they cannot be masked."
        return json_block(event.payload, known=list(secrets.values()))

    def steps(self, job: WebhookEvent) -> list[tuple[Any, str, str, str]]:  # type: ignore[override]
        arrived = (job.received_at, "Received", f"from {job.get_provider_display()}", "plain")
        return [arrived, *super().steps(job)]

    # ── Actions ────────────────────────────────────────────────────────────────
    @confirmed(
        "Replay",
        explain="Finished and failed deliveries are applied once more from their payload. What was done before is not "
        "done twice: everything downstream is recorded by the provider's ids.",
        submit="Replay",
    )
    def replay(self, request: HttpRequest, ids: list[int]) -> str:
        done = ingestion.replay(WebhookEvent.objects.filter(pk__in=ids), by=request.user)
        reasons = sorted(set(done.refused.values()))
        rest = f" {len(done.refused):,} left alone: {' '.join(reasons)}" if reasons else ""
        return f"{done.queued:,} replayed.{rest}"

    replay_this = for_one("replay", "Replay", icon="history")


def lead_page(lead_id: Any) -> SafeString | str:
    """The lead's page in the admin, without loading it."""
    if not lead_id:
        return "None"
    return format_html(
        '<a class="zrg-link" href="{}">{}</a>', reverse("admin:leads_lead_change", args=[lead_id]), lead_id
    )


@admin.register(IgnoredDeliveries)
class IgnoredDeliveriesAdmin(ReadOnlyAdmin):
    """Deliveries turned away without being kept: looks like a dead webhook from outside."""

    list_display = ("whose", "provider", "why", "count", "first", "last")
    list_select_related = ("workspace",)
    list_filter = (("workspace", AutocompleteFilter), ("provider", ChoicesDropdownFilter))
    ordering = ("-last_at",)
    fields = ("whose", "provider", "why", "to_do", "count", "first", "last")
    readonly_fields = ("whose", "why", "to_do", "first", "last")

    @display(description="Workspace", ordering="workspace__name")
    def whose(self, row: IgnoredDeliveries) -> str:
        return row.workspace.name if row.workspace else "Not known: it is said in the body"

    @display(description="Why", ordering="reason")
    def why(self, row: IgnoredDeliveries) -> str:
        return self._told(row).why

    @display(description="What to do")
    def to_do(self, row: IgnoredDeliveries) -> str:
        return self._told(row).to_do

    @display(description="Since", ordering="first_at")
    def first(self, row: IgnoredDeliveries) -> SafeString | str:
        return ago(row.first_at)

    @display(description="Last", ordering="last_at")
    def last(self, row: IgnoredDeliveries) -> SafeString | str:
        return ago(row.last_at)

    def _told(self, row: IgnoredDeliveries) -> remedies.Told:
        return remedies.told(row, timezone.get_current_timezone())
