"""The ops staff's front page in the admin: what is stuck, failing or late, with links to the lists (spec 13).

For somebody on call at night: first one sentence whether anything is wrong, then the places to look, every number a
link. Cheap enough to reload every few seconds: each number comes from a partial index or a bounded sub-select.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from zrg.operations import attention, queues, sends, sweeps, traffic
from zrg.operations.navigation import navigation
from zrg.operations.search import search

__all__ = ["dashboard", "environment", "navigation", "search"]

_NEEDED = ("integrations.view_webhookevent", "inbox.view_messagejob")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Figures of the admin's index page; none for staff without a group."""
    if not request.user.has_perms(_NEEDED):
        return {**context, "title": "Operations", "no_group": True}
    found = {
        "lanes": queues.lanes(),
        "failures": queues.failures(),
        "traffic": traffic.per_minute(),
        "providers": traffic.providers(),
        "ignored": traffic.ignored(),
        "sweeps": sweeps.last_runs(),
        "sends": sends.figures(),
    }
    return {**context, "title": "Operations", **found, "problems": attention.problems(found)}


def environment(_request: HttpRequest) -> list[str]:
    """The mark in the admin's head: never mistake one installation for the other."""
    return {"production": ["Production", "danger"], "development": ["Development", "info"]}.get(
        settings.ZRG_ENV, ["Test", "warning"]
    )
