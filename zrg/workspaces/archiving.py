"""Putting a workspace away and taking it out again (spec 01): its webhooks answer `ignored`, nothing is sent."""

from __future__ import annotations

import pghistory
import structlog
from django.db import transaction
from django.utils import timezone

from zrg.workspaces.models import User, Workspace

log = structlog.get_logger(__name__)


@transaction.atomic
def archive(workspace: Workspace, *, by: User) -> bool:
    """Hide it and stop everything of it; False if it was archived already. The caller checks who may."""
    return _set(workspace, archived=True, by=by)


@transaction.atomic
def restore(workspace: Workspace, *, by: User) -> bool:
    """Take it out again, as it was; False if it was not archived."""
    return _set(workspace, archived=False, by=by)


def _set(workspace: Workspace, *, archived: bool, by: User) -> bool:
    workspace = Workspace.objects.select_for_update().get(pk=workspace.pk)
    if (workspace.archived_at is not None) == archived:
        return False
    workspace.archived_at = timezone.now() if archived else None
    with pghistory.context(action="archive" if archived else "restore"):
        workspace.save(update_fields=["archived_at", "updated_at"])
    log.info("workspace_archived" if archived else "workspace_restored", workspace=str(workspace.pk), by=str(by.pk))
    return True
