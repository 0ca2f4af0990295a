"""From a reply, or a person's wish, to a draft that is kept (spec 06): eligible, written once, never half done."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inbox import draft_decisions, drafts, live, transcripts
from inbox.drafting import context, eligibility, signature, writing
from inbox.drafting.context import Context
from inbox.drafting.scheduling import NOTHING, Scheduling
from inbox.drafting.writing import NoDraft
from inbox.models import Draft, DraftStatus, Message
from inbox.transcripts import Transcript
from leads import suppression, timeline
from leads.models import ChannelKind, Direction, Lead
from zrg.workspaces.models import User

__all__ = ["NoDraft", "Proposal", "for_reply", "regenerate", "tell_none"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A kept draft, with what it was written from if that was just now."""

    draft: Draft
    context: Context | None = None


def for_reply(
    message: Message, *, transcript: Transcript, scheduling: Scheduling = NOTHING, source: str = "reply"
) -> Proposal | None:
    """The draft for an inbound message, made once; None with the reason on the timeline where none is made.

    Raises NoDraft where the model gave no text (`temporary`: ask again)."""
    lead = message.lead
    if known := drafts.existing(lead, drafts.inbound_key(message)):
        return Proposal(known)
    against = _against(lead, message) or ("Somebody has answered already." if drafts.is_answered(message) else "")
    if against:
        tell_none(message, why=against)
        return None
    gathered = context.gather(
        lead,
        channel=message.channel,
        trigger=message,
        transcript=transcript,
        scheduling=scheduling,
        signature=_signature(message),
    )
    written = writing.write(gathered, source=source)
    with transaction.atomic():  # kept and told, or neither
        draft, is_new = drafts.propose(
            lead=lead,
            channel=message.channel,
            content=written.text,
            key=drafts.inbound_key(message),
            made=written.made,
            trigger=message,
        )
        if is_new and draft.status == DraftStatus.PENDING:
            _tell_made(draft)
    return Proposal(draft, gathered)


def regenerate(lead: Lead, *, key: str, by: User | None, instruction: str = "", channel: str = "") -> Draft | None:
    """A person wants another text: pending ones are rejected, the new one is made from the last 80 messages.

    `key` makes it once. Raises NoDraft with the reason: not eligible, or no text came of it."""
    if known := drafts.existing(lead, f"manual:{key}"):
        return known
    transcript = transcripts.of(lead, last=transcripts.FOR_REGENERATING)
    trigger = transcript.last_inbound
    channel = channel or (trigger.channel if trigger else lead.last_message_channel)
    if against := _against(lead, trigger):
        raise NoDraft(against)
    found = _signature(trigger) if trigger and trigger.channel == ChannelKind.EMAIL else context.NO_SIGNATURE
    gathered = context.gather(
        lead, channel=channel, trigger=trigger, transcript=transcript, signature=found, instruction=instruction
    )
    written = writing.write(gathered, source="person")
    return _kept_by_hand(
        lead, written, key=f"manual:{key}", channel=channel, instruction=instruction, by=by, seen=trigger
    )


@transaction.atomic
def _kept_by_hand(
    lead: Lead,
    written: writing.Written,
    *,
    key: str,
    channel: str,
    instruction: str,
    by: User | None,
    seen: Message | None,
) -> Draft:
    """The new text in the place of the pending ones, told: all or nothing. `seen`: the last reply it was made from."""
    Lead.objects.select_for_update(of=("self",)).get(pk=lead.pk)
    if known := drafts.existing(lead, key):
        return known
    for pending in Draft.objects.pending().filter(lead=lead):
        draft_decisions.reject(pending, by=by, via="page", reason="A new draft was asked for.", missing_ok=True)
    draft, is_new = drafts.propose(
        lead=lead,
        channel=channel,
        content=written.text,
        key=key,
        made=written.made,
        instruction=instruction,
        seen=seen,
    )
    if is_new and draft.status == DraftStatus.PENDING:
        _tell_made(draft, by=by)
    return draft


def _against(lead: Lead, message: Message | None) -> str:
    recipient = (message.from_email if message and message.direction == Direction.IN else "") or lead.email
    entry = suppression.standing(lead, message.channel if message else ChannelKind.EMAIL, [recipient, lead.phone])
    words = f"{entry.value} is on the suppression list." if entry else ""
    return eligibility.reason_against(lead, trigger=message, suppressed=words)


def _signature(message: Message) -> signature.SignatureContext:
    if message.channel != ChannelKind.EMAIL:
        return context.NO_SIGNATURE
    return signature.read(message, timeout_s=signature.share(float(settings.AI_DRAFT_TIMEOUT_S)))


def tell_none(message: Message, *, why: str) -> None:
    """There is no draft for this reply, and why."""
    timeline.record(
        message.lead,
        kind="no_draft",
        text="No draft",
        why=why,
        did="Nothing was sent. The conversation waits for a person.",
        dedupe_key=f"no_draft:{message.pk}",
    )
    live.bump_on_commit(message.workspace_id)


def _tell_made(draft: Draft, *, by: User | None = None) -> None:
    problems = " ".join(draft.problems)
    timeline.record(
        draft.lead,
        kind="draft",
        text=f"{draft.get_channel_display()} draft written",
        why=problems or ("Checked by the verifier." if draft.archetype else "Checked by rules."),
        did="" if draft.verified else "A person has to look at it: it did not pass every check.",
        tone="plain" if draft.verified else "warn",
        by=by,
        at=timezone.now(),
        dedupe_key=f"draft:{draft.pk}",
    )
