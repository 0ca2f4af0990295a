"""The webhook endpoints: an HTTP coat around integrations/arrivals.py.

Plain URLs find their workspace by query or body; each also takes the connection's token as a path segment. Plain views:
negotiation, parsing and authentication of an API view are all things that a webhook must not have, and would cost a
tenth of its time.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from integrations import arrivals, providers
from integrations.arrivals import Answer
from integrations.providers.incoming import Incoming
from zrg.lib.metrics import WEBHOOK_ACK, WEBHOOK_ANSWERS

AGAIN_AFTER_S = "30"


@method_decorator([csrf_exempt, login_not_required], name="dispatch")
class WebhookView(View):
    """One provider's deliveries. Whoever asks is known by secrets and signatures, never by a session."""

    provider = ""
    http_method_names = ["post"]

    def post(self, request: HttpRequest, token: str | None = None) -> HttpResponse:
        with WEBHOOK_ACK.time(provider=self.provider):
            answer = _answer(self.provider, request, token or "")
        WEBHOOK_ANSWERS.count(provider=self.provider, status=str(answer.status))
        is_silent = answer.status == 200 and providers.door(self.provider).is_silent
        response = HttpResponse() if is_silent else _json(answer)
        if answer.status in {429, 503}:
            response["Retry-After"] = AGAIN_AFTER_S
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _json(Answer(405, {"error": "Webhooks are sent with POST."}))
        response["Allow"] = "POST"
        return response


def _answer(provider: str, request: HttpRequest, token: str) -> Answer:
    try:
        query = {name: str(value).replace("\x00", "\ufffd") for name, value in request.GET.items()}
        incoming = Incoming(body=_body(request), headers=request.headers, query=query, token=token)
    except RequestDataTooBig:
        return Answer(413, {"error": "The body is larger than 2 MiB."})
    except (TooManyFieldsSent, UnreadablePostError, ValueError):  # ValueError: a Content-Length that is no number
        return Answer(400, {"error": "The request cannot be read."})
    return arrivals.receive(provider, incoming)


def _body(request: HttpRequest) -> bytes:
    """As it was sent. In chunks it has no length, which Django takes for nothing: the server knows where it ends."""
    is_chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    return request.META["wsgi.input"].read(arrivals.LARGEST_BODY + 1) if is_chunked else request.body


def _json(answer: Answer) -> HttpResponse:
    return HttpResponse(orjson.dumps(answer.body), status=answer.status, content_type="application/json")
