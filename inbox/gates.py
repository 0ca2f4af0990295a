"""May this be sent? Facts in, answer with its reason out; one function for pages, jobs and (later) machines (spec 06).

"Refused: the person is told why and keeps the text." Asked when a message is queued and again, under the lead's lock,
the moment before it leaves."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.models import Connection
from leads import suppression
from leads.models import Lead, LeadStatus


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about a send by a person."""

    workspace_archived: bool
    blacklisted: bool
    blacklist_reason: str
    suppressed: str  # the suppressed value, empty if none
    suppressed_why: str
    connection_status: str  # empty: there is no connection


def refusal(facts: Facts) -> str:
    """Why a person's send is refused; empty when it goes. Pure; strictest first (table "What stops what")."""
    if facts.workspace_archived:
        return "This workspace is archived. Restore it to send."
    if facts.blacklisted:
        why = {"opt_out": "opted out", "bounce": "has a dead address"}.get(facts.blacklist_reason, "is blacklisted")
        return f"This lead {why}: nothing is sent any more."
    if facts.suppressed:
        return f"{facts.suppressed} is on the suppression list ({facts.suppressed_why})."
    if not facts.connection_status:
        return "No account is connected for this channel. An admin can add one."
    if facts.connection_status in {Connection.Status.FAILING, Connection.Status.DISCONNECTED}:
        return "The account for this channel is disconnected. Text kept; an admin must reconnect it."
    return ""


def facts_for(lead: Lead, *, channel: str, recipients: list[str], connection: Connection | None) -> Facts:
    """Read the facts; the lead should be locked by the caller."""
    entry = suppression.standing(lead, channel, recipients)
    return Facts(
        workspace_archived=lead.workspace.archived_at is not None,
        blacklisted=lead.status == LeadStatus.BLACKLISTED,
        blacklist_reason=lead.blacklist_reason,
        suppressed=entry.value if entry else "",
        suppressed_why=entry.get_reason_display().lower() if entry else "",
        connection_status=connection.status if connection else "",
    )
