"""What happens at EmailBison without the product: leads write, mailboxes bounce, campaigns send.

Each act takes an order of the control API (or of the page's form), changes EmailBison's state and delivers the webhooks
that the real one would; it returns what was made. `ACTS` is the list of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.emailbison import events, mail, records
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.mailing import mail_each
from integrations.sandbox.store import Record


def lead(given: Given) -> Record:
    """Create or change a lead."""
    account = given.account("emailbison")
    fields: dict[str, Any] = {
        name: given.text(name) for name in ("first_name", "last_name", "title", "company", "notes") if given.text(name)
    }
    variables = {
        **given.table("custom_variables"),
        **({"phone_number": given.text("phone")} if given.text("phone") else {}),
    }
    if variables:
        fields["custom_variables"] = [{"name": name, "value": value} for name, value in variables.items()]
    email = given.needed("email").lower()
    found = records.lead_by(account, email)
    kept = (
        records.change(account, "lead", found, **fields) if found else records.new_lead(account, email=email, **fields)
    )
    return {"lead": records.lead_row(kept)}


def campaign(given: Given) -> Record:
    """Create a campaign."""
    counts = given.flag("include_auto_replies_in_stats", default=True)
    made = records.new_campaign(given.account("emailbison"), name=given.needed("name"), count_automatic=counts)
    return {"campaign": store.public(made)}


def sender(given: Given) -> Record:
    """Create a mailbox; the same address twice is one mailbox."""
    account, email = given.account("emailbison"), given.needed("email").lower()
    found = store.first(account.key, "sender", email=email)
    made = found or records.new_sender(account, name=given.text("name", email.partition("@")[0]), email=email)
    return {"sender": store.public(made)}


def sender_status(given: Given) -> Record:
    """A mailbox loses or regains its connection: EMAIL_ACCOUNT_DISCONNECTED / _RECONNECTED."""
    account = given.account("emailbison")
    changed = records.sender_for(account, given.text("email"))
    connected = given.flag("connected")
    records.change(account, "sender", changed, status="Connected" if connected else "Not connected")
    event = "email_account_reconnected" if connected else "email_account_disconnected"
    told = events.tell(account, event, {"sender_email": events.sender_in_event(account, changed["id"])})
    return {"sender": store.public(changed), "deliveries": told}


def campaign_send(given: Given) -> Record:
    """A campaign mails one lead (`lead_email`), several (`lead_emails`) or `count` invented ones: EMAIL_SENT each."""
    account = given.account("emailbison")
    made, told = mail_each(given, lambda email: _send_one(account, given, email))
    return {"scheduled_email_ids": [one["id"] for one in made], "deliveries": told}


def _send_one(account: Account, given: Given, email: str) -> tuple[Record, list[int]]:
    to = records.lead_by(account, email) or records.new_lead(
        account, email=email, first_name=email.partition("@")[0].title()
    )
    if to["status"] == "unsubscribed":
        raise BadOrder(f"{email} has unsubscribed; EmailBison would not send.")
    step = to["_counters"]["emails_sent"] + 1
    subject = given.text("subject", "Quick idea" if step == 1 else "Re: Quick idea")
    body = given.text(
        "body", f"<p>Hi {to['first_name'] or 'there'}, is lowering your costs of interest this quarter?</p>"
    )
    mailbox, series = (
        records.sender_for(account, given.text("sender_email")),
        records.campaign_for(account, given.text("campaign")),
    )
    scheduled = records.new_scheduled(account, lead=to, campaign=series, sender=mailbox, subject=subject, body=body)
    records.count(account, to, emails_sent=1)
    first = (
        events.tell(account, "lead_first_contacted", events.about_mail(account, "lead_first_contacted", scheduled))
        if step == 1
        else []
    )
    return scheduled, first + events.tell(account, "email_sent", events.about_mail(account, "email_sent", scheduled))


def reply(given: Given) -> Record:
    """A lead, or a colleague on CC (`from_email`), answers: LEAD_REPLIED, or UNTRACKED_REPLY_RECEIVED if unknown."""
    account = given.account("emailbison")
    made = mail.incoming(account, given, text=given.needed("text"), automated=given.flag("automated"))
    told = mail.tell_reply(account, made)
    if given.flag("interested"):
        told += mail.mark_interested(account, made)
    return _made(account, made, told)


def out_of_office(given: Given) -> Record:
    """The lead's mailbox answers by itself: a reply with `automated_reply`."""
    account = given.account("emailbison")
    until = given.text("until", "Monday, 9 March")
    text = given.text(
        "text", f"Thank you for your message. I am out of the office until {until} with limited access to e-mail."
    )
    subject = given.text("subject") or f"Automatic reply: {mail.subject_of(account, given)}"
    made = mail.incoming(account, given, text=text, automated=True, subject=subject)
    return _made(account, made, mail.tell_reply(account, made))


def bounce(given: Given) -> Record:
    """The mail server of the lead refuses: EMAIL_BOUNCED; `kind` hard, soft or policy."""
    account = given.account("emailbison")
    made = mail.bounced(account, given, kind=given.text("kind", "hard"))
    return _made(
        account, made, events.tell(account, "email_bounced", events.about_reply(account, "email_bounced", made))
    )


def unsubscribe(given: Given) -> Record:
    """The lead presses the unsubscribe link of a campaign mail: LEAD_UNSUBSCRIBED."""
    account = given.account("emailbison")
    scheduled = _latest_mail(account, given)
    who = records.lead_by(account, str(scheduled["lead_id"])) or {}
    records.change(account, "lead", who, status="unsubscribed")
    told = events.tell(account, "lead_unsubscribed", events.about_mail(account, "lead_unsubscribed", scheduled))
    return {"lead": records.lead_row(who), "deliveries": told}


def opened(given: Given) -> Record:
    """The lead opens the latest campaign mail: EMAIL_OPENED."""
    account = given.account("emailbison")
    scheduled = _latest_mail(account, given)
    records.change(account, "scheduled_email", scheduled, opens=scheduled["opens"] + 1, unique_opens=1)
    told = events.tell(account, "email_opened", events.about_mail(account, "email_opened", scheduled))
    return {"scheduled_email": store.public(scheduled), "deliveries": told}


def interested(given: Given) -> Record:
    """Somebody (or EmailBison's own model) marks the lead's latest reply: LEAD_INTERESTED, the first time only."""
    account = given.account("emailbison")
    who = records.lead_by(account, given.needed("lead_email"))
    latest = store.first(account.key, "reply", lead_id=who["id"], folder="Inbox") if who else None
    if latest is None:
        raise BadOrder("This lead has not replied yet.")
    return _made(account, latest, mail.mark_interested(account, latest))


def manual_email(given: Given) -> Record:
    """A person answers on EmailBison's own page, not through the product: MANUAL_EMAIL_SENT."""
    account = given.account("emailbison")
    who = records.lead_by(account, given.needed("lead_email"))
    original = store.first(account.key, "reply", lead_id=who["id"]) if who else None
    if original is None:
        raise BadOrder("Only a lead who has replied can be answered by hand.")
    made = mail.outgoing_reply(account, original, text=given.needed("text"), via="hand")
    return _made(account, made, events.tell(account, "manual_email_sent", events.manual(account, made)))


def _latest_mail(account: Account, given: Given) -> Record:
    who = records.lead_by(account, given.needed("lead_email"))
    scheduled = store.first(account.key, "scheduled_email", lead_id=who["id"]) if who else None
    if scheduled is None:
        raise BadOrder("No campaign mail went to this lead yet: POST /control/emailbison/campaign-send first.")
    return scheduled


def _made(account: Account, made: Record, told: list[int]) -> Record:
    return {"reply": records.reply_row(account, made), "deliveries": told}


ACTS: dict[str, Callable[[Given], Record]] = {
    "lead": lead,
    "campaign": campaign,
    "sender": sender,
    "sender-status": sender_status,
    "campaign-send": campaign_send,
    "reply": reply,
    "out-of-office": out_of_office,
    "bounce": bounce,
    "unsubscribe": unsubscribe,
    "open": opened,
    "interested": interested,
    "manual-email": manual_email,
}
