"""What every admin of ours shares: bounded paging, who may act, history that cannot be edited.

Three permissions of Django's per model decide: *view* sees, *change* edits and acts (retry, replay, merge …), *add*
makes. Nothing is deleted here unless an admin says so: history stays, and counting what a cascade would take costs
minutes at a million rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pghistory
from django.contrib.admin import ModelAdmin as DjangoModelAdmin
from django.contrib.admin import ShowFacets
from django.db.models import Field, Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.http.request import QueryDict
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.forms import PaginationInlineFormSet

from zrg.web.admin_history import HistoryMixin
from zrg.web.admin_paging import BoundedPaginator

if TYPE_CHECKING:
    from zrg.workspaces.models import User

PER_PAGE = 50


class _HttpsMixin:
    """An address typed without a scheme is taken as https (Django's default from 6.0 on)."""

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs.setdefault("assume_scheme", "https")
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]


class OpsAdmin(_HttpsMixin, HistoryMixin, ModelAdmin):
    """Fast at a million rows: no exact counts, at most 50 a page; every change says in the history who made it."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # they count whole tables
    list_per_page = PER_PAGE
    list_max_show_all = PER_PAGE
    list_filter_submit = True
    list_fullwidth = True
    warn_unsaved_form = True
    compressed_fields = True
    can_delete = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and super().has_delete_permission(request, obj)

    def has_operate_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """May act on these rows, also where nobody may edit them."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def fitting(self, obj: Any) -> tuple[str, ...] | None:
        """Endings of the names of the buttons that apply to this object; None for all of them."""
        return None

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Only what the person may do and what applies: no dead buttons."""
        allowed = super().get_actions_detail(request, object_id)
        obj = self.get_object(request, str(object_id)) if allowed else None
        fits = self.fitting(obj) if obj is not None else ()
        return allowed if fits is None else [act for act in allowed if act.action_name.endswith(fits)]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with acting(request):
            return super().changeform_view(request, *args, **kwargs)


class OutsideTransaction(DjangoModelAdmin):
    """Behind OpsAdmin among an admin's bases: adding and changing without the transaction that Django puts around them,
    for a form that calls a provider and saves through a verb with a transaction of its own."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined, no-any-return]


class ReadOnlyAdmin(OpsAdmin):
    """History: looked at, acted on by actions, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LastFewFormSet(PaginationInlineFormSet):
    """Only the first rows of the inline's order: a conversation may be long."""

    few = 20

    def get_queryset(self) -> QuerySet[Model]:
        if not hasattr(self, "_queryset"):
            self._queryset = super().get_queryset()[: self.few]
        return self._queryset


class _ReadOnly:
    """Looked at where it belongs."""

    extra = 0
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(_ReadOnly, TabularInline):
    """Rows that belong to something, the first twenty of them, shown with it."""

    formset = LastFewFormSet
    hide_title = True
    tab = True


class SettingsInline(_HttpsMixin, StackedInline):
    """A domain's own settings of a workspace: exactly one row, born with the workspace."""

    extra = 0
    min_num = max_num = 1
    can_delete = False
    hide_title = True
    tab = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def acting(request: HttpRequest) -> Any:
    """A block whose changes are written down as this person's (key `staff`: the verbs below use `user`)."""
    return pghistory.context(staff=str(request.user.pk), page=request.path)


def person(request: HttpRequest) -> User:
    """Who acts: the admin lets nobody in who is not signed in."""
    return cast("User", request.user)


def filtered_by(request: HttpRequest, name: str) -> str:
    """The value of a change list's filter in the address, empty if none."""
    query: QueryDict = request.GET
    return query.get(name, "")
