"""The dead-letter desk: what a person may do with rows (spec 04). Each verb touches only rows in the right status."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.utils import timezone

from zrg.jobs.models import MAY_BECOME, DurableJob, Lane, Status
from zrg.jobs.waking import wake_on_commit
from zrg.workspaces.models import User

log = structlog.get_logger(__name__)


def retry(model: type[DurableJob], ids: Iterable[int], *, by: User) -> int:
    """Give failed rows all their attempts again, due now; how many there were."""
    return _again(model, ids, was=Status.FAILED, by=by)


def replay(model: type[DurableJob], ids: Iterable[int], *, by: User) -> int:
    """Run succeeded rows once more (handlers are idempotent: it changes nothing that stands); how many there were."""
    return _again(model, ids, was=Status.SUCCEEDED, by=by)


def cancel(model: type[DurableJob], ids: Iterable[int], *, by: User) -> int:
    """Take pending and failed rows out for good; how many there were."""
    may = [status for status in (Status.PENDING, Status.FAILED) if Status.CANCELLED in MAY_BECOME[status]]
    now = timezone.now()
    rows = model._base_manager.filter(pk__in=list(ids), status__in=may)
    count = rows.update(status=Status.CANCELLED, finished_at=now, updated_at=now)
    log.info("jobs_cancelled", queue=model._meta.model_name, count=count, by=str(by.pk))
    return count


def _again(model: type[DurableJob], ids: Iterable[int], *, was: Status, by: User) -> int:
    if Status.PENDING not in MAY_BECOME[was]:
        raise ValueError(f"{was} may not become pending.")
    now = timezone.now()
    fresh = {"attempts": 0, "waits": 0, "waiting_since": None, "finished_at": None}
    rows = model._base_manager.filter(pk__in=list(ids), status=was)
    count = rows.update(status=Status.PENDING, run_at=now, updated_at=now, **fresh)
    log.info("jobs_run_again", queue=model._meta.model_name, count=count, were=str(was), by=str(by.pk))
    for lane in Lane.values:
        wake_on_commit(model, lane)
    return count
