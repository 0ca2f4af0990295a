"""Mail inside a workspace: what arrives, what goes out, and which thread it belongs to."""

from __future__ import annotations

from typing import Any

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.instantly import records
from integrations.sandbox.store import Record


def known_lead(account: Account, given: Given) -> Record:
    """The lead an order is about; whoever writes here belongs to one."""
    lead = records.lead_by(account, given.needed("lead_email"))
    if lead is None:
        raise BadOrder("There is no such lead: POST /control/instantly/lead first.")
    return lead


def latest(account: Account, lead: Record, **fields: Any) -> Record | None:
    """The newest mail with this lead."""
    return store.first(account.key, "email", lead=lead["email"], **fields)


def incoming(account: Account, given: Given, *, text: str, automated: bool = False, subject: str = "") -> Record:
    """File a mail of the lead, or of a colleague (`from_email`) in the lead's thread."""
    lead = known_lead(account, given)
    earlier = _earlier(account, given, lead)
    mailbox = given.text("to_email") or (earlier["eaccount"] if earlier else records.sender_for(account)["email"])
    email = given.text("from_email", lead["email"]).strip().lower()
    name = given.text("from_name") or (_name(lead) if email == lead["email"] else email.partition("@")[0].title())
    body, rich = _bodies(given, text, earlier)
    made = records.new_email(
        account,
        sender=(email, name),
        to=[mailbox],
        text=body,
        via="lead",
        html=rich,
        cc=given.words("cc"),
        content_preview=text[:120],
        subject=subject or given.text("subject") or records.answer_subject(earlier["subject"] if earlier else ""),
        eaccount=mailbox,
        ue_type=records.RECEIVED,
        is_auto_reply=int(automated),
        **_of_lead(lead, earlier),
    )
    records.change(account, "lead", lead, email_reply_count=lead["email_reply_count"] + 1)
    return made


def campaign_mail(account: Account, lead: Record, *, subject: str, rich: str, mailbox: Record) -> Record:
    """The next step of the lead's campaign."""
    before = store.count(account.key, "email", lead=lead["email"], ue_type=records.CAMPAIGN)
    earlier = latest(account, lead)
    return records.new_email(
        account,
        sender=(mailbox["email"], mailbox["first_name"]),
        to=[lead["email"]],
        text=records.as_text(rich),
        via="campaign",
        html=rich,
        subject=subject,
        eaccount=mailbox["email"],
        ue_type=records.CAMPAIGN,
        _step=before + 1,
        **_of_lead(lead, earlier),
    )


def answer(
    account: Account, original: Record, *, via: str, text: str, html: str | None, subject: str, **fields: Any
) -> Record:
    """An answer to `original`: to whoever wrote it; to an own mail, to those it went to."""
    to = (
        original["to_address_email_list"].split(",")
        if records.is_outbound(original)
        else [original["from_address_email"]]
    )
    mailbox = records.sender_for(account, fields.pop("eaccount", original["eaccount"]))
    kept = ("lead", "lead_id", "campaign_id", "thread_id")
    return records.new_email(
        account,
        sender=(mailbox["email"], mailbox["first_name"]),
        to=to,
        text=text,
        via=via,
        html=html,
        subject=subject,
        eaccount=mailbox["email"],
        ue_type=records.MANUAL,
        **{name: original[name] for name in kept},
        **fields,
    )


def _earlier(account: Account, given: Given, lead: Record) -> Record | None:
    """The mail whose thread goes on: as given, else the latest."""
    if wanted := given.text("in_reply_to"):
        return store.get(account.key, "email", wanted)
    return latest(account, lead)


def _of_lead(lead: Record, earlier: Record | None) -> Record:
    """What ties a mail to its lead; the thread goes on where there is one."""
    fields = {"lead": lead["email"], "lead_id": lead["id"], "campaign_id": lead["campaign"]}
    return {**fields, "thread_id": earlier["thread_id"]} if earlier else fields


def _bodies(given: Given, text: str, earlier: Record | None) -> tuple[str, str]:
    """Text and HTML; with `quote` the answered mail follows below, as mail programs do it."""
    rich = given.text("html") or records.as_html(text)
    if not given.flag("quote") or earlier is None:
        return text, rich
    line = f"On {clock.spoken(earlier['timestamp_email'])} {earlier['from_address_email']} wrote:"
    quoted = "\n".join(f"> {row}" for row in earlier["body"]["text"].strip().splitlines())
    below = f'<div class="gmail_quote"><div>{line}</div><blockquote>{earlier["body"]["html"]}</blockquote></div>'
    return f"{text}\n\n{line}\n\n{quoted}\n", rich + below


def _name(lead: Record) -> str:
    return " ".join(part for part in (lead["first_name"], lead["last_name"]) if part) or lead["email"]
