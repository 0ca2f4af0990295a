"""What a lead's reply means (spec 05, "Sentiment"): safety first, fast paths, the model, a safe fallback.

`read` never runs inside a transaction; what it finds is kept once per message, and applied under the lead's lock unless
something newer was decided meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from inbox import drafts, live, outcome_tracking, return_dates, short_replies
from inbox.models import Message, SentimentEvent
from inbox.prompts.sentiment import ANALYZE, CLASSIFY, Classification, EmailReading, Reading
from inbox.safety import VerdictKind
from inbox.transcripts import Transcript
from integrations.events import Channel
from leads import matching, normalizing, statuses, suppression, timeline
from leads.models import Lead, LeadIdentity, Tag
from zrg.ai.models import Outcome
from zrg.ai.running import Result, run_structured
from zrg.jobs.errors import Permanent, RetryLater
from zrg.workspaces.models import User

UNCERTAIN_BELOW = 0.6
CIRCUIT_PAUSE_S = 30.0

# Classification → tag; the one table (docs/user-guide.md shows it).
TAGS: dict[Classification, Tag] = {
    Classification.MEETING_REQUESTED: Tag.MEETING_REQUESTED,
    Classification.CALL_REQUESTED: Tag.CALL_REQUESTED,
    Classification.INFO_REQUESTED: Tag.INFORMATION_REQUESTED,
    Classification.INTERESTED: Tag.INTERESTED,
    Classification.FOLLOW_UP: Tag.FOLLOW_UP,
    Classification.OBJECTION: Tag.OBJECTION,
    Classification.NOT_INTERESTED: Tag.NOT_INTERESTED,
    Classification.OUT_OF_OFFICE: Tag.OUT_OF_OFFICE,
    Classification.AUTOMATED_REPLY: Tag.AUTOMATED_REPLY,
    Classification.BLACKLIST: Tag.BLACKLIST,
    Classification.NEUTRAL: Tag.NEUTRAL,
}
# What the first look at a message found (inbox/safety.py) → tag.
_BY_RULE: dict[str, Tag] = {
    VerdictKind.OPT_OUT: Tag.BLACKLIST,
    VerdictKind.BOUNCE: Tag.BLACKLIST,
    VerdictKind.OUT_OF_OFFICE: Tag.OUT_OF_OFFICE,
    VerdictKind.AUTOMATED: Tag.AUTOMATED_REPLY,
}


class NotUnderstood(Exception):
    """The model failed; the job tries again, and the lead is marked meanwhile."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a reply means: `tag` None keeps the one there is. Confidence is None where a rule decided."""

    tag: Tag | None
    reason: str
    source: str
    confidence: float | None = None
    return_date: date | None = None
    deferred_until: date | None = None
    mobile_number: str = ""
    proposed_times: tuple[str, ...] = ()
    prompt_version: str = ""

    @property
    def is_uncertain(self) -> bool:
        """The model is not sure enough to act on it alone."""
        return self.confidence is not None and self.confidence < UNCERTAIN_BELOW


def read(message: Message, *, transcript: Transcript) -> SentimentEvent:
    """Understand a reply and apply it, once per message.

    Raises NotUnderstood (try again), RetryLater (with the service's pause), Permanent; the lead is marked by then."""
    if known := _known(message):
        return known
    understood = _by_rule(message) or _fast(message, transcript)
    if understood is None:
        understood = _by_model(message, transcript)
    return _apply(message, understood)


def _known(message: Message) -> SentimentEvent | None:
    key = _key(message)
    return SentimentEvent.objects.filter(workspace_id=message.workspace_id, dedupe_key=key).first()


def _key(message: Message) -> str:
    return f"message:{message.pk}"


# ── Without a model ────────────────────────────────────────────────────────────
def _by_rule(message: Message) -> Understood | None:
    """Safety decided when the message came in, in its own transaction (inbox/inbound.py); it is noted here."""
    tag = _BY_RULE.get(message.automated)
    if tag is None:
        return None
    if message.automated == VerdictKind.BOUNCE and message.lead.tag != Tag.BLACKLIST:
        return Understood(None, "A bounce that is not final.", SentimentEvent.Source.RULE)
    back = return_dates.returns_on(message.body, sent=message.sent_at.date()) if tag == Tag.OUT_OF_OFFICE else None
    why = f"Recognised as {message.automated.replace('_', ' ')}."
    return Understood(tag, why, SentimentEvent.Source.RULE, return_date=back)


def _fast(message: Message, transcript: Transcript) -> Understood | None:
    rule = SentimentEvent.Source.RULE
    if transcript.last_inbound is None:
        return Understood(Tag.NEW, "The lead has written nothing yet.", rule)
    words = message.body.strip()
    if not words:
        return Understood(None, "The reply is empty.", rule)
    if message.automated in {VerdictKind.SMS_START, VerdictKind.SMS_HELP}:
        return Understood(None, f"The carrier keyword {words.upper()[:20]}.", rule)
    if short_replies.says_no(words):
        return Understood(Tag.NOT_INTERESTED, "A plain no.", rule)
    return None


# ── With one ───────────────────────────────────────────────────────────────────
def _by_model(message: Message, transcript: Transcript) -> Understood:
    workspace = message.lead.workspace
    if not workspace.ai_settings.classify_replies:
        return _unread(message, "Reading replies is switched off for this workspace.")
    given = {
        "company": workspace.ai_settings.company_name or workspace.name,
        "today": timezone.now().astimezone(workspace.tzinfo).strftime("%A, %Y-%m-%d"),
        "transcript": transcript.text,
        "last_inbound": message.body,
    }
    first: Result[EmailReading] | None = None
    if message.channel == Channel.EMAIL:
        first = run_structured(
            ANALYZE, workspace=workspace, lead_id=message.lead_id, variables=given, schema=EmailReading, source="reply"
        )
        if first.value:
            return _understood(first.value, first.prompt_version)
    if first is None or first.outcome not in {Outcome.NO_KEY, Outcome.CIRCUIT_OPEN, Outcome.QUOTA}:
        second = run_structured(
            CLASSIFY, workspace=workspace, lead_id=message.lead_id, variables=given, schema=Reading, source="reply"
        )
        if second.value:
            return _understood(second.value, second.prompt_version)
        return _without(message, second)
    return _without(message, first)


def _understood(said: Reading, version: str) -> Understood:
    tag = TAGS[said.classification]
    if isinstance(said, EmailReading) and said.is_automated_reply and tag != Tag.OUT_OF_OFFICE:
        tag = Tag.AUTOMATED_REPLY
    found = Understood(
        tag=tag,
        reason=said.reason.strip()[:500],
        source=SentimentEvent.Source.MODEL,
        confidence=said.confidence,
        return_date=_day(said.return_date),
        deferred_until=_day(said.defer_until),
        prompt_version=version,
    )
    if isinstance(said, EmailReading):
        times = tuple(said.proposed_times[:10])
        found = replace(found, mobile_number=said.mobile_number or "", proposed_times=times)
    return found


def _day(text: str | None) -> date | None:
    """A day that a model named, if it is one and near enough to be meant."""
    try:
        day = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return day if abs((day - timezone.now().date()).days) < 3 * 366 else None


def _unread(message: Message, why: str) -> Understood:
    fresh = message.lead.tag in {Tag.NEW, ""}
    return Understood(Tag.NEUTRAL if fresh else None, why, SentimentEvent.Source.RULE)


def _without(message: Message, result: Result[Reading] | Result[EmailReading]) -> Understood:
    """No key: New or nothing becomes Neutral, any other tag stays. A failure marks the lead and is tried again."""
    if result.outcome == Outcome.NO_KEY:
        return _unread(message, "No model is configured.")
    mark_unclassified(message, why=result.why)
    if result.outcome in {Outcome.CIRCUIT_OPEN, Outcome.RATE_LIMITED}:
        raise RetryLater(result.why, retry_after=result.retry_after or CIRCUIT_PAUSE_S)
    if not result.is_temporary:
        raise Permanent(f"The reply could not be read: {result.why}.")
    raise NotUnderstood(result.why)


@transaction.atomic
def mark_unclassified(message: Message, *, why: str) -> None:
    """Nobody has understood this reply: it shows in Needs reply with a mark, and nothing goes out by itself."""
    lead = Lead.objects.select_for_update(of=("self",)).get(pk=message.lead_id)
    if not lead.unclassified:
        lead.unclassified = True
        lead.save(update_fields=["unclassified", "updated_at"])
        live.bump_on_commit(lead.workspace_id)
    timeline.record(
        lead,
        kind="unclassified",
        text="Reply not read by the model",
        why=f"{why}.",
        did="It is tried again. Until then there is no draft, and nothing is sent by itself.",
        tone="warn",
        dedupe_key=f"unclassified:{message.pk}",
    )


# ── Applying it ────────────────────────────────────────────────────────────────
@transaction.atomic
def _apply(message: Message, found: Understood) -> SentimentEvent:
    """Keep the reading and give the lead its tag, unless something newer was decided."""
    lead = Lead.objects.select_related("workspace").select_for_update(of=("self",)).get(pk=message.lead_id)
    if known := _known(message):
        return known
    event = SentimentEvent(
        workspace_id=lead.workspace_id,
        lead=lead,
        message=message,
        tag=found.tag or lead.tag,
        before=lead.tag,
        confidence=found.confidence,
        reason=found.reason,
        source=found.source,
        prompt_version=found.prompt_version[:90],
        return_date=found.return_date,
        deferred_until=found.deferred_until,
        dedupe_key=_key(message),
        at=message.sent_at,
    )
    event.save(force_insert=True)
    if not _newer_reading(lead, message.sent_at):
        _tag(lead, message, found)
    return event


def _newer_reading(lead: Lead, at: datetime) -> bool:
    return SentimentEvent.objects.filter(lead=lead, at__gt=at).exists()


def _tag(lead: Lead, message: Message, found: Understood) -> None:
    """The tag with its confidence. A model that is unsure about Blacklist blacklists nobody: a person has to look."""
    wants_stop = found.source == SentimentEvent.Source.MODEL and found.tag == Tag.BLACKLIST
    doubtful = wants_stop and found.is_uncertain
    if wants_stop and not doubtful:
        why, at = f"The model: {found.reason}", message.sent_at
        suppression.opt_out(lead, sender_names=[], evidence=why, key=str(message.pk), at=at)
    if found.tag is not None and Tag.BLACKLIST not in {found.tag, lead.tag}:
        why = found.reason if found.confidence is None else f"{found.reason} (confidence {found.confidence:.2f})"
        statuses.set_tag(lead, tag=found.tag, by=None, why=why, at=message.sent_at, dedupe_key=f"tag:{message.pk}")
    _keep_number(lead, message, found.mobile_number)
    lead.unclassified = doubtful
    if found.tag in {None, lead.tag} or doubtful:  # else it gave way to a later decision, whose reason stays
        lead.tag_confidence, lead.tag_reason = found.confidence, found.reason
        lead.tag_is_uncertain = found.is_uncertain and lead.workspace.ai_settings.flag_uncertain_replies
    lead.save(update_fields=["unclassified", "tag_confidence", "tag_reason", "tag_is_uncertain", "updated_at"])
    if doubtful:
        _tell_doubt(lead, message, found)
    if found.tag in {Tag.BLACKLIST, Tag.AUTOMATED_REPLY} and not found.is_uncertain:
        drafts.reject_pending(lead, reason="The last reply asks for no answer.")
    outcome_tracking.tagged(lead, message=message)
    live.bump_on_commit(lead.workspace_id)


def _tell_doubt(lead: Lead, message: Message, found: Understood) -> None:
    timeline.record(
        lead,
        kind="unclassified",
        text="May ask us to stop: somebody has to read it",
        why=f"{found.reason} (confidence {found.confidence:.2f})",
        did="No draft was written, and nothing is sent by itself.",
        tone="warn",
        dedupe_key=f"doubt:{message.pk}",
    )


def _keep_number(lead: Lead, message: Message, number: str) -> None:
    """A phone number the lead wrote becomes theirs where none is known; only one that stands in the reply."""
    digits = re.sub(r"\D", "", number)
    if lead.phone or len(digits) < 7 or digits not in re.sub(r"\D", "", message.raw_text or message.body):
        return
    value = normalizing.phone(number, lead.workspace.phone_region)
    if value and not matching.claim(lead, [(LeadIdentity.Kind.PHONE, value)], source="reply", primary=True):
        lead.phone = value
        lead.save(update_fields=["phone", "updated_at"])
        timeline.record(
            lead,
            kind="facts",
            text="Phone number taken from the reply",
            did="It is the lead's number now.",
            dedupe_key=f"number:{message.pk}",
        )


@transaction.atomic
def correct(lead: Lead, *, tag: str, by: User) -> SentimentEvent:
    """A person says what the last reply means; kept as a label for evaluation.

    Raises ValueError for what is no tag, and for Meeting booked, which only an appointment gives."""
    if tag not in Tag.values or tag == Tag.MEETING_BOOKED:
        raise ValueError("Choose one of the tags.")
    lead = Lead.objects.select_related("workspace").select_for_update(of=("self",)).get(pk=lead.pk)
    last = Message.objects.theirs().filter(lead=lead).order_by("-sent_at", "-id").first()
    now = timezone.now()
    event = SentimentEvent.objects.create(
        workspace_id=lead.workspace_id,
        lead=lead,
        message=last,
        tag=tag,
        before=lead.tag,
        reason=f"Said by {by.get_short_name()}.",
        source=SentimentEvent.Source.PERSON,
        by=by,
        dedupe_key=f"person:{by.pk}:{now.isoformat()}",
        at=now,
    )
    statuses.set_tag(lead, tag=tag, by=by, why="Corrected by hand.", dedupe_key=f"tag:{event.pk}")
    lead.unclassified, lead.tag_is_uncertain, lead.tag_confidence, lead.tag_reason = False, False, None, event.reason
    lead.save(update_fields=["unclassified", "tag_is_uncertain", "tag_confidence", "tag_reason", "updated_at"])
    if tag in {Tag.BLACKLIST, Tag.AUTOMATED_REPLY, Tag.NOT_INTERESTED}:
        drafts.reject_pending(lead, reason=f"{by.get_short_name()} set the tag {Tag(tag).label}.")
    live.bump_on_commit(lead.workspace_id)
    return event
