"""What happens at Instantly without the product: campaigns send, leads write, mailboxes refuse.

Each act takes an order of the control API (or of the page's form), changes Instantly's state and delivers the webhooks
that the real one would; it returns what was made. `ACTS` is the list of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.instantly import events, mail, records
from integrations.sandbox.mailing import mail_each
from integrations.sandbox.store import Record


def lead(given: Given) -> Record:
    """Create or change a lead of a campaign."""
    account, email = given.account("instantly"), given.needed("email").lower()
    fields: dict[str, Any] = {name: given.text(name) for name in records.LEAD_FIELDS if given.text(name)}
    if company := given.text("company"):
        fields["company_name"] = company
    found = records.lead_by(account, email)
    variables = {**(found["payload"] if found else {}), **given.table("custom_variables")}
    campaign = records.campaign_for(account, given.text("campaign"))["id"]
    if found and not given.text("campaign"):
        campaign = found["campaign"]
    given_fields = {**fields, "payload": variables, "campaign": campaign}
    kept = (
        records.change(account, "lead", found, **given_fields)
        if found
        else records.new_lead(account, email=email, **given_fields)
    )
    return {"lead": records.lead_row(kept)}


def campaign(given: Given) -> Record:
    """Create a campaign; the same name twice is one."""
    return {"campaign": store.public(records.campaign_for(given.account("instantly"), given.needed("name")))}


def sender(given: Given) -> Record:
    """Create a mailbox; the same address twice is one."""
    return {"sender": store.public(records.sender_for(given.account("instantly"), given.needed("email")))}


def sender_status(given: Given) -> Record:
    """A mailbox signs out or in again: sends through it then fail with ACC_AUTH_ERROR."""
    account = given.account("instantly")
    mailbox = records.sender_for(account, given.text("email"))
    return {
        "sender": store.public(records.change(account, "sender", mailbox, status=1 if given.flag("connected") else -1))
    }


def campaign_send(given: Given) -> Record:
    """A campaign mails one lead (`lead_email`), several (`lead_emails`) or `count` invented ones: email_sent each."""
    account = given.account("instantly")
    made, told = mail_each(given, lambda email: _send_one(account, given, email))
    return {"email_ids": [one["id"] for one in made], "deliveries": told}


def _send_one(account: Account, given: Given, email: str) -> tuple[Record, list[int]]:
    if records.is_blocked(account, email):
        raise BadOrder(f"{email} is on the block list; Instantly would not send.")
    to = records.lead_by(account, email) or records.new_lead(
        account, email=email, first_name=email.partition("@")[0].title()
    )
    if to["status"] == records.UNSUBSCRIBED:
        raise BadOrder(f"{email} has unsubscribed; Instantly would not send.")
    if given.text("campaign") or not to["campaign"]:
        to = records.change(account, "lead", to, campaign=records.campaign_for(account, given.text("campaign"))["id"])
    mailbox = records.sender_for(account, given.text("sender_email"))
    hello = f"<p>Hi {to['first_name'] or 'there'}, is lowering your costs of interest this quarter?</p>"
    made = mail.campaign_mail(
        account,
        to,
        subject=given.text("subject", "Quick idea"),
        rich=given.text("body", hello),
        mailbox=mailbox,
    )
    return made, events.tell(account, "email_sent", to, events.about_sent(made), email=made)


def reply(given: Given) -> Record:
    """The lead, or a colleague (`from_email`), answers: reply_received, which names the lead in both cases."""
    account = given.account("instantly")
    automated = given.flag("automated")
    made = mail.incoming(account, given, text=given.needed("text"), automated=automated)
    told = _tell_reply(account, given, made)
    if given.flag("interested"):
        told += _label(account, mail.known_lead(account, given), made)
    return _made(made, told)


def out_of_office(given: Given) -> Record:
    """The lead's mailbox answers by itself: auto_reply_received."""
    account = given.account("instantly")
    until = given.text("until", "Monday, 9 March")
    text = given.text(
        "text", f"Thank you for your message. I am out of the office until {until} with limited access to e-mail."
    )
    before = mail.latest(account, mail.known_lead(account, given))
    subject = given.text("subject") or f"Automatic reply: {before['subject'] if before else 'your message'}"
    made = mail.incoming(account, given, text=text, automated=True, subject=subject)
    return _made(made, _tell_reply(account, given, made))


def _tell_reply(account: Account, given: Given, made: Record) -> list[int]:
    event = "auto_reply_received" if made["is_auto_reply"] else "reply_received"
    return events.tell(account, event, mail.known_lead(account, given), events.about_reply(made), email=made)


def bounce(given: Given) -> Record:
    """The lead's mail server refuses: email_bounced, without a reason."""
    account, who, made = _about_campaign_mail(given)
    records.change(account, "lead", who, status=records.BOUNCED)
    return {
        "email": _row(made),
        "deliveries": events.tell(account, "email_bounced", who, events.place(made), email=made),
    }


def unsubscribe(given: Given) -> Record:
    """The lead presses the link of a campaign mail: lead_unsubscribed."""
    account, who, made = _about_campaign_mail(given)
    records.change(account, "lead", who, status=records.UNSUBSCRIBED)
    told = events.tell(account, "lead_unsubscribed", who, events.place(made), email=made)
    return {"lead": records.lead_row(who), "deliveries": told}


def opened(given: Given) -> Record:
    """The lead opens the latest campaign mail: email_opened, which does not name it."""
    account, who, made = _about_campaign_mail(given)
    records.change(account, "lead", who, email_open_count=who["email_open_count"] + 1)
    return {
        "email": _row(made),
        "deliveries": events.tell(account, "email_opened", who, events.place(made), email=made),
    }


def interested(given: Given) -> Record:
    """Somebody (or Instantly's own model) labels the lead: lead_interested, without a message."""
    account = given.account("instantly")
    who = mail.known_lead(account, given)
    latest = mail.latest(account, who, ue_type=records.RECEIVED)
    if latest is None:
        raise BadOrder("This lead has not replied yet.")
    return _made(latest, _label(account, who, latest))


def _label(account: Account, who: Record, email: Record) -> list[int]:
    records.change(account, "lead", who, lt_interest_status=1)
    return events.tell(account, "lead_interested", who, events.place(email), email=email)


def manual_email(given: Given) -> Record:
    """A person answers on Instantly's own page: no webhook tells of it, only the list of mails."""
    account = given.account("instantly")
    who = mail.known_lead(account, given)
    original = mail.latest(account, who)
    if original is None:
        raise BadOrder("Only a lead who was written to can be answered by hand.")
    subject = records.answer_subject(original["subject"])
    made = mail.answer(account, original, via="hand", text=given.needed("text"), html=None, subject=subject)
    return _made(made, [])


def webhook_off(given: Given) -> Record:
    """Deliveries failed too often: Instantly switches the workspace's webhooks off (status -1)."""
    account = given.account("instantly")
    hooks = store.find(account.key, "webhook")
    for hook in hooks:
        records.change(account, "webhook", hook, status=events.OFF, timestamp_error=clock.millis())
    return {"webhooks": [store.public(hook) for hook in hooks]}


def _about_campaign_mail(given: Given) -> tuple[Account, Record, Record]:
    account = given.account("instantly")
    who = mail.known_lead(account, given)
    made = mail.latest(account, who, ue_type=records.CAMPAIGN)
    if made is None:
        raise BadOrder("No campaign mail went to this lead yet: POST /control/instantly/campaign-send first.")
    return account, who, made


def _row(email: Record) -> Record:
    return records.email_row(email)


def _made(email: Record, told: list[int]) -> Record:
    return {"reply": _row(email), "deliveries": told}


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
    "webhook-off": webhook_off,
}
