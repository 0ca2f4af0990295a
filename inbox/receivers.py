"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from inbox import moving, rollups
from inbox.models import ReplySettings
from leads.models import Lead, LeadStatus
from leads.signals import lead_blacklisted, leads_merged, merge_undone, status_changed
from zrg.workspaces.models import Workspace


@receiver(post_save, sender=Workspace)
def workspace_gets_its_settings(instance: Workspace, created: bool, **_: Any) -> None:
    """A workspace is born with safe settings (spec 01)."""
    if created:
        ReplySettings.objects.get_or_create(workspace=instance)


@receiver(leads_merged)
def messages_move_to_the_survivor(survivor: Lead, loser: Lead, record: dict[str, Any], **_: Any) -> None:
    moving.to_survivor(survivor, loser, record)


@receiver(merge_undone)
def messages_move_back(survivor: Lead, loser: Lead, record: dict[str, Any], **_: Any) -> None:
    moving.back_to_loser(survivor, loser, record)


@receiver(lead_blacklisted)
def pending_messages_are_cancelled(lead: Lead, reason: str, **_: Any) -> None:
    moving.cancel_pending(lead, reason="The lead was blacklisted before it left. Nothing was sent.")


@receiver(status_changed)
def who_may_be_written_to_again_may_wait_for_an_answer(lead: Lead, before: str, **_: Any) -> None:
    if before == LeadStatus.BLACKLISTED:
        lead.needs_reply = rollups.needs_reply(lead)
        lead.save(update_fields=["needs_reply"])
