"""Instantly's webhooks: one flat object with the lead's own variables mixed in, a secret in a custom header."""

from __future__ import annotations

from integrations.sandbox import clock, deliveries, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.instantly import records
from integrations.sandbox.store import Record

TYPES = (
    "all_events",
    "email_sent",
    "email_opened",
    "email_link_clicked",
    "reply_received",
    "email_bounced",
    "lead_unsubscribed",
    "campaign_completed",
    "account_error",
    "lead_neutral",
    "lead_interested",
    "lead_not_interested",
    "lead_meeting_booked",
    "lead_meeting_completed",
    "lead_closed",
    "lead_out_of_office",
    "lead_wrong_person",
    "lead_no_show",
    "supersearch_enrichment_completed",
)
ON, OFF = 1, -1
_LABELS = {
    "first_name": "firstName",
    "last_name": "lastName",
    "company_name": "companyName",
    "job_title": "jobTitle",
    "phone": "phone",
    "website": "website",
}


def tell(account: Account, event: str, lead: Record, about: Record, *, email: Record | None = None) -> list[int]:
    """Deliver one event to every webhook that is on and wants it; the ids of the deliveries.

    `auto_reply_received` is no type to subscribe to: only `all_events` brings it."""
    body = _body(account, event, lead, about, email)
    hooks = [hook for hook in store.find(account.key, "webhook", oldest_first=True) if _wants(hook, event, body)]
    return deliveries.queue(
        account,
        [Webhook(event, hook["target_hook_url"], body, hook["headers"] or {}, "non_2xx_thrice") for hook in hooks],
    )


def _wants(hook: Record, event: str, body: Record) -> bool:
    fits = hook["event_type"] in ("all_events", event) and hook["campaign"] in (None, body["campaign_id"])
    return fits and hook["status"] == ON


def _body(account: Account, event: str, lead: Record, about: Record, email: Record | None) -> Record:
    """The lead's variables share the name space; a system field wins over a variable of the same name."""
    campaign = store.get(account.key, "campaign", lead["campaign"]) if lead["campaign"] else None
    mailbox = email["eaccount"] if email else records.sender_for(account)["email"]
    own = {label: lead[name] for name, label in _LABELS.items() if lead.get(name)}
    return {
        **own,
        **lead["payload"],
        "timestamp": clock.millis(),
        "event_type": event,
        "workspace": account.id,
        "campaign_id": campaign["id"] if campaign else None,
        "campaign_name": campaign["name"] if campaign else None,
        "lead_email": lead["email"],
        "email_account": mailbox,
        "unibox_url": f"https://app.instantly.example/app/unibox?thread_search={lead['email']}",
        **about,
    }


def place(email: Record) -> Record:
    """Where in its campaign a mail belongs."""
    step = int(email["_step"]) if email.get("_step") else 1
    return {"step": step, "variant": 1, "is_first": step == 1}


def about_sent(email: Record) -> Record:
    """email_sent."""
    said = {"email_subject": email["subject"], "email_text": email["body"]["text"], "email_html": email["body"]["html"]}
    return {**place(email), "email_id": email["id"], **said}


def about_reply(email: Record) -> Record:
    """reply_received, auto_reply_received: neither the real sender nor copies, message id or thread."""
    return {
        **place(email),
        "email_id": email["id"],
        "reply_subject": email["subject"],
        "reply_text_snippet": email["content_preview"],
        "reply_text": email["body"]["text"],
        "reply_html": email["body"]["html"],
    }
