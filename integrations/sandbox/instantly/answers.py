"""How Instantly answers: bare rows, cursor lists, errors with a status, and errors that come with 200."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import limits, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance
from integrations.sandbox.store import Record

LISTS_A_MINUTE = 20
_PER_SECOND = 100
_MAX_LIMIT = 100
_ERRORS = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    404: "Not Found",
    405: "Method Not Allowed",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class InstantlyDialect(Dialect):
    """6,000 calls a minute and 100 a second over all keys of a workspace; no `Retry-After`."""

    rate_max = 6000
    rate_interval_s = 60

    def objection(self, request: HttpRequest, needs: Mapping[str, Any]) -> HttpResponse | None:
        spent = limits.use(f"instantly:{self.token(request)}:second", maximum=_PER_SECOND, interval_s=1)
        return self.rate_limited(spent) if spent.is_spent else None

    def problem(self, status: int, message: str) -> HttpResponse:
        return answer({"statusCode": status, "error": _ERRORS.get(status, "Error"), "message": message}, status)

    def unauthenticated(self) -> HttpResponse:
        return self.problem(401, "Invalid API key")

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        return self.problem(429, "Rate limit exceeded")

    def planned(self, kind: str, message: str) -> HttpResponse:
        if kind == "success_false":
            return answer({"error": message or "ACC_UNKNOWN_ERROR"})
        return super().planned(kind, message)


INSTANTLY = InstantlyDialect()
GATE = Gate("instantly", INSTANTLY)


def no(message: str, status: int = 400) -> Stop:
    """Refuse: `{"statusCode": …, "error": …, "message": …}`."""
    return Stop(INSTANTLY.problem(status, message))


def failed(error: str) -> Stop:
    """Refuse with 200: `{"error": "ACC_…"}`."""
    return Stop(answer({"error": error}))


def found(call: Call, kind: str, record_id: object) -> Record:
    """A record of this workspace, or 404."""
    record = store.get(call.account.key, kind, record_id)
    if record is None:
        raise no(f"{kind.title()} not found", 404)
    return record


def listed(call: Call, records: list[Record], show: Callable[[Record], Record]) -> HttpResponse:
    """A page of records that are in the order asked for; the cursor is the last id and absent at the end."""
    limit = call.data.get("limit") or call.request.GET.get("limit") or "10"
    size = min(max(int(limit), 1), _MAX_LIMIT) if str(limit).isdigit() else 10
    after = str(call.data.get("starting_after") or call.request.GET.get("starting_after") or "")
    ids = [str(record["id"]) for record in records]
    if after and after not in ids:
        raise no("starting_after is invalid")
    begin = ids.index(after) + 1 if after else 0
    page = records[begin : begin + size]
    body: Record = {"items": [show(record) for record in page]}
    if begin + size < len(records):
        body["next_starting_after"] = str(page[-1]["id"])
    return answer(body)


def count_list(account: Account) -> None:
    """The mails' list has a limit of its own; `lists_a_minute` of the account replaces it."""
    maximum = int(account.more.get("lists_a_minute") or LISTS_A_MINUTE)
    spent = limits.use(f"{account.key}:lists", maximum=maximum, interval_s=60)
    if spent.is_spent:
        raise Stop(INSTANTLY.rate_limited(spent))
