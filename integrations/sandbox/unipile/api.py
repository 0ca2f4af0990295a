"""Unipile REST v1, the LinkedIn part the product uses: accounts, chats, messages, profiles, connection requests."""

from __future__ import annotations

from django.http import HttpResponse

from integrations.sandbox import accounts, store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.store import Record
from integrations.sandbox.unipile import events, records
from integrations.sandbox.unipile.answers import GATE, listed, no, own

_SIGNED_OUT = ("CREDENTIALS", "DELETED", "STOPPED", "ERROR")


# ── Accounts ───────────────────────────────────────────────────────────────────
@GATE.operation("account")
def all_accounts(call: Call) -> HttpResponse:
    """`GET /accounts`: everything the key sees."""
    mine = [one for one in accounts.every() if one.provider == "unipile" and one.token == call.account.token]
    return listed(call, "Account", [records.account_row(one) for one in mine])


@GATE.operation("account")
def account(call: Call, account_id: str) -> HttpResponse:
    """`GET /accounts/{id}`."""
    own(call, account_id)
    return answer(records.account_row(call.account))


# ── Chats and messages ─────────────────────────────────────────────────────────
@GATE.operation("history")
def chats(call: Call) -> HttpResponse:
    """`GET /chats`: the newest first; `after` and `before` by the time of the last message."""
    own(call, call.request.GET.get("account_id"))
    rows = store.find(call.account.key, "chat")
    return listed(call, "Chat", sorted(_between(call, rows), key=lambda row: str(row["timestamp"]), reverse=True))


@GATE.operation("history")
def chat(call: Call, chat_id: str) -> HttpResponse:
    """`GET /chats/{id}`."""
    return answer(store.public(_chat(call, chat_id)))


@GATE.operation("history")
def attendees(call: Call, chat_id: str) -> HttpResponse:
    """`GET /chats/{id}/attendees`."""
    who = store.get(call.account.key, "member", _chat(call, chat_id)["attendee_provider_id"]) or {}
    row = {"object": "ChatAttendee", "id": f"at_{who['id']}", "provider_id": who["id"], "is_self": 0}
    return listed(call, "ChatAttendee", [{**row, "name": records.full_name(who)}])


@GATE.operation("history")
def chat_messages(call: Call, chat_id: str) -> HttpResponse:
    """`GET /chats/{id}/messages`, newest first."""
    rows = store.find(call.account.key, "message", chat_id=_chat(call, chat_id)["id"])
    return listed(call, "Message", _newest(_between(call, rows)))


@GATE.operation("history")
def messages(call: Call) -> HttpResponse:
    """`GET /messages`: of all chats of the account, newest first."""
    own(call, call.request.GET.get("account_id"))
    return listed(call, "Message", _newest(_between(call, store.find(call.account.key, "message"))))


@GATE.operation("send")
def say(call: Call, chat_id: str) -> HttpResponse:
    """`POST /chats/{id}/messages`, multipart."""
    found = _chat(call, chat_id)
    _signed_in(call)
    if found["read_only"]:
        raise no("no_connection_with_recipient", "The chat is read only.")
    return answer({"object": "MessageSent", "message_id": _said(call, found)["id"]}, 201)


@GATE.operation("send")
def begin(call: Call) -> HttpResponse:
    """`POST /chats`, multipart: with a relation of the first degree only."""
    own(call, call.data.get("account_id"))
    _signed_in(call)
    who = _member(call, str(call.data.get("attendees_ids") or ""))
    if who["network_distance"] != records.FIRST:
        raise no("no_connection_with_recipient", "The recipient is not a first degree connection.")
    made = records.chat_with(call.account, who)
    return answer({"object": "ChatStarted", "chat_id": made["id"], "message_id": _said(call, made)["id"]}, 201)


def _said(call: Call, chat: Record) -> Record:
    if call.request.content_type != "multipart/form-data":
        raise no("invalid_parameters", "The body must be multipart/form-data.", 400)
    words = str(call.data.get("text") or "")
    if not words.strip() and not call.data.get("_files"):
        raise no("invalid_message", "The message is empty.")
    row = records.new_message(call.account, chat, words, is_own=True, via="api")
    events.message(call.account, chat, row)
    return row


# ── People ─────────────────────────────────────────────────────────────────────
@GATE.operation("contacts")
def me(call: Call) -> HttpResponse:
    """`GET /users/me`."""
    own(call, call.request.GET.get("account_id"))
    return answer(
        {"object": "AccountOwnerProfile", "provider": "LINKEDIN", "provider_id": records.own_id(call.account)}
    )


@GATE.operation("contacts")
def profile(call: Call, identifier: str) -> HttpResponse:
    """`GET /users/{identifier}`: by member id or public id."""
    own(call, call.request.GET.get("account_id"))
    _signed_in(call)
    return answer(records.profile_row(call.account, _member(call, identifier)))


@GATE.operation("send")
def invite(call: Call) -> HttpResponse:
    """`POST /users/invite` by provider id, with a note of at most 300 characters."""
    own(call, call.data.get("account_id"))
    _signed_in(call)
    who, note = _member(call, str(call.data.get("provider_id") or "")), str(call.data.get("message") or "")
    if who["network_distance"] == records.FIRST:
        raise no("already_connected", "The recipient is already a connection.")
    if records.open_request(call.account, who):
        raise no("already_invited_recently", "An invitation has already been sent recently to this recipient.")
    if len(note) > records.NOTE_CHARS:
        raise no("invalid_parameters", f"message must be at most {records.NOTE_CHARS} characters.", 400)
    made = records.new_request(call.account, who, note)
    return answer({"object": "UserInvitationSent", "invitation_id": made["id"]}, 201)


@GATE.operation("lookup")
def invitations(call: Call) -> HttpResponse:
    """`GET /users/invite/sent`: those still open."""
    own(call, call.request.GET.get("account_id"))
    return listed(call, "UserInvitation", store.find(call.account.key, "invitation", _open=1))


@GATE.operation("send")
def withdraw(call: Call, invitation_id: str) -> HttpResponse:
    """`DELETE /users/invite/sent/{id}`."""
    own(call, call.request.GET.get("account_id"))
    if store.get(call.account.key, "invitation", invitation_id) is None:
        raise no("resource_not_found", "The invitation was not found.", 404)
    store.remove(call.account.key, "invitation", invitation_id)
    return answer({"object": "UserInvitationCanceled"})


@GATE.operation("contacts")
def relations(call: Call) -> HttpResponse:
    """`GET /users/relations`."""
    own(call, call.request.GET.get("account_id"))
    found = store.find(call.account.key, "member", network_distance=records.FIRST)
    names = ("first_name", "last_name", "headline", "public_identifier")
    rows = [{"object": "UserRelation", "member_id": one["id"], **{name: one[name] for name in names}} for one in found]
    return listed(call, "UserRelation", rows)


# ── What they have in common ───────────────────────────────────────────────────
def _chat(call: Call, chat_id: str) -> Record:
    found = store.get(call.account.key, "chat", chat_id)
    if found is None:
        raise no("resource_not_found", "The requested resource was not found. Chat not found.", 404)
    return found


def _member(call: Call, identifier: str) -> Record:
    found = records.member(call.account, identifier) if identifier else None
    if found is None:
        raise no("invalid_recipient", "The recipient ID is not valid or the recipient was not found.")
    return found


def _signed_in(call: Call) -> None:
    if records.state_of(call.account) in _SIGNED_OUT:
        raise no("disconnected_account", "The account appears to be disconnected from the provider.", 401)


def _between(call: Call, rows: list[Record]) -> list[Record]:
    after, before = call.request.GET.get("after", ""), call.request.GET.get("before", "~")
    return [row for row in rows if after <= str(row["timestamp"]) <= before]


def _newest(rows: list[Record]) -> list[Record]:
    """By time; of one moment the later kept first (the store's own order)."""
    return sorted(rows, key=lambda row: str(row["timestamp"]), reverse=True)
