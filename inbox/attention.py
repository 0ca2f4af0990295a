"""Whose move it is, said by a person: read, done, needs a reply after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from inbox import live
from leads import timeline
from leads.models import Lead
from zrg.workspaces.models import User


@transaction.atomic
def mark_read(lead: Lead) -> bool:
    """Somebody who may answer has seen the newest message; True if that was news, of which open pages hear."""
    was_unread = bool(Lead.objects.filter(pk=lead.pk, is_unread=True).update(is_unread=False))
    if was_unread:
        live.bump_on_commit(lead.workspace_id)
    return was_unread


@transaction.atomic
def mark_done(lead: Lead, *, by: User, seen: datetime | None = None) -> bool:
    """Nothing is to be answered here, until the lead writes again. False, and nothing done, if it has: after the reply
    of the time `seen`, which is the newest that was on the page."""
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if seen is not None and lead.last_reply_at is not None and lead.last_reply_at > seen:
        return False
    _move(lead, needs_reply=False, text="Marked done", by=by)
    return True


@transaction.atomic
def mark_needs_reply(lead: Lead, *, by: User) -> None:
    """It waits for us after all."""
    _move(lead, needs_reply=True, text="Marked as needing a reply", by=by)


def _move(lead: Lead, *, needs_reply: bool, text: str, by: User) -> None:
    changed = Lead.objects.filter(pk=lead.pk, needs_reply=not needs_reply).update(
        needs_reply=needs_reply, is_unread=False
    )
    if changed:
        timeline.record(lead, kind="attention", text=text, by=by)
        live.bump_on_commit(lead.workspace_id)
