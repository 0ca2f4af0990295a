"""Which tabs the settings have and what stands in them (spec 01): sections, each served by its own app.

Filled by the roof (zrg/pages.py). A tab without sections is not shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from zrg.workspaces.models import Workspace

TABS: dict[str, str] = {
    "general": "General",
    "integrations": "Integrations",
    "ai": "AI personality",
    "booking": "Booking",
    "team": "Team",
}

Context = Callable[[HttpRequest, Workspace], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a tab that is shown and saved alone. `template` and `context` make it; `is_secret`: a card stands in
    for people of the client (persona and prompt texts, credentials, the team)."""

    tab: str
    key: str
    title: str
    template: str
    context: Context
    is_secret: bool = False


_sections: dict[str, Section] = {}


def register(*sections: Section) -> None:
    """Name sections in the order of their tab. Raises ValueError for a tab that does not exist."""
    for section in sections:
        if section.tab not in TABS:
            raise ValueError(f"{section.key}: there is no tab {section.tab!r}, only {', '.join(TABS)}.")
        _sections[section.key] = section


def tabs() -> dict[str, str]:
    """Keys and titles of the tabs that have something in them."""
    filled = {section.tab for section in _sections.values()}
    return {key: title for key, title in TABS.items() if key in filled}


def sections(tab: str) -> list[Section]:
    """The sections of a tab."""
    return [section for section in _sections.values() if section.tab == tab]


def section(key: str) -> Section:
    """One of them. Raises LookupError."""
    return _sections[key]
