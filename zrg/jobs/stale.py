"""Rows whose worker ended without a word come back (spec 04).

At their first time they are due at once: a deployment or a lost machine. From the second time on they are spread over
a minute: one of the rows that were claimed together may be what kills its worker, and the others shall not be
claimed together with it again until their attempts are used up.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import connection

from zrg.jobs.claiming import about
from zrg.jobs.models import DurableJob

log = structlog.get_logger(__name__)

AT_MOST = 1000

_BRING_BACK = """
WITH stale AS (
    SELECT id FROM {table}
     WHERE status = 'RUNNING' AND locked_at < {now} - make_interval(secs => %(older_s)s)
     ORDER BY locked_at LIMIT %(at_most)s FOR UPDATE SKIP LOCKED
)
UPDATE {table} AS job
   SET status = CASE WHEN attempts >= max_attempts THEN 'FAILED' ELSE 'PENDING' END,
       finished_at = CASE WHEN attempts >= max_attempts THEN {now} END,
       run_at = CASE WHEN attempts <= 1 THEN {now} ELSE {now} + random() * interval '60 seconds' END,
       last_error = left(format('Its worker (%%s) ended without a word after attempt %%s of %%s. %%s',
                                locked_by, attempts, max_attempts, last_error), 10000),
       locked_at = NULL, updated_at = {now}
  FROM stale WHERE job.id = stale.id RETURNING job.status
"""

_COUNT = """
SELECT count(*) FILTER (WHERE attempts < max_attempts), count(*) FILTER (WHERE attempts >= max_attempts)
  FROM {table} WHERE status = 'RUNNING' AND locked_at < {now} - make_interval(secs => %(older_s)s)
"""


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """How many rows are pending again, and how many had no attempt left."""

    returned: int = 0
    failed: int = 0


def bring_back(model: type[DurableJob], *, at_most: int = AT_MOST) -> BroughtBack:
    """Return rows whose lock is older than the queue's limit to PENDING with a note, or to FAILED where their attempts
    are used up; the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(about(model, _BRING_BACK), _params(model) | {"at_most": at_most})
        statuses = [status for (status,) in cursor.fetchall()]
    found = BroughtBack(returned=statuses.count("PENDING"), failed=statuses.count("FAILED"))
    if statuses:
        log.warning("stale_rows", queue=model._meta.model_name, returned=found.returned, failed=found.failed)
    return found


def count_stale(model: type[DurableJob]) -> BroughtBack:
    """What `bring_back` would do; changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(about(model, _COUNT), _params(model))
        return BroughtBack(*cursor.fetchone())


def stale_after_s(model: type[DurableJob]) -> float:
    """How old a lock of this queue may grow."""
    return getattr(settings, model.STALE_SETTING) / 1000


def _params(model: type[DurableJob]) -> dict[str, float]:
    return {"older_s": stale_after_s(model)}
