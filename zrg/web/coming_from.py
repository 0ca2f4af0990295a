"""Where a request came from, for ways back that lead to a page of ours and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_before(request: HttpRequest) -> str:
    """The address of what the person has before them: for a form or a piece, of the page it stands on; `/` where
    nobody knows."""
    if htmx := getattr(request, "htmx", None):
        return htmx.current_url_abs_path or "/"
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sent = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return "/"
    address = urlsplit(sent)
    return f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
