"""Tasks of people (spec 08)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.decorators import display

from followups import human_tasks
from followups.models import Task
from zrg.web.admin_actions import confirmed, count_of, for_one
from zrg.web.admin_base import ReadOnlyAdmin
from zrg.web.admin_display import ago, link_to, pill, short
from zrg.web.admin_filters import AnswerFilter, AutocompleteFilter, ChoicesDropdownFilter
from zrg.workspaces.choosing import as_uuid


class DueFilter(AnswerFilter):
    title = "due"
    parameter_name = "due"
    ANSWERS = {
        "open": ("Open", Q(status=Task.Status.OPEN)),
        "overdue": ("Overdue by a day", lambda: Q(status=Task.Status.OPEN, due__lt=_a_day_ago())),
    }


def _a_day_ago() -> datetime:
    return timezone.now() - timedelta(days=1)


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """What people were asked to do. Tasks are made by the product; here they are looked at and settled."""

    list_display = ("due_at", "workspace", "lead_link", "type", "words", "state")
    list_display_links = ("due_at", "words")
    list_select_related = ("workspace", "lead")
    list_filter = (DueFilter, ("status", ChoicesDropdownFilter), ("workspace", AutocompleteFilter))
    ordering = ("-pk",)
    search_fields = ("pk",)  # what is really searched: get_search_results
    search_help_text = "A task's id or a lead's id."
    actions = ("done",)
    actions_detail = ("done_this",)
    fields = (
        "state",
        "workspace",
        "lead_link",
        "type",
        "text",
        "suggested_message",
        "due",
        "done_at",
        "done_by",
        "created_at",
        "dedupe_key",
    )
    readonly_fields = ("state", "lead_link", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Task], search_term: str
    ) -> tuple[QuerySet[Task], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        if term.isascii() and term.isdigit() and len(term) < 19:
            return queryset.filter(pk=int(term)), False
        lead_id = as_uuid(term)
        return queryset.filter(lead=lead_id) if lead_id else queryset.none(), False

    @confirmed("Mark as done", explain="Open tasks are done; done ones stay as they are.", submit="Done")
    def done(self, request: HttpRequest, ids: list[Any]) -> str:
        for task in Task.objects.filter(pk__in=ids):
            human_tasks.complete(task, by=request.user)
        return f"{count_of(len(ids), 'task')} done."

    def fitting(self, obj: Task) -> tuple[str, ...]:
        """Done once."""
        return ("done_this",) if obj.status == Task.Status.OPEN else ()

    done_this = for_one("done", "Mark as done", icon="done")

    @display(description="Due", ordering="due")
    def due_at(self, task: Task) -> SafeString | str:
        return ago(task.due)

    @display(description="State", ordering="status")
    def state(self, task: Task) -> SafeString:
        if task.status == Task.Status.DONE:
            return pill("Done", "ok")
        return pill("Overdue", "danger") if task.due < _a_day_ago() else pill("Open", "info")

    @display(description="Lead")
    def lead_link(self, task: Task) -> SafeString | str:
        return link_to(type(task.lead), task.lead_id, str(task.lead))

    @display(description="What to do")
    def words(self, task: Task) -> SafeString | str:
        return short(task.text)
