"""The person's own name and colour theme; the pages Django shows when something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import requires_csrf_token
from django.views.decorators.http import require_http_methods, require_POST

from zrg.lib.logs import current_correlation_id
from zrg.web.coming_from import page_before
from zrg.web.htmx import wants_fragment
from zrg.workspaces.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

A_YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")
FOR_MACHINES = {
    400: "The request was not understood.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    429: "Too many requests. Try again in a few minutes.",
    500: "Something went wrong on our side. Try again later.",
}


class NameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"name": "How colleagues see you beside your messages."}


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The name others see."""
    user = cast("User", request.user)
    form = NameForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Name saved.")
        return HttpResponseRedirect(request.path)
    return render(request, "me/profile.html", {"form": form})


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the colour theme in a cookie; anything but light and dark follows the system."""
    chosen = request.POST.get("theme", "")
    wished = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        wished, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    answer = HttpResponse(status=204) if wants_fragment(request) else HttpResponseRedirect(wished if here else "/")
    if chosen in THEMES:
        answer.set_cookie("theme", chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for longer than the sign-in lasted, or was sent from another site."""
    return open_for_too_long(request)


def _error(status: int, template: str) -> Callable[..., HttpResponse]:
    """A page that needs no database, session or context: it must show when those are what failed."""

    @requires_csrf_token
    def page(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        if request.path.startswith("/api/"):
            return JsonResponse({"error": FOR_MACHINES[status]}, status=status)
        theme = request.COOKIES.get("theme", "")
        context = {
            "reference": current_correlation_id(),
            "theme": theme if theme in THEMES else "",
            "reason": str(exception) if status == 403 and exception else "",
            "again": _page_before(request),
        }
        return HttpResponse(render_to_string(template, context), status=status)

    return page


def _page_before(request: HttpRequest) -> str:
    try:
        return page_before(request)
    except SuspiciousOperation:  # sent to a host that is not ours
        return "/"


bad_request = _error(400, "400.html")
open_for_too_long = _error(403, "csrf.html")
forbidden = _error(403, "403.html")
not_found = _error(404, "404.html")
no_page = _error(405, "405.html")
too_many = _error(429, "429.html")
broken = _error(500, "500.html")
