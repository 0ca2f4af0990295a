"""What happens at SmartLead without the product: leads write, mailboxes bounce, campaigns send.

Named as EmailBison's acts where they mean the same, so that the page's form serves both."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.mailing import mail_each
from integrations.sandbox.smartlead import events, mail, records
from integrations.sandbox.store import Record


def lead(given: Given) -> Record:
    """Create or change a lead."""
    account = given.account("smartlead")
    return {"lead": records.lead_row(records.kept_lead(account, given.needed("email"), given))}


def campaign(given: Given) -> Record:
    """Create a campaign; the same name twice is one campaign."""
    return {"campaign": store.public(records.campaign_for(given.account("smartlead"), given.needed("name")))}


def sender(given: Given) -> Record:
    """Create a mailbox; the same address twice is one mailbox."""
    return {"sender": store.public(records.mailbox_for(given.account("smartlead"), given.needed("email")))}


def campaign_send(given: Given) -> Record:
    """A campaign mails one lead (`lead_email`), several (`lead_emails`) or `count` invented ones: EMAIL_SENT each."""
    account = given.account("smartlead")
    made, told = mail_each(given, lambda email: mail.campaign_mail(account, given, email))
    return {"messages": [store.public(one) for one in made], "deliveries": told}


def reply(given: Given) -> Record:
    """A lead, or a colleague (`from_email`), answers: EMAIL_REPLY; UNTRACKED_REPLIES where no campaign wrote."""
    account = given.account("smartlead")
    made = mail.incoming(account, given, text=given.needed("text"), automatic=given.flag("automated"))
    told = mail.tell_reply(account, made)
    if given.flag("interested") and made["lead_id"]:
        told += _categorise(account, made, "Interested")
    return _made(made, told)


def out_of_office(given: Given) -> Record:
    """The lead's mailbox answers by itself: an EMAIL_REPLY like any other, SmartLead says nothing of it."""
    account = given.account("smartlead")
    until = given.text("until", "Monday, 9 March")
    usual = f"Thank you for your message. I am out of the office until {until} with limited access to e-mail."
    who = records.lead_by(account, given.needed("lead_email"))
    answered = mail.answered_mail(account, who) if who else None
    earlier = answered["subject"] if answered else "your message"
    subject = given.text("subject") or f"Automatic reply: {earlier}"
    made = mail.incoming(account, given, text=given.text("text", usual), subject=subject, automatic=True)
    return _made(made, mail.tell_reply(account, made))


def bounce(given: Given) -> Record:
    """The mail server of the lead refuses: EMAIL_BOUNCE; `kind` hard, soft or policy."""
    account = given.account("smartlead")
    returned = _latest(account, given)
    report = mail.report(returned, given.text("kind", "hard"), given.text("text"))
    records.change(account, "message", returned, _state="bounced")
    return _made(returned, events.tell(account, "EMAIL_BOUNCE", events.bounce(account, returned, report)))


def unsubscribe(given: Given) -> Record:
    """The lead presses the unsubscribe link of a campaign mail: LEAD_UNSUBSCRIBED."""
    account = given.account("smartlead")
    latest = _latest(account, given)
    who = records.lead_by(account, str(latest["lead_id"])) or {}
    series = store.get(account.key, "campaign", latest["campaign_id"]) or {}
    records.change(account, "lead", who, is_unsubscribed=True)
    told = events.tell(account, "LEAD_UNSUBSCRIBED", events.unsubscribed(who, series))
    return {"lead": records.lead_row(who), "deliveries": told}


def opened(given: Given) -> Record:
    """The lead opens the latest campaign mail: EMAIL_OPEN."""
    account = given.account("smartlead")
    latest = _latest(account, given)
    records.change(account, "message", latest, open_count=latest["open_count"] + 1, _state=latest["_state"] or "opened")
    return _made(latest, events.tell(account, "EMAIL_OPEN", events.opened(account, latest)))


def category(given: Given) -> Record:
    """Somebody (or SmartLead's own model) puts the lead into a category: LEAD_CATEGORY_UPDATED."""
    account = given.account("smartlead")
    latest, name = _latest(account, given), given.text("category", "Interested")
    if name not in records.CATEGORIES:
        raise BadOrder(f"category must be one of {', '.join(records.CATEGORIES)}.")
    return _made(latest, _categorise(account, latest, name))


def _categorise(account: Account, about: Record, name: str) -> list[int]:
    who = records.lead_by(account, str(about["lead_id"])) or {}
    place = next((one for one in who["_maps"] if one["campaign_id"] == about["campaign_id"]), None)
    number = records.CATEGORIES.index(name) + 1
    if place is None or place["lead_category_id"] == number:
        return []
    old = records.CATEGORIES[place["lead_category_id"] - 1] if place["lead_category_id"] else None
    place["lead_category_id"] = number
    records.change(account, "lead", who)
    return events.tell(account, "LEAD_CATEGORY_UPDATED", events.category(account, about, old=old, new=name))


def manual_email(given: Given) -> Record:
    """A person answers on SmartLead's own page, not through the product: MANUAL_REPLY_SENT."""
    account = given.account("smartlead")
    who = records.lead_by(account, given.needed("lead_email"))
    original = store.first(account.key, "message", lead_id=who["id"], type="REPLY") if who else None
    if original is None:
        raise BadOrder("Only a lead who has replied can be answered by hand.")
    body = records.as_html(given.needed("text"))
    made = mail.answer(account, original, body=body, quoted=original["email_body"], via="hand")
    return _made(made, events.tell(account, "MANUAL_REPLY_SENT", events.sent(account, made)))


def send_queued(given: Given) -> Record:
    """What waits in SmartLead's queue (accounts with `hold_queue`) goes out: MANUAL_REPLY_SENT each."""
    gone = mail.leave_queue(given.account("smartlead"))
    return {"messages": [store.public(one) for one, _ in gone], "deliveries": [row for _, ids in gone for row in ids]}


def _latest(account: Account, given: Given) -> Record:
    who = records.lead_by(account, given.needed("lead_email"))
    found = records.latest_sent(account, who) if who else None
    if found is None:
        raise BadOrder("No campaign mail went to this lead yet: POST /control/smartlead/campaign-send first.")
    return found


def _made(made: Record, told: list[int]) -> Record:
    return {"reply": store.public(made), "deliveries": told}


ACTS: dict[str, Callable[[Given], Record]] = {
    "lead": lead,
    "campaign": campaign,
    "sender": sender,
    "campaign-send": campaign_send,
    "reply": reply,
    "out-of-office": out_of_office,
    "bounce": bounce,
    "unsubscribe": unsubscribe,
    "open": opened,
    "interested": category,
    "category": category,
    "manual-email": manual_email,
    "send-queued": send_queued,
}
