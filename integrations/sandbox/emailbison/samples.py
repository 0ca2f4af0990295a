"""The static samples of EmailBison's test events: workspace 1 and no `instance_url`, unlike real deliveries."""

from __future__ import annotations

from integrations.sandbox.emailbison import events
from integrations.sandbox.store import Record

_AT = "2024-08-02T06:08:38.000000Z"
_LEAD = {
    "id": 1,
    "uuid": "9f7a2718-aa56-43c2-a52b-a44dc183a622",
    "email": "sample.contact@example.com",
    "first_name": "Sample",
    "last_name": "Contact",
    "status": "unverified",
    "title": "CEO",
    "company": "Example",
    "custom_variables": [{"name": "phone number", "value": "5550100"}],
    **dict.fromkeys(("emails_sent", "opens", "unique_opens", "replies", "unique_replies", "bounces"), 0),
}
_SENDER = {
    "id": 3,
    "name": "Sample",
    "email": "sample.sender@example.com",
    "status": "connected",
    "type": "google",
    "daily_limit": 10,
}
_MAIL = {
    "id": 4,
    "lead_id": 1,
    "sequence_step_id": 2,
    "email_subject": "test subject",
    "email_body": "<p>test</p>",
    "status": "sent",
    "sent_at": _AT,
}
_REPLY = {
    "id": 4,
    "uuid": "9f7a2718-aa56-43c2-a52b-a44dc183a621",
    "email_subject": "Re: test subject",
    "interested": True,
    "automated_reply": False,
    "html_body": "<p>test</p>",
    "text_body": "test",
    "raw_body": None,
    "headers": None,
    "date_received": _AT,
    "type": "Tracked Reply",
    "folder": "Inbox",
    "from_name": "Sample Contact",
    "from_email_address": "sample.contact@example.com",
    "primary_to_email_address": "sample.sender@example.com",
    "to": [{"name": None, "address": "sample.sender@example.com"}],
    "cc": None,
    "bcc": None,
    "parent_id": None,
    "raw_message_id": "<sample@example.com>",
    "attachments": [],
    "created_at": _AT,
    "updated_at": _AT,
}
_TAG = {"tag_id": 1, "tag_name": "Sample", "taggable_id": 1, "taggable_type": "App\\Models\\Lead"}


def payload(event: str) -> Record:
    """The sample of one event."""
    envelope = {
        "type": event.upper(),
        "name": events.NAMES[event],
        "workspace_id": 1,
        "workspace_name": "Sample workspace",
    }
    return {"event": envelope, "data": _data(event)}


def _data(event: str) -> Record:
    campaign_event = {
        "id": 6,
        "type": event,
        "created_at": _AT,
        "created_at_local": _AT,
        "local_timezone": "America/New_York",
    }
    around = {
        "campaign_event": campaign_event,
        "lead": _LEAD,
        "campaign": {"id": 2, "name": "test"},
        "sender_email": _SENDER,
    }
    if event.startswith("tag_"):
        return _TAG
    if event.startswith(("email_account_", "warmup_")):
        return {"sender_email": _SENDER}
    if event == "untracked_reply_received":
        return {"reply": _REPLY, "sender_email": _SENDER}
    if event in ("lead_replied", "lead_interested", "email_bounced", "manual_email_sent"):
        return {"reply": _REPLY, "scheduled_email": _MAIL, **around}
    return {"scheduled_email": _MAIL, **around}
