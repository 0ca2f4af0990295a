"""The filters of `POST /contacts/search`."""

from __future__ import annotations

from typing import Any

from integrations.sandbox.ghl.answers import invalid
from integrations.sandbox.store import Record

_OPERATORS = ("eq", "not_eq", "contains", "not_contains", "exists", "not_exists", "range")


def holds(row: Record, condition: dict[str, Any]) -> bool:
    """Does a contact fulfil a filter or a group of filters?"""
    if "group" in condition:
        outcomes = [holds(row, one) for one in condition.get("filters", [])]
        return any(outcomes) if condition["group"] == "OR" else all(outcomes)
    return _compare(row, condition)


def _compare(row: Record, condition: dict[str, Any]) -> bool:
    field, operator = condition.get("field"), condition.get("operator")
    if not isinstance(field, str) or operator not in _OPERATORS:
        raise invalid(f"operator must be one of {', '.join(_OPERATORS)}")
    have, want = row.get(field), condition.get("value")
    if operator in ("exists", "not_exists"):
        return bool(have) is (operator == "exists")
    if operator == "range":
        return _in_range(have, want)
    if operator in ("contains", "not_contains"):
        return _contains(have, want) is (operator == "contains")
    if field == "phone" and operator == "eq":
        return False  # known defect: an exact phone finds nobody; search/duplicate does
    return _equal(have, want) is (operator == "eq")


def _equal(have: Any, want: Any) -> bool:
    return str(have or "").lower() == str(want or "").lower()


def _contains(have: Any, want: Any) -> bool:
    if isinstance(have, list):
        return str(want).lower() in [str(one).lower() for one in have]
    return str(want or "").lower() in str(have or "").lower()


def _in_range(have: Any, want: Any) -> bool:
    """`{"gte": …, "lte": …}` on times, which compare as text."""
    bounds = want if isinstance(want, dict) else {}
    return bool(have) and str(bounds.get("gte", "")) <= str(have) <= str(bounds.get("lte", "~"))


def in_order(rows: list[Record], sort: list[dict[str, Any]]) -> list[Record]:
    """Rows sorted by one field; newest first without a wish."""
    for wish in reversed(sort):
        rows = _sorted(rows, str(wish.get("field")), down=wish.get("direction") == "desc")
    return rows


def _sorted(rows: list[Record], field: str, *, down: bool) -> list[Record]:
    return sorted(rows, key=lambda row: str(row.get(field) or ""), reverse=down)
