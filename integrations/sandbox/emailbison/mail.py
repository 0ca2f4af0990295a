"""Mail inside a workspace: what arrives, what goes out, and which thread it belongs to."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.emailbison import events, records
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.store import Record

_BOUNCES = {
    "hard": ("550 5.1.1", "The email account that you tried to reach does not exist.", "Address not found"),
    "soft": ("452 4.2.2", "The email account that you tried to reach is over quota.", "Mailbox full"),
    "policy": (
        "550 5.7.1",
        "Message rejected due to content restrictions of the recipient's organisation.",
        "Message blocked",
    ),
}


def incoming(account: Account, given: Given, *, text: str, automated: bool, subject: str = "") -> Record:
    """File a mail to the workspace. Known leads who got campaign mail are tracked; everybody else is not."""
    lead = records.lead_by(account, given.needed("lead_email"))
    scheduled = store.first(account.key, "scheduled_email", lead_id=lead["id"]) if lead else None
    earlier = _earlier(account, given, lead)
    parent = _answered(account, earlier, scheduled)
    sender = _mailbox(account, given, scheduled, parent)
    email = given.text("from_email", lead["email"] if lead else given.needed("lead_email")).strip().lower()
    name = given.text("from_name") or (
        _name(lead) if lead and email == lead["email"] else email.partition("@")[0].title()
    )
    body, rich = _bodies(given, text, parent, scheduled, sender)
    made = records.new_reply(
        account,
        type="Tracked Reply" if scheduled else "Untracked Reply",
        tracked_reply=bool(scheduled),
        subject=subject or given.text("subject") or subject_of(account, given),
        text_body=body,
        html_body=rich,
        automated_reply=automated,
        lead_id=lead["id"] if scheduled and lead else None,
        campaign_id=scheduled["campaign_id"] if scheduled else None,
        scheduled_email_id=scheduled["id"] if scheduled else None,
        sender_email_id=sender["id"],
        from_name=name,
        from_email_address=email,
        primary_to_email_address=sender["email"],
        to=[{"name": sender["name"], "address": sender["email"]}],
        cc=[{"name": None, "address": address} for address in given.words("cc")] or None,
        raw_message_id=given.text("message_id") or records.message_id("in", email),
        parent_id=parent["id"] if parent else None,
        _thread=earlier["_thread"] if earlier else None,
        _via="lead",
        _written=text,
    )
    if lead and scheduled:
        records.count(account, lead, replies=1, unique_replies=int(lead["_counters"]["replies"] == 0))
    return made


def tell_reply(account: Account, reply: Record) -> list[int]:
    """LEAD_REPLIED of a tracked reply, UNTRACKED_REPLY_RECEIVED of another.

    Nothing for an automatic one whose campaign leaves those out of its statistics.
    """
    if not reply["tracked_reply"]:
        return events.tell(account, "untracked_reply_received", events.untracked(account, reply))
    campaign = store.get(account.key, "campaign", reply["campaign_id"]) or {}
    if reply["automated_reply"] and not campaign.get("include_auto_replies_in_stats", True):
        return []
    return events.tell(account, "lead_replied", events.about_reply(account, "lead_replied", reply))


def mark_interested(account: Account, reply: Record, *, skip_webhooks: bool = False) -> list[int]:
    """Mark a reply; LEAD_INTERESTED only when the lead becomes interested for the first time."""
    records.change(account, "reply", reply, interested=True)
    lead = store.get(account.key, "lead", reply["lead_id"]) if reply["lead_id"] else None
    if lead is None or lead["_interested"]:
        return []
    records.change(account, "lead", lead, _interested=True)
    if skip_webhooks:
        return []
    return events.tell(account, "lead_interested", events.about_reply(account, "lead_interested", reply))


def bounced(account: Account, given: Given, *, kind: str) -> Record:
    """File the delivery report of the lead's mail server under the latest campaign mail."""
    if kind not in _BOUNCES:
        raise BadOrder(f"kind must be one of {', '.join(_BOUNCES)}.")
    lead = records.lead_by(account, given.needed("lead_email"))
    scheduled = store.first(account.key, "scheduled_email", lead_id=lead["id"]) if lead else None
    if lead is None or scheduled is None:
        raise BadOrder("Only a campaign mail can bounce: POST /control/emailbison/campaign-send first.")
    sender = store.get(account.key, "sender", scheduled["sender_email_id"]) or {}
    records.count(account, lead, bounces=1)
    records.change(account, "scheduled_email", scheduled, status="bounced")
    host = lead["email"].partition("@")[2]
    text = given.text("text") or _report(kind, lead["email"], host)
    return records.new_reply(
        account,
        type="Bounced",
        folder="Bounced",
        automated_reply=True,
        subject="Delivery Status Notification (Failure)" if kind != "soft" else "Delivery Status Notification (Delay)",
        text_body=text,
        html_body=None,
        lead_id=lead["id"],
        campaign_id=scheduled["campaign_id"],
        scheduled_email_id=scheduled["id"],
        sender_email_id=scheduled["sender_email_id"],
        from_name="Mail Delivery Subsystem",
        from_email_address=f"mailer-daemon@{host}",
        primary_to_email_address=sender["email"],
        to=[{"name": sender["name"], "address": sender["email"]}],
        raw_message_id=records.message_id("dsn", f"mailer-daemon@{host}"),
        _via="lead",
        _written=text,
    )


def _report(kind: str, address: str, host: str) -> str:
    """A delivery report in the words of a large mail host."""
    code, reason, headline = _BOUNCES[kind]
    return (
        f"** {headline} **\n\nYour message to {address} couldn't be delivered.\n\n"
        f"The response from the remote server was:\n\n{code} {reason} mx.{host}\n\n"
        f"Reporting-MTA: dns; mx.{host}\nFinal-Recipient: rfc822; {address}\n"
        f"Action: {'delayed' if kind == 'soft' else 'failed'}\nStatus: {code.split()[1]}\n"
        f"Diagnostic-Code: smtp; {code} {reason}\n"
    )


def outgoing_reply(account: Account, original: Record, *, text: str, via: str, **fields: Any) -> Record:
    """File an answer in the thread of `original`, from its mailbox to its writer unless `fields` say otherwise."""
    sender = store.get(account.key, "sender", fields.pop("sender_email_id", original["sender_email_id"])) or {}
    recipient = {"name": original["from_name"], "address": original["from_email_address"]}
    subject = original["subject"]
    given = {
        "subject": subject if re.match(r"(?i)re:", subject or "") else f"Re: {subject or ''}".strip(),
        "html_body": records.as_html(text),
        "to": [recipient],
        "lead_id": original["lead_id"],
        "campaign_id": original["campaign_id"],
        "scheduled_email_id": original["scheduled_email_id"],
        "tracked_reply": original["tracked_reply"],
        "parent_id": original["id"],
        "_thread": original["_thread"],
        **fields,
    }
    return outgoing(account, sender, text=text, via=via, **given)


def outgoing(account: Account, sender: Record, *, text: str, via: str, **fields: Any) -> Record:
    """File a sent mail. `via` says who wrote it: `api` the product, `hand` a person at EmailBison."""
    return records.new_reply(
        account,
        type="Outgoing Email",
        folder="Sent",
        read=True,
        text_body=text,
        sender_email_id=sender["id"],
        from_name=sender["name"],
        from_email_address=sender["email"],
        primary_to_email_address=fields["to"][0]["address"] if fields["to"] else None,
        raw_message_id=records.message_id("sent", sender["email"]),
        _via=via,
        **fields,
    )


def subject_of(account: Account, given: Given) -> str:
    """The subject an answer of this lead would carry."""
    lead = records.lead_by(account, given.needed("lead_email"))
    latest = store.first(account.key, "scheduled_email", lead_id=lead["id"]) if lead else None
    subject = latest["email_subject"] if latest else "your message"
    return subject if re.match(r"(?i)re:", subject) else f"Re: {subject}"


def _earlier(account: Account, given: Given, lead: Record | None) -> Record | None:
    """The message whose thread goes on: as given, else the latest of this person."""
    if number := given.text("in_reply_to"):
        return store.get(account.key, "reply", number) or store.first(account.key, "reply", raw_message_id=number)
    if lead and (latest := store.first(account.key, "reply", lead_id=lead["id"])):
        return latest
    address = given.needed("lead_email").lower()
    return store.first(account.key, "reply", from_email_address=address, folder="Inbox")


def _answered(account: Account, earlier: Record | None, scheduled: Record | None) -> Record | None:
    """The mail of ours that is being answered, unless that is the campaign's: people answer what they received last."""
    sent = store.first(account.key, "reply", _thread=earlier["_thread"], folder="Sent") if earlier else None
    if sent and scheduled and scheduled["sent_at"] > sent["date_received"]:
        return None
    return sent


def _mailbox(account: Account, given: Given, scheduled: Record | None, parent: Record | None) -> Record:
    """The mailbox that is written to: as given, else that of the mail being answered."""
    if email := given.text("to_email"):
        return records.sender_for(account, email)
    number = parent["sender_email_id"] if parent else scheduled["sender_email_id"] if scheduled else None
    found = store.get(account.key, "sender", number) if number else None
    return found or records.sender_for(account)


def _bodies(
    given: Given, text: str, parent: Record | None, scheduled: Record | None, sender: Record
) -> tuple[str, str | None]:
    """Text and HTML; with `quote` the answered mail follows below, as mail programs do it."""
    rich: str | None = given.text("html") or (None if given.flag("text_only") else records.as_html(text))
    if not given.flag("quote"):
        return text, rich
    earlier = (parent["text_body"] if parent else records.as_text(scheduled["email_body"]) if scheduled else "").strip()
    at = parent["date_received"] if parent else scheduled["sent_at"] if scheduled else clock.micros()
    line = f"On {clock.spoken(at)} {sender['name']} <{sender['email']}> wrote:"
    quoted = "\n".join(f"> {row}" for row in earlier.splitlines())
    attribution = f'<div class="gmail_attr">{records.as_html(line)}</div>'
    below = f'<div class="gmail_quote">{attribution}<blockquote class="gmail_quote">'
    return (
        f"{text}\n\n{line}\n\n{quoted}\n",
        f"{rich}{below}{records.as_html(earlier)}</blockquote></div>" if rich else None,
    )


def _name(lead: Record) -> str:
    return " ".join(part for part in (lead["first_name"], lead["last_name"]) if part) or lead["email"]
