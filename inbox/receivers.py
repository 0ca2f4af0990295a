"""Each receiver one cheap call, in the transaction of the fact it hears."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from inbox import draft_decisions, drafts, moving, outcome_tracking, review, rollups
from inbox.models import Draft, Message, ReplySettings
from inbox.signals import (
    draft_decided,
    lead_replied,
    message_failed,
    message_sent,
    message_unconfirmed,
    message_undone,
)
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
    drafts.reject_pending(lead, reason="The lead was blacklisted.")


@receiver(status_changed)
def who_may_be_written_to_again_may_wait_for_an_answer(lead: Lead, before: str, **_: Any) -> None:
    if before == LeadStatus.BLACKLISTED:
        lead.needs_reply = rollups.needs_reply(lead)
        lead.save(update_fields=["needs_reply"])


@receiver(draft_decided)
def reviewers_see_who_decided(draft: Draft, **_: Any) -> None:
    review.settle(draft)


@receiver([message_sent, message_failed, message_unconfirmed])
def reviewers_see_what_became_of_the_send(message: Message, **_: Any) -> None:
    if message.draft is not None:
        review.settle(message.draft)


@receiver(message_sent)
def drafts_that_are_answered_expire(message: Message, **_: Any) -> None:
    drafts.answered_otherwise(message.lead, by_message=message)


@receiver(message_undone)
def an_undone_draft_is_pending_again(message: Message, **_: Any) -> None:
    draft_decisions.reopen(message)


@receiver(lead_replied)
def the_last_sent_draft_was_answered(message: Message, **_: Any) -> None:
    outcome_tracking.replied(message)
