"""What can go wrong at OpenAI and nowhere else, beside the faults every provider has."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseRedirectBase

from integrations.sandbox.openai.errors import error

FAULTS = {
    "truncated": "200, incomplete: the JSON breaks off",
    "refused": "200 with a refusal instead of text",
    "incomplete": "200, incomplete: reasoning used everything up, no text",
    "failed": "200 that says failed",
    "rate_limited": "429; retry-after 1, or `message`: a number of seconds, or none",
    "quota": "429 insufficient_quota",
    "bad_gateway_html": "502 with a web page",
    "redirect": "307 to another host, or to `message`",
    "unsupported_value": "400, the effort is not supported",
    "model_not_found": "404, there is no such model",
    "wrong_json": "completed, but the text is no JSON",
    "wrong_schema": "completed, but the JSON is not what the schema says",
    "adversarial": "lies: `message` url, time, price, placeholder, signature, injection, fence, all; else in turn",
}
# What happens instead of the work; the others spoil its answer.
INSTEAD = (
    "error_500",
    "rate_limited",
    "unauthorized",
    "quota",
    "bad_gateway_html",
    "redirect",
    "unsupported_value",
    "model_not_found",
)
_ELSEWHERE = "https://elsewhere.example.com/v1/responses"


class _Repeat(HttpResponseRedirectBase):
    """The client shall send its body again."""

    status_code = 307


def refusal(kind: str, message: str) -> HttpResponse | None:
    """The answer of a fault that is OpenAI's own; None for those of every provider."""
    if kind == "rate_limited":
        return _too_fast(message)
    if kind == "quota":
        text = "You exceeded your current quota, please check your plan and billing details."
        return error(429, text, kind="insufficient_quota", code="insufficient_quota")
    if kind == "bad_gateway_html":
        page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
        return HttpResponse(page, status=502, content_type="text/html")
    if kind == "redirect":
        return _Repeat(message or _ELSEWHERE)
    if kind == "unsupported_value":
        text = "Unsupported value: the effort is not supported with this model."
        return error(400, message or text, param="reasoning.effort", code="unsupported_value")
    if kind == "model_not_found":
        text = "The model does not exist or you do not have access to it."
        return error(404, message or text, param="model", code="model_not_found")
    return None


def _too_fast(wait: str) -> HttpResponse:
    """429; `wait` says after how long to come again (1; `none` leaves it out)."""
    response = error(429, "Rate limit reached for requests.", kind="requests", code="rate_limit_exceeded")
    if wait != "none":
        response["retry-after"] = wait or "1"
    return response
