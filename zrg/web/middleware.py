"""What every answer of the product carries: a correlation id and a content security policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django_htmx.http import HttpResponseClientRedirect
from structlog.contextvars import clear_contextvars

from zrg.lib.logs import correlated, new_correlation_id
from zrg.web import views
from zrg.web.coming_from import page_before

Get = Callable[[HttpRequest], HttpResponse]
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# Own files only; the admin theme needs inline script and style for its Alpine parts.
PAGES = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
ADMIN = PAGES + "; script-src 'self' 'unsafe-inline' 'unsafe-eval'; font-src 'self' data:"


class CorrelationMiddleware:
    """Give each request an id (a sane one the caller sent is kept) for its logs and its jobs; answer with it."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        clear_contextvars()
        sent = request.headers.get("X-Correlation-Id", "")
        with correlated(sent if _ID.fullmatch(sent) else new_correlation_id()) as correlation_id:
            response = self.get_response(request)
            response["X-Correlation-Id"] = correlation_id
            return response


class WebhooksMiddleware:
    """Webhooks go straight to their view: machines have no session, no messages, no forms, and come in bursts."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/webhooks/"):
            return self.get_response(request)
        try:
            request.resolver_match = match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        return match.func(request, *match.args, **match.kwargs)


class ContentSecurityPolicyMiddleware:
    """Nothing but our own files runs in a page: a lead's text that slips through does nothing."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", ADMIN if request.path.startswith("/admin/") else PAGES)
        return response


class SignInMiddleware(LoginRequiredMiddleware):
    """Every page needs a sign-in but those marked open, for which the person is not even looked up: webhooks and the
    poll of open pages must not cost a query (Django asks who it is first)."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        """Whoever signs in again comes back to the page, not to the address that a button of it had sent to; and the
        sign-in is a page, not a piece inside another one."""
        answer = redirect_to_login(page_before(request))
        return HttpResponseClientRedirect(answer.url) if request.htmx else answer  # type: ignore[attr-defined]


class NoPageMiddleware:
    """An address that only does something, opened as if it were a page, says so."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_opened = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        return views.no_page(request) if response.status_code == 405 and is_opened else response
