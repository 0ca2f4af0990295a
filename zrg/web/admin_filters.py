"""Filters that answer questions, each on an index: nothing here lists all workspaces or reads a whole table."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter as AutocompleteFilter
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, TextFilter
from unfold.contrib.filters.admin import RangeDateTimeFilter as UnfoldRangeDateTimeFilter
from unfold.utils import parse_date_str

__all__ = ["AnswerFilter", "AutocompleteFilter", "ChoicesDropdownFilter", "RangeDateTimeFilter", "WordsFilter"]

WORDS_CHARS = 120


class RangeDateTimeFilter(UnfoldRangeDateTimeFilter):
    """From and until, in the admin's zone; a day without a time is meant from its first to its last second."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        bounds = {"gte": self._bound("from", time.min), "lte": self._bound("to", time.max)}
        return queryset.filter(**{f"{self.parameter_name}__{side}": at for side, at in bounds.items() if at})

    def _bound(self, side: str, at: time) -> datetime | None:
        day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{side}_0") or "")
        given = self.used_parameters.get(f"{self.parameter_name}_{side}_1") or ""
        try:
            at = time.fromisoformat(given) if given else at
        except ValueError:
            return None
        return timezone.make_aware(datetime.combine(day, at)) if day else None


class WordsFilter(TextFilter):
    """A text somewhere in a column; subclasses say which rows may be searched (an index must bound them)."""

    def value(self) -> str:
        return (super().value() or "").replace("\x00", "").strip()[:WORDS_CHARS]


class AnswerFilter(DropdownFilter):
    """A question with named answers: `ANSWERS` is a table value → (label, what it narrows to)."""

    ANSWERS: dict[str, tuple[str, Any]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, (label, _) in self.ANSWERS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        answer = self.ANSWERS.get(str(self.value()))
        return queryset.filter(answer[1]() if callable(answer[1]) else answer[1]) if answer else queryset
