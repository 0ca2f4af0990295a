"""SmartLead's webhooks: which event carries what. Beware as the product must: `from_email` is the agency's mailbox."""

from __future__ import annotations

from integrations.sandbox import clock, deliveries, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.smartlead import records
from integrations.sandbox.store import Record

NAMES = (
    "EMAIL_SENT",
    "FIRST_EMAIL_SENT",
    "EMAIL_OPEN",
    "EMAIL_LINK_CLICK",
    "EMAIL_REPLY",
    "EMAIL_BOUNCE",
    "LEAD_UNSUBSCRIBED",
    "LEAD_CATEGORY_UPDATED",
    "UNTRACKED_REPLIES",
    "MANUAL_REPLY_SENT",
)


def tell(account: Account, event: str, body: Record) -> list[int]:
    """Deliver one event to every subscribed address; the ids of the deliveries."""
    hooks = store.find(account.key, "webhook", oldest_first=True)
    bodies = [(hook, {**_envelope(account, hook, event), **body}) for hook in hooks if event in hook["events"]]
    webhooks = [Webhook(event, hook["webhook_url"], said, {}, "non_2xx_thrice") for hook, said in bodies]
    return deliveries.queue(account, webhooks)


def _envelope(account: Account, hook: Record, event: str) -> Record:
    return {
        "webhook_id": hook["id"],
        "webhook_name": hook["name"],
        "webhook_url": hook["webhook_url"],
        "event_type": event,
        "event_timestamp": records.moment(),
        "secret_key": account.webhook_secret or account.more["secret_key"],
        "app_url": f"{account.more.get('base_url', '')}/app/master-inbox",
        "metadata": {"webhook_created_at": hook["created_at"]},
    }


def sent(account: Account, mail: Record) -> Record:
    """EMAIL_SENT, FIRST_EMAIL_SENT, MANUAL_REPLY_SENT."""
    lead = _lead(account, mail)
    return {
        **_around(account, mail, lead),
        "to_email": mail["_to"],
        "to_name": records.full_name(lead) if mail["_to"] == lead["email"] else "",
        "cc_emails": mail["_cc"],
        "sent_message": _message(mail),
        "time_sent": mail["time"],
        "message_id": mail["message_id"],
        "custom_subject": mail["subject"],
        "custom_email_message": mail["email_body"],
    }


def opened(account: Account, mail: Record) -> Record:
    """EMAIL_OPEN: the mail, and how often."""
    return {**sent(account, mail), "open_count": mail["open_count"]}


def reply(account: Account, mail: Record, answered: Record) -> Record:
    """EMAIL_REPLY: nested messages, and the deprecated flat fields beside them."""
    lead, writer = _lead(account, mail), mail["_from"]
    same_house = writer.partition("@")[2] == lead["email"].partition("@")[2]
    return {
        **_around(account, mail, lead),
        "to_email": writer,
        "to_name": mail["_from_name"],
        "cc_emails": mail["_cc"],
        "sent_message": _message(answered),
        "reply_message": _message(mail),
        "reply_category": None,
        "leadCorrespondence": {
            "targetLeadEmail": lead["email"],
            "replyReceivedFrom": writer,
            "repliedCompanyDomain": "SameCompany" if same_house else "DifferentCompany",
        },
        "preview_text": mail["_text"][:100],
        "reply_body": mail["email_body"],
        "message_id": mail["message_id"],
        "time_replied": mail["time"],
        "sent_message_body": answered["email_body"],
        "description": f"{writer} replied to {mail['subject']}",
    }


def untracked(mail: Record) -> Record:
    """UNTRACKED_REPLIES: a mail to one of the mailboxes that answers no campaign."""
    return {
        "sender_detail": {"name": mail["_from_name"], "email": mail["_from"]},
        "recipient_detail": [{"name": mail["_mailbox"].partition("@")[0].title(), "email": mail["_mailbox"]}],
        "cc": mail["_cc"],
        "bcc": [],
        "subject": mail["subject"],
        "visible_text": mail["_text"],
        "has_attachment": False,
        "reply_message": _message(mail),
    }


def bounce(account: Account, mail: Record, report: Record) -> Record:
    """EMAIL_BOUNCE: the mail that came back, and the report."""
    return {**sent(account, mail), "bounce_message": report, "is_bounced": True, "created_at": clock.millis()}


def unsubscribed(lead: Record, campaign: Record) -> Record:
    """LEAD_UNSUBSCRIBED: no number of the lead and no stats_id."""
    return {
        "campaign_id": campaign["id"],
        "campaign_name": campaign["name"],
        "to_email": lead["email"],
        "to_name": records.full_name(lead),
        "unsubscribed_client_id_map": {},
    }


def category(account: Account, mail: Record, *, old: str | None, new: str) -> Record:
    """LEAD_CATEGORY_UPDATED, with the conversation so far."""
    lead = _lead(account, mail)
    conversation = records.conversation(account, lead["id"], mail["campaign_id"])
    return {
        **_around(account, mail, lead),
        "to_email": lead["email"],
        "to_name": records.full_name(lead),
        "cc_emails": [],
        "lead_category": {"old_name": old, "new_name": new},
        "lead_data": {"email": lead["email"], "category": {"name": new}},
        "history": [store.public(row) for row in conversation],
    }


def _around(account: Account, mail: Record, lead: Record) -> Record:
    campaign = store.get(account.key, "campaign", mail["campaign_id"]) or {}
    place = records.in_campaign(account, lead, campaign)
    return {
        "campaign_id": campaign["id"],
        "campaign_name": campaign["name"],
        "campaign_status": campaign["status"],
        "client_id": None,
        "sequence_number": int(mail["email_seq_number"] or 1),
        "stats_id": mail["stats_id"],
        "stats_thread_id": mail["stats_id"],
        "sl_email_lead_id": str(lead["id"]),
        "sl_email_lead_map_id": str(place["campaign_lead_map_id"]),
        "sl_lead_email": lead["email"],
        "from_email": mail["_mailbox"],
        "subject": mail["subject"],
        "description": "",
    }


def _lead(account: Account, mail: Record) -> Record:
    return store.get(account.key, "lead", mail["lead_id"]) or {}


def _message(mail: Record) -> Record:
    shown = {"message_id": mail["message_id"], "html": mail["email_body"], "text": mail["_whole_text"]}
    return {**shown, "time": mail["time"]}
