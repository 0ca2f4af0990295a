"""Taking due rows for one worker: conditional updates, no lock held while the work is done (spec 04).

Batches are fair: a workspace's burst of twenty thousand rows cannot starve another's single one, because the rows are
taken workspace by workspace. The walk over the workspaces that have pending rows is a loose index scan (each step is
one index look-up: a workspace's earliest row), so it costs the number of those workspaces, not of their rows.
"""

from __future__ import annotations

from typing import TypeVar

from zrg.jobs.models import DurableJob

J = TypeVar("J", bound=DurableJob)

NOW = "statement_timestamp()"  # now() would be the start of the transaction, were there one

_CLAIM = """
WITH RECURSIVE waiting AS (
    (SELECT workspace_id, run_at FROM {table}
      WHERE status = 'PENDING' AND lane = %(lane)s ORDER BY workspace_id, run_at LIMIT 1)
    UNION ALL
    SELECT following.workspace_id, following.run_at FROM waiting CROSS JOIN LATERAL (
        SELECT j.workspace_id, j.run_at FROM {table} j
         WHERE j.status = 'PENDING' AND j.lane = %(lane)s AND j.workspace_id > waiting.workspace_id
         ORDER BY j.workspace_id, j.run_at LIMIT 1) following
), turn AS (
    SELECT workspace_id, greatest(1, %(batch)s / count(*) OVER ()) AS share
      FROM waiting WHERE run_at <= {now} ORDER BY random()
), picked AS (
    SELECT due.id FROM turn CROSS JOIN LATERAL (
        SELECT id FROM {table} j
         WHERE j.status = 'PENDING' AND j.lane = %(lane)s AND j.workspace_id = turn.workspace_id AND j.run_at <= {now}
         ORDER BY j.run_at, j.id LIMIT turn.share FOR UPDATE SKIP LOCKED) due
     LIMIT %(batch)s
)
UPDATE {table} AS job
   SET status = 'RUNNING', locked_at = {now}, locked_by = %(worker)s, started_at = {now}, updated_at = {now},
       attempts = attempts + 1
  FROM picked WHERE job.id = picked.id RETURNING job.*
"""


def claim_batch(model: type[J], lane: int, *, worker: str, batch: int | None = None) -> list[J]:
    """Take up to `batch` due rows (the model's own number if None), in order of their turn, oldest first."""
    params = {"lane": lane, "batch": batch or model.BATCH, "worker": worker}
    rows = list(model._base_manager.raw(about(model, _CLAIM), params))
    return sorted(rows, key=lambda row: (row.run_at, row.pk))


def about(model: type[DurableJob], sql: str) -> str:
    """The statement for this queue's table."""
    return sql.format(table=f'"{model._meta.db_table}"', now=NOW)
