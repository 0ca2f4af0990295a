"""How OpenAI answers: one shape of error, its headers of limits, a request id on everything."""

from __future__ import annotations

import json
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from integrations.sandbox import accounts
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import Dialect, Gate
from integrations.sandbox.limits import Allowance
from integrations.sandbox.openai.asking import format_name
from integrations.sandbox.openai.errors import error
from integrations.sandbox.openai.planned import INSTEAD, refusal

KEY_BEGINS = "sk-sandbox"
_TOKENS_PER_MINUTE = 2_000_000


class OpenAi(Dialect):
    """Any key that begins with `sk-sandbox` is an account, made when it first calls."""

    rate_max = 10_000

    instead = INSTEAD

    def account(self, provider: str, request: HttpRequest) -> Account | None:
        """The key's account; `sk-sandbox-demo` is `openai:demo`."""
        token = self.token(request)
        known = accounts.by_token(provider, token)
        if known or not token.startswith(KEY_BEGINS):
            return known
        name = token.removeprefix(KEY_BEGINS).strip("-") or "default"
        if taken := accounts.get(f"{provider}:{name}"):
            return replace(taken, token=token)
        base_url = request.build_absolute_uri(f"/{provider}").rstrip("/")
        made = Account(provider, name, f"Model ({name})", token, more={"base_url": base_url})
        return accounts.keep(made)[0]

    def operation(self, request: HttpRequest, name: str) -> str:
        """A call is named by the format it asks for; counting keeps its own name."""
        if name != "respond":
            return name
        try:
            return format_name(json.loads(request.body)) or name
        except ValueError:
            return name

    def problem(self, status: int, message: str) -> HttpResponse:
        kind = "server_error" if status >= 500 else "invalid_request_error"
        return error(status, message, kind=kind)

    def unauthenticated(self) -> HttpResponse:
        message = "Incorrect API key provided. The sandbox takes keys that begin with sk-sandbox."
        return error(401, message, code="invalid_api_key")

    def rate_limited(self, allowance: Allowance | None) -> HttpResponse:
        response = error(429, "Rate limit reached for requests.", kind="requests", code="rate_limit_exceeded")
        if allowance:
            response["retry-after"] = str(max(int(allowance.resets_in_s), 1))
        return response

    def rate_headers(self, allowance: Allowance) -> dict[str, str]:
        left = max(allowance.remaining, 0)
        return {
            "x-ratelimit-limit-requests": str(allowance.maximum),
            "x-ratelimit-remaining-requests": str(left),
            "x-ratelimit-reset-requests": f"{round(60_000 / allowance.maximum)}ms",
            "x-ratelimit-limit-tokens": str(_TOKENS_PER_MINUTE),
            "x-ratelimit-remaining-tokens": str(_TOKENS_PER_MINUTE - 1000),
            "x-ratelimit-reset-tokens": "30ms",
        }

    def planned(self, kind: str, message: str) -> HttpResponse:
        return refusal(kind, message) or super().planned(kind, message)


OPEN_AI = OpenAi()
GATE = Gate("openai", OPEN_AI)
