"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from integrations.models import Connection
from integrations.signals import connection_failed, connection_recovered
from notifications import health_alerts
from notifications.models import NotificationSettings
from zrg.workspaces.models import Workspace


@receiver(post_save, sender=Workspace)
def workspace_gets_its_settings(instance: Workspace, created: bool, **_: Any) -> None:
    """A workspace is born with safe settings (spec 01)."""
    if created:
        NotificationSettings.objects.get_or_create(workspace=instance)


@receiver(connection_failed)
def operators_are_to_be_told(connection: Connection, reason: str, **_: Any) -> None:
    health_alerts.keep(connection, reason=reason)


@receiver(connection_recovered)
def operators_need_not_hurry(connection: Connection, **_: Any) -> None:
    health_alerts.note_recovery(connection)
