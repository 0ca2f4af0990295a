"""Actions with confirmation and count (spec 15): the same page for a selection in a list and for one object.

    @confirmed("Retry", explain="They are given all their attempts again.", submit="Retry")
    def retry(self, request, ids, **given) -> str:
        ...what to say when it is done...

    retry_this = for_one("retry", "Retry")         # in actions_detail: a button on the object's page

A confirmed action gets the ids, at most AT_MOST, and what its form asked for; it runs only by POST.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action as unfold_action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from zrg.web.admin_base import acting
from zrg.web.admin_display import count_of

__all__ = ["CannotAct", "PlainForm", "ReasonForm", "confirmed", "count_of", "for_one"]

AT_MOST = 5_000
SAMPLE = 5
OPERATE = ("operate",)


class CannotAct(Exception):
    """The action was refused, with a reason that the person reads."""


class PlainForm(forms.Form):
    """Nothing to ask but yes."""


class ReasonForm(forms.Form):
    """Why: kept with what is done."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="Kept for good, and shown to whoever looks at this later.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autofocus": True}),
    )


def confirmed(
    label: str,
    *,
    explain: str,
    submit: str,
    form: type[forms.Form] = PlainForm,
    permissions: tuple[str, ...] = OPERATE,
    danger: bool = False,
    at_most: int = AT_MOST,
) -> Callable[[Callable[..., str]], Callable[..., HttpResponse | None]]:
    """Make an action of an admin out of a function (request, ids, **form fields) → message."""

    def decorate(run: Callable[..., str]) -> Callable[..., HttpResponse | None]:
        @admin.action(description=label, permissions=permissions)
        @wraps(run)
        def ask(self: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
            ids = list(queryset.values_list("pk", flat=True)[: at_most + 1])
            asked = _form(form, request.POST if "confirmed" in request.POST else None, ids[:at_most])
            if asked.is_bound and asked.is_valid() and _ran(self, request, run, ids[:at_most], asked):
                return None
            page: dict[str, Any] = {
                "label": label,
                "explain": explain,
                "submit": submit,
                "danger": danger,
                "at_most": at_most,
            }
            return _page(self, request, ids, asked, action=run.__name__, **page)

        return ask

    return decorate


def _form(form: type[forms.Form], data: Any, ids: list[Any]) -> forms.Form:
    """A form that asks about the chosen rows themselves has `for_ids`."""
    return form.for_ids(data, ids) if hasattr(form, "for_ids") else form(data)


def _ran(self: Any, request: HttpRequest, run: Callable[..., str], ids: list[Any], asked: forms.Form) -> bool:
    """Do it; False where it was refused for a reason the form now shows."""
    try:
        with acting(request):
            told = run(self, request, ids, **asked.cleaned_data)
    except CannotAct as reason:
        asked.add_error(None, str(reason))
        return False
    except ValidationError as error:
        asked.add_error(None, error.messages)
        return False
    messages.success(request, told)
    return True


def _page(
    self: Any, request: HttpRequest, ids: list[Any], asked: forms.Form, *, at_most: int, **page: Any
) -> HttpResponse:
    across = request.POST.get("select_across", "0") == "1"
    chosen = self.get_queryset(request).filter(pk__in=ids[:SAMPLE])
    context = {
        **self.admin_site.each_context(request),
        **page,
        "title": page["label"],
        "opts": self.opts,
        "form": asked,
        "count": min(len(ids), at_most),
        "there_are_more": len(ids) > at_most,
        "sample": list(chosen),
        "beyond_sample": max(min(len(ids), at_most) - SAMPLE, 0),
        "selected": ids[:1] if across else ids[:at_most],
        "across": across,
        "checkbox": ACTION_CHECKBOX_NAME,
        "media": asked.media,
        "back": request.get_full_path() if request.method == "POST" else request.META.get("HTTP_REFERER", ""),
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)


def for_one(
    name: str,
    label: str,
    *,
    icon: str = "",
    permissions: tuple[str, ...] = OPERATE,
    variant: ActionVariant = ActionVariant.DEFAULT,
) -> Any:
    """A button on an object's page that asks for, and runs, the confirmed action `name` for it alone. The attribute
    must be called `<name>_this`."""

    def act(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        asked = getattr(self, name)(request, self.get_queryset(request).filter(pk=obj.pk))
        return asked or HttpResponseRedirect(_page_of(self, obj))

    act.__name__ = f"{name}_this"
    return unfold_action(
        act, description=label, permissions=permissions, url_path=f"{name}-this", icon=icon or None, variant=variant
    )


def _page_of(self: Any, obj: Any) -> str:
    """Where to go afterwards: the object's page while it is there, else the list."""
    there = type(obj)._default_manager.filter(pk=obj.pk).exists()
    name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{'change' if there else 'changelist'}"
    return reverse(name, args=[obj.pk] if there else [])
