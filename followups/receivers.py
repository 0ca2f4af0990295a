"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from followups.models import FollowUpSettings
from zrg.workspaces.models import Workspace


@receiver(post_save, sender=Workspace)
def workspace_gets_its_settings(instance: Workspace, created: bool, **_: Any) -> None:
    """A workspace is born with safe settings (spec 01)."""
    if created:
        FollowUpSettings.objects.get_or_create(workspace=instance)
