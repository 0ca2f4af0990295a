"""SmartLead for the control API and the page."""

from __future__ import annotations

import uuid

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.sides import Letter, Person, Side
from integrations.sandbox.smartlead import acts, events, records
from integrations.sandbox.store import Record


def set_up(account: Account, given: Given) -> None:
    """Subscribe the webhook address (once), and keep the mailboxes and campaigns that are named."""
    if account.more.get("history", "history") not in ("history", "messages"):
        raise BadOrder("history must be history or messages: the two names of the rows.")
    if account.more.get("answers", "text") not in ("text", "json"):
        raise BadOrder("answers must be text or json: the two successes of sending.")
    account.more.setdefault("secret_key", str(uuid.uuid4()))
    if account.webhook_url and not store.first(account.key, "webhook", webhook_url=account.webhook_url):
        wanted = given.words("events") or list(events.NAMES)
        records.make(account, "webhook", name="ZRG", webhook_url=account.webhook_url, events=wanted)
    for email in given.words("senders"):
        records.mailbox_for(account, email)
    for name in given.words("campaigns"):
        records.campaign_for(account, name)


def person(account: Account, name: str) -> Person | None:
    """A lead by number or address; a writer without a lead is known by the address."""
    lead = records.lead_by(account, name)
    if lead is not None:
        return _person(account, lead)
    mail = store.first(account.key, "message", _from=name.lower(), lead_id=None)
    return Person(account.key, name, mail["_from_name"], name, "") if mail else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """Leads, the newest first, and people who wrote without being leads."""
    leads = [_person(account, lead) for lead in store.find(account.key, "lead", limit=limit, search=search)]
    known = {lead.email for lead in leads}
    strangers = store.find(account.key, "message", limit=limit, search=search, lead_id=None)
    unknown = {mail["_from"]: mail["_from_name"] for mail in strangers if mail["_from"] not in known}
    return leads + [Person(account.key, email, name, email, "") for email, name in unknown.items()]


def letters(account: Account, who: Person) -> list[Letter]:
    """Everything between this person and the account, oldest first."""
    by_lead = {"lead_id": int(who.id)} if who.id.isdigit() else {"_from": who.email, "lead_id": None}
    rows = store.find(account.key, "message", oldest_first=True, **by_lead)
    return sorted((_letter(account, row, who.email) for row in rows), key=lambda letter: letter.at)


def sent(account: Account, limit: int) -> list[Letter]:
    """What the product sent, newest first, also what waits in the queue."""
    return [
        _letter(account, row, (store.get(account.key, "lead", row["lead_id"]) or {}).get("email", ""))
        for row in store.find(account.key, "message", limit=limit, _via="api")
    ]


def _person(account: Account, lead: Record) -> Person:
    blocked = "unsubscribed" if lead["is_unsubscribed"] else ""
    phone = lead["phone_number"] or ""
    return Person(account.key, str(lead["id"]), records.full_name(lead), lead["email"], phone, blocked)


def _letter(account: Account, row: Record, lead: str) -> Letter:
    return Letter(
        account=account.key,
        channel="email",
        id=row["message_id"],
        at=row["time"],
        direction="out" if row["type"] == "SENT" else "in",
        via=row["_via"],
        sender=f"{row['_from_name']} <{row['_from']}>",
        to=[row["_to"]],
        cc=row["_cc"],
        subject=row["subject"] or "",
        text=row["_text"] if row["_via"] == "api" else row["_whole_text"],
        html=row["email_body"],
        lead=lead,
        thread=str(row["stats_id"] or ""),
        state="queued" if row["_held"] else row["_state"],
    )


SIDE = Side("smartlead", "SmartLead", "email", acts.ACTS, set_up, people, letters, sent, person)
