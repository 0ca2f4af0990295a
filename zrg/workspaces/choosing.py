"""Which workspace a page shows: ?clientId=, else the session's, else the first accessible one (spec 01)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from zrg.workspaces import access
from zrg.workspaces.models import Workspace

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "workspace"
LISTED = 200


def as_uuid(raw: str | None) -> uuid.UUID | None:
    """The id in a query string, None when it is not one."""
    try:
        return uuid.UUID(raw or "")
    except ValueError:
        return None


def accessible(request: HttpRequest) -> list[Workspace]:
    """The person's workspaces by name, at most LISTED (for the switcher), and what they are there; one query a
    request."""
    known: list[Workspace] | None = getattr(request, "_workspaces", None)
    if known is None:
        known = access.with_standings(request.user, Workspace.objects.for_user(request.user)[:LISTED])
        request._workspaces = known  # type: ignore[attr-defined]
    return known


def choose(request: HttpRequest) -> Workspace | None:
    """The workspace of this request, remembered in the session; None when the person has none.

    A foreign or unknown `clientId` falls back like a missing one: it never tells whether it exists."""
    wanted = (as_uuid(request.GET.get("clientId")), as_uuid(request.session.get(SESSION_KEY)))
    chosen = next((found for pk in wanted if pk and (found := _mine(request, pk))), None)
    chosen = chosen or next(iter(accessible(request)), None)
    if chosen and request.session.get(SESSION_KEY) != str(chosen.pk):
        request.session[SESSION_KEY] = str(chosen.pk)
    return chosen


def _mine(request: HttpRequest, pk: uuid.UUID) -> Workspace | None:
    """One of the person's by its id: also of a superuser's that has more than the switcher lists."""
    listed = accessible(request)
    found = next((workspace for workspace in listed if workspace.pk == pk), None)
    if found or len(listed) < LISTED:
        return found
    return Workspace.objects.for_user(request.user).filter(pk=pk).first()
