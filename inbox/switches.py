"""Which switches are on for a lead (spec 06, "What stops what"): read in one place, for every action alike."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from inbox.gates import Switch
from integrations.models import Connection
from leads import suppression
from leads.models import Campaign, Lead, LeadStatus
from zrg.ai import spending


def of_send(lead: Lead, *, channel: str, recipients: list[str], connection: Connection | None) -> dict[Switch, str]:
    """What may stop a message to these recipients through this account. The lead should be locked by the caller."""
    found: dict[Switch, str] = {}
    if lead.workspace.archived_at is not None:
        found[Switch.WORKSPACE_ARCHIVED] = "This workspace is archived. Restore it to send."
    if lead.status == LeadStatus.BLACKLISTED:
        why = {"opt_out": "opted out", "bounce": "has a dead address"}.get(lead.blacklist_reason, "is blacklisted")
        found[Switch.BLACKLISTED] = f"This lead {why}: nothing is sent any more."
    if entry := suppression.standing(lead, channel, recipients):
        why = entry.get_reason_display().lower()
        found[Switch.SUPPRESSED] = f"{entry.value} is on the suppression list ({why})."
    if connection is None:
        found[Switch.NO_CONNECTION] = "No account is connected for this channel. An admin can add one."
    elif connection.status in {Connection.Status.FAILING, Connection.Status.DISCONNECTED}:
        found[Switch.CONNECTION_FAILING] = (
            "The account for this channel is disconnected. Text kept; an admin must reconnect it."
        )
    return found


def of_machines(lead: Lead) -> dict[Switch, str]:
    """What holds only what ZRG does by itself."""
    found: dict[Switch, str] = {}
    if settings.AUTO_SEND_DISABLED:
        found[Switch.AUTO_SEND_DISABLED] = "Auto-send is switched off for this installation (AUTO_SEND_DISABLED)."
    if settings.FOLLOWUPS_DRY_RUN:
        found[Switch.FOLLOWUPS_DRY_RUN] = "Follow-ups are on a dry run (FOLLOWUPS_DRY_RUN)."
    if lead.snoozed_until and lead.snoozed_until > timezone.now():
        found[Switch.SNOOZED] = "The lead is snoozed."
    if lead.auto_reply_set_by_person and not lead.auto_reply:
        found[Switch.AUTO_REPLY_OFF] = "Somebody switched auto-reply off for this lead."
    if not lead.auto_follow_up:
        found[Switch.AUTO_FOLLOW_UP_OFF] = "Auto-follow-up is off for this lead."
    if not lead.auto_book:
        found[Switch.AUTO_BOOK_OFF] = "Auto-book is off for this lead."
    if lead.campaign and lead.campaign.response_mode == Campaign.ResponseMode.SETTER_MANAGED:
        found[Switch.SETTER_MANAGED] = f"The campaign “{lead.campaign}” is setter managed."
    if spending.is_reached(lead.workspace):
        found[Switch.AI_BUDGET] = "This month's AI budget is used up."
    return found
