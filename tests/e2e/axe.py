"""axe-core over a page in all its looks: light and dark, on a desk, on a tablet and on a phone (spec 07)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

DESK, TABLET, PHONE = 1440, 768, 390
HEIGHTS = {DESK: 900, TABLET: 1024, PHONE: 844}
_LOOK = Path(__file__).with_name("axe.js").read_text()


def assert_nothing_serious(page: Page, *, within: str = "") -> None:
    """In each theme at each width; `within`: a part that was opened, where the page around it was looked at before: on
    the desk and on a phone. Nothing is wider than its place either, and nothing moves. Leaves the page light, and as
    wide as it was."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    before, told = page.viewport_size, {}
    for width in (DESK, PHONE) if within else (DESK, TABLET, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        for scheme in ("dark", "light"):
            if found := _found(page, scheme, within):
                told[width, scheme] = found
    if before:
        page.set_viewport_size(before)
    assert told == {}, page.url


def _found(page: Page, scheme: Any, within: str) -> list[Any]:
    """A theme changes nothing but colours: all other rules are looked at in one."""
    page.emulate_media(color_scheme=scheme)
    return list(page.evaluate(_LOOK, {"within": within, "all": scheme == "light"}))
