"""Who handles what: three tables (events, jobs, sweeps). Read this to find where a thing is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inbox import bouncing, delivering, inbound, markings, outbound, review, review_clicks, review_updates
from inbox.models import MessageJob
from integrations import events, ingestion
from integrations import registry as event_registry
from zrg import sweeps
from zrg.flows import knowledge, reply
from zrg.jobs import registry as job_registry

EVENTS: dict[type, event_registry.EventHandler] = {
    events.MessageReceived: inbound.receive,
    events.MessageSent: outbound.campaign_sent,
    events.MessageConfirmed: outbound.confirmed,
    events.MessageOpened: outbound.opened,
    events.AddressBounced: bouncing.bounced,
    events.LeadUnsubscribed: markings.unsubscribed,
    events.LeadInterested: markings.interested,
    events.ReviewClicked: review_clicks.clicked,
}

KIND = MessageJob.Kind

# (model, job type) → handler, its time limit in seconds
JOBS: dict[tuple[str, str], tuple[Callable[[Any], None], int]] = {
    ("integrations.WebhookEvent", ""): (ingestion.apply, 60),
    ("inbox.MessageJob", KIND.SMS_INBOUND_POST_PROCESS): (reply.run, 200),
    ("inbox.MessageJob", KIND.EMAIL_INBOUND_POST_PROCESS): (reply.run, 200),
    ("inbox.MessageJob", KIND.SMARTLEAD_INBOUND_POST_PROCESS): (reply.run, 200),
    ("inbox.MessageJob", KIND.INSTANTLY_INBOUND_POST_PROCESS): (reply.run, 200),
    ("inbox.MessageJob", KIND.LINKEDIN_INBOUND_POST_PROCESS): (reply.run, 200),
    ("inbox.MessageJob", KIND.DELIVER): (delivering.deliver, 120),
    ("inbox.MessageJob", KIND.LOOK_UP): (delivering.look_up, 120),
    ("inbox.MessageJob", KIND.ASK_REVIEW): (review.ask, 120),
    ("inbox.MessageJob", KIND.UPDATE_REVIEW): (review_updates.update, 120),
    ("inbox.MessageJob", KIND.AI_AUTO_SEND_DELAYED): (reply.send_delayed, 60),
    ("inbox.MessageJob", KIND.DRAFT): (reply.write_draft, 200),
    ("ai.KnowledgeJob", ""): (knowledge.fetch, 60),
}


def connect() -> None:
    """Fill the registries; called once when every app is loaded."""
    for event, handle_event in EVENTS.items():
        event_registry.register(event, handle_event)
    for (label, kind), (handle, limit) in JOBS.items():
        job_registry.register(label, kind, handle, time_limit_s=limit)
    sweeps.register_all()
