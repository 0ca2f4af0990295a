"""The wish to run a sweep, written down once per period (spec 04): a double schedule is one run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import redis
import structlog
from django.utils import timezone
from kombu.exceptions import KombuError

from zrg.celery import app
from zrg.jobs.models import DispatchWindow
from zrg.jobs.sweeping import Sweep
from zrg.lib.logs import new_correlation_id

log = structlog.get_logger(__name__)

DISABLED = "disabled"
DRY = ":dry:"  # in the key of a dry run
_REOPENED = (DispatchWindow.Status.FAILED, DispatchWindow.Status.SKIPPED)  # nothing came of it: may be wished again


class NotTold(Exception):
    """The broker is away: no worker knows of the dispatch."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The window of a wish; `duplicate`: somebody wished the same in this period already."""

    window: DispatchWindow
    duplicate: bool


def dispatch_key(sweep: Sweep, *, params: Mapping[str, Any], now: datetime) -> str:
    """Function, period and parameters: equal for equal wishes in one period."""
    text = json.dumps(dict(params), sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{sweep.name}:{int(now.timestamp() // sweep.period_s)}:{digest}"


def dispatch(
    sweep: Sweep, *, requested_by: str, params: Mapping[str, Any] | None = None, sync: bool = False
) -> Dispatch:
    """Write the wish down. Sync and dry runs get a key of their own and never count as the period's run. A sweep that
    is switched off gets a SKIPPED window."""
    params, correlation_id = dict(params or {}), new_correlation_id()
    key = dispatch_key(sweep, params=params, now=timezone.now())
    if sync or params.get("dryRun"):
        key += f"{DRY if params.get('dryRun') else ':sync:'}{correlation_id}"
    given = {
        "function": sweep.name,
        "correlation_id": correlation_id,
        "requested_by": requested_by,
        "params": params,
        "status": DispatchWindow.Status.ENQUEUED if sweep.is_enabled else DispatchWindow.Status.SKIPPED,
        "note": "" if sweep.is_enabled else DISABLED,
    }
    window, new = DispatchWindow.objects.get_or_create(dispatch_key=key, defaults=given)
    return Dispatch(window, duplicate=not new and not _reopen(window, sweep))


def _reopen(window: DispatchWindow, sweep: Sweep) -> bool:
    """A wish that came to nothing is wished again under its first correlation id; one caller of many gets it."""
    if not sweep.is_enabled:
        return False
    again = DispatchWindow.objects.filter(pk=window.pk, status__in=_REOPENED)
    if not again.update(status=DispatchWindow.Status.ENQUEUED, note=""):
        return False
    window.refresh_from_db()
    return True


def tell_worker(window: DispatchWindow, *, countdown: float | None = None) -> None:
    """Have a worker run it. Raises NotTold (and marks the window FAILED) when the broker is away."""
    try:
        app.send_task(
            "zrg.jobs.run_sweep",
            kwargs={"function": window.function, "dispatch_key": window.dispatch_key},
            queue="sweeps",
            countdown=countdown,
            retry=True,
            retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0},
        )
    except (redis.RedisError, KombuError, OSError) as error:
        window.status, window.note = DispatchWindow.Status.FAILED, "The broker could not be reached."
        window.save(update_fields=["status", "note"])
        log.warning("broker_unreachable", function=window.function, error=type(error).__name__)
        raise NotTold(window.note) from error
