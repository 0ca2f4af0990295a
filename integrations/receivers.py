"""What the integrations hear of themselves and of the workspaces: each receiver one call."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from integrations import routing, turned_away
from integrations.models import Connection
from zrg.workspaces.models import Workspace

for model in (Connection, Workspace):
    for signal in (post_save, post_delete):
        signal.connect(routing.forget, sender=model, dispatch_uid=f"webhooks-forget-{model.__name__}")


def counted_anew(instance: Connection, created: bool = True, **_: Any) -> None:
    """Made or ended."""
    if created:
        turned_away.forget(instance.workspace_id, instance.provider)


for signal in (post_save, post_delete):
    signal.connect(counted_anew, sender=Connection, dispatch_uid="turned-away-counted-anew")
