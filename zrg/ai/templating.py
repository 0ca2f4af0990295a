"""Prompt texts with places for values: `{{ name }}`, and for shared snippets: `{{> snippet }}`. Pure.

Strict: an unknown or missing name is an error that names it, never an empty place in what a model reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_PLACE = re.compile(r"\{\{\s{0,3}(>?)\s{0,3}([A-Za-z_][\w.]{0,60})\s{0,3}\}\}")
_STRAY = re.compile(r"\{\{|\}\}")


class TemplateError(ValueError):
    """A text that cannot be used as it is; the words name what is wrong and the remedy."""


def places(text: str) -> tuple[set[str], set[str]]:
    """The variables and the snippets a text names. Raises TemplateError for braces that name nothing."""
    rest = _PLACE.sub("", text)
    if _STRAY.search(rest):
        raise TemplateError("There are double braces that name nothing. Write {{ name }} or {{> snippet }}.")
    found = _PLACE.findall(text)
    return {name for mark, name in found if not mark}, {name for mark, name in found if mark}


def check(text: str, *, variables: Iterable[str], snippets: Iterable[str], required: Iterable[str] = ()) -> None:
    """Raises TemplateError naming unknown variables and snippets, and required ones that are missing."""
    used, snips = places(text)
    known, known_snippets = set(variables), set(snippets)
    if unknown := sorted(used - known):
        raise TemplateError(f"Unknown: {', '.join(unknown)}. Known here: {', '.join(sorted(known)) or 'none'}.")
    if unknown := sorted(snips - known_snippets):
        raise TemplateError(f"No such snippet: {', '.join(unknown)}. Known: {', '.join(sorted(known_snippets))}.")
    if missing := sorted(set(required) - used):
        raise TemplateError(f"Missing: {', '.join(missing)}. The text must contain {{{{ {missing[0]} }}}}.")


def fill(text: str, *, variables: Mapping[str, str], snippets: Mapping[str, str]) -> str:
    """The text with everything in its place. Snippets may name variables, not snippets. Raises TemplateError."""

    def put(match: re.Match[str]) -> str:
        mark, name = match.groups()
        source = snippets if mark else variables
        if name not in source:
            raise TemplateError(f"Missing: {name}.")
        return fill(source[name], variables=variables, snippets={}) if mark else source[name]

    return _PLACE.sub(put, text)
