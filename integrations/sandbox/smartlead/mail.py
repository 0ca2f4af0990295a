"""Mail of an account: campaigns write, leads answer, the agency answers by hand or through the product."""

from __future__ import annotations

import re
import uuid

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.smartlead import events, records
from integrations.sandbox.store import Record

REPORTS = {
    "hard": ("550 5.1.1", "The email account that you tried to reach does not exist."),
    "soft": ("452 4.2.2", "The email account that you tried to reach is over quota."),
    "policy": ("550 5.7.1", "Message rejected due to content restrictions of the recipient's organisation."),
}


def campaign_mail(account: Account, given: Given, email: str) -> tuple[Record, list[int]]:
    """The next step of a campaign goes to a lead: EMAIL_SENT, and FIRST_EMAIL_SENT of the first."""
    lead = records.lead_by(account, email) or records.new_lead(
        account, email=email, first_name=email.partition("@")[0].title()
    )
    if lead["is_unsubscribed"]:
        raise BadOrder(f"{email} has unsubscribed; SmartLead would not send.")
    campaign = records.campaign_for(account, given.text("campaign"))
    mailbox = records.mailbox_for(account, given.text("sender_email"))
    records.in_campaign(account, lead, campaign)
    step = store.count(account.key, "message", lead_id=lead["id"], _via="campaign") + 1
    usual = f"<p>Hi {lead['first_name'] or 'there'}, is lowering your costs of interest this quarter?</p>"
    made = _sent(
        account,
        lead,
        campaign_id=campaign["id"],
        stats_id=str(uuid.uuid4()),
        subject=given.text("subject", "Quick idea" if step == 1 else "Re: Quick idea"),
        email_body=given.text("body", usual),
        email_seq_number=str(step),
        _mailbox=mailbox["from_email"],
        _via="campaign",
    )
    told = events.tell(account, "FIRST_EMAIL_SENT", events.sent(account, made)) if step == 1 else []
    return made, told + events.tell(account, "EMAIL_SENT", events.sent(account, made))


def answer(
    account: Account, original: Record, *, body: str, quoted: str, via: str, to: str = "", cc: str = ""
) -> Record:
    """An answer of the agency below a mail of the conversation. `via`: api or hand. In a held queue it waits."""
    lead = store.get(account.key, "lead", original["lead_id"]) or {}
    text = records.as_text(body)
    below = f'<div class="gmail_quote"><blockquote>{quoted}</blockquote></div>' if quoted else ""
    lines = "\n".join(f"> {line}" for line in records.as_text(quoted).splitlines())
    line = f"On {clock.spoken(original['time'])} {original['_from_name']} <{original['_from']}> wrote:"
    subject = original["subject"]
    return _sent(
        account,
        lead,
        campaign_id=original["campaign_id"],
        stats_id=original["stats_id"],
        subject=subject if re.match(r"(?i)re:", subject) else f"Re: {subject}",
        email_body=f"{body}{below}",
        _text=text,
        _whole_text=f"{text}\n\n{line}\n\n{lines}" if quoted else text,
        _to=to.strip().lower() or lead["email"],
        _cc=[one.strip().lower() for one in cc.split(",") if one.strip()],
        _mailbox=original["_mailbox"],
        _via=via,
        _held=via == "api" and bool(account.more.get("hold_queue")),
    )


def leave_queue(account: Account) -> list[tuple[Record, list[int]]]:
    """Everything that waits in the queue goes out, with its MANUAL_REPLY_SENT."""
    waiting = store.find(account.key, "message", _held=True, oldest_first=True)
    return [_left(account, mail) for mail in waiting]


def _left(account: Account, mail: Record) -> tuple[Record, list[int]]:
    gone = records.change(account, "message", mail, _held=False, time=records.moment())
    return gone, events.tell(account, "MANUAL_REPLY_SENT", events.sent(account, gone))


def incoming(account: Account, given: Given, *, text: str, subject: str = "", automatic: bool = False) -> Record:
    """A mail to the agency: tracked where a campaign wrote to the lead, a stranger's otherwise."""
    lead = records.lead_by(account, given.needed("lead_email"))
    answered = answered_mail(account, lead) if lead else None
    email = given.text("from_email", lead["email"] if lead else given.needed("lead_email")).strip().lower()
    known = records.full_name(lead) if lead and email == lead["email"] else email.partition("@")[0].title()
    name = given.text("from_name") or known
    whole, rich = _with_quotation(text, given, answered)
    given_subject = subject or given.text("subject")
    earlier = answered["subject"] if answered else "your message"
    return records.new_message(
        account,
        lead=lead if lead and answered else {"id": None},
        campaign_id=answered["campaign_id"] if answered else 0,
        type="REPLY",
        message_id=given.text("message_id") or records.message_id("in", email),
        stats_id=answered["stats_id"] if answered else None,
        time=records.moment(),
        subject=given_subject or (earlier if re.match(r"(?i)re:", earlier) else f"Re: {earlier}"),
        email_body=rich,
        _text=text,
        _whole_text=whole,
        _from=email,
        _from_name=name,
        _to=answered["_mailbox"] if answered else records.mailbox_for(account, given.text("to_email"))["from_email"],
        _mailbox=answered["_mailbox"]
        if answered
        else records.mailbox_for(account, given.text("to_email"))["from_email"],
        _cc=given.words("cc"),
        _via="lead",
        _state="automatic" if automatic else "",
    )


def tell_reply(account: Account, mail: Record) -> list[int]:
    """EMAIL_REPLY, or UNTRACKED_REPLIES of somebody whom no campaign wrote to."""
    lead = store.get(account.key, "lead", mail["lead_id"]) if mail["lead_id"] else None
    answered = answered_mail(account, lead) if lead else None
    if answered is None:
        return events.tell(account, "UNTRACKED_REPLIES", events.untracked(mail))
    return events.tell(account, "EMAIL_REPLY", events.reply(account, mail, answered))


def answered_mail(account: Account, lead: Record) -> Record | None:
    """What a lead answers: the newest mail that reached them."""
    rows = store.find(account.key, "message", lead_id=lead["id"], type="SENT", _held=False, limit=1)
    return rows[0] if rows else None


def _sent(account: Account, lead: Record, *, email_body: str, _mailbox: str, **fields: object) -> Record:
    text = records.as_text(email_body)
    usual: Record = {"_text": text, "_whole_text": text, "_to": lead["email"]}
    return records.new_message(
        account,
        lead=lead,
        type="SENT",
        message_id=records.message_id("out", _mailbox),
        time=records.moment(),
        email_body=email_body,
        _mailbox=_mailbox,
        _from=_mailbox,
        _from_name=_mailbox.partition("@")[0].title(),
        **{**usual, **fields},
    )


def _with_quotation(text: str, given: Given, answered: Record | None) -> tuple[str, str]:
    """Text and HTML as a mail program writes them; with `quote` the answered mail follows below."""
    rich = given.text("html") or records.as_html(text)
    if not given.flag("quote") or answered is None:
        return text, rich
    line = f"On {clock.spoken(answered['time'])} {answered['_from_name']} <{answered['_from']}> wrote:"
    quoted = "\n".join(f"> {row}" for row in answered["_text"].splitlines())
    attribution = f'<div class="gmail_attr">{records.as_html(line)}</div>'
    below = f'<div class="gmail_quote">{attribution}<blockquote>{records.as_html(answered["_text"])}</blockquote></div>'
    return f"{text}\n\n{line}\n\n{quoted}\n", f"{rich}{below}"


def report(mail: Record, kind: str, text: str) -> Record:
    """What the lead's mail server answers to a mail."""
    if kind not in REPORTS:
        raise BadOrder(f"kind must be one of {', '.join(REPORTS)}.")
    code, reason = REPORTS[kind]
    host = mail["_to"].partition("@")[2]
    said = text or (
        f"Your message to {mail['_to']} couldn't be delivered.\n\n{code} {reason} mx.{host}\n\n"
        f"Final-Recipient: rfc822; {mail['_to']}\nAction: {'delayed' if kind == 'soft' else 'failed'}\n"
        f"Status: {code.split()[1]}\nDiagnostic-Code: smtp; {code} {reason}\n"
    )
    subject = f"Delivery Status Notification ({'Delay' if kind == 'soft' else 'Failure'})"
    return {"message_id": records.message_id("dsn", f"mx@{host}"), "html": "", "text": said, "subject": subject}
