"""What the integrations hear of themselves and of the workspaces: each receiver one call."""

from __future__ import annotations

from django.db.models.signals import post_delete, post_save

from integrations import routing
from integrations.models import Connection
from zrg.workspaces.models import Workspace

for model in (Connection, Workspace):
    for signal in (post_save, post_delete):
        signal.connect(routing.forget, sender=model, dispatch_uid=f"webhooks-forget-{model.__name__}")
