"""Sweeps: the wishes to run them, their runs, their durations (spec 04, 13). Read only; "run now" makes a new wish."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display

from zrg.jobs import dispatching, sweeping
from zrg.jobs.models import DispatchWindow, FunctionRun
from zrg.operations import sweeps as figures
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, lasting, link, pill, short
from zrg.web.admin_filters import AnswerFilter, ChoicesDropdownFilter, RangeDateTimeFilter
from zrg.web.admin_secrets import json_block

RUN_TONES = {"RUNNING": "info", "SUCCEEDED": "ok", "PARTIAL": "warn", "FAILED": "danger", "SKIPPED": "plain"}
WISH_TONES = {"ENQUEUED": "ok", "SKIPPED": "plain", "FAILED": "danger"}


class FunctionFilter(AnswerFilter):
    """The sweeps of this release, from their table."""

    title = "sweep"
    parameter_name = "function"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(sweeping.known())]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(function=self.value()) if self.value() else queryset


class _LedgerAdmin(ReadOnlyAdmin):
    search_fields = ("correlation_id", "dispatch_key")
    search_help_text = "A correlation id or a dispatch key, as a whole."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(correlation_id=term) | queryset.filter(dispatch_key=term), False


@admin.register(FunctionRun)
class FunctionRunAdmin(_LedgerAdmin):
    """What ran. Success is read here, never from the dispatch."""

    list_display = ("function", "started", "state", "took", "counted", "attempt", "error_line")
    list_display_links = ("function", "started")
    list_filter = (FunctionFilter, ("status", ChoicesDropdownFilter), ("started_at", RangeDateTimeFilter))
    ordering = ("-pk",)
    list_before_template = "admin/jobs/functionrun/durations.html"
    fields = (
        "state",
        "function",
        "started_at",
        "finished_at",
        "took",
        "attempt",
        "counters_block",
        "error",
        "dispatch_link",
        "correlation_id",
        "dispatch_key",
    )
    readonly_fields = ("state", "took", "counters_block", "dispatch_link")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {
            "durations": figures.durations_chart(),
            "sweeps": sorted(sweeping.known()),
            "may_run": self.has_operate_permission(request),
            "run_url": reverse("admin:jobs_functionrun_run_now"),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def get_custom_urls(self) -> tuple[Any, ...]:
        return (("run-now/", "jobs_functionrun_run_now", self.run_now_view),)

    def run_now_view(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Wish a run now, beside the schedule's own; a worker does it. Only by POST."""
        sweep = sweeping.find(request.POST.get("function", ""))
        if request.method != "POST" or sweep is None or not self.has_operate_permission(request):
            raise Http404
        wish = {"by": str(request.user.pk), "at": timezone.now().isoformat()}
        window = dispatching.dispatch(sweep, requested_by=f"admin: {request.user.email}"[:120], params=wish).window
        if window.status == DispatchWindow.Status.SKIPPED:
            messages.warning(request, f"{sweep.name} is switched off ({sweep.enabled_setting}).")
            return HttpResponseRedirect(reverse("admin:jobs_functionrun_changelist"))
        try:
            dispatching.tell_worker(window)
        except dispatching.NotTold as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{sweep.name} starts as soon as a worker is free. Reload to see its run.")
        return HttpResponseRedirect(reverse("admin:jobs_functionrun_changelist"))

    @display(description="Started", ordering="started_at")
    def started(self, run: FunctionRun) -> SafeString | str:
        return ago(run.started_at)

    @display(description="State", ordering="status")
    def state(self, run: FunctionRun) -> SafeString:
        return pill(run.get_status_display(), RUN_TONES[run.status])

    @display(description="Took")
    def took(self, run: FunctionRun) -> str:
        return lasting((run.finished_at - run.started_at).total_seconds()) if run.finished_at else "–"

    @display(description="Counters")
    def counted(self, run: FunctionRun) -> SafeString | str:
        return short(figures.in_words(run.counters), 80)

    @display(description="Error")
    def error_line(self, run: FunctionRun) -> SafeString | str:
        return short(run.error, 60)

    @display(description="Counters")
    def counters_block(self, run: FunctionRun) -> SafeString:
        return json_block(run.counters)

    @display(description="Dispatch")
    def dispatch_link(self, run: FunctionRun) -> SafeString | str:
        return link(DispatchWindow.objects.filter(dispatch_key=run.dispatch_key).first())


@admin.register(DispatchWindow)
class DispatchWindowAdmin(_LedgerAdmin):
    """What was to run: by the schedule, the cron endpoint or a person."""

    list_display = ("function", "wished", "state", "requested_by", "note")
    list_display_links = ("function", "wished")
    list_filter = (FunctionFilter, ("status", ChoicesDropdownFilter))
    ordering = ("-pk",)
    fields = (
        "state",
        "function",
        "requested_by",
        "created_at",
        "note",
        "params_block",
        "correlation_id",
        "dispatch_key",
    )
    readonly_fields = ("state", "created_at", "params_block")

    @display(description="Wished", ordering="created_at")
    def wished(self, window: DispatchWindow) -> SafeString | str:
        return ago(window.created_at)

    @display(description="State", ordering="status")
    def state(self, window: DispatchWindow) -> SafeString:
        return pill(window.get_status_display(), WISH_TONES[window.status])

    @display(description="Parameters")
    def params_block(self, window: DispatchWindow) -> SafeString:
        return json_block(window.params)
