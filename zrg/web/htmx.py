"""Page or piece? Asked by every view that answers in both shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.cache import patch_cache_control, patch_vary_headers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def wants_fragment(request: HttpRequest, target: str = "") -> bool:
    """True if htmx asks for a piece (for the element `target`, if named). `request.htmx` alone is also true when htmx
    restores a whole page from history."""
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.history_restore_request:
        return False
    return not target or htmx.target == target


def personal(response: HttpResponse) -> HttpResponse:
    """Mark an answer that belongs to one person and comes in two shapes: no cache may mix them up."""
    patch_cache_control(response, private=True, no_store=True)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
