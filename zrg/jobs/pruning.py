"""The ledger of sweeps is kept for a month; a minute's sweep alone writes 1,440 entries a day."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model
from django.utils import timezone

from zrg.jobs.models import DispatchWindow, FunctionRun

KEPT = timedelta(days=30)
_BATCH = 5_000


def prune_ledger(*, at_most: int = 20 * _BATCH) -> dict[str, int]:
    """Delete old dispatches and runs in short statements; how many of each."""
    limit = timezone.now() - KEPT
    return {
        "dispatches": _delete(DispatchWindow, at_most=at_most, created_at__lt=limit),
        "runs": _delete(FunctionRun, at_most=at_most, started_at__lt=limit),
    }


def count_old() -> dict[str, int]:
    """What `prune_ledger` would delete."""
    limit = timezone.now() - KEPT
    return {
        "dispatches": DispatchWindow.objects.filter(created_at__lt=limit).count(),
        "runs": FunctionRun.objects.filter(started_at__lt=limit).count(),
    }


def _delete(model: type[Model], *, at_most: int, **old: object) -> int:
    deleted = 0
    while deleted < at_most:
        ids = list(model._default_manager.filter(**old).order_by("pk").values_list("pk", flat=True)[:_BATCH])
        if not ids:
            break
        deleted += model._default_manager.filter(pk__in=ids).delete()[0]
    return deleted
