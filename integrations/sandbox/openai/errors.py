"""An error as OpenAI writes it."""

from __future__ import annotations

import uuid

from django.http import HttpResponse

from integrations.sandbox.gate import Stop, answer


def error(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
) -> HttpResponse:
    """The answer to a request that fails."""
    response = answer({"error": {"message": message, "type": kind, "param": param, "code": code}}, status)
    response["x-request-id"] = request_id()
    return response


def no(message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> Stop:
    """Refuse a request."""
    return Stop(error(status, message, param=param, code=code))


def request_id() -> str:
    """What support asks for."""
    return f"req_{uuid.uuid4().hex}"
