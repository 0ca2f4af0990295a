"""EmailBison's webhooks: which event carries what, and who has subscribed."""

from __future__ import annotations

from integrations.sandbox import clock, deliveries, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.emailbison import records
from integrations.sandbox.store import Record

NAMES = {
    "email_sent": "Email Sent",
    "manual_email_sent": "Manual Email Sent",
    "lead_first_contacted": "Contact First Emailed",
    "lead_replied": "Contact Replied",
    "lead_interested": "Contact Interested",
    "lead_unsubscribed": "Contact Unsubscribed",
    "untracked_reply_received": "Untracked Reply Received",
    "email_opened": "Email Opened",
    "email_bounced": "Email Bounced",
    "email_account_added": "Email Account Added",
    "email_account_removed": "Email Account Removed",
    "email_account_disconnected": "Email Account Disconnected",
    "email_account_reconnected": "Email Account Reconnected",
    "tag_attached": "Tag Attached",
    "tag_removed": "Tag Removed",
    "warmup_disabled_receiving_bounces": "Warmup Disabled Receiving Bounces",
    "warmup_disabled_causing_bounces": "Warmup Disabled Causing Bounces",
}
USUAL = [event for event in NAMES if event != "lead_first_contacted"]  # it would double every first campaign mail
_KIND = {
    "email_sent": "sent",
    "lead_first_contacted": "sent",
    "lead_replied": "replied",
    "lead_interested": "interested",
    "email_bounced": "bounce",
    "email_opened": "opened",
    "lead_unsubscribed": "unsubscribed",
}
_TIME_ZONE = "America/New_York"


def tell(account: Account, event: str, data: Record) -> list[int]:
    """Deliver one event to every subscribed address; the ids of the deliveries."""
    return deliveries.queue(account, webhooks(account, event, [data]))


def webhooks(account: Account, event: str, many: list[Record]) -> list[Webhook]:
    """The bodies of one kind of event for every subscribed address."""
    urls = [row["url"] for row in store.find(account.key, "webhook", oldest_first=True) if event in row["events"]]
    bodies = [{"event": envelope(account, event), "data": data} for data in many]
    return [Webhook(event.upper(), url, body, {}, "any_non_200") for url in urls for body in bodies]


def envelope(account: Account, event: str) -> Record:
    """The `event` part of every real delivery."""
    return {
        "type": event.upper(),
        "name": NAMES[event],
        "instance_url": account.more.get("instance_url", ""),
        "workspace_id": int(account.id),
        "workspace_name": account.name,
    }


def about_reply(account: Account, event: str, reply: Record) -> Record:
    """LEAD_REPLIED, LEAD_INTERESTED, EMAIL_BOUNCED: the reply and all that surrounds it."""
    scheduled = _row(account, "scheduled_email", reply["scheduled_email_id"])
    return {
        "reply": records.reply_in_event(reply),
        "campaign_event": _campaign_event(account, event),
        "lead": _lead(account, reply["lead_id"]),
        "campaign": _campaign(account, reply["campaign_id"]),
        "scheduled_email": _short(scheduled) if scheduled else None,
        "sender_email": sender_in_event(account, reply["sender_email_id"]),
    }


def about_mail(account: Account, event: str, scheduled: Record) -> Record:
    """EMAIL_SENT, LEAD_FIRST_CONTACTED, EMAIL_OPENED, LEAD_UNSUBSCRIBED: a campaign mail with subject and body."""
    names = (
        "id",
        "lead_id",
        "sequence_step_id",
        "sequence_step_order",
        "sequence_step_variant",
        "email_subject",
        "email_body",
    )
    counters = (
        "status",
        "sent_at",
        "opens",
        "replies",
        "unique_opens",
        "unique_replies",
        "interested",
        "raw_message_id",
    )
    times = {
        "scheduled_date_est": scheduled["scheduled_date"],
        "scheduled_date_local": scheduled["scheduled_date_local"],
        "local_timezone": _TIME_ZONE,
    }
    return {
        "scheduled_email": {name: scheduled[name] for name in names + counters} | times,
        "campaign_event": _campaign_event(account, event),
        "lead": _lead(account, scheduled["lead_id"]),
        "campaign": _campaign(account, scheduled["campaign_id"]),
        "sender_email": sender_in_event(account, scheduled["sender_email_id"]),
    }


def untracked(account: Account, reply: Record) -> Record:
    """UNTRACKED_REPLY_RECEIVED: only the reply and the mailbox it came to."""
    return {"reply": records.reply_in_event(reply), "sender_email": sender_in_event(account, reply["sender_email_id"])}


def manual(account: Account, reply: Record) -> Record:
    """MANUAL_EMAIL_SENT: a sent reply (without uuid), also the echo of one sent by API."""
    data = about_reply(account, "manual_email_sent", reply)
    data.pop("campaign_event")
    data["reply"].pop("uuid")
    return data


def sender_in_event(account: Account, sender_id: object) -> Record | None:
    """A mailbox with counters and times."""
    sender = _row(account, "sender", sender_id)
    counters = (
        "emails_sent",
        "replied",
        "opened",
        "unsubscribed",
        "bounced",
        "unique_replies",
        "unique_opens",
        "interested",
    )
    return store.public(sender) | dict.fromkeys((*counters, "total_leads_contacted"), 0) if sender else None


def _campaign_event(account: Account, event: str) -> Record:
    number = store.number(account.key, "campaign_event", first=555)
    now = clock.micros()
    kind = _KIND.get(event, event)
    return {"id": number, "type": kind, "created_at": now, "created_at_local": now, "local_timezone": _TIME_ZONE}


def _short(scheduled: Record) -> Record:
    """The answered campaign mail inside a reply event: without subject and body."""
    names = ("id", "lead_id", "sequence_step_id", "sequence_step_order", "sequence_step_variant", "status", "sent_at")
    return {name: scheduled[name] for name in (*names, "raw_message_id")}


def _lead(account: Account, lead_id: object) -> Record | None:
    lead = _row(account, "lead", lead_id)
    return records.lead_in_event(lead) if lead else None


def _campaign(account: Account, campaign_id: object) -> Record | None:
    campaign = _row(account, "campaign", campaign_id)
    return {"id": campaign["id"], "name": campaign["name"]} if campaign else None


def _row(account: Account, kind: str, record_id: object) -> Record | None:
    return store.get(account.key, kind, record_id) if record_id else None
