"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from followups import human_tasks
from followups.models import FollowUpSettings
from inbox.models import Message
from inbox.signals import message_sent, message_unconfirmed
from zrg.workspaces.models import Workspace


@receiver(post_save, sender=Workspace)
def workspace_gets_its_settings(instance: Workspace, created: bool, **_: Any) -> None:
    """A workspace is born with safe settings (spec 01)."""
    if created:
        FollowUpSettings.objects.get_or_create(workspace=instance)


@receiver(message_unconfirmed)
def somebody_checks_whether_it_was_sent(message: Message, **_: Any) -> None:
    text = f"Check whether this {message.get_channel_display()} was sent"
    human_tasks.ask(message.lead, type=human_tasks.CHECK_SEND, text=text, key=f"check-send:{message.pk}")


@receiver(message_sent)
def the_check_is_settled(message: Message, **_: Any) -> None:
    if message.look_ups:
        human_tasks.settle(key=f"check-send:{message.pk}", workspace_id=message.workspace_id)
