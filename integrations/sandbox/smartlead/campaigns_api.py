"""SmartLead REST: campaigns, mailboxes, and the conversations of campaigns."""

from __future__ import annotations

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.smartlead import events, mail, records
from integrations.sandbox.smartlead.answers import GATE, QUEUED, done, found, no, page_of
from integrations.sandbox.store import Record

_NEEDED = ("email_stats_id", "email_body")


@GATE.operation("account")
def campaigns(call: Call) -> HttpResponse:
    """`GET /campaigns/`: all of them at once."""
    return answer([store.public(row) for row in store.find(call.account.key, "campaign")])


@GATE.operation("campaigns")
def campaign(call: Call, campaign_id: int) -> HttpResponse:
    """`GET /campaigns/{id}`."""
    return answer(store.public(found(call, "campaign", campaign_id, "Campaign not found.")))


@GATE.operation("senders")
def mailboxes(call: Call) -> HttpResponse:
    """`GET /email-accounts/?offset=0&limit=100`."""
    offset, limit = page_of(call.request.GET.get("offset"), call.request.GET.get("limit"))
    rows = store.find(call.account.key, "mailbox", limit=limit, offset=offset, oldest_first=True)
    return answer([store.public(row) for row in rows])


@GATE.operation("history")
def history(call: Call, campaign_id: int, lead_id: int) -> HttpResponse:
    """`GET /campaigns/{cid}/leads/{lid}/message-history`: oldest first, under one of two names."""
    lead = found(call, "lead", lead_id, "Lead not found.")
    rows = records.conversation(call.account, lead_id, campaign_id)
    if not rows and not any(one["campaign_id"] == campaign_id for one in lead["_maps"]):
        raise no("Lead not found.", 404)
    mailbox = rows[-1]["_mailbox"] if rows else ""
    name = call.account.more.get("history", "history")
    return answer({name: [_row(row) for row in rows], "from": mailbox, "to": lead["email"]})


def _row(row: Record) -> Record:
    """A mail as the history shows it; answers of a lead carry no counters."""
    hidden = {"id", "lead_id", "campaign_id", "created_at", "updated_at"}
    if row["type"] == "REPLY":
        hidden |= {"email_seq_number", "open_count", "click_count", "click_details"}
    return {name: value for name, value in store.public(row).items() if name not in hidden}


@GATE.operation("send")
def reply(call: Call, campaign_id: int) -> HttpResponse:
    """`POST /campaigns/{id}/reply-email-thread`: into the queue; no id comes back."""
    data = call.data
    if missing := [name for name in _NEEDED if not str(data.get(name) or "").strip()]:
        raise no(f'"{missing[0]}" is required')
    answered = _answered(call, campaign_id)
    if answered is None:
        raise no("Invalid email_stats_id or campaign_id")
    made = mail.answer(
        call.account,
        answered,
        body=str(data["email_body"]),
        quoted=str(data.get("reply_email_body") or ""),
        via="api",
        to=str(data.get("to_email") or ""),
        cc=str(data.get("cc") or ""),
    )
    if not made["_held"]:
        events.tell(call.account, "MANUAL_REPLY_SENT", events.sent(call.account, made))
    return done() if call.account.more.get("answers") == "json" else HttpResponse(QUEUED, content_type="text/html")


def _answered(call: Call, campaign_id: int) -> Record | None:
    """The mail that is answered: by the Message-ID given, else the newest of this outbound mail."""
    same = store.find(call.account.key, "message", stats_id=str(call.data["email_stats_id"]), campaign_id=campaign_id)
    named = (row for row in same if row["message_id"] == call.data.get("reply_message_id"))
    return next(named, None) or next(iter(same), None)
