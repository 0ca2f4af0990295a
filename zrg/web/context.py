"""What every page's frame needs. Lazy: a page that shows no frame pays nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from zrg.web.navigation import pages


def frame(request: HttpRequest) -> dict[str, Any]:
    """The colour theme the person chose (light, dark, or empty for the system's), and the product's pages."""
    theme = request.COOKIES.get("theme", "")
    return {"theme": theme if theme in {"light", "dark"} else "", "nav_pages": pages}
