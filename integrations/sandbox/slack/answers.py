"""How Slack answers: `ok` or an `error` with HTTP 200; only a rate limit has a status of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import accounts
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import Call, Dialect, Gate, Stop, answer
from integrations.sandbox.limits import Allowance

_NO_SERVICE = 404


class WebApi(Dialect):
    """Bearer tokens, scopes, `{"ok": false, "error": …}`."""

    rate_max = 2000
    rate_interval_s = 60

    def objection(self, request: HttpRequest, needs: Mapping[str, Any]) -> HttpResponse | None:
        """An account may be given `scopes`; without them the bot has them all."""
        account = accounts.by_token("slack", self.token(request))
        scopes = account.more.get("scopes") if account else None
        scope = needs.get("scope", "")
        if scopes is None or not scope or scope in scopes:
            return None
        return answer({"ok": False, "error": "missing_scope", "needed": scope, "provided": ",".join(scopes)})

    def problem(self, status: int, message: str) -> HttpResponse:
        return answer({"ok": False, "error": message}, status if status >= 500 else 200)

    def unauthenticated(self) -> HttpResponse:
        return answer({"ok": False, "error": "invalid_auth"})

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        response = answer({"ok": False, "error": "ratelimited"}, 429)
        response["Retry-After"] = str(int(allowance.resets_in_s) + 1) if allowance else "1"
        return response

    def planned(self, kind: str, message: str) -> HttpResponse:
        """`refused` and `success_false` say `message` as the error: is_archived, internal_error …"""
        if kind == "refused":
            return answer({"ok": False, "error": message or "restricted_action"})
        if kind == "success_false":
            return answer({"ok": False, "error": message or "internal_error"})
        return super().planned(kind, message)


class Hooks(Dialect):
    """Incoming webhooks: the path is the credential, answers are plain text."""

    def account(self, provider: str, request: HttpRequest) -> Account | None:
        team = request.path.rpartition("/services/")[2].partition("/")[0]
        return accounts.get(f"{provider}:{team}")

    def problem(self, status: int, message: str) -> HttpResponse:
        return HttpResponse(message, status=status, content_type="text/plain")

    def unauthenticated(self) -> HttpResponse:
        return self.problem(_NO_SERVICE, "no_team")

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        response = self.problem(429, "rate_limited")
        response["Retry-After"] = "1"
        return response

    def planned(self, kind: str, message: str) -> HttpResponse:
        if kind == "unauthorized":
            return self.problem(_NO_SERVICE, "no_service")
        return super().planned(kind, message)


GATE = Gate("slack", WebApi())
HOOKS_GATE = Gate("slack", Hooks())


def ok(**body: Any) -> HttpResponse:
    """`{"ok": true, …}`."""
    return answer({"ok": True, **body})


def no(error: str, **more: Any) -> Stop:
    """`{"ok": false, "error": …}`."""
    return Stop(answer({"ok": False, "error": error, **more}))


def arguments(call: Call) -> dict[str, Any]:
    """What a call says, in its JSON or its query."""
    return {**call.request.GET.dict(), **call.data}
