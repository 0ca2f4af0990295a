"""How long the records of model calls are kept (spec 05). Run by the ai-retention sweep (zrg/sweeps.py)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from zrg.ai.models import AIInteraction

AT_ONCE = 2_000


def count_old(workspace_id: UUID, *, days: int) -> int:
    """Records of a workspace older than `days`."""
    return _old(workspace_id, days).count()


def prune(workspace_id: UUID, *, days: int) -> int:
    """Delete up to AT_ONCE records older than `days`; how many. What a day cost stays in AiSpend."""
    ids = list(_old(workspace_id, days).values_list("pk", flat=True)[:AT_ONCE])
    AIInteraction.objects.filter(pk__in=ids).delete()
    return len(ids)


def _old(workspace_id: UUID, days: int) -> QuerySet[AIInteraction]:
    before = timezone.now() - timedelta(days=days)
    return AIInteraction.objects.filter(workspace_id=workspace_id, created_at__lt=before).order_by()
