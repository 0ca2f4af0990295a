"""How EmailBison answers: lists, single rows, and three shapes of "no"."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance
from integrations.sandbox.store import Record

_FRAMEWORK = (401, 405, 429, 500)  # answered by the framework, before the product's own error shape
_MAX_PER_PAGE = 100


class Bison(Dialect):
    """3,000 calls a minute; errors as `data.success: false`, or the framework's `message`."""

    rate_max = 3000
    rate_interval_s = 60

    def problem(self, status: int, message: str) -> HttpResponse:
        if status in _FRAMEWORK:
            return answer({"message": message}, status)
        return answer({"data": {"success": False, "message": message}}, status)

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        response = self.problem(429, "Too Many Attempts.")
        response["Retry-After"] = str(int(allowance.resets_in_s) + 1) if allowance else "1"
        return response

    def planned(self, kind: str, message: str) -> HttpResponse:
        if kind == "success_false":
            return answer({"data": {"success": False, "message": message or "The email could not be sent."}})
        return super().planned(kind, message)


BISON = Bison()
GATE = Gate("emailbison", BISON)


def no(message: str, status: int = 400) -> Stop:
    """Refuse: `{"data": {"success": false, "message": …}}`."""
    return Stop(BISON.problem(status, message))


def invalid(**errors: str) -> Stop:
    """Refuse fields with 422: `{"message": …, "errors": {field: [text]}}`."""
    first = next(iter(errors.values()))
    return Stop(answer({"message": first, "errors": {field: [text] for field, text in errors.items()}}, 422))


def row(data: object, status: int = 200) -> HttpResponse:
    """One row, or any other thing under `data`."""
    return answer({"data": data}, status)


def done(message: str, status: int = 200) -> HttpResponse:
    """`{"data": {"success": true, "message": …}}`."""
    return row({"success": True, "message": message}, status)


def found(call: Call, kind: str, record_id: object) -> Record:
    """A record of this account, or 404."""
    record = store.get(call.account.key, kind, record_id)
    if record is None:
        raise no("Record not found.", 404)
    return record


def listed(call: Call, kind: str, show: Callable[[Record], Record], **fields: Any) -> HttpResponse:
    """A page of rows, newest first: by number, or by cursor when asked with `pagination_type=cursor`."""
    query = call.request.GET
    per_page = min(_number(query.get("per_page"), 15), _MAX_PER_PAGE)
    search = query.get("search", "")
    if query.get("pagination_type") == "cursor":
        return _by_cursor(call, kind, show, search, per_page, fields)
    return _by_number(call, kind, show, search, per_page, fields)


def _by_number(
    call: Call, kind: str, show: Callable[[Record], Record], search: str, per_page: int, fields: dict[str, Any]
) -> HttpResponse:
    page = _number(call.request.GET.get("page"), 1)
    total = store.count(call.account.key, kind, search=search, **fields)
    offset = (page - 1) * per_page
    rows = store.find(call.account.key, kind, search=search, limit=per_page, offset=offset, **fields)
    last = max((total + per_page - 1) // per_page, 1)
    meta = {
        "current_page": page,
        "from": offset + 1 if rows else None,
        "last_page": last,
        "path": _address(call),
        "per_page": per_page,
        "to": offset + len(rows) if rows else None,
        "total": total,
    }
    links = {
        "first": _link(call, 1),
        "last": _link(call, last),
        "prev": _link(call, page - 1) if page > 1 else None,
        "next": _link(call, page + 1) if page < last else None,
    }
    return answer({"data": [show(record) for record in rows], "links": links, "meta": meta})


def _by_cursor(
    call: Call, kind: str, show: Callable[[Record], Record], search: str, per_page: int, fields: dict[str, Any]
) -> HttpResponse:
    below = _below(call.request.GET.get("cursor", ""))
    rows = store.find(call.account.key, kind, search=search, below=below, limit=per_page + 1, **fields)
    more, rows = len(rows) > per_page, rows[:per_page]
    cursor = base64.urlsafe_b64encode(str(rows[-1]["id"]).encode()).decode() if more else None
    meta = {"path": _address(call), "per_page": per_page, "next_cursor": cursor, "prev_cursor": None}
    links = {"first": None, "last": None, "prev": None, "next": f"{_address(call)}?cursor={cursor}" if more else None}
    return answer({"data": [show(record) for record in rows], "links": links, "meta": meta})


def _below(cursor: str) -> int | None:
    try:
        return int(base64.urlsafe_b64decode(cursor)) if cursor else None
    except ValueError:
        raise invalid(cursor="The cursor is invalid.") from None


def _number(text: str | None, default: int) -> int:
    return max(int(text), 1) if text and text.isdigit() else default


def _address(call: Call) -> str:
    return call.request.build_absolute_uri(call.request.path)


def _link(call: Call, page: int) -> str:
    """A link to a page; it drops the caller's filters, as the real one does."""
    return f"{_address(call)}?page={page}"
