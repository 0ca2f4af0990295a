"""What Instantly keeps about a workspace, and how it shows it."""

from __future__ import annotations

import html
import re
import uuid
from typing import Any

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.store import Record

CAMPAIGN, RECEIVED, MANUAL = 1, 2, 3  # ue_type of an e-mail
ACTIVE, BOUNCED, UNSUBSCRIBED = 1, -1, -2  # status of a lead
LEAD_FIELDS = ("first_name", "last_name", "company_name", "job_title", "phone", "website")


def make(account: Account, kind: str, **fields: Any) -> Record:
    """Keep a new row with its id and times."""
    now = clock.millis()
    row = {"id": str(uuid.uuid4()), **fields, "timestamp_created": now, "timestamp_updated": now}
    return store.add(account.key, kind, row)


def change(account: Account, kind: str, record: Record, **fields: Any) -> Record:
    """Write changed fields of a row."""
    record.update(fields, timestamp_updated=clock.millis())
    return store.save(account.key, kind, record)


# ── Mailboxes and campaigns ────────────────────────────────────────────────────


def sender_for(account: Account, email: str = "") -> Record:
    """The mailbox of this address, or the workspace's newest one; made when there is none."""
    found = store.first(account.key, "sender", **({"email": email.lower()} if email else {}))
    email = (email or "alex@outreach.example.com").lower()
    name = email.partition("@")[0].title()
    return found or make(account, "sender", email=email, first_name=name, last_name="", status=1)


def campaign_for(account: Account, name: str = "") -> Record:
    """The campaign of this name or id, or the newest one; made when there is none."""
    if name and (found := store.get(account.key, "campaign", name)):
        return found
    found = store.first(account.key, "campaign", **({"name": name} if name else {}))
    return found or make(account, "campaign", name=name or "Outbound", status=1)


# ── Leads ──────────────────────────────────────────────────────────────────────


def new_lead(account: Account, *, email: str, **fields: Any) -> Record:
    """A lead of a campaign; `payload` holds its own variables."""
    known = {name: fields.get(name) for name in LEAD_FIELDS}
    return make(
        account,
        "lead",
        email=email.strip().lower(),
        **known,
        payload=fields.get("payload") or {},
        campaign=fields.get("campaign"),
        status=ACTIVE,
        lt_interest_status=None,
        email_open_count=0,
        email_reply_count=0,
    )


def lead_by(account: Account, name: str) -> Record | None:
    """A lead by id or e-mail address; of several with one address the newest."""
    return store.get(account.key, "lead", name) or store.first(account.key, "lead", email=name.strip().lower())


def lead_row(lead: Record) -> Record:
    """A lead as the REST calls show it."""
    return store.public(lead)


def is_blocked(account: Account, email: str) -> bool:
    """Whether address or domain is on the block list."""
    values = {entry["bl_value"] for entry in store.find(account.key, "block")}
    return bool(values & {email.lower(), email.lower().partition("@")[2]})


# ── E-mails ────────────────────────────────────────────────────────────────────


def new_email(
    account: Account, *, sender: tuple[str, str], to: list[str], text: str, via: str, **fields: Any
) -> Record:
    """One e-mail object. `sender` is address and name; `via` says who wrote it: lead, api, campaign, hand."""
    now, address = clock.millis(), sender[0].lower()
    cc = [one.lower() for one in fields.pop("cc", [])]
    rich = fields.pop("html", None)
    given = {
        "timestamp_email": now,
        "message_id": message_id(via, address),
        "thread_id": uuid.uuid4().hex[:22],
        "body": {"text": text, "html": as_html(text) if rich is None else rich},
        "content_preview": text[:120],
        "from_address_email": address,
        "to_address_email_list": ",".join(to),
        "cc_address_email_list": ",".join(cc) or None,
        "bcc_address_email_list": None,
        "reply_to": None,
        "from_address_json": [{"name": sender[1], "address": address}] if sender[1] else None,
        "to_address_json": [],
        "cc_address_json": [],
        "organization_id": account.id,
        "campaign_id": None,
        "subsequence_id": None,
        "list_id": None,
        "lead": None,
        "lead_id": None,
        "step": "0_0_0",
        "is_unread": int(via == "lead"),
        "is_auto_reply": 0,
        "is_focused": 1,
        "i_status": None,
        "ai_interest_value": None,
        "reminder_ts": None,
        "attachment_json": None,
        **fields,
    }
    return make(account, "email", **given, _via=via)


def email_row(email: Record) -> Record:
    """An e-mail as the REST calls show it."""
    return store.public(email)


def is_outbound(email: Record) -> bool:
    """Whether it left a mailbox of the workspace."""
    return bool(email["from_address_email"] == email["eaccount"])


def message_id(prefix: str, address: str) -> str:
    """An RFC 5322 message id."""
    return f"<{prefix}-{uuid.uuid4().hex[:16]}@{address.partition('@')[2]}>"


def answer_subject(subject: str) -> str:
    """As mail programs of leads write it."""
    return subject if re.match(r"(?i)re:", subject) else f"Re: {subject}".strip()


def as_html(text: str) -> str:
    """Plain text as simple HTML."""
    lines = html.escape(text.strip(), quote=False).split("\n\n")
    return "".join(f"<div>{part}</div>" for part in lines).replace("\n", "<br>")


def as_text(rich: str) -> str:
    """The text of HTML, a line per paragraph or break."""
    lines = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\n", rich)
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()
