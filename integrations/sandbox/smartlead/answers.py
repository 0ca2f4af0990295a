"""How SmartLead answers: the key in the query, errors in one of three fields, and success that may be a sentence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance
from integrations.sandbox.store import Record

QUEUED = "Email added to the queue, will be sent out soon!"


class Smart(Dialect):
    """The standard plan's 60 calls a minute."""

    rate_max = 60
    rate_interval_s = 60

    def token(self, request: HttpRequest) -> str:
        return request.GET.get("api_key", "")

    def problem(self, status: int, message: str) -> HttpResponse:
        """`message` where the framework refuses, `error` where SmartLead does."""
        return answer({"message" if status in (401, 404, 405, 500) else "error": message}, status)

    def unauthenticated(self) -> HttpResponse:
        return self.problem(401, "API key is required.")

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        wait = int(allowance.resets_in_s) + 1 if allowance else 1
        said = {"code": "RATE_LIMIT_EXCEEDED", "message": "Too many requests.", "retry_after": wait}
        response = answer({"error": said}, 429)
        response["Retry-After"] = str(wait)
        return response

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(allowance.maximum),
            "X-RateLimit-Remaining": str(max(allowance.remaining, 0)),
            "X-RateLimit-Reset": str(int(allowance.resets_in_s)),
        }

    def planned(self, kind: str, message: str) -> HttpResponse:
        if kind == "success_false":
            return answer({"ok": False, "message": message or "The email could not be sent."})
        return super().planned(kind, message)


SMART = Smart()
GATE = Gate("smartlead", SMART)


def no(message: str, status: int = 400) -> Stop:
    """Refuse."""
    return Stop(SMART.problem(status, message))


def found(call: Call, kind: str, record_id: object, message: str) -> Record:
    """A record of this account, or 404 with this message."""
    record = store.get(call.account.key, kind, record_id)
    if record is None:
        raise no(message, 404)
    return record


def done(data: object = "success") -> HttpResponse:
    """`{"ok": true, "data": …}`."""
    return answer({"ok": True, "data": data})


def page_of(offset: object, limit: object) -> tuple[int, int]:
    """Offset and limit as asked for, at most a hundred rows."""
    return _number(offset, 0), min(_number(limit, 20) or 20, 100)


def _number(value: object, default: int) -> int:
    return int(str(value)) if str(value).isdigit() else default
