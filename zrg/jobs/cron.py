"""/api/cron/: lets a scheduler of your own start the sweeps (spec 13). It dispatches only; `?sync=1` runs inline.

Plain views, no content negotiation: whatever a caller sends gets a short JSON answer, never a redirect or a 5xx (but
503 while no secret is set or no worker can be told).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from zrg.jobs import dispatching, executing, sweeping
from zrg.jobs.models import DispatchWindow, FunctionRun
from zrg.jobs.sweeping import LEAST_BUDGET_MS, MOST_BUDGET_MS, Limit, Sweep

View = Callable[..., HttpResponse]

_METHODS = ("GET", "POST")
_SWITCHES = ("sync", "dryRun")
_BUDGET = Limit("timeBudgetMs", "", at_least=LEAST_BUDGET_MS, at_most=MOST_BUDGET_MS)
_LIMIT = Limit("limit", "")  # for every limit of the sweep that is not named
_TRUE, _FALSE = {"1", "true", "on", "yes"}, {"0", "false", "off", "no"}
_CORRELATION_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_NUMBER = re.compile(r"[0-9]{1,9}")


class BadParameter(Exception):
    """A query parameter that cannot be taken as it is; the text names it."""


def for_the_scheduler(view: View) -> View:
    """Only with CRON_SECRET: 503 while it is unset, 401 with a wrong one, before anything else is looked at."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.CRON_SECRET:
            return _error(503, "CRON_SECRET is not set, so the cron endpoints are closed.")
        if not _is_secret(request):
            return _error(401, "Send the secret as `Authorization: Bearer …` or `x-cron-secret`.")
        if request.method not in _METHODS:
            return _error(405, f"Use {' or '.join(_METHODS)}.", Allow=", ".join(_METHODS))
        return view(request, *args, **kwargs)

    return login_not_required(csrf_exempt(never_cache(guarded)))


def _is_secret(request: HttpRequest) -> bool:
    """In one of the two headers: a proxy may have words of its own in the other."""
    scheme, _, bearer = request.headers.get("Authorization", "").strip().partition(" ")
    sent = (bearer if scheme.lower() == "bearer" else "", request.headers.get("x-cron-secret", ""))
    expected = settings.CRON_SECRET.strip().encode()
    return any([hmac.compare_digest(one.strip().encode(), expected) for one in sent])  # noqa: C419 -- both are compared


@for_the_scheduler
def start(request: HttpRequest, name: str) -> HttpResponse:
    """Dispatch a sweep, or run it here and now with `?sync=1`."""
    sweep = sweeping.find(name.strip("/"))
    if sweep is None:
        return _error(404, f"There is no such sweep. Known: {', '.join(sorted(sweeping.known()))}.")
    try:
        params = _parameters(request, sweep)
    except BadParameter as error:
        return _error(400, str(error))
    sync = params.pop("sync", False)
    dispatch = dispatching.dispatch(sweep, requested_by="cron", params=params, sync=sync)
    if not sweep.is_enabled:
        return JsonResponse(_names(dispatch.window) | {"skipped": True, "reason": dispatching.DISABLED})
    return _run_inline(sweep, dispatch.window) if sync else _tell(dispatch)


def _tell(dispatch: dispatching.Dispatch) -> HttpResponse:
    if not dispatch.duplicate:
        try:
            dispatching.tell_worker(dispatch.window)
        except dispatching.NotTold as error:
            return _error(503, str(error))
    return JsonResponse(_names(dispatch.window) | {"duplicate": dispatch.duplicate}, status=202)


def _run_inline(sweep: Sweep, window: DispatchWindow) -> HttpResponse:
    run = executing.execute(sweep, window, wait_s=executing.SYNC_WAIT_S)
    return JsonResponse(_names(window) | _outcome(run))


@for_the_scheduler
def status(request: HttpRequest, correlation_id: str) -> HttpResponse:
    """What became of a dispatch: its runs, the last one first."""
    windows = DispatchWindow.objects.filter(correlation_id=correlation_id)
    window = windows.first() if _CORRELATION_ID.fullmatch(correlation_id) else None
    if window is None:
        return _error(404, "No dispatch has this correlation id.")
    runs = [_outcome(run) for run in FunctionRun.objects.filter(dispatch_key=window.dispatch_key).order_by("-id")]
    latest = runs[0]["status"] if runs else window.status
    return JsonResponse(_names(window) | {"status": latest, "note": window.note, "runs": runs})


def _names(window: DispatchWindow) -> dict[str, Any]:
    return {
        "function": window.function,
        "dispatchKey": window.dispatch_key,
        "correlationId": window.correlation_id,
    }


def _outcome(run: FunctionRun) -> dict[str, Any]:
    return {
        "status": run.status,
        "attempt": run.attempt,
        "startedAt": run.started_at.isoformat(),
        "finishedAt": run.finished_at.isoformat() if run.finished_at else None,
        "counters": run.counters,
        "error": run.error,
    }


def _error(code: int, reason: str, **headers: str) -> HttpResponse:
    return JsonResponse({"error": reason}, status=code, headers=headers)


# ── Query parameters: taken as meant, or refused by name; never ignored ────────
def _parameters(request: HttpRequest, sweep: Sweep) -> dict[str, Any]:
    numbers = {limit.name: limit for limit in (_BUDGET, *([_LIMIT] if sweep.limits else []), *sweep.limits)}
    given: dict[str, Any] = {}
    for name, values in request.GET.lists():
        if name not in numbers and name not in _SWITCHES:
            raise BadParameter(f"{name[:60]}: unknown. Known: {', '.join([*_SWITCHES, *numbers])}.")
        if len(values) > 1:
            raise BadParameter(f"{name}: given {len(values)} times.")
        given[name] = _number(numbers[name], values[0]) if name in numbers else _switch(name, values[0])
    return given


def _switch(name: str, raw: str) -> bool:
    if raw.lower() in _TRUE | _FALSE:
        return raw.lower() in _TRUE
    raise BadParameter(f"{name}: use 1 or 0, true or false, on or off.")


def _number(limit: Limit, raw: str) -> int:
    if _NUMBER.fullmatch(raw) and limit.at_least <= int(raw) <= limit.at_most:
        return int(raw)
    raise BadParameter(f"{limit.name}: use a whole number from {limit.at_least} to {limit.at_most}.")
