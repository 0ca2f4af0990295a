"""EmailBison for the control API and the page."""

from __future__ import annotations

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.emailbison import acts, events, records
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.sides import Letter, Person, Side
from integrations.sandbox.store import Record


def set_up(account: Account, given: Given) -> None:
    """Subscribe the webhook address (once), and keep the senders, campaigns and variables that are named."""
    if not account.id.isdigit():
        raise BadOrder("An EmailBison account is a workspace number, such as 7.")
    if account.webhook_url and not store.first(account.key, "webhook", url=account.webhook_url):
        wanted = given.words("events") or events.USUAL
        records.make(account, "webhook", name="ZRG", url=account.webhook_url, events=wanted)
    for email in given.words("senders"):
        records.sender_for(account, email)
    for name in given.words("campaigns"):
        records.campaign_for(account, name)
    for name in given.words("custom_variables") or ["phone_number"]:
        if not store.first(account.key, "custom_variable", name=name):
            records.make(account, "custom_variable", name=name)


def person(account: Account, name: str) -> Person | None:
    """A lead by number or address; a writer without a lead is known by the address."""
    lead = records.lead_by(account, name)
    if lead is not None:
        return _person(account, lead)
    reply = store.first(account.key, "reply", from_email_address=name.lower(), folder="Inbox", tracked_reply=False)
    return Person(account.key, name, reply["from_name"], name, "") if reply else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """Leads, the newest first, and people who wrote without being leads."""
    leads = [_person(account, lead) for lead in store.find(account.key, "lead", limit=limit, search=search)]
    known = {lead.email for lead in leads}
    strangers = store.find(account.key, "reply", limit=limit, search=search, folder="Inbox", lead_id=None)
    unknown = {
        reply["from_email_address"]: reply["from_name"]
        for reply in strangers
        if reply["from_email_address"] not in known
    }
    return leads + [Person(account.key, email, name, email, "") for email, name in unknown.items()]


def letters(account: Account, who: Person) -> list[Letter]:
    """Everything between this person and the workspace, oldest first."""
    if who.id.isdigit():
        mails = store.find(account.key, "scheduled_email", lead_id=int(who.id))
        replies = store.find(account.key, "reply", lead_id=int(who.id))
    else:
        mails = []
        threads = {reply["_thread"] for reply in store.find(account.key, "reply", from_email_address=who.email)}
        replies = [reply for thread in threads for reply in store.find(account.key, "reply", _thread=thread)]
    found = [_campaign_letter(account, mail, who.email) for mail in mails] + [
        _letter(account, reply, who.email) for reply in replies
    ]
    return sorted(found, key=lambda letter: letter.at)


def sent(account: Account, limit: int) -> list[Letter]:
    """What the product sent, newest first."""
    rows = store.find(account.key, "reply", limit=limit, _via="api")
    return [_letter(account, reply, _lead_address(account, reply)) for reply in rows]


def _lead_address(account: Account, reply: Record) -> str:
    lead = store.get(account.key, "lead", reply["lead_id"]) if reply["lead_id"] else None
    return lead["email"] if lead else reply["primary_to_email_address"] or ""


def _person(account: Account, lead: Record) -> Person:
    name = " ".join(part for part in (lead["first_name"], lead["last_name"]) if part)
    phones = [one["value"] for one in lead["custom_variables"] if "phone" in one["name"]]
    blocked = lead["status"] if lead["status"] == "unsubscribed" else ""
    return Person(
        account.key, str(lead["id"]), name or lead["email"], lead["email"], phones[0] if phones else "", blocked
    )


def _letter(account: Account, reply: Record, lead: str) -> Letter:
    return Letter(
        account=account.key,
        channel="email",
        id=str(reply["id"]),
        at=reply["date_received"],
        direction="out" if reply["folder"] == "Sent" else "in",
        via=reply["_via"],
        sender=f"{reply['from_name']} <{reply['from_email_address']}>",
        to=[one["address"] for one in reply["to"] or []],
        cc=[one["address"] for one in reply["cc"] or []],
        subject=reply["subject"] or "",
        text=reply["text_body"] or "",
        html=reply["html_body"] or "",
        lead=lead,
        thread=str(reply["_thread"]),
        state="bounced" if reply["folder"] == "Bounced" else "automatic" if reply["automated_reply"] else "",
    )


def _campaign_letter(account: Account, mail: Record, lead: str) -> Letter:
    sender = store.get(account.key, "sender", mail["sender_email_id"]) or {"name": "", "email": ""}
    return Letter(
        account=account.key,
        channel="email",
        id=f"mail-{mail['id']}",
        at=mail["sent_at"],
        direction="out",
        via="campaign",
        sender=f"{sender['name']} <{sender['email']}>",
        to=[lead],
        subject=mail["email_subject"],
        text=records.as_text(mail["email_body"]),
        html=mail["email_body"],
        lead=lead,
        state="bounced" if mail["status"] == "bounced" else "opened" if mail["opens"] else "",
    )


SIDE = Side("emailbison", "EmailBison", "email", acts.ACTS, set_up, people, letters, sent, person)
