"""Filters that answer questions, each on an index: nothing here lists all workspaces or reads a whole table."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter as AutocompleteFilter,
)
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateTimeFilter,
    TextFilter,
)

__all__ = ["AnswerFilter", "AutocompleteFilter", "ChoicesDropdownFilter", "RangeDateTimeFilter", "WordsFilter"]

WORDS_CHARS = 120


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
