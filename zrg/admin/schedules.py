"""When sweeps run (django-celery-beat), in the house's look. A missing default is told, and put back by a click.

Only sweeps are scheduled here: a free choice of task and arguments would be a door to anything.
"""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from zrg.jobs import schedules, sweeping
from zrg.web.admin_actions import confirmed, count_of
from zrg.web.admin_base import OpsAdmin
from zrg.web.admin_display import ago, pill

for _model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(_model)


class ScheduleForm(forms.ModelForm):
    """A sweep and its times; how Celery is told follows from that."""

    function = forms.ChoiceField(label="Sweep", widget=UnfoldAdminSelectWidget())

    class Meta:
        model = PeriodicTask
        fields = ("name", "enabled", "interval", "crontab", "expire_seconds", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "function" in self.fields:
            self.fields["function"].choices = [(name, name) for name in sorted(sweeping.known())]
            self.fields["function"].initial = function_of(self.instance)

    def _post_clean(self) -> None:
        """Before the model checks itself: it wants a task, and exactly one of interval and crontab."""
        if function := self.cleaned_data.get("function"):
            self.instance.task, self.instance.queue = schedules.TASK, "sweeps"
            self.instance.kwargs = json.dumps({"function": function})
        super()._post_clean()


def function_of(task: PeriodicTask) -> str:
    """The sweep that a schedule starts; empty for a task that is not ours."""
    return str(json.loads(task.kwargs or "{}").get("function", "")) if task.task == schedules.TASK else ""


@admin.register(PeriodicTask)
class ScheduleAdmin(OpsAdmin):
    form = ScheduleForm
    list_display = ("name", "sweep", "times", "state", "last_run")
    list_select_related = ("interval", "crontab", "solar", "clocked")
    search_fields = ("name",)
    ordering = ("name",)
    can_delete = True
    actions = ("switch_on", "switch_off")
    list_before_template = "admin/django_celery_beat/periodictask/missing.html"
    fieldsets = (
        (None, {"fields": ("name", "function", "enabled")}),
        ("Times: one of the two", {"fields": ("interval", "crontab")}),
        ("More", {"fields": ("expire_seconds", "description")}),
    )

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = list(ScheduleForm._meta.fields or ())
        return super().get_form(request, obj, change=change, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Celery's own tasks are looked at, not edited."""
        return (obj is None or bool(function_of(obj))) and super().has_change_permission(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return ((None, {"fields": ("name", "task", "enabled", "interval", "crontab", "description")}),)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        more = {
            "missing_schedules": schedules.missing(),
            "may_restore": self.has_add_permission(request),
            "restore_url": reverse("admin:django_celery_beat_periodictask_restore"),
        }
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def get_custom_urls(self) -> tuple[Any, ...]:
        return (("restore/", "django_celery_beat_periodictask_restore", self.restore_view),)

    def restore_view(self, request: HttpRequest, **_: Any) -> HttpResponse:
        """Put the missing defaults back; only by POST."""
        if request.method != "POST" or not self.has_add_permission(request):
            raise Http404
        names = schedules.restore()
        messages.success(request, f"Put back: {', '.join(names) or 'nothing was missing'}.")
        return HttpResponseRedirect(reverse("admin:django_celery_beat_periodictask_changelist"))

    @confirmed("Switch on", explain="They run again at their times.", submit="Switch on", at_most=100)
    def switch_on(self, request: HttpRequest, ids: list[Any]) -> str:
        return self._switch(ids, enabled=True)

    @confirmed(
        "Switch off",
        explain="They do not run until they are switched on again. What a sweep looks after waits meanwhile.",
        submit="Switch off",
        danger=True,
        at_most=100,
    )
    def switch_off(self, request: HttpRequest, ids: list[Any]) -> str:
        return self._switch(ids, enabled=False)

    def _switch(self, ids: list[Any], *, enabled: bool) -> str:
        chosen = PeriodicTask.objects.filter(pk__in=ids)
        for task in chosen:
            task.enabled = enabled
            task.save()  # tells a running beat
        return f"{count_of(len(chosen), 'schedule')} switched {'on' if enabled else 'off'}."

    @display(description="Sweep")
    def sweep(self, task: PeriodicTask) -> str:
        return function_of(task) or task.task

    @display(description="Times")
    def times(self, task: PeriodicTask) -> str:
        if task.interval:
            return str(task.interval)
        return f"{task.crontab.human_readable} {task.crontab.timezone}" if task.crontab else "never"

    @display(description="State", ordering="enabled")
    def state(self, task: PeriodicTask) -> SafeString:
        return pill("On", "ok") if task.enabled else pill("Off", "warn")

    @display(description="Last told", ordering="last_run_at")
    def last_run(self, task: PeriodicTask) -> SafeString | str:
        return ago(task.last_run_at)


@admin.register(IntervalSchedule)
class IntervalAdmin(OpsAdmin):
    list_display = ("__str__", "every", "period")
    fields = ("every", "period")
    ordering = ("period", "every")


@admin.register(CrontabSchedule)
class CrontabAdmin(OpsAdmin):
    list_display = ("__str__", "human_readable")
    fields = ("minute", "hour", "day_of_month", "month_of_year", "day_of_week", "timezone")
    ordering = ("pk",)
