"""Every address of the site, with something real in each of its holes.

A pattern whose hole nobody knows how to fill is an error: whoever adds an address says here what belongs into it, so
that tests/architecture/test_isolation.py can walk there as everybody.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

_HOLE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>((?:[^()]|\((?:[^()]|\([^()]*\))*\))+)\)\??")
_OPTIONAL = re.compile(r"\(\?:/(\{\w+\})\)\?")  # the token of a webhook's URL, after its slash

RowOf = Callable[[type[Model]], Any]
"""The id of a row of a model, in the world that is being walked through."""


class Unknown(LookupError):
    """A hole that this file does not know how to fill."""


@dataclass(frozen=True, slots=True)
class Place:
    """One URL pattern: its name with namespaces (may end in `-`), its path with {holes}, and the route as written."""

    name: str
    template: str
    route: str

    @property
    def holes(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.template))

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    def path(self, values: Mapping[str, Any]) -> str:
        """The address with these values in its holes."""
        return "/" + self.template.format(**{hole: values[hole] for hole in self.holes})

    def __str__(self) -> str:
        return self.route or "(home)"


def places() -> list[Place]:
    """All of them, in the site map's order."""
    return list(_walk(get_resolver().url_patterns, route="", names=""))


def _walk(patterns: list[URLPattern | URLResolver], *, route: str, names: str) -> Iterator[Place]:
    for pattern in patterns:
        written = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _walk(pattern.url_patterns, route=written, names=inner)
        else:
            yield Place(name=f"{names}{pattern.name or '-'}", template=_template(written), route=written)


def _template(route: str) -> str:
    """The route as a path: `<uuid:lead_id>` and `(?P<token>…)` become {lead_id} and {token}."""
    plain = _HOLE.sub(lambda hole: "{" + (hole[1] or hole[2]) + "}", route.replace("^", "").replace("$", ""))
    plain = _OPTIONAL.sub(r"/\1", plain).replace("/?", "")
    if set(re.sub(r"\{\w+\}", "", plain)) & set("()[]?*+\\|"):
        raise Unknown(
            f"{route!r}: the walker cannot read this pattern. Teach it to, in tests/architecture/site_map.py."
        )
    return plain


def model_of(place: Place) -> type[Model] | None:
    """The model whose row an admin page is about, None for all other pages."""
    found = re.match(r"^admin/([a-z_]+)/([a-z]+)/.*<", place.route)
    with contextlib.suppress(LookupError):
        return apps.get_model(found[1], found[2]) if found else None
    return None


def fill(place: Place, *, given: Mapping[str, Any], row_of: RowOf) -> str:
    """The address with the given values in its holes; of the admin's pages, with the id of a row of their model.
    Raises Unknown."""
    model = model_of(place)
    values = dict(given)
    if model is not None:
        values |= dict.fromkeys(("object_id", "pk", "id"), str(row_of(model).pk))
    missing = [hole for hole in place.holes if hole not in values]
    if missing:
        raise Unknown(
            f"{place.route!r}: nothing is known to put into {missing}. Say what, in tests/architecture/tenants.py."
        )
    return place.path(values)
