"""The product's pages, for the frame's navigation: filled by the roof (zrg/pages.py), shown by every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """One entry. `path` ends in `?` or `&`: the workspace's `clientId=…` follows."""

    key: str
    title: str
    icon: str
    path: str


_pages: list[Page] = []


def register(*pages: Page) -> None:
    """Name the pages, in the order of the navigation; again replaces those of the same key."""
    keys = {page.key for page in pages}
    _pages[:] = [page for page in _pages if page.key not in keys] + list(pages)


def pages() -> list[Page]:
    """All of them."""
    return list(_pages)
