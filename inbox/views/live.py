"""Has anything changed, and what? The poll costs no query while nothing has (spec 07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import redis
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from inbox.composing import Wanted, composer_context, held
from inbox.facts import Facts
from inbox.live import revision
from inbox.narrowing import Narrowing
from inbox.pages import LIVE_SALT, lead_of, list_context, live_context, nav_context, open_context, page_title
from inbox.selectors import PAGE, Viewer
from leads.models import Lead
from zrg.web.htmx import personal
from zrg.workspaces.choosing import as_uuid, choose

if TYPE_CHECKING:
    from zrg.workspaces.models import User

TOKEN_SECONDS = 12 * 3600
MOST_ROWS = 150


@never_cache
@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """204 while the workspace's revision is `rev`, else 200 with the new one. The signed token says which workspace:
    neither session nor user is read, and a revision number is all that anybody could learn."""
    try:
        given: dict[str, Any] = signing.loads(request.GET.get("t", ""), salt=LIVE_SALT, max_age=TOKEN_SECONDS)
        now = revision(UUID(given["w"]))
    except signing.BadSignature:
        return HttpResponse(status=403)
    except redis.RedisError:
        return HttpResponse(status=503)
    if request.GET.get("rev") == str(now):
        return HttpResponse(status=204)
    return JsonResponse({"revision": now})


@require_safe
def refresh(request: HttpRequest) -> HttpResponse:
    """The parts of an open page as they are now; the browser exchanges only what differs, where nobody types."""
    workspace = choose(request)
    if workspace is None:
        return HttpResponse(status=204)
    viewer, narrowing = Viewer.of(cast("User", request.user), workspace), Narrowing.read(request.GET)
    context = live_context(viewer)
    lead = lead_of(viewer, as_uuid(request.GET.get("leadId")))
    if lead and lead.merged_into_id:
        if request.GET.get("typed") != "1":
            return HttpResponseRedirect(narrowing.address(workspace.pk, leadId=lead.merged_into_id))
        lead = None  # somebody writes there: the pane stays, and sending says where the conversation went
    context |= list_context(viewer, narrowing, open_id=lead.pk if lead else None, size=_rows_shown(request))
    context |= nav_context(viewer, narrowing)
    if lead:
        context |= open_context(viewer, lead, narrowing)
        context |= _composer(request, viewer, lead, context["facts"])
    return personal(render(request, "inbox/_refresh.html", context | {"page_title": page_title(context)}))


def _composer(request: HttpRequest, viewer: Viewer, lead: Lead, facts: Facts) -> dict[str, Any]:
    """The composer, where it is another one than the page has (`composer`: its version)."""
    wanted = Wanted.read(request.GET)
    shown = held(viewer, lead, wanted)
    if request.GET.get("composer", "") in {"", str(shown.revision)}:
        return {}
    return composer_context(viewer, lead, facts, wanted=wanted, shown=shown)


def _rows_shown(request: HttpRequest) -> int:
    try:
        shown = int(request.GET.get("shown", PAGE))
    except ValueError:
        shown = PAGE
    return min(max(shown, PAGE), MOST_ROWS)
