"""May a draft go out by itself? (spec 06, "Auto-send decision"): mode, hard stops, evaluator, delay, and why.

The decisions are pure; `consider` asks the model between reading and writing and keeps what was decided on the draft,
once. `fire` is the moment before a machine sends: everything is asked again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inbox import draft_decisions, draft_rollup, drafts, gates, live, sending, short_replies, switches
from inbox.channels import connection_for, recipients_of
from inbox.drafting.context import Context, gather
from inbox.gates import Action, Switch, Verdict
from inbox.models import AutoSendAction, Draft, DraftStatus, Message
from inbox.prompts.autosend import EVALUATE, GATE, Evaluation, Gate
from inbox.safety import NOT_A_REPLY, VerdictKind
from leads import timeline
from leads.models import Campaign, Lead, LeadStatus, Tag
from zrg.ai.running import is_configured, run_structured
from zrg.jobs.errors import Waits
from zrg.lib.weekly import Hours, is_open, next_open

LEGACY_THRESHOLD = 0.9
LOOKS_AGAIN_AFTER = timedelta(minutes=5)


class Mode(StrEnum):
    """Who sends for this lead."""

    OFF = "off"
    MODERN = "modern"
    LEGACY = "legacy"
    DRAFT_ONLY = "draft_only"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done with a draft, why, and under which setting."""

    action: AutoSendAction
    reason: str
    setting: str = ""
    confidence: float | None = None
    threshold: float | None = None
    send_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know; `gate` is the answer of the table for auto-send."""

    mode: Mode
    setting: str
    tag: str
    automated: str
    body: str
    verified: bool
    is_uncertain: bool
    has_phone: bool
    has_key: bool
    gate: gates.Answer


# ── Decisions, pure ────────────────────────────────────────────────────────────
def mode_of(lead: Lead, *, disabled: bool) -> tuple[Mode, str]:
    """The mode and the setting that says so. A campaign's mode holds on all channels, and never falls back."""
    if disabled:
        return Mode.OFF, "AUTO_SEND_DISABLED"
    if lead.campaign is not None:
        mode = lead.campaign.response_mode
        setting = f"Campaign “{lead.campaign}”: {lead.campaign.get_response_mode_display()}"
        return (Mode.MODERN if mode == Campaign.ResponseMode.AI_AUTO_SEND else Mode.DRAFT_ONLY), setting
    if lead.auto_reply:
        return Mode.LEGACY, "Lead: auto-reply on"
    return Mode.DRAFT_ONLY, "Lead: no campaign, auto-reply off"


def before_any_model(facts: Facts) -> Decision | None:
    """What stops it without asking a model; None: go on to the evaluator."""
    skip, review = AutoSendAction.SKIP, AutoSendAction.NEEDS_REVIEW
    if facts.mode == Mode.OFF:
        return Decision(skip, "Auto-send is switched off for this installation.", facts.setting)
    if facts.mode == Mode.DRAFT_ONLY:
        return Decision(AutoSendAction.DRAFT_ONLY, "A person sends for this lead.", facts.setting)
    if facts.automated in NOT_A_REPLY | {VerdictKind.OPT_OUT} or facts.tag in {Tag.BLACKLIST, Tag.AUTOMATED_REPLY}:
        return Decision(skip, "The last reply asks for no answer.", facts.setting)
    if facts.gate.verdict in {Verdict.SKIPPED, Verdict.REFUSED}:
        return Decision(skip, facts.gate.reason, str(facts.gate.switch))
    if facts.mode == Mode.LEGACY and short_replies.only_acknowledges(facts.body):
        return Decision(skip, "The lead only said thanks.", facts.setting)
    if not facts.has_key:
        return Decision(skip, "No model is configured.", "OPENAI_API_KEY")
    if facts.tag == Tag.OBJECTION:
        return Decision(review, "Objections are never answered without a person.", facts.setting)
    if facts.tag == Tag.CALL_REQUESTED and not facts.has_phone:
        return Decision(review, "A call was asked for, and no phone number is known.", facts.setting)
    if facts.is_uncertain:
        return Decision(review, "The reply was not understood with enough confidence.", "Flag uncertain replies")
    if not facts.verified:
        return Decision(review, "The draft did not pass every check.", facts.setting)
    return None


def after_evaluation(said: Evaluation, *, threshold: float, setting: str, delay: timedelta, now: datetime) -> Decision:
    """Send when safe and sure enough; else a person looks at it."""
    common: dict[str, Any] = {"setting": setting, "confidence": said.confidence, "threshold": threshold}
    why = said.reason.strip()[:400]
    if not said.safe_to_send or said.requires_human_review:
        return Decision(AutoSendAction.NEEDS_REVIEW, why or "The evaluator wants a person to look.", **common)
    if said.confidence < threshold:
        return Decision(AutoSendAction.NEEDS_REVIEW, why or "Not sure enough.", **common)
    action = AutoSendAction.SEND_DELAYED if delay else AutoSendAction.SEND_IMMEDIATE
    return Decision(action, why, send_at=now + delay, **common)


def delay_of(campaign: Campaign | None, *, chance: float) -> timedelta:
    """Uniform between the campaign's shortest and longest by `chance` (0–1); nothing for the legacy gate."""
    if campaign is None or campaign.auto_send_delay_max_s == 0:
        return timedelta()
    low, high = campaign.auto_send_delay_min_s, campaign.auto_send_delay_max_s
    return timedelta(seconds=round(low + (high - low) * chance))


# ── Deciding ───────────────────────────────────────────────────────────────────
def consider(draft: Draft, *, context: Context | None, hours: Hours | None, more: Mapping[Switch, str]) -> Draft:
    """Decide about a pending draft for an inbound message, once, and keep it on the draft.

    `context`: what it was written from (None: gathered again, after a crash); `hours`: when machines may send (None:
    always); `more`: switches that upper floors know of. The model is asked outside of transactions."""
    if draft.evaluated_at is not None or draft.status != DraftStatus.PENDING:
        return draft
    message, lead = draft.trigger_message, draft.lead
    mode, setting = mode_of(lead, disabled=settings.AUTO_SEND_DISABLED)
    facts = Facts(
        mode=mode,
        setting=setting,
        tag=lead.tag,
        automated=message.automated if message else "",
        body=message.body if message else "",
        verified=draft.verified,
        is_uncertain=lead.tag_is_uncertain,
        has_phone=bool(lead.phone),
        has_key=is_configured(),
        gate=gates.answer(Action.AUTO_SEND, switches_of(draft, hours=hours) | dict(more)),
    )
    decision = before_any_model(facts)
    if decision is None:
        context = context or gather(lead, channel=draft.channel, trigger=message)
        decision = _evaluated(draft, context, mode=mode, setting=setting)
    return _keep(draft, decision)


def _evaluated(draft: Draft, context: Context, *, mode: Mode, setting: str) -> Decision:
    given = context.given | {"draft": draft.content}
    ask: dict[str, Any] = {
        "workspace": draft.lead.workspace,
        "lead_id": draft.lead_id,
        "variables": given,
        "source": "reply",
    }
    if mode == Mode.LEGACY:
        gate = run_structured(GATE, schema=Gate, **ask)
        if gate.value is None:
            return Decision(AutoSendAction.ERROR, f"The gate gave no answer: {gate.why}.", setting)
        if not gate.value.should_reply:
            return Decision(AutoSendAction.SKIP, gate.value.reason or "No answer is wanted.", setting)
    result = run_structured(EVALUATE, schema=Evaluation, **ask)
    if result.value is None:
        return Decision(AutoSendAction.ERROR, f"The evaluator gave no answer: {result.why}.", setting)
    campaign = draft.lead.campaign if mode == Mode.MODERN else None
    threshold = campaign.auto_send_threshold if campaign else LEGACY_THRESHOLD
    delay = delay_of(campaign, chance=random.random())  # noqa: S311 -- spreading, not secrecy
    return after_evaluation(result.value, threshold=threshold, setting=setting, delay=delay, now=timezone.now())


@transaction.atomic
def _keep(draft: Draft, decision: Decision) -> Draft:
    """On the draft, with the job of a scheduled send, in one transaction."""
    lead, draft = drafts.locked(draft.pk)
    if draft.evaluated_at is not None or draft.status != DraftStatus.PENDING:
        return draft
    draft.evaluated_at, draft.action, draft.reason = timezone.now(), decision.action, decision.reason[:500]
    draft.confidence, draft.threshold, draft.setting = decision.confidence, decision.threshold, decision.setting[:200]
    draft.send_at = decision.send_at
    draft.save()
    draft_rollup.show(lead, draft)
    _tell(lead, draft, decision)
    if decision.send_at is not None:
        drafts.schedule(draft)
    live.bump_on_commit(draft.workspace_id)
    return draft


_TOLD: dict[str, tuple[str, str, str]] = {
    AutoSendAction.SEND_IMMEDIATE: ("Auto-send decided: now", "It is sent at once, after a last check.", "ok"),
    AutoSendAction.SEND_DELAYED: ("Auto-send scheduled", "It can be cancelled until then.", "ok"),
    AutoSendAction.NEEDS_REVIEW: ("Draft needs review", "Nothing was sent. Reviewers are asked.", "warn"),
    AutoSendAction.DRAFT_ONLY: ("Draft waits for a person", "Nothing was sent.", "plain"),
    AutoSendAction.SKIP: ("Not sent by itself", "Nothing was sent. The draft waits for a person.", "plain"),
    AutoSendAction.ERROR: ("Auto-send could not be decided", "Nothing was sent. Reviewers are asked.", "warn"),
}


def _tell(lead: Lead, draft: Draft, decision: Decision) -> None:
    text, did, tone = _TOLD[decision.action]
    why = decision.reason
    if decision.confidence is not None and decision.threshold is not None:
        why = f"{why} Confidence {decision.confidence:.2f}, threshold {decision.threshold:.2f}.".strip()
    timeline.record(
        lead,
        kind="auto_send",
        text=text,
        why=why,
        did=did,
        setting=decision.setting,
        tone=tone,
        dedupe_key=f"auto_send:{draft.pk}",
    )


def switches_of(draft: Draft, *, hours: Hours | None) -> dict[Switch, str]:
    """What may stop a machine from sending this draft, as far as this floor knows."""
    lead = draft.lead
    recipients = [recipient.value for recipient in recipients_of(lead, draft.channel)[:1]]
    connection = connection_for(lead.workspace_id, draft.channel)
    found = switches.of_machines(lead)
    found |= switches.of_send(lead, channel=draft.channel, recipients=recipients, connection=connection)
    if hours is not None and not is_open(hours, lead.workspace.tzinfo, timezone.now()):
        found[Switch.OUTSIDE_SEND_SCHEDULE] = "It is outside the hours in which machines may send."
    return found


# ── The moment before it leaves ────────────────────────────────────────────────
@transaction.atomic
def fire(draft: Draft, *, hours: Hours | None, more: Mapping[Switch, str]) -> Message | None:
    """Send a draft that was decided to be sent, unless anything happened since; None where it is off, with the reason.

    Raises Waits where it is to be asked again later."""
    lead, draft = drafts.locked(draft.pk)
    if draft.status != DraftStatus.PENDING or draft.send_at is None:
        return None
    if draft.send_at > timezone.now() + timedelta(milliseconds=200):
        raise Waits("The delay is not over.", until=draft.send_at)
    if why := _happened_since(lead, draft):
        drafts.unschedule(draft, why=why)
        return None
    mode, setting = mode_of(lead, disabled=settings.AUTO_SEND_DISABLED)
    if mode in {Mode.OFF, Mode.DRAFT_ONLY}:
        drafts.unschedule(draft, why=f"A person sends for this lead now ({setting}).")
        return None
    answer = gates.answer(Action.DELAYED_SEND, switches_of(draft, hours=hours) | dict(more))
    if answer.verdict == Verdict.WAITS:
        raise Waits(answer.reason, until=_until(answer, lead, hours))
    if not answer.goes:
        drafts.unschedule(draft, why=answer.reason)
        return None
    try:
        return draft_decisions.approve(draft, by=None, via="auto", undo_seconds=0, action=Action.DELAYED_SEND)
    except sending.Refusal as refusal:
        fresh = Draft.objects.get(pk=draft.pk)
        fresh.lead = lead
        if fresh.status == DraftStatus.PENDING:
            drafts.unschedule(fresh, why=str(refusal))
        return None


def _happened_since(lead: Lead, draft: Draft) -> str:
    """Why it is not sent any more: the conversation went on, or what it was for is done."""
    assert draft.evaluated_at is not None
    trigger = draft.trigger_message  # what happened before it was answered already, however late it is told
    since = Q(sent_at__gt=trigger.sent_at if trigger is not None else draft.created_at)
    message = Message.objects.filter(since, lead=lead).exclude(delivery="undone").order_by("-sent_at").first()
    if message is not None:
        return "The lead wrote again." if message.direction == "in" else "Another message was sent."
    if draft.edited_at is not None:
        return "Somebody edited the draft."
    if lead.tag == Tag.MEETING_BOOKED or lead.status == LeadStatus.MEETING_BOOKED:
        return "A meeting was booked."
    if lead.unclassified or lead.tag_is_uncertain:
        return "The last reply is not understood any more."
    return ""


def _until(answer: gates.Answer, lead: Lead, hours: Hours | None) -> datetime:
    now = timezone.now()
    if answer.switch == Switch.OUTSIDE_SEND_SCHEDULE and hours is not None:
        return next_open(hours, lead.workspace.tzinfo, now) or now + LOOKS_AGAIN_AFTER
    return now + LOOKS_AGAIN_AFTER
