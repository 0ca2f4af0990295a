"""Staff accounts can be required to have a second factor (spec 01, setting STAFF_REQUIRES_2FA)."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

_OPEN = ("/accounts/", "/static/", "/healthz", "/readyz", "/api/webhooks/", "/api/cron/", "/live")


class StaffSecondFactorMiddleware:
    """Send staff without a second factor to the page that sets one up, before any other page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_REQUIRES_2FA and not request.path.startswith(_OPEN) and self._must_set_up(request):
            messages.warning(request, "Staff accounts need a second factor. Add an authenticator app or a passkey.")
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        user = request.user
        return user.is_authenticated and user.is_staff and not is_mfa_enabled(user)
