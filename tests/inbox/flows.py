"""A lead who wrote, and the reply flow run to its end: for tests of what the machine does then."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inbox.models import Draft, Message, MessageJob
from leads.models import Campaign, Lead, TimelineEvent
from tests.factories import leads
from tests.factories.conversations import message
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace

QUESTION = "Sounds interesting. How long does it take to set up?"
OFFER = "Payroll for restaurants. Setting up takes two weeks, and your accountant keeps her tools."
JOB_KINDS = {"sms": "SMS_INBOUND_POST_PROCESS", "linkedin": "LINKEDIN_INBOUND_POST_PROCESS"}


def offer(workspace: Workspace) -> None:
    """What the workspace sells; drafts answer from it."""
    workspace.ai_settings.service_description = OFFER
    workspace.ai_settings.save()


def sending_campaign(workspace: Workspace, **more: Any) -> Campaign:
    """A campaign that answers by itself, easily convinced."""
    given = {"response_mode": "AI_AUTO_SEND", "auto_send_threshold": 0.5} | more
    return Campaign.objects.create(workspace=workspace, provider="emailbison", external_id="1", name="Q1", **given)


def wrote(workspace: Workspace, text: str = QUESTION, *, channel: str = "email", **facts: Any) -> Message:
    """A new lead wrote; the job of the reply flow waits."""
    return writes_again(leads.lead(workspace, **facts), text, channel=channel)


def writes_again(lead: Lead, text: str = QUESTION, *, channel: str = "email", **more: Any) -> Message:
    """The lead wrote; the job of the reply flow waits."""
    inbound = message(lead, text, channel=channel, **more)
    kind = JOB_KINDS.get(channel, "EMAIL_INBOUND_POST_PROCESS")
    MessageJob.objects.create(
        workspace_id=inbound.workspace_id,
        kind=kind,
        lead_id=inbound.lead_id,
        message=inbound,
        dedupe_key=f"{inbound.workspace_id}:{inbound.pk}:{kind}",
        max_attempts=2,
    )
    return inbound


def run_to_the_end() -> None:
    """All jobs, with their retries, pauses and delays; asking in Slack, which nobody set up here, may go on waiting."""
    open_jobs = MessageJob.objects.filter(status="PENDING").exclude(kind="ASK_REVIEW")
    for _ in range(60):
        for lane in Lane.values:
            running.drain(MessageJob, lane)
        if not open_jobs.update(run_at=timezone.now()):
            return
    raise AssertionError(f"Work was left: {list(open_jobs.values('kind', 'last_error'))}")


def draft_of(lead_id: object) -> Draft | None:
    return Draft.objects.filter(lead_id=lead_id).order_by("-created_at").first()


def sent(lead_id: object) -> list[Message]:
    """Everything of ours that left, or is about to."""
    return list(Message.objects.filter(lead_id=lead_id, direction="out"))


def told(lead_id: object) -> str:
    """The timeline as one text."""
    rows = TimelineEvent.objects.filter(lead_id=lead_id).order_by("at", "id").values_list("text", "why", "did")
    return "\n".join(" | ".join(filter(None, row)) for row in rows)
