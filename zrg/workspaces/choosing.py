"""Which workspace a page shows: ?clientId=, else the session's, else the first accessible one (spec 01)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from zrg.workspaces.models import Workspace

if TYPE_CHECKING:
    from django.http import HttpRequest

SESSION_KEY = "workspace"


def as_uuid(raw: str | None) -> uuid.UUID | None:
    """The id in a query string, None when it is not one."""
    try:
        return uuid.UUID(raw or "")
    except ValueError:
        return None


def accessible(request: HttpRequest) -> list[Workspace]:
    """The person's workspaces by name, at most 200 (for the switcher); one query a request."""
    known: list[Workspace] | None = getattr(request, "_workspaces", None)
    if known is None:
        known = list(Workspace.objects.for_user(request.user)[:200])
        request._workspaces = known  # type: ignore[attr-defined]
    return known


def choose(request: HttpRequest) -> Workspace | None:
    """The workspace of this request, remembered in the session; None when the person has none.

    A foreign or unknown `clientId` falls back like a missing one: it never tells whether it exists."""
    mine = {workspace.pk: workspace for workspace in accessible(request)}
    wanted = [as_uuid(request.GET.get("clientId")), as_uuid(request.session.get(SESSION_KEY))]
    chosen = (
        next((mine[pk] for pk in wanted if pk in mine), None)
        or _beyond(request, wanted)
        or next(iter(mine.values()), None)
    )
    if chosen and request.session.get(SESSION_KEY) != str(chosen.pk):
        request.session[SESSION_KEY] = str(chosen.pk)
    return chosen


def _beyond(request: HttpRequest, wanted: list[uuid.UUID | None]) -> Workspace | None:
    """A superuser of more workspaces than the switcher lists can still open one by its id."""
    if len(accessible(request)) < 200:
        return None
    return Workspace.objects.for_user(request.user).filter(pk__in=[pk for pk in wanted if pk]).first()
