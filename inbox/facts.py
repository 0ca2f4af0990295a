"""What an opened conversation is shown from, read once and handed on to its parts: thread, composer, panel, banner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from inbox.thread import Thread, open_thread
from integrations.models import Connection
from leads.known import Known, known
from leads.models import Lead
from zrg.lib import rows
from zrg.web.paging import Place


@dataclass(frozen=True, slots=True)
class Facts:
    known: Known
    accounts: list[Connection]
    thread: Thread | None = None  # not read where only the composer is shown


def facts_of(lead: Lead, *, now: datetime, may_merge: bool, before: Place | None = None) -> Facts:
    """Of the whole conversation, its messages before a place. Four queries."""
    return Facts(
        known=known(lead, now=now, with_others=may_merge),
        accounts=accounts_of(lead.workspace_id),
        thread=open_thread(lead, zone=lead.workspace.tzinfo, now=now, before=before),
    )


def facts_to_write(lead: Lead, *, now: datetime) -> Facts:
    """Of the composer alone. Two queries."""
    return Facts(known=known(lead, now=now, with_others=False), accounts=accounts_of(lead.workspace_id))


def accounts_of(workspace_id: UUID) -> list[Connection]:
    """The workspace's accounts, with what a page says of them. One query."""
    shown = ("provider", "namespace", "status", "last_error", "last_error_at")
    sql = "SELECT {columns} FROM integrations_connection WHERE workspace_id = %s"
    return [account for (account,) in rows.read(Connection, sql, [workspace_id], only=shown)]
