"""The dead-letter desk: what a person may do with rows (spec 04). Each verb touches only rows in the right status."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from django.db.models.functions import Now

from zrg.jobs.models import MAY_BECOME, DurableJob, Lane, Status
from zrg.jobs.waking import wake_on_commit
from zrg.workspaces.models import User

log = structlog.get_logger(__name__)


def retry(model: type[DurableJob], ids: Iterable[int], *, by: User) -> int:
    """Give failed rows all their attempts again, due now; how many there were."""
    fresh = {"attempts": 0, "waits": 0, "waiting_since": None, "finished_at": None}
    rows = model._base_manager.filter(pk__in=list(ids), status__in=_that_may_become(Status.PENDING) & {Status.FAILED})
    count = rows.update(status=Status.PENDING, run_at=Now(), updated_at=Now(), **fresh)
    log.info("jobs_retried", queue=model._meta.model_name, count=count, by=str(by.pk))
    for lane in Lane.values:
        wake_on_commit(model, lane)
    return count


def cancel(model: type[DurableJob], ids: Iterable[int], *, by: User) -> int:
    """Take pending and failed rows out for good; how many there were. What runs already is left to its worker."""
    rows = model._base_manager.filter(
        pk__in=list(ids), status__in=_that_may_become(Status.CANCELLED) - {Status.RUNNING}
    )
    count = rows.update(status=Status.CANCELLED, finished_at=Now(), updated_at=Now())
    log.info("jobs_cancelled", queue=model._meta.model_name, count=count, by=str(by.pk))
    return count


def _that_may_become(status: Status) -> set[Status]:
    return {before for before, following in MAY_BECOME.items() if status in following}
