"""What is decided about a draft (spec 06): sent, rejected, changed, kept from sending itself, or taken back in time.

By a person on a page or in Slack, or by auto-send. Each verb locks the lead, then the draft: one order everywhere."""

from __future__ import annotations

import difflib

from django.db import transaction
from django.utils import timezone

from inbox import draft_rollup, drafts, live, sending
from inbox.channels import recipients_of
from inbox.gates import FINAL, Action
from inbox.models import Draft, DraftOutcome, DraftStatus, Message, SentBy
from inbox.signals import draft_decided
from leads import timeline
from leads.models import Lead
from zrg.workspaces.models import User

_COMPARED_WORDS = 3_000


def approve(
    draft: Draft,
    *,
    by: User | None,
    via: str,
    text: str | None = None,
    to: str = "",
    cc: list[str] | None = None,
    version: int | None = None,
    thread_version: int | None = None,
    undo_seconds: int | None = None,
    action: Action = Action.APPROVED_DRAFT,
) -> Message:
    """Send a draft, as it stands or with `text` in its place; the message that leaves.

    Called twice it is one message. `version` and `thread_version`: what the one who approves has seen. Raises
    sending.Refusal (drafts.NotPending, where it ended otherwise); one refused for good, by suppression, is rejected."""
    try:
        return _approved(
            draft,
            by=by,
            via=via,
            text=text,
            to=to,
            cc=cc,
            version=version,
            thread_version=thread_version,
            undo_seconds=undo_seconds,
            action=action,
        )
    except sending.Refusal as refusal:
        if refusal.answer is not None and refusal.answer.switch in FINAL:
            reject(draft, by=None, via="system", reason=str(refusal), missing_ok=True)
        raise


@transaction.atomic
def _approved(
    draft: Draft,
    *,
    by: User | None,
    via: str,
    text: str | None,
    to: str,
    cc: list[str] | None,
    version: int | None,
    thread_version: int | None,
    undo_seconds: int | None,
    action: Action,
) -> Message:
    lead, draft = drafts.locked(draft.pk)
    if draft.status == DraftStatus.APPROVED and (sent := _send_of(draft)):
        return sent
    if draft.status != DraftStatus.PENDING:
        raise drafts.NotPending(drafts.how_it_ended(draft))
    if version is not None and version != draft.version:
        raise sending.Refusal("This draft was changed after you opened it. Look at it again.")
    if thread_version is not None and thread_version != lead.thread_version:
        raise sending.Refusal("The conversation went on after this draft was shown. Look at it again.")
    if text is not None and text.strip() != draft.content.strip():
        draft.content, draft.edited_at, draft.edited_by = text.strip(), timezone.now(), by
    message = sending.queue(
        lead=lead,
        channel=draft.channel,
        text=draft.content,
        to=to or _default_recipient(lead, draft),
        cc=cc,
        subject=draft.subject,
        key=f"draft:{draft.pk}:{draft.version}",
        by=by,
        sent_by=SentBy.AI if via == "auto" else SentBy.SETTER,
        undo_seconds=undo_seconds,
        draft=draft,
        action=action,
    )
    outcome = DraftOutcome.AUTO_SENT if via == "auto" else DraftOutcome.UNCHANGED
    if draft.is_edited:
        outcome = DraftOutcome.EDITED
    draft.edit_distance = distance(draft.original_content, draft.content)
    drafts.end(draft, DraftStatus.APPROVED, by=by, via=via, outcome=outcome)
    return message


def _default_recipient(lead: Lead, draft: Draft) -> str:
    """Whom an answer goes to where nobody was chosen: who is answering now, else the primary address (spec 03)."""
    known = recipients_of(lead, draft.channel)
    return known[0].value if known and known[0].kind != "alternate" else ""


def _send_of(draft: Draft) -> Message | None:
    return Message.objects.filter(draft=draft).exclude(delivery="undone").first()


@transaction.atomic
def reject(draft: Draft, *, by: User | None, via: str, reason: str = "", missing_ok: bool = False) -> Draft:
    """Nobody wants it. Raises drafts.NotPending where it ended otherwise (not with `missing_ok`)."""
    lead, draft = drafts.locked(draft.pk)
    if draft.status != DraftStatus.PENDING:
        if missing_ok or draft.status == DraftStatus.REJECTED:
            return draft
        raise drafts.NotPending(drafts.how_it_ended(draft))
    drafts.end(draft, DraftStatus.REJECTED, by=by, via=via, note=reason)
    timeline.record(
        lead,
        kind="draft_rejected",
        text="Draft rejected",
        why=reason,
        did="Nothing was sent.",
        by=by,
        dedupe_key=f"draft_rejected:{draft.pk}",
    )
    return draft


@transaction.atomic
def edit(draft: Draft, *, text: str, by: User) -> Draft:
    """Change the text of a pending draft; a scheduled auto-send of it is off. Raises sending.Refusal."""
    _, draft = drafts.locked(draft.pk)
    if draft.status != DraftStatus.PENDING:
        raise drafts.NotPending(drafts.how_it_ended(draft))
    text = text.replace("\x00", "").strip()
    if not text:
        raise sending.Refusal("A draft needs a text. Reject it if you don't want it.")
    if text == draft.content:
        return draft
    draft.content, draft.version = text, draft.version + 1
    draft.edited_at, draft.edited_by = timezone.now(), by
    draft.save(update_fields=["content", "version", "edited_at", "edited_by"])
    drafts.unschedule(draft, why="Somebody edited the draft.")
    draft_decided.send(sender=Draft, draft=draft)
    live.bump_on_commit(draft.workspace_id)
    return draft


@transaction.atomic
def cancel_auto_send(draft: Draft, *, by: User) -> Draft:
    """The Cancel button beside the countdown. Raises drafts.NotPending where it has left."""
    _, draft = drafts.locked(draft.pk)
    if draft.status != DraftStatus.PENDING:
        raise drafts.NotPending(drafts.how_it_ended(draft))
    drafts.unschedule(draft, why=f"{by.get_short_name()} cancelled it.")
    live.bump_on_commit(draft.workspace_id)
    return draft


@transaction.atomic
def reopen(message: Message) -> None:
    """Its send was undone: the draft is pending again, with the text that was to leave; superseded, where the lead has
    written again meanwhile."""
    if message.draft_id is None:
        return
    _, draft = drafts.locked(message.draft_id)
    if draft.status != DraftStatus.APPROVED:
        return
    draft.version += 1
    draft.outcome, draft.edit_distance = "", None
    draft.status, draft.decided_at, draft.decided_by, draft.decided_via = DraftStatus.PENDING, None, None, ""
    draft.save()
    if _was_overtaken(draft):
        drafts.end(draft, DraftStatus.SUPERSEDED, via="system", note="The lead wrote again.")
        return
    draft_rollup.roll_up(draft.lead)
    draft_decided.send(sender=Draft, draft=draft)
    live.bump_on_commit(draft.workspace_id)


def _was_overtaken(draft: Draft) -> bool:
    """Did the lead write again since, while it was not pending and nothing could supersede it?"""
    later = Message.objects.theirs().filter(lead_id=draft.lead_id, created_at__gt=draft.created_at)
    if draft.trigger_message is not None:
        later = later.filter(sent_at__gte=draft.trigger_message.sent_at).exclude(pk=draft.trigger_message.pk)
    return later.exists()


def distance(one: str, other: str) -> float:
    """How much a text was changed: 0 not at all … 1 rewritten; by words, of the first 3,000."""
    if one.strip() == other.strip():
        return 0.0
    words = one.split()[:_COMPARED_WORDS], other.split()[:_COMPARED_WORDS]
    return round(1 - difflib.SequenceMatcher(None, *words, autojunk=False).ratio(), 3) or 0.001
