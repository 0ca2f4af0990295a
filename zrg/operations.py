"""The ops staff's front page in the admin: what is stuck, failing or late, with links to the lists."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Figures of the admin's index page."""
    return context


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The admin's side bar, by domain."""
    return []
