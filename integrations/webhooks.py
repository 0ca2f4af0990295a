"""The webhook endpoints: an HTTP coat around integrations/arrivals.py.

Plain URLs find their workspace by query or body; each also takes the connection's token as a path segment.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from integrations import arrivals
from integrations.arrivals import Answer
from integrations.providers.incoming import Incoming
from zrg.lib.metrics import WEBHOOK_ACK, WEBHOOK_ANSWERS


class _AlwaysJson(BaseContentNegotiation):
    """Providers send any Accept header and get JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return JSONRenderer(), JSONRenderer.media_type


class WebhookView(APIView):
    """One provider's deliveries. Whoever asks is known by secrets and signatures, never by a session."""

    provider = ""
    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = _AlwaysJson
    http_method_names = ["post"]
    schema = None

    def post(self, request: Request, token: str | None = None) -> HttpResponse:
        with WEBHOOK_ACK.time(provider=self.provider):
            answer = _answer(self.provider, request._request, token or "")
        WEBHOOK_ANSWERS.count(provider=self.provider, status=str(answer.status))
        response = _json(answer)
        if answer.status in {429, 503}:
            response["Retry-After"] = "30"
        return response

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _json(Answer(405, {"error": "Webhooks are sent with POST."}))
        response["Allow"] = "POST"
        return response


def _answer(provider: str, request: HttpRequest, token: str) -> Answer:
    try:
        query = {name: value.replace("\x00", "\ufffd") for name, value in request.GET.items()}
        incoming = Incoming(body=request.body, headers=request.headers, query=query, token=token)
    except RequestDataTooBig:
        return Answer(413, {"error": "The body is larger than 2 MiB."})
    except (TooManyFieldsSent, UnreadablePostError, ValueError):  # ValueError: a Content-Length that is no number
        return Answer(400, {"error": "The request cannot be read."})
    return arrivals.receive(provider, incoming)


def _json(answer: Answer) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer.body), status=answer.status, content_type="application/json")
