"""How Unipile answers: errors with a type, lists with a cursor, one key for all accounts of a customer."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import accounts, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance
from integrations.sandbox.store import Record

# Types of each status, as a fault may name them.
STATUSES: dict[int, tuple[str, ...]] = {
    401: (
        "missing_credentials",
        "invalid_credentials",
        "expired_credentials",
        "multiple_sessions",
        "disconnected_account",
        "disconnected_feature",
        "checkpoint_error",
        "insufficient_privileges",
    ),
    403: (
        "account_restricted",
        "account_mismatch",
        "insufficient_permissions",
        "session_mismatch",
        "feature_not_subscribed",
        "subscription_required",
        "unknown_authentication_context",
        "action_required",
        "resource_access_restricted",
    ),
    404: ("resource_not_found", "invalid_resource_identifier"),
    429: ("too_many_requests",),
    500: ("unexpected_error", "provider_error", "authentication_intent_error"),
    503: ("no_client_session", "no_channel", "no_handler", "network_down", "service_unavailable"),
    504: ("request_timeout",),
}
_USUAL = {400: "invalid_parameters", 401: "invalid_credentials", 404: "resource_not_found", 422: "unprocessable_entity"}
_USUAL |= {429: "too_many_requests", 500: "unexpected_error"}
_PAGE, _MOST = 100, 250


class Unified(Dialect):
    """The key is in a header of its own; the account is named in the query, the body or the path."""

    def token(self, request: HttpRequest) -> str:
        return request.headers.get("X-API-KEY", "").strip()

    def account(self, provider: str, request: HttpRequest) -> Account | None:
        first = accounts.by_token(provider, self.token(request))
        if first is None:
            return None
        mine = [one for one in accounts.every() if one.provider == provider and one.token == first.token]
        named = _named(request, mine)
        return next((one for one in mine if one.id == named), first)

    def problem(self, status: int, message: str) -> HttpResponse:
        return _error(status, _USUAL.get(status, "unexpected_error"), message)

    def unauthenticated(self) -> HttpResponse:
        return _error(401, "invalid_credentials", "The provided credentials are invalid.")

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        return _error(429, "too_many_requests", "Too many requests were made.")

    def planned(self, kind: str, message: str) -> HttpResponse:
        """A refusal whose message is a type, such as `errors/limit_exceeded`, is that error with its own status."""
        if kind == "refused":
            named = message.removeprefix("errors/") if message.startswith("errors/") else ""
            status = next((one for one, types in STATUSES.items() if named in types), 422)
            return _error(status, named or "unprocessable_entity", message or "The request was refused.")
        return super().planned(kind, message)


def _named(request: HttpRequest, mine: Iterable[Account]) -> str:
    """The id of the account a call is about; "" where it names none."""
    steps = request.path.partition("/api/v1/")[2].split("/")
    if steps[0] == "accounts" and len(steps) > 1:
        return steps[1]
    if found := request.GET.get("account_id"):
        return found
    if steps[0] == "chats" and len(steps) > 1:
        return next((one.id for one in mine if store.get(one.key, "chat", steps[1])), "")
    if request.content_type == "multipart/form-data":
        return str(request.POST.get("account_id") or "")
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return ""
    return str(body.get("account_id") or "") if isinstance(body, dict) else ""


DIALECT = Unified()
GATE = Gate("unipile", DIALECT)


def _error(status: int, kind: str, detail: str) -> HttpResponse:
    title = kind.replace("_", " ").capitalize()
    return answer(
        {"status": status, "type": f"errors/{kind}", "title": title, "detail": detail, "instance": ""}, status
    )


def no(kind: str, detail: str, status: int = 422) -> Stop:
    """Refuse with an error of this type."""
    return Stop(_error(status, kind, detail))


def own(call: Call, account_id: object) -> None:
    """Refuse a missing account, and one that the key does not see."""
    if not account_id:
        raise no("invalid_parameters", "account_id is required.", 400)
    if account_id != call.account.id:
        raise no("resource_not_found", "The requested resource was not found. Account not found.", 404)


def listed(call: Call, kind: str, rows: list[Record]) -> HttpResponse:
    """One page of a list; the cursor is null at its end."""
    query = call.request.GET
    size = min(int(query["limit"]) if query.get("limit", "").isdigit() else _PAGE, _MOST)
    start = _place(query.get("cursor", ""))
    more = len(rows) > start + size
    cursor = base64.urlsafe_b64encode(str(start + size).encode()).decode() if more else None
    shown: list[Any] = [store.public(row) for row in rows[start : start + size]]
    return answer({"object": f"{kind}List", "items": shown, "cursor": cursor})


def _place(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor)) if cursor else 0
    except ValueError:
        raise no("invalid_parameters", "The cursor is invalid.", 400) from None
