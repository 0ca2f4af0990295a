"""What EmailBison keeps about a workspace, and how it shows it."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.store import Record

_FIRST_ID = {"lead": 31, "campaign": 12, "sender": 139, "scheduled_email": 770, "reply": 9001, "campaign_event": 555}
_COUNTERS = ("emails_sent", "opens", "unique_opens", "replies", "unique_replies", "bounces")
_IN_EVENTS_ONLY = (
    "subject",
    "read",
    "tracked_reply",
    "scheduled_email_id",
    "campaign_id",
    "lead_id",
    "sender_email_id",
)


def make(account: Account, kind: str, **fields: Any) -> Record:
    """Keep a new row with its number and times."""
    now = clock.micros()
    number = store.number(account.key, kind, first=_FIRST_ID.get(kind, 1))
    return store.add(account.key, kind, {"id": number, **fields, "created_at": now, "updated_at": now})


def change(account: Account, kind: str, record: Record, **fields: Any) -> Record:
    """Write changed fields of a row."""
    record.update(fields, updated_at=clock.micros())
    return store.save(account.key, kind, record)


# ── Senders and campaigns ──────────────────────────────────────────────────────


def new_sender(account: Account, *, name: str, email: str) -> Record:
    """A mailbox of the workspace; it begins connected."""
    return make(account, "sender", name=name, email=email.lower(), status="Connected", type="google", daily_limit=30)


def sender_for(account: Account, email: str = "") -> Record:
    """The sender of this address, or the workspace's newest one; made when there is none."""
    found = store.first(account.key, "sender", **({"email": email.lower()} if email else {}))
    email = email or "alex@outreach.example.com"
    return found or new_sender(account, name=email.partition("@")[0].title(), email=email)


def new_campaign(account: Account, *, name: str, count_automatic: bool = True) -> Record:
    """A running outbound campaign."""
    return make(
        account,
        "campaign",
        uuid=str(uuid.uuid4()),
        name=name,
        type="outbound",
        status="Active",
        completion_percentage=0,
        plain_text=False,
        open_tracking=True,
        can_unsubscribe=True,
        include_auto_replies_in_stats=count_automatic,
        tags=[],
    )


def campaign_for(account: Account, name: str = "") -> Record:
    """The campaign of this name (or number), or the newest one; made when there is none."""
    if name.isdigit() and (found := store.get(account.key, "campaign", name)):
        return found
    found = store.first(account.key, "campaign", **({"name": name} if name else {}))
    return found or new_campaign(account, name=name or "Outbound")


# ── Leads ──────────────────────────────────────────────────────────────────────


def new_lead(account: Account, *, email: str, **fields: Any) -> Record:
    """A contact of the workspace."""
    known = {name: fields.get(name) for name in ("first_name", "last_name", "title", "company", "notes")}
    return make(
        account,
        "lead",
        uuid=str(uuid.uuid4()),
        email=email.strip().lower(),
        **known,
        status="verified",
        custom_variables=fields.get("custom_variables") or [],
        _counters=dict.fromkeys(_COUNTERS, 0),
        _interested=False,
    )


def lead_by(account: Account, name: str) -> Record | None:
    """A lead by number or e-mail address."""
    if name.isdigit():
        return store.get(account.key, "lead", name)
    return store.first(account.key, "lead", email=name.strip().lower())


def count(account: Account, lead: Record, **steps: int) -> Record:
    """Raise counters of a lead."""
    for name, step in steps.items():
        lead["_counters"][name] += step
    return store.save(account.key, "lead", lead)


def lead_row(lead: Record) -> Record:
    """A lead as the REST calls show it."""
    stats = {name: value for name, value in lead["_counters"].items() if name != "bounces"}
    return {**store.public(lead), "lead_campaign_data": lead.get("_campaigns", []), "overall_stats": stats}


def lead_in_event(lead: Record) -> Record:
    """A lead as webhooks show it: counters flat, no times."""
    names = ("id", "uuid", "email", "first_name", "last_name", "status", "title", "company", "custom_variables")
    return {**{name: lead[name] for name in names}, **lead["_counters"]}


# ── Campaign mail ──────────────────────────────────────────────────────────────


def new_scheduled(
    account: Account, *, lead: Record, campaign: Record, sender: Record, subject: str, body: str
) -> Record:
    """One campaign mail, sent now."""
    now = clock.micros()
    step = lead["_counters"]["emails_sent"] + 1
    return make(
        account,
        "scheduled_email",
        campaign_id=campaign["id"],
        lead_id=lead["id"],
        sender_email_id=sender["id"],
        sequence_step_id=step + 3,
        sequence_step_order=step,
        sequence_step_variant=None,
        thread_reply=step > 1,
        email_subject=subject,
        email_body=body,
        status="sent",
        scheduled_date=now,
        scheduled_date_local=now,
        sent_at=now,
        opens=0,
        replies=0,
        unique_opens=0,
        unique_replies=0,
        interested=None,
        raw_message_id=message_id("out", sender["email"]),
    )


def scheduled_row(account: Account, scheduled: Record) -> Record:
    """A campaign mail as `/sent-emails` shows it; the sender comes nested, too."""
    sender = store.get(account.key, "sender", scheduled["sender_email_id"])
    nested = {name: sender[name] for name in ("id", "email", "name")} if sender else None
    return {**store.public(scheduled), "sender_email": nested}


def message_id(prefix: str, address: str) -> str:
    """An RFC 5322 message id."""
    return f"<{prefix}-{uuid.uuid4().hex[:16]}@{address.partition('@')[2]}>"


# ── Replies: everything in a mailbox that isn't a campaign mail ────────────────


def new_reply(account: Account, **fields: Any) -> Record:
    """One message of the master inbox; `fields` replace the defaults of a plain inbound one."""
    given = {
        "uuid": str(uuid.uuid4()),
        "folder": "Inbox",
        "read": False,
        "interested": False,
        "automated_reply": False,
        "raw_body": None,
        "headers": None,
        "date_received": clock.micros(),
        "tracked_reply": False,
        "scheduled_email_id": None,
        "campaign_id": None,
        "lead_id": None,
        "cc": None,
        "bcc": None,
        "parent_id": None,
        "attachments": [],
        **fields,
    }
    reply = make(account, "reply", **given)
    if reply.get("_thread") is None:
        change(account, "reply", reply, _thread=reply["id"])
    return reply


def reply_row(account: Account, reply: Record) -> Record:
    """A reply as the REST calls show it, with its lead."""
    lead = store.get(account.key, "lead", reply["lead_id"]) if reply["lead_id"] else None
    return {**store.public(reply), "lead": lead_row(lead) if lead else None}


def reply_in_event(reply: Record) -> Record:
    """A reply as webhooks show it: `email_subject`, no ids of its surroundings."""
    shown = {name: value for name, value in store.public(reply).items() if name not in _IN_EVENTS_ONLY}
    return {**shown, "email_subject": reply["subject"], "raw_body": None, "headers": None}


def as_html(text: str) -> str:
    """Plain text as simple HTML paragraphs."""
    paragraphs = html.escape(text.strip(), quote=False).split("\n\n")
    return "".join(f"<p>{part}</p>" for part in paragraphs).replace("\n", "<br>")


def as_text(rich: str) -> str:
    """The text of HTML, a line per paragraph or break."""
    lines = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\n", rich)
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()
