"""EmailBison REST: the master inbox."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.emailbison import events, mail, records
from integrations.sandbox.emailbison.answers import GATE, done, found, invalid, listed, no, row
from integrations.sandbox.gate import Call
from integrations.sandbox.store import Record

_FOLDERS = {"inbox": "Inbox", "sent": "Sent", "spam": "Spam", "bounced": "Bounced"}
_STATUS: dict[str, dict[str, Any]] = {
    "interested": {"interested": True},
    "automated_reply": {"automated_reply": True},
    "not_automated_reply": {"automated_reply": False},
}
_FORM_FIELD = re.compile(r"^(to_emails|cc_emails|bcc_emails)\[(\d+)\]\[(\w+)\]$")


@GATE.operation("history")
def replies(call: Call) -> HttpResponse:
    """`GET /api/replies` with its filters."""
    query = call.request.GET
    fields: dict[str, Any] = dict(_STATUS.get(query.get("status", ""), {}))
    if folder := _FOLDERS.get(query.get("folder", "").lower()):
        fields["folder"] = folder
    if read := query.get("read"):
        fields["read"] = read.lower() in ("1", "true")
    for name in ("campaign_id", "sender_email_id", "lead_id"):
        if (number := query.get(name, "")).isdigit():
            fields[name] = int(number)
    return listed(call, "reply", lambda record: records.reply_row(call.account, record), **fields)


@GATE.operation("lookup")
def reply(call: Call, reply_id: int) -> HttpResponse:
    """`GET /api/replies/{id}`; only here the raw mail with its reference headers."""
    record = found(call, "reply", reply_id)
    return row({**records.reply_row(call.account, record), "raw_body": _raw(call, record)})


@GATE.operation("lookup")
def thread(call: Call, reply_id: int) -> HttpResponse:
    """`GET /api/replies/{id}/conversation-thread`."""
    current = found(call, "reply", reply_id)
    messages = store.find(call.account.key, "reply", oldest_first=True, _thread=current["_thread"])
    shown = {record["id"]: records.reply_row(call.account, record) for record in messages}
    return row(
        {
            "current_reply": shown[current["id"]],
            "older_messages": [message for number, message in shown.items() if number < current["id"]],
            "newer_messages": [message for number, message in shown.items() if number > current["id"]],
        }
    )


@GATE.operation("send")
def send_reply(call: Call, reply_id: int) -> HttpResponse:
    """`POST /api/replies/{id}/reply`: goes out from the given mailbox, or back to all."""
    original, data = found(call, "reply", reply_id), _fields(call.data)
    text = _message(data)
    everyone = _flag(data.get("reply_all"))
    if not everyone:
        _need(data, sender_email_id="sender email id", to_emails="to emails")
    sender_id = data.get("sender_email_id") or original["sender_email_id"]
    if store.get(call.account.key, "sender", sender_id) is None:
        raise invalid(sender_email_id="The selected sender email id is invalid.")
    to, cc = _people(data, "to_emails"), _people(data, "cc_emails")
    if everyone:
        to, cc = _merged(_answered(original), to), _merged(original["cc"] or [], cc)
    rich = text if data.get("content_type", "html") == "html" else records.as_html(text)
    quoted = _flag(data.get("inject_previous_email_body"))
    previous = f"<blockquote>{original['html_body'] or original['text_body']}</blockquote>" if quoted else ""
    made = mail.outgoing_reply(
        call.account,
        original,
        text=_plain(text, data),
        via="api",
        sender_email_id=sender_id,
        html_body=rich + previous,
        to=to,
        cc=cc or None,
        bcc=_people(data, "bcc_emails") or None,
        attachments=_attachments(data),
    )
    _echo(call, made)
    return _sent(call, made)


@GATE.operation("send")
def send_new(call: Call) -> HttpResponse:
    """`POST /api/replies/new`: a mail that answers nothing."""
    data = _fields(call.data)
    text = _message(data)
    _need(data, subject="subject", sender_email_id="sender email id", to_emails="to emails")
    sender = store.get(call.account.key, "sender", data["sender_email_id"])
    if sender is None:
        raise invalid(sender_email_id="The selected sender email id is invalid.")
    to = _people(data, "to_emails")
    lead = records.lead_by(call.account, to[0]["address"])
    made = mail.outgoing(
        call.account,
        sender,
        text=_plain(text, data),
        via="api",
        subject=data["subject"],
        html_body=text if data.get("content_type", "html") == "html" else records.as_html(text),
        to=to,
        cc=_people(data, "cc_emails") or None,
        bcc=_people(data, "bcc_emails") or None,
        lead_id=lead["id"] if lead else None,
        attachments=_attachments(data),
    )
    _echo(call, made)
    return _sent(call, made)


@GATE.operation("mark")
def mark(call: Call, reply_id: int, action: str) -> HttpResponse:
    """`PATCH /api/replies/{id}/…`: interested, not interested, read, automated."""
    record = found(call, "reply", reply_id)
    if action == "mark-as-interested":
        mail.mark_interested(call.account, record, skip_webhooks=_flag(call.data.get("skip_webhooks")))
    elif action == "mark-as-not-interested":
        records.change(call.account, "reply", record, interested=False)
    else:
        field, name = {
            "mark-as-read-or-unread": ("read", "read"),
            "mark-as-automated-or-not-automated": ("automated", "automated_reply"),
        }[action]
        if field not in call.data:
            raise invalid(**{field: f"The {field} field is required."})
        records.change(call.account, "reply", record, **{name: _flag(call.data[field])})
    return row(records.reply_row(call.account, record))


@GATE.operation("suppress")
def unsubscribe(call: Call, reply_id: int) -> HttpResponse:
    """`PATCH /api/replies/{id}/unsubscribe`: no more mail to its lead."""
    record = found(call, "reply", reply_id)
    lead = store.get(call.account.key, "lead", record["lead_id"]) if record["lead_id"] else None
    if lead is None:
        raise no("This reply has no lead.")
    records.change(call.account, "lead", lead, status="unsubscribed")
    return done("Contact unsubscribed successfully")


@GATE.operation("attach")
def attach(call: Call, reply_id: int) -> HttpResponse:
    """`POST /api/replies/{id}/attach-scheduled-email-to-reply`: an untracked reply becomes a lead's."""
    record = found(call, "reply", reply_id)
    if not (number := call.data.get("scheduled_email_id")):
        raise invalid(scheduled_email_id="The scheduled email id field is required.")
    scheduled = found(call, "scheduled_email", number)
    ids = {name: scheduled[name] for name in ("lead_id", "campaign_id")}
    records.change(call.account, "reply", record, scheduled_email_id=scheduled["id"], tracked_reply=True, **ids)
    return done("Scheduled email successfully attached to reply")


def _echo(call: Call, made: Record) -> None:
    """MANUAL_EMAIL_SENT of our own mail; it carries a lead, so there is none where no lead is known."""
    if made["lead_id"]:
        events.tell(call.account, "manual_email_sent", events.manual(call.account, made))


def _sent(call: Call, made: Record) -> HttpResponse:
    shown = records.reply_row(call.account, made)
    return row({"success": True, "message": "Successfully sent email", "reply": shown})


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    """Form notation (`to_emails[0][email_address]`) read as the lists that JSON sends."""
    lists: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in data.items():
        if match := _FORM_FIELD.match(name):
            lists.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
    return {**data, **{name: [people[index] for index in sorted(people)] for name, people in lists.items()}}


def _message(data: dict[str, Any]) -> str:
    text = data.get("message")
    if not isinstance(text, str) or not text.strip():
        raise invalid(message="The message field is required.")
    return text


def _need(data: dict[str, Any], **names: str) -> None:
    missing = {field: f"The {words} field is required." for field, words in names.items() if not data.get(field)}
    if missing:
        raise invalid(**missing)


def _people(data: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Recipients: written as `email_address`, kept and shown as `address`."""
    people = data.get(field) or []
    if not isinstance(people, list) or not all(isinstance(one, dict) and one.get("email_address") for one in people):
        raise invalid(**{field: f"The {field.replace('_', ' ')} field must list objects with an email_address."})
    return [{"name": one.get("name"), "address": one["email_address"].strip().lower()} for one in people]


def _answered(original: Record) -> list[dict[str, Any]]:
    """Whom "reply all" writes to: the writer, or the recipients of a mail of our own."""
    if original["folder"] == "Sent":
        return list(original["to"] or [])
    return [{"name": original["from_name"], "address": original["from_email_address"]}]


def _merged(first: list[dict[str, Any]], more: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({person["address"]: person for person in [*more, *first]}.values())[::-1]


def _plain(text: str, data: dict[str, Any]) -> str:
    """The text part of what was written."""
    if data.get("content_type", "html") != "html":
        return text
    return records.as_text(text)


def _attachments(data: dict[str, Any]) -> list[Record]:
    return [{"file_name": name} for name in data.get("_files", [])]


def _flag(value: object) -> bool:
    return value is True or str(value).lower() in ("1", "true")


def _raw(call: Call, record: Record) -> str:
    """The mail as it travelled, for In-Reply-To and References."""
    parent = store.get(call.account.key, "reply", record["parent_id"]) if record["parent_id"] else None
    number = record["scheduled_email_id"]
    answered = parent or (store.get(call.account.key, "scheduled_email", number) if number else None)
    lines = [
        f"Message-ID: {record['raw_message_id']}",
        f"From: {record['from_name']} <{record['from_email_address']}>",
        f"To: {record['primary_to_email_address']}",
        f"Subject: {record['subject']}",
        *(
            [f"In-Reply-To: {answered['raw_message_id']}", f"References: {answered['raw_message_id']}"]
            if answered
            else []
        ),
    ]
    return "\r\n".join([*lines, "", record["text_body"] or ""])
