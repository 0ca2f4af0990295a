"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from followups import human_tasks
from followups.models import FollowUpSettings
from inbox.models import Message
from inbox.signals import message_failed, message_sent, message_unconfirmed
from leads.models import Lead
from leads.signals import leads_merged, merge_undone
from zrg.workspaces.models import Workspace


@receiver(post_save, sender=Workspace)
def workspace_gets_its_settings(instance: Workspace, created: bool, **_: Any) -> None:
    """A workspace is born with safe settings (spec 01)."""
    if created:
        FollowUpSettings.objects.get_or_create(workspace=instance)


@receiver(message_unconfirmed)
def somebody_checks_whether_it_was_sent(message: Message, **_: Any) -> None:
    text = f"Check whether this {message.get_channel_display()} was sent"
    key = f"{_check(message)}{message.provider_asked_at}"
    human_tasks.ask(message.lead, type=human_tasks.CHECK_SEND, text=text, key=key)


@receiver([message_sent, message_failed])
def the_check_is_settled(message: Message, **_: Any) -> None:
    """It is known by now. (What a campaign sent was never asked about.)"""
    if message.provider_asked_at is not None:
        human_tasks.settle(message.lead, key_begins=_check(message))


def _check(message: Message) -> str:
    """Begins the keys of the tasks about a message: it may have to be checked again after "Send again"."""
    return f"check-send:{message.pk}:"


@receiver(leads_merged)
def tasks_move_to_the_survivor(survivor: Lead, loser: Lead, record: dict[str, Any], **_: Any) -> None:
    record["tasks"] = human_tasks.move(loser, survivor)


@receiver(merge_undone)
def tasks_move_back(survivor: Lead, loser: Lead, record: dict[str, Any], **_: Any) -> None:
    human_tasks.move(survivor, loser, only=record["tasks"])
