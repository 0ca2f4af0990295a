"""The "History" page of a business object: what changed, from what to what, by whom, through which verb (spec 15).

Read from the event tables of django-pghistory, which triggers write: also what a job or a statement at the database's
own prompt changed is there. Django's log of the admin stands below it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pghistory.core
from django.contrib.admin.utils import unquote
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin

from zrg.web.admin_secrets import masked
from zrg.workspaces.models import User

AT_MOST = 200
_SYSTEM = "The system"


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what it was and became, as text."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of an object's life; `compared`: the event before it is known, so `before` is true."""

    at: datetime
    what: str
    label: str
    by: str
    through: str
    changes: tuple[Change, ...]
    compared: bool


class HistoryMixin(ModelAdmin):
    """Shows the object's events above Django's own log."""

    history_template = "admin/tracked_history.html"

    def history_sources(self, obj: Model) -> list[tuple[type[Model], Q]]:
        """Tracked models and which of their rows belong to `obj`'s history; more where one thinks of one thing."""
        return [(type(obj), Q(pgh_obj_id=obj.pk))]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        entries = history_of(self.history_sources(obj)) if obj and self.has_view_permission(request, obj) else []
        return self.object_history(request, object_id, {"entries": entries, **(extra_context or {})})

    def object_history(self, request: HttpRequest, object_id: str, context: dict[str, Any]) -> HttpResponse:
        """Django's page with ours on top."""
        self.object_history_template = self.history_template
        return super().history_view(request, object_id, context)


def history_of(sources: list[tuple[type[Model], Q]]) -> list[Entry]:
    """The newest AT_MOST events of these rows, newest first. Two queries for each tracked model at most."""
    found: list[tuple[Any, Any, type[Model]]] = []
    for model, which in sources:
        for events in pghistory.core.event_models(tracks_model=model):
            rows = list(
                events._default_manager.filter(which).select_related("pgh_context").order_by("-pgh_id")[: AT_MOST + 1]
            )
            found += [(row, before, model) for row, before in _with_predecessors(rows)]
    found.sort(key=lambda entry: (entry[0].pgh_created_at, entry[0].pgh_id), reverse=True)
    names = _names([row for row, _, _ in found[:AT_MOST]])
    return [_entry(row, before, model, names) for row, before, model in found[:AT_MOST]]


def _with_predecessors(rows: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each event with the one before it of the same row (events are newest first)."""
    later: dict[Any, Any] = {}
    for row in rows:
        if row.pgh_obj_id in later:
            yield later[row.pgh_obj_id], row
        later[row.pgh_obj_id] = row
    for row in later.values():
        yield row, None


def _entry(row: Any, before: Any, model: type[Model], names: dict[str, str]) -> Entry:
    told = row.pgh_context.metadata if row.pgh_context else {}
    person = told.get("staff") or told.get("user")
    return Entry(
        at=row.pgh_created_at,
        what=str(model._meta.verbose_name),
        label={"insert": "Made", "update": "Changed", "delete": "Removed"}.get(row.pgh_label, row.pgh_label),
        by=names.get(str(person), "Somebody who is gone") if person else _SYSTEM,
        through=str(told.get("action", "")),
        changes=() if row.pgh_label == "delete" else tuple(_changes(row, before)),
        compared=before is not None,
    )


def _changes(row: Any, before: Any) -> Iterator[Change]:
    for field in row._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.name in {"id", "updated_at"}:
            continue
        old = getattr(before, field.attname) if before else None
        new = getattr(row, field.attname)
        if old != new and (before or new not in (None, "", [], {}, False)):
            yield Change(str(field.verbose_name), _text(field, old), _text(field, new))


def _text(field: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "on" if value else "off"
    label = dict(field.flatchoices).get(value) if isinstance(value, str) else None
    return str(label or masked({field.name: value})[field.name])[:200]


def _names(rows: list[Any]) -> dict[str, str]:
    """Who is meant by the ids in the events' contexts; one query."""
    ids = {
        str(person)
        for row in rows
        if row.pgh_context
        for person in (row.pgh_context.metadata.get("staff"), row.pgh_context.metadata.get("user"))
        if person and _is_uuid(str(person))
    }
    return {str(user.pk): str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
