"""A person wants another draft: a job is kept, and its result comes to the open pages by itself (spec 06)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from inbox import live
from inbox.models import MessageJob
from leads.models import Lead
from zrg.jobs.enqueueing import enqueue
from zrg.workspaces.models import User


@transaction.atomic
def ask(lead: Lead, *, key: UUID, by: User, instruction: str = "", channel: str = "") -> bool:
    """Have another draft written, once per key; False if that was asked for before."""
    is_new = enqueue(
        MessageJob,
        dedupe_key=f"{lead.workspace_id}:{lead.pk}:{MessageJob.Kind.DRAFT}:{key}",
        workspace_id=lead.workspace_id,
        kind=MessageJob.Kind.DRAFT,
        lead_id=lead.pk,
        given={"key": str(key), "by": str(by.pk), "instruction": instruction.strip(), "channel": channel},
    )
    live.bump_on_commit(lead.workspace_id)
    return is_new
