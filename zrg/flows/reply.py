"""What happens when a lead writes: the steps, top to bottom, each safe to run again (spec 00, "The main job").

Filing, safety (opt-out, bounce, automatic replies) and the roll-up are done before, in the transaction that recorded
the message (inbox/inbound.py): they need no model and no provider. Each step keeps its own result under a key of the
message, so a run after a crash goes on where the last one stopped; each tells the timeline what it did or declined.
"""

from __future__ import annotations

from django.utils import timezone

from followups import human_tasks
from inbox import autosend, history, remembering, review, sentiment, transcripts
from inbox.drafting import proposing
from inbox.drafting.proposing import NoDraft, Proposal
from inbox.drafting.scheduling import NOTHING
from inbox.gates import Switch
from inbox.models import AutoSendAction, Draft, DraftStatus, Message, MessageJob, ReplySettings, SentimentEvent
from inbox.safety import NOT_A_REPLY, VerdictKind
from inbox.transcripts import Transcript
from leads import timeline
from leads.models import ChannelKind, Direction, Lead, Tag
from zrg.ai.running import is_configured
from zrg.jobs import backoff
from zrg.jobs.errors import RetryLater
from zrg.lib.weekly import Hours
from zrg.workspaces.models import User, Workspace


def run(job: MessageJob) -> None:
    """Job handler of every *_INBOUND_POST_PROCESS."""
    message = _message(job)
    if message.lead.workspace.archived_at is not None:
        return
    workspace = message.lead.workspace
    if message.channel == ChannelKind.SMS:
        history.pull(message)
        message = _message(job, workspace)  # the history may have moved the lead on
    transcript = transcripts.of(message.lead, last=transcripts.FOR_SENTIMENT)
    reading = sentiment.read(message, transcript=transcript)
    message = _message(job, workspace)
    _tasks(message, reading)
    if message.automated in NOT_A_REPLY | {VerdictKind.OPT_OUT}:
        return
    if message.lead.workspace.ai_settings.remember_leads:
        remembering.update(message, transcript=transcript)
    if _is_answered_by_a_later_run(message):
        return
    proposal = _draft(job, message, transcript)
    if proposal is not None:
        decide(_at_hand(proposal, message.lead))


def _message(job: MessageJob, workspace: Workspace | None = None) -> Message:
    """The message and its lead as they are now. `workspace`: as this run read it before, with its settings and prompts,
    so that they are read once and every step sees the same."""
    settings = ("ai_settings", "reply_settings", "followup_settings")
    related = [] if workspace else [f"lead__workspace__{name}" for name in settings]
    message = Message.objects.select_related("lead__campaign__persona", *related).get(pk=job.its_message)
    message.workspace = message.lead.workspace = workspace or message.lead.workspace
    return message


def _at_hand(proposal: Proposal, lead: Lead) -> Proposal:
    """The draft's lead is the newer row; what belongs to it was read with the older one."""
    newer = proposal.draft.lead
    newer.workspace = lead.workspace
    if newer.campaign_id == lead.campaign_id:
        newer.campaign = lead.campaign
    return proposal


# ── Steps ──────────────────────────────────────────────────────────────────────
def _tasks(message: Message, reading: SentimentEvent) -> None:
    """What only a person can do: write when the lead asked to be written to, call who asked to be called."""
    lead = message.lead
    if reading.deferred_until and lead.tag == Tag.FOLLOW_UP:
        day = reading.deferred_until
        human_tasks.ask(
            lead,
            type=human_tasks.DEFERRED,
            text=f"Write again: {lead.name} asked for it from {day:%-d %B %Y} on",
            key=f"deferred:{message.pk}",
            due=human_tasks.morning_of(day, lead.workspace.tzinfo),
        )
    if reading.tag == Tag.CALL_REQUESTED and lead.tag == Tag.CALL_REQUESTED and not lead.phone:
        human_tasks.ask(
            lead,
            type=human_tasks.CALL,
            text=f"Call {lead.name}: a call was asked for, and no number is known",
            key=f"call:{message.pk}",
        )


def _is_answered_by_a_later_run(message: Message) -> bool:
    """The lead wrote again: the later message's own run answers both."""
    later = Message.objects.filter(lead_id=message.lead_id, direction=Direction.IN, sent_at__gt=message.sent_at)
    return later.exclude(automated__in=NOT_A_REPLY).exists()


def _draft(job: MessageJob, message: Message, transcript: Transcript) -> Proposal | None:
    """The draft, or None with the reason on the timeline. A model that is away is tried again with the job."""
    if not message.lead.workspace.ai_settings.draft_replies:
        proposing.tell_none(message, why="Drafts are switched off for this workspace.")
        return None
    try:
        return proposing.for_reply(message, transcript=transcript, scheduling=NOTHING)
    except NoDraft as none:
        _try_again(job, none)
        proposing.tell_none(message, why=str(none) if is_configured() else "No model is configured.")
        return None


def _try_again(job: MessageJob, none: NoDraft) -> None:
    """Raise what has the job tried again, while that is worth it; nothing for a last attempt, which tells."""
    if none.retry_after is not None:
        waiting = timezone.now() - (job.waiting_since or timezone.now())
        if backoff.may_wait_again(waits=job.waits + 1, waiting=waiting):
            raise RetryLater(str(none), retry_after=none.retry_after) from none
    elif none.temporary and job.attempts < job.max_attempts:
        raise none


def decide(proposal: Proposal) -> None:
    """Auto-send, review, or wait for a person; then what was decided is done."""
    draft = autosend.consider(
        proposal.draft,
        context=proposal.context,
        hours=machine_hours(proposal.draft.lead),
        more=other_switches(proposal.draft.lead),
    )
    if draft.status != DraftStatus.PENDING:
        return
    if draft.action in {AutoSendAction.NEEDS_REVIEW, AutoSendAction.ERROR}:
        review.request_review(draft)


# ── Later ──────────────────────────────────────────────────────────────────────
def send_delayed(job: MessageJob) -> None:
    """Job handler of AI_AUTO_SEND_DELAYED: everything is asked again before a machine sends."""
    draft = Draft.objects.select_related("lead__workspace").get(pk=job.its_draft)
    autosend.fire(draft, hours=machine_hours(draft.lead), more=other_switches(draft.lead))


def write_draft(job: MessageJob) -> None:
    """Job handler of DRAFT: a person asked for another text."""
    related = ("workspace__ai_settings", "campaign__persona")
    lead = Lead.objects.select_related(*related).get(pk=job.lead_id)
    by = User.objects.filter(pk=job.given.get("by")).first()
    given = {name: str(job.given.get(name, "")) for name in ("key", "instruction", "channel")}
    try:
        proposing.regenerate(lead, by=by, **given)
    except NoDraft as none:
        _try_again(job, none)
        timeline.record(
            lead,
            kind="no_draft",
            text="No new draft",
            why=str(none),
            did="Nothing was changed.",
            by=by,
            at=timezone.now(),
            dedupe_key=f"no_draft:{given['key']}",
        )


# ── What upper floors know ─────────────────────────────────────────────────────
def machine_hours(lead: Lead) -> Hours | None:
    """When machines may send by the workspace's schedule; None: always."""
    reply = lead.workspace.reply_settings
    if reply.auto_send_schedule == ReplySettings.Schedule.OWN:
        return reply.own_hours
    if reply.auto_send_schedule == ReplySettings.Schedule.BUSINESS_HOURS:
        return lead.workspace.followup_settings.business_hours
    return None


def other_switches(lead: Lead) -> dict[Switch, str]:
    """What follow-ups and, later, claims add to the table "What stops what"."""
    until = lead.workspace.followup_settings.followups_paused_until
    if until and until > timezone.now():
        return {Switch.FOLLOWUPS_PAUSED: f"Follow-ups are paused until {until:%Y-%m-%d %H:%M} UTC."}
    return {}
