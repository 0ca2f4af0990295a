"""What SmartLead keeps: campaigns, mailboxes, leads in campaigns, and the mails between them."""

from __future__ import annotations

import html
import re
import uuid
from datetime import datetime

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import Given
from integrations.sandbox.store import Record

_FIRST_ID = {"lead": 4411, "campaign": 12, "mailbox": 139, "map": 9921, "message": 1}
LEAD_FIELDS = ("first_name", "last_name", "phone_number", "company_name", "website", "location", "linkedin_profile")
CATEGORIES = (
    "Interested",
    "Meeting Request",
    "Not Interested",
    "Do Not Contact",
    "Information Request",
    "Out Of Office",
)


def moment(at: datetime | None = None) -> str:
    """A time as SmartLead writes it: `2025-03-01T09:59:58.000+00:00`."""
    return (at or clock.now()).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+00:00"


def make(account: Account, kind: str, **fields: object) -> Record:
    """Keep a new row with its number and times."""
    number = store.number(account.key, kind, first=_FIRST_ID.get(kind, 1))
    now = clock.millis()
    return store.add(account.key, kind, {"id": number, **fields, "created_at": now, "updated_at": now})


def change(account: Account, kind: str, record: Record, **fields: object) -> Record:
    """Write changed fields of a row."""
    record.update(fields, updated_at=clock.millis())
    return store.save(account.key, kind, record)


# ── Campaigns and mailboxes ────────────────────────────────────────────────────
def campaign_for(account: Account, name: str = "") -> Record:
    """The campaign of this name or number, or the newest one; made when there is none."""
    if name.isdigit() and (found := store.get(account.key, "campaign", name)):
        return found
    found = store.first(account.key, "campaign", **({"name": name} if name else {}))
    return found or make(account, "campaign", name=name or "Outbound", status="ACTIVE", client_id=None, user_id=1)


def mailbox_for(account: Account, email: str = "") -> Record:
    """The mailbox of this address, or the newest one; made when there is none."""
    email = email.strip().lower()
    found = store.first(account.key, "mailbox", **({"from_email": email} if email else {}))
    email = email or "alex@outreach.example.com"
    name = email.partition("@")[0].title()
    return found or make(account, "mailbox", from_email=email, from_name=name, type="GMAIL", is_smtp_success=True)


# ── Leads ──────────────────────────────────────────────────────────────────────
def lead_by(account: Account, name: str) -> Record | None:
    """A lead by number or e-mail address."""
    if name.isdigit():
        return store.get(account.key, "lead", name)
    return store.first(account.key, "lead", email=name.strip().lower())


def kept_lead(account: Account, email: str, given: Given) -> Record:
    """The lead of an address, made or changed as given."""
    more = {"phone_number": given.text("phone"), "company_name": given.text("company")}
    fields = {name: given.text(name) or more.get(name, "") for name in LEAD_FIELDS}
    wanted: Record = {name: value for name, value in fields.items() if value}
    if custom := given.table("custom_fields"):
        wanted["custom_fields"] = custom
    if found := lead_by(account, email):
        return change(account, "lead", found, **{**wanted, "custom_fields": {**found["custom_fields"], **custom}})
    return new_lead(account, email=email, **wanted)


def new_lead(account: Account, *, email: str, **fields: object) -> Record:
    """Somebody to write to, in no campaign yet."""
    blank: Record = dict.fromkeys(LEAD_FIELDS)
    given = {**blank, "company_url": None, "custom_fields": {}, "is_unsubscribed": False, **fields}
    return make(account, "lead", email=email.strip().lower(), **given, _maps=[])


def in_campaign(account: Account, lead: Record, campaign: Record) -> Record:
    """The lead's place in a campaign (a "map"), made when it is new."""
    if known := next((one for one in lead["_maps"] if one["campaign_id"] == campaign["id"]), None):
        return known
    number = store.number(account.key, "map", first=_FIRST_ID["map"])
    made: Record = {
        "campaign_lead_map_id": number,
        "lead_category_id": None,
        "campaign_id": campaign["id"],
        "campaign_name": campaign["name"],
        "client_id": None,
    }
    change(account, "lead", lead, _maps=[*lead["_maps"], made])
    return made


def lead_row(lead: Record) -> Record:
    """A lead as `GET /leads/` shows it."""
    return {**store.public(lead), "id": str(lead["id"]), "lead_campaign_data": lead["_maps"]}


def full_name(lead: Record) -> str:
    """First and last name, the address where there is none."""
    return " ".join(part for part in (lead["first_name"], lead["last_name"]) if part) or str(lead["email"])


# ── Mails ──────────────────────────────────────────────────────────────────────
def new_message(account: Account, *, lead: Record, campaign_id: int, **fields: object) -> Record:
    """One mail of a conversation; `_held` are those that wait in SmartLead's queue."""
    blank: Record = {
        "email_seq_number": None,
        "open_count": 0,
        "click_count": 0,
        "click_details": {},
        "_cc": [],
        "_state": "",
        "_held": False,
    }
    return make(account, "message", lead_id=lead["id"], campaign_id=campaign_id, **{**blank, **fields})


def conversation(account: Account, lead_id: object, campaign_id: object) -> list[Record]:
    """The mails of a lead in a campaign that have come or gone, oldest first."""
    rows = store.find(account.key, "message", lead_id=int(str(lead_id)), oldest_first=True)
    return [row for row in rows if str(row["campaign_id"]) == str(campaign_id) and not row["_held"]]


def latest_sent(account: Account, lead: Record) -> Record | None:
    """The newest campaign mail to a lead."""
    rows = store.find(account.key, "message", lead_id=lead["id"], type="SENT", _via="campaign", limit=1)
    return rows[0] if rows else None


def message_id(prefix: str, address: str) -> str:
    """An RFC 5322 message id."""
    return f"<{prefix}-{uuid.uuid4().hex[:16]}@{address.partition('@')[2]}>"


def as_html(text: str) -> str:
    """Plain text as simple HTML paragraphs."""
    paragraphs = html.escape(text.strip(), quote=False).split("\n\n")
    return "".join(f"<p>{part}</p>" for part in paragraphs).replace("\n", "<br>")


def as_text(rich: str) -> str:
    """The text of HTML, a line per paragraph or break."""
    lines = re.sub(r"(?i)<br\s*/?>|</p>|</div>|</li>", "\n", rich)
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).strip()
