"""Instantly for the control API and the page."""

from __future__ import annotations

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import Given
from integrations.sandbox.instantly import acts, records, workspace_api
from integrations.sandbox.sides import Letter, Person, Side
from integrations.sandbox.store import Record

_SECRET_HEADER = "X-Instantly-Secret"  # noqa: S105 (the name of a header)


def set_up(account: Account, given: Given) -> None:
    """Subscribe the webhook address to all events (once), and keep the mailboxes and campaigns that are named."""
    if account.webhook_url and not store.first(account.key, "webhook", target_hook_url=account.webhook_url):
        headers = {_SECRET_HEADER: account.webhook_secret} if account.webhook_secret else None
        event = given.text("event_type", "all_events")
        workspace_api.new_webhook(account, target_hook_url=account.webhook_url, event_type=event, headers=headers)
    for email in given.words("senders"):
        records.sender_for(account, email)
    for name in given.words("campaigns"):
        records.campaign_for(account, name)


def person(account: Account, name: str) -> Person | None:
    """A lead by id or address."""
    lead = records.lead_by(account, name)
    return _person(account, lead) if lead else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """Leads, the newest first."""
    return [_person(account, lead) for lead in store.find(account.key, "lead", limit=limit, search=search)]


def letters(account: Account, who: Person) -> list[Letter]:
    """Everything between this person and the workspace, oldest first."""
    found = [_letter(account, row) for row in store.find(account.key, "email", lead=who.email)]
    return sorted(found, key=lambda letter: letter.at)


def sent(account: Account, limit: int) -> list[Letter]:
    """What the product sent, newest first."""
    return [_letter(account, row) for row in store.find(account.key, "email", limit=limit, _via="api")]


def _person(account: Account, lead: Record) -> Person:
    name = " ".join(part for part in (lead["first_name"], lead["last_name"]) if part)
    blocked = (
        "unsubscribed"
        if lead["status"] == records.UNSUBSCRIBED
        else "blocked"
        if records.is_blocked(account, lead["email"])
        else ""
    )
    return Person(account.key, lead["id"], name or lead["email"], lead["email"], lead["phone"] or "", blocked)


def _letter(account: Account, email: Record) -> Letter:
    named = email["from_address_json"]
    name = named[0]["name"] if named else ""
    return Letter(
        account=account.key,
        channel="email",
        id=email["id"],
        at=email["timestamp_email"],
        direction="out" if records.is_outbound(email) else "in",
        via=email["_via"],
        sender=f"{name} <{email['from_address_email']}>".strip(),
        to=email["to_address_email_list"].split(","),
        cc=(email["cc_address_email_list"] or "").split(",") if email["cc_address_email_list"] else [],
        subject=email["subject"],
        text=email["body"]["text"],
        html=email["body"]["html"],
        lead=email["lead"] or "",
        thread=email["thread_id"],
        state="automatic" if email["is_auto_reply"] else "",
    )


SIDE = Side("instantly", "Instantly", "email", acts.ACTS, set_up, people, letters, sent, person)
