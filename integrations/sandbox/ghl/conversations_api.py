"""GoHighLevel REST: conversations and messages (`Version: 2021-04-15`)."""

from __future__ import annotations

import base64
from typing import Any

import phonenumbers
from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.ghl import events, records
from integrations.sandbox.ghl.answers import (
    CONVERSATIONS,
    GATE,
    cannot_send,
    found,
    invalid,
    no,
    own_location,
    trace_id,
)
from integrations.sandbox.store import Record

_TYPES = ("SMS", "RCS", "Email", "WhatsApp", "IG", "FB", "Custom", "Live_Chat", "TIKTOK")
_CHANNELS = {"SMS": records.SMS_TYPES, "Email": ("TYPE_EMAIL",), "Call": ("TYPE_CALL", "TYPE_VOICEMAIL")}


@GATE.operation("send", version=CONVERSATIONS)
def send(call: Call) -> HttpResponse:
    """`POST /conversations/messages`: the answer means queued."""
    kind, contact = _addressed(call)
    text = str(call.data.get("message") or "")
    if kind == "Email":
        message = _email(call, contact, text)
    elif kind == "SMS":
        message = _sms(call, contact, text)
    else:
        raise no(f"No conversation provider is connected for {kind}.", traceId=trace_id())
    events.app_message(call.account, contact, message)
    more = {"emailMessageId": message["id"]} if kind == "Email" else {}
    sent = {"conversationId": message["conversationId"], "messageId": message["id"], "status": "pending"}
    return answer({**sent, "msg": "Message queued successfully.", **more, "traceId": trace_id()}, 201)


def _addressed(call: Call) -> tuple[str, Record]:
    """The type and the contact of a send, or the reason why not."""
    if call.account.more.get("inactive"):
        raise cannot_send("Location or agency is inactive. Can't send message.")
    kind, contact_id = call.data.get("type"), call.data.get("contactId")
    problems = []
    if kind not in _TYPES:
        problems.append(f"type must be one of the following values: {', '.join(_TYPES)}")
    if not isinstance(contact_id, str) or not contact_id:
        problems.append("contactId must be a string")
    if problems:
        raise invalid(*problems)
    return str(kind), found(call, "contact", contact_id)


def _sms(call: Call, contact: Record, text: str) -> Record:
    attachments = call.data.get("attachments") or []
    if not text.strip() and not attachments:
        raise cannot_send("There is no message or attachments for this message. Skip sending.")
    number = records.e164(call.account, call.data.get("toNumber")) or contact["phone"]
    if not number:
        raise cannot_send("Missing phone number")
    if not _dialable(number):
        raise cannot_send("Invalid country calling code")
    if why := records.blocked_sms(contact):
        raise cannot_send(why)
    return records.new_message(
        call.account,
        contact,
        body=text,
        direction="outbound",
        status="pending",
        source="api",
        attachments=attachments,
        to=number,
        **{"from": call.data.get("fromNumber") or call.account.more.get("phone", "")},
        _final=contact.get("_sms_ends", "delivered"),
        _via="api",
    )


def _email(call: Call, contact: Record, text: str) -> Record:
    if not contact["email"] and not call.data.get("emailTo"):
        raise cannot_send("Missing email address")
    if contact["dnd"] or (contact["dndSettings"].get("Email") or {}).get("status") in ("active", "permanent"):
        raise cannot_send("Cannot send message as DND is active for Email.")
    rich = str(call.data.get("html") or "")
    if not rich.strip() and not text.strip():
        raise cannot_send("There is no message or attachments for this message. Skip sending.")
    return records.new_message(
        call.account,
        contact,
        messageType="TYPE_EMAIL",
        body=text or rich,
        direction="outbound",
        status="pending",
        source="api",
        contentType="text/html" if rich else "text/plain",
        to=call.data.get("emailTo") or contact["email"],
        **{"from": call.data.get("emailFrom") or call.account.more.get("email", "")},
        meta={"email": {"subject": call.data.get("subject", "")}},
        _final="delivered",
        _via="api",
    )


def _dialable(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


@GATE.operation("lookup", version=CONVERSATIONS)
def message(call: Call, message_id: str) -> HttpResponse:
    """`GET /conversations/messages/{id}`: bare in the spec, wrapped live (`shapes` of the account)."""
    row = records.message_row(found(call, "message", message_id))
    return answer(row if _spec_shapes(call) else {"message": row, "traceId": trace_id()})


@GATE.operation("history", version=CONVERSATIONS)
def messages(call: Call, conversation_id: str) -> HttpResponse:
    """`GET /conversations/{id}/messages`: newest first, flat in the spec, nested live."""
    query = call.request.GET
    found(call, "conversation", conversation_id)
    rows = store.find(call.account.key, "message", conversationId=conversation_id)
    if kinds := query.get("type"):
        rows = [row for row in rows if row["messageType"] in kinds.split(",")]
    if last := query.get("lastMessageId"):
        at = next((index for index, row in enumerate(rows) if row["id"] == last), len(rows))
        rows = rows[at + 1 :]
    limit = _limit(query.get("limit"), default=20, least=1, most=100)
    page = rows[:limit]
    body = {
        "lastMessageId": page[-1]["id"] if page else None,
        "nextPage": len(rows) > limit,
        "messages": [records.message_row(row) for row in page],
    }
    return answer(body if _spec_shapes(call) else {"messages": body, "traceId": trace_id()})


@GATE.operation("history", version=CONVERSATIONS)
def export(call: Call) -> HttpResponse:
    """`GET /conversations/messages/export`: a contact's history; without a channel everything but e-mail."""
    query = call.request.GET
    own_location(call, query.get("locationId"))
    if query.get("sortBy", "createdAt") != "createdAt" or query.get("sortOrder", "desc") not in ("asc", "desc"):
        raise invalid("sortBy must be createdAt, sortOrder must be asc or desc")
    fields: dict[str, Any] = {name: query[name] for name in ("contactId", "conversationId") if query.get(name)}
    rows = store.find(call.account.key, "message", oldest_first=query.get("sortOrder") == "asc", **fields)
    rows = [
        row
        for row in rows
        if _wanted(row, query.get("channel", ""), query.get("startDate", ""), query.get("endDate", ""))
    ]
    start, limit = _cursor(query.get("cursor", "")), _limit(query.get("limit"), default=100, least=10, most=500)
    page, more = rows[start : start + limit], len(rows) > start + limit
    following = base64.urlsafe_b64encode(str(start + limit).encode()).decode() if more else None
    shown = [records.message_row(row) for row in page]
    return answer({"messages": shown, "nextCursor": following, "total": len(rows), "traceId": trace_id()})


@GATE.operation("history", version=CONVERSATIONS)
def search(call: Call) -> HttpResponse:
    """`GET /conversations/search`."""
    query = call.request.GET
    own_location(call, query.get("locationId"))
    fields: dict[str, Any] = {"contactId": query["contactId"]} if query.get("contactId") else {}
    limit = _limit(query.get("limit"), default=20, least=1, most=100)
    rows = store.find(call.account.key, "conversation", limit=limit, **fields)
    shown = [records.conversation_row(call.account, row) for row in rows]
    total = store.count(call.account.key, "conversation", **fields)
    return answer({"conversations": shown, "total": total, "traceId": trace_id()})


@GATE.operation("contacts", version=CONVERSATIONS)
def create(call: Call) -> HttpResponse:
    """`POST /conversations/` → 201."""
    own_location(call, call.data.get("locationId"))
    contact = found(call, "contact", call.data.get("contactId"))
    conversation = records.conversation_of(call.account, contact)
    return answer({"success": True, "conversation": records.conversation_row(call.account, conversation)}, 201)


@GATE.operation("mark", version=CONVERSATIONS)
def set_status(call: Call, message_id: str) -> HttpResponse:
    """`PUT /conversations/messages/{id}/status`: only for an own conversation provider, and we are none."""
    raise no("No conversationProviderId found for this message.", 403, error="Forbidden")


def _wanted(row: Record, channel: str, start: str, end: str) -> bool:
    if channel and channel not in (*_CHANNELS, "WhatsApp", "Instagram", "Facebook"):
        raise invalid("channel must be one of Call, SMS, Email, WhatsApp, Instagram, Facebook")
    kinds = _CHANNELS.get(channel, ()) if channel else ()
    in_channel = row["messageType"] in kinds if channel else row["messageType"] != "TYPE_EMAIL"
    return in_channel and (start or "") <= row["dateAdded"] <= (end or "~")


def _limit(text: str | None, *, default: int, least: int, most: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid(f"limit must not be less than {least}", f"limit must not be greater than {most}")
    return int(text)


def _cursor(text: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(text)) if text else 0
    except ValueError:
        raise invalid("cursor is invalid") from None


def _spec_shapes(call: Call) -> bool:
    return bool(call.account.more.get("shapes") == "spec")
