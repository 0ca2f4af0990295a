"""What the admins of all durable queues share (spec 04): the dead-letter desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.enums import ActionVariant

from zrg.jobs import desk, stale
from zrg.jobs.models import DurableJob, Lane, Status
from zrg.web.admin_actions import confirmed, count_of, for_one
from zrg.web.admin_base import ReadOnlyAdmin, filtered_by, person
from zrg.web.admin_display import ago, exact, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter, WordsFilter

TONES = {
    Status.PENDING: "info",
    Status.RUNNING: "info",
    Status.SUCCEEDED: "ok",
    Status.FAILED: "danger",
    Status.CANCELLED: "plain",
}
APPLIES: dict[Status, tuple[str, ...]] = {  # status → endings of the buttons' names
    Status.PENDING: ("cancel_this",),
    Status.FAILED: ("replay_this", "retry_this", "cancel_this"),
    Status.SUCCEEDED: ("replay_this",),
}
UNFINISHED = (Status.PENDING, Status.RUNNING, Status.FAILED)  # each has a partial index; only they carry errors


class StateFilter(AnswerFilter):
    """What to act on, in the words of somebody on call."""

    title = "what it waits for"
    parameter_name = "state"
    ANSWERS = {
        "due": ("Due, no worker has it yet", lambda: Q(status=Status.PENDING, run_at__lte=timezone.now())),
        "later": ("Waits for its time", lambda: Q(status=Status.PENDING, run_at__gt=timezone.now())),
        "again": ("Failed before, tried again", Q(status=Status.PENDING, attempts__gt=0)),
        "stuck": ("Runs for longer than allowed", Q()),  # per queue: see queryset
    }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "stuck":
            return super().queryset(request, queryset)
        before = timezone.now() - timedelta(seconds=stale.stale_after_s(queryset.model))
        return queryset.filter(status=Status.RUNNING, locked_at__lt=before)


class ErrorFilter(WordsFilter):
    """Words of the error, among rows that are not done: those that are have none."""

    title = "error text"
    parameter_name = "error"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        words = self.value()
        return queryset.filter(status__in=UNFINISHED, last_error__icontains=words) if words else queryset


JOB_FILTERS: tuple[Any, ...] = (
    ("status", ChoicesDropdownFilter),
    StateFilter,
    ErrorFilter,
    ("workspace", AutocompleteFilter),
    ("lane", ChoicesDropdownFilter),
)


class DurableJobAdmin(ReadOnlyAdmin):
    """A queue as a list: nobody edits rows, people retry and cancel them."""

    HEAVY: ClassVar[tuple[str, ...]] = ()  # columns the list does not need
    list_select_related = ("workspace",)
    list_filter = JOB_FILTERS
    actions = ("retry", "cancel")
    actions_detail: Sequence[str] = ("retry_this", "cancel_this")
    history_template = "admin/tracked_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_one = match is not None and (match.url_name or "").endswith("_change")
        return rows if is_one else rows.defer(*self.HEAVY)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """The newest first; dead letters by when they failed, which their partial index is sorted by."""
        return ("-finished_at",) if filtered_by(request, "status__exact") == Status.FAILED else self.newest_first

    newest_first: Sequence[str] = ("-pk",)

    # ── Columns ────────────────────────────────────────────────────────────────
    @display(description="Status", ordering="status")
    def status_pill(self, job: DurableJob) -> SafeString:
        return pill(job.get_status_display(), TONES[Status(job.status)])

    @display(description="Attempts")
    def tries(self, job: DurableJob) -> str:
        waited = f", waited {job.waits}×" if job.waits else ""
        return f"{job.attempts} of {job.max_attempts}{waited}"

    @display(description="Error")
    def error_line(self, job: DurableJob) -> SafeString | str:
        return short(job.last_error)

    @display(description="Lane")
    def lane_name(self, job: DurableJob) -> str:
        return Lane(job.lane).label

    @display(description="Error")
    def error_text(self, job: DurableJob) -> SafeString:
        return format_html('<pre class="zrg-code">{}</pre>', job.last_error or "None.")

    @display(description="What happened")
    def story(self, job: DurableJob) -> SafeString:
        """The row's life in order. Only the last attempt's times are kept on the row."""
        steps = format_html_join(
            "",
            '<li data-tone="{}"><b>{}</b> <span>{}</span> <time title="{}">{}</time></li>',
            ((tone, what, more, exact(at), ago(at)) for at, what, more, tone in self.steps(job) if at),
        )
        return format_html('<ol class="zrg-steps">{}</ol>', steps)

    def steps(self, job: DurableJob) -> list[tuple[Any, str, str, str]]:
        """(when, what, more, tone), oldest first."""
        attempt = f"Attempt {job.attempts} of {job.max_attempts} began"
        steps = [(job.created_at, "Kept", f"in the lane “{Lane(job.lane).label}”", "plain")]
        if job.started_at:
            steps.append((job.started_at, attempt, f"by {job.locked_by}" if job.locked_by else "", "info"))
        if job.waiting_since:
            steps.append((job.waiting_since, "Rate limited since", f"{job.waits} times, at most 50", "warn"))
        if job.status == Status.PENDING:
            steps.append((job.run_at, "Due", "again" if job.attempts else "", "info"))
        if job.finished_at:
            tone = TONES[Status(job.status)]
            steps.append((job.finished_at, job.get_status_display(), short_error(job), tone))
        return sorted(steps, key=lambda step: step[0])

    def fitting(self, obj: DurableJob) -> tuple[str, ...]:
        """By its status."""
        return APPLIES.get(Status(obj.status), ())

    # ── Actions ────────────────────────────────────────────────────────────────
    @confirmed(
        "Retry failed",
        explain="Failed rows get all their attempts again and are due now. Rows in another state are left alone.",
        submit="Retry",
    )
    def retry(self, request: HttpRequest, ids: list[Any]) -> str:
        done = desk.retry(self.model, ids, by=person(request))
        return _told("retried", done, len(ids), "not failed")

    @confirmed(
        "Cancel",
        explain="Pending and failed rows are taken out for good: a cancelled row is never run again. What runs already "
        "is left to its worker.",
        submit="Cancel them",
        danger=True,
    )
    def cancel(self, request: HttpRequest, ids: list[Any]) -> str:
        done = desk.cancel(self.model, ids, by=person(request))
        return _told("cancelled", done, len(ids), "running or done")

    retry_this = for_one("retry", "Retry", icon="replay")
    cancel_this = for_one("cancel", "Cancel", icon="block", variant=ActionVariant.DANGER)


def short_error(job: DurableJob) -> str:
    """The first line of the error, for the story."""
    return job.last_error.partition("\n")[0][:160]


def _told(verb: str, done: int, asked: int, others: str) -> str:
    rest = f" {count_of(asked - done, 'was', 'were')} left alone ({others})." if asked > done else ""
    return f"{done:,} {verb}.{rest}"
