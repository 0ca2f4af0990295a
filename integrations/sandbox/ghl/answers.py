"""How GoHighLevel answers: bare bodies, and errors with a text or a list of texts."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import limits, store
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance
from integrations.sandbox.store import Record

CONVERSATIONS = "2021-04-15"
CONTACTS = "2021-07-28"
_PER_DAY = 200_000
_DAY_S = 86_400
_ERRORS = {401: "Unauthorized", 403: "Forbidden", 422: "Unprocessable Entity", 429: "Too Many Requests"}


class HighLevel(Dialect):
    """100 calls in ten seconds; the `Version` header is mandatory and differs by module."""

    rate_max = 100
    rate_interval_s = 10

    def objection(self, request: HttpRequest, needs: Mapping[str, Any]) -> HttpResponse | None:
        version = request.headers.get("Version")
        if version is None:
            return self.problem(401, "version header was not found.")
        if version != needs["version"]:
            return self.problem(400, f"version header is invalid for this module, expected {needs['version']}.")
        return None

    def problem(self, status: int, message: str) -> HttpResponse:
        body: Record = {"statusCode": status, "message": [message] if status == 422 else message}
        if status in _ERRORS:
            body["error"] = _ERRORS[status]
        return answer({**body, "traceId": trace_id()}, status)

    def unauthenticated(self) -> HttpResponse:
        return answer(
            {"statusCode": 401, "message": "Invalid token: access token is invalid", "error": "Unauthorized"}, 401
        )

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        spent = allowance or Allowance(self.rate_max, self.rate_interval_s, -1, self.rate_interval_s)
        response = self.problem(429, "Too Many Requests")
        for header, value in self.rate_headers(spent).items():
            response[header] = value
        return response

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        """The interval's and the day's allowance; no `Retry-After`."""
        return {
            "X-RateLimit-Limit-Daily": str(_PER_DAY),
            "X-RateLimit-Daily-Remaining": str(max(_PER_DAY - limits.used("ghl:day", interval_s=_DAY_S), 0)),
            "X-RateLimit-Interval-Milliseconds": str(allowance.interval_s * 1000),
            "X-RateLimit-Max": str(allowance.maximum),
            "X-RateLimit-Remaining": str(max(allowance.remaining, 0)),
        }

    def planned(self, kind: str, message: str) -> HttpResponse:
        if kind == "dnd":
            return cannot_send(message or "Cannot send message as DND is active for SMS.").response
        return super().planned(kind, message)


HIGH_LEVEL = HighLevel()
GATE = Gate("ghl", HIGH_LEVEL)


def trace_id() -> str:
    """What support asks for."""
    return str(uuid.uuid4())


def no(message: str, status: int = 400, **more: Any) -> Stop:
    """Refuse with one text."""
    return Stop(answer({"statusCode": status, "message": message, **more}, status))


def cannot_send(message: str) -> Stop:
    """Refuse a send: 400 with `status` instead of `statusCode`, told apart by the text only."""
    return Stop(answer({"status": 400, "message": message, "traceId": trace_id()}, 400))


def invalid(*messages: str) -> Stop:
    """Refuse fields: 422 with a list."""
    return Stop(answer({"statusCode": 422, "message": list(messages), "error": "Unprocessable Entity"}, 422))


def found(call: Call, kind: str, record_id: object) -> Record:
    """A record of this location, or 400 (the contract lists no 404)."""
    record = store.get(call.account.key, kind, record_id)
    if record is None:
        raise no(f"{kind.title()} with id {record_id} not found", traceId=trace_id())
    return record


def own_location(call: Call, location_id: object, *, field: str = "locationId") -> None:
    """Refuse a missing location, and one that isn't the token's."""
    if not location_id or not isinstance(location_id, str):
        raise invalid(f"{field} must be a string", f"{field} should not be empty")
    if location_id != call.account.id:
        raise no("The token does not have access to this location.", 403, error="Forbidden")
