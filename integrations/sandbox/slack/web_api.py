"""The methods of Slack's Web API that ZRG uses, and its incoming webhooks."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, Stop
from integrations.sandbox.slack import block_kit, records
from integrations.sandbox.slack.answers import GATE, HOOKS_GATE, arguments, no, ok
from integrations.sandbox.store import Record

_LONGEST_TEXT = 40_000
_LONGEST_UPDATE = 4_000


@GATE.operation("account")
def auth_test(call: Call) -> HttpResponse:
    """auth.test."""
    me = {"user": "zrg", "user_id": "U0BOT", "bot_id": "B0001"}
    return ok(url="https://agency.slack.example/", team=call.account.name, team_id=call.account.id, **me)


@GATE.operation("channels", scope="channels:read")
def list_channels(call: Call) -> HttpResponse:
    """conversations.list: a cursor is the number of rows passed."""
    asked = arguments(call)
    kinds = str(asked.get("types", "public_channel")).split(",")
    rows = [row for row in store.find(call.account.key, "channel", oldest_first=True) if _is_listed(row, kinds)]
    begin, size = int(asked.get("cursor") or 0), min(int(asked.get("limit") or 100), 999)
    following = str(begin + size) if begin + size < len(rows) else ""
    page = [store.public(row) for row in rows[begin : begin + size]]
    return ok(channels=page, response_metadata={"next_cursor": following})


def _is_listed(row: Record, kinds: list[str]) -> bool:
    if row["is_archived"] or not row.get("is_channel"):
        return False
    if row["is_private"]:
        return "private_channel" in kinds and row["is_member"]
    return "public_channel" in kinds


@GATE.operation("lookup", scope="users:read.email")
def lookup_by_email(call: Call) -> HttpResponse:
    """users.lookupByEmail."""
    email = str(arguments(call).get("email", "")).strip().lower()
    found = store.first(call.account.key, "user", email=email)
    if found is None:
        raise no("users_not_found")
    return ok(user=records.public_user(found))


@GATE.operation("open", scope="im:write")
def open_conversation(call: Call) -> HttpResponse:
    """conversations.open with one person."""
    wanted = str(arguments(call).get("users", "")).strip()
    if not wanted:
        raise no("users_list_not_supplied")
    person = store.get(call.account.key, "user", wanted)
    if person is None:
        raise no("user_not_found")
    if person["deleted"]:
        raise no("user_disabled")
    channel, was_open = records.dm_with(call.account, person)
    told: Record = {"no_op": True, "already_open": True} if was_open else {}
    return ok(channel={"id": channel["id"]}, **told)


@GATE.operation("send", scope="chat:write")
def post_message(call: Call) -> HttpResponse:
    """chat.postMessage; a user id as channel is their conversation."""
    asked = arguments(call)
    text, blocks = _content(asked, longest=_LONGEST_TEXT)
    channel = _channel(call, str(asked.get("channel", "")))
    made = records.post(call.account, channel["id"], text=text, blocks=blocks)
    return ok(channel=channel["id"], ts=made["id"], message=records.shown(call.account, made))


@GATE.operation("update", scope="chat:write")
def update_message(call: Call) -> HttpResponse:
    """chat.update: replaces text and blocks."""
    asked = arguments(call)
    text, blocks = _content(asked, longest=_LONGEST_UPDATE)
    found = records.message(call.account, str(asked.get("channel", "")), str(asked.get("ts", "")))
    if found is None:
        raise no("message_not_found")
    changed = {**found, "text": text, "blocks": blocks, "_updates": found["_updates"] + 1}
    store.save(call.account.key, "message", changed)
    return ok(channel=found["channel"], ts=found["id"], text=text, message=records.shown(call.account, changed))


def _content(asked: Record, *, longest: int) -> tuple[str, list[Any]]:
    text, blocks = str(asked.get("text", "")), asked.get("blocks", [])
    if not text and not blocks:
        raise no("no_text")
    if len(text) > longest:
        raise no("msg_too_long")
    if fault := block_kit.fault_in(blocks):
        raise no("invalid_blocks", response_metadata={"messages": [f"[ERROR] {fault}"]})
    return text, blocks


def _channel(call: Call, name: str) -> Record:
    if person := store.get(call.account.key, "user", name):
        return records.dm_with(call.account, person)[0]
    found = store.get(call.account.key, "channel", name)
    if found is None:
        raise no("channel_not_found")
    if found["is_archived"]:
        raise no("is_archived")
    return found


@HOOKS_GATE.operation("hook")
def incoming_webhook(call: Call, team: str, service: str, secret: str) -> HttpResponse:
    """An incoming webhook: writes into the channel #alerts."""
    text = str(call.data.get("text", ""))
    if not text:
        raise Stop(HttpResponse("no_text", status=400, content_type="text/plain"))
    channel = records.channel(call.account, "alerts")
    records.post(call.account, channel["id"], text=text, blocks=[], hook=True)
    return HttpResponse("ok", content_type="text/plain")
