"""What Unipile keeps of a LinkedIn account: people, chats, messages, connection requests, the account's own state."""

from __future__ import annotations

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.store import Record

OK = "OK"
FIRST, SECOND = "FIRST_DEGREE", "SECOND_DEGREE"
NOTE_CHARS = 300


# ── The account ────────────────────────────────────────────────────────────────
def own_id(account: Account) -> str:
    """The account's own member id."""
    return str(account.more.get("user_id") or f"ACoOWN{account.id}")


def state_of(account: Account) -> str:
    """OK, CREDENTIALS, STOPPED …"""
    found = store.get(account.key, "state", "now")
    return str(found["status"]) if found else OK


def set_state(account: Account, status: str) -> None:
    record = {"id": "now", "status": status}
    (store.save if store.get(account.key, "state", "now") else store.add)(account.key, "state", record)


def account_row(account: Account) -> Record:
    own = {"id": own_id(account), "username": account.name, "publicIdentifier": account.id.replace("_", "-")}
    return {
        "object": "Account",
        "id": account.id,
        "name": account.name,
        "type": "LINKEDIN",
        "created_at": "2025-01-01T00:00:00.000Z",
        "connection_params": {"im": own},
        "sources": [{"id": f"{account.id}_MESSAGING", "status": state_of(account)}],
        "groups": [],
    }


# ── People ─────────────────────────────────────────────────────────────────────
def member(account: Account, name: str) -> Record | None:
    """Somebody by member id or by the last part of the profile's address."""
    return store.get(account.key, "member", name) or store.first(account.key, "member", public_identifier=name.lower())


def new_member(account: Account, first: str, last: str, **fields: object) -> Record:
    public = str(fields.pop("public_identifier", "") or f"{first}-{last}".strip("-").lower().replace(" ", "-"))
    given = {
        "id": f"ACoAA{store.random_id(12)}",
        "headline": "",
        "network_distance": SECOND,
        "_email": "",
        "_phone": "",
    }
    made = {**given, **{name: value for name, value in fields.items() if value}}
    return store.add(
        account.key, "member", {**made, "first_name": first, "last_name": last, "public_identifier": public}
    )


def full_name(who: Record) -> str:
    return f"{who['first_name']} {who['last_name']}".strip()


def profile_row(account: Account, who: Record) -> Record:
    request = open_request(account, who)
    return {
        "object": "UserProfile",
        "provider": "LINKEDIN",
        "provider_id": who["id"],
        "public_identifier": who["public_identifier"],
        "first_name": who["first_name"],
        "last_name": who["last_name"],
        "headline": who["headline"],
        "network_distance": who["network_distance"],
        "is_relationship": who["network_distance"] == FIRST,
        **({"invitation": {"type": "SENT", "status": "PENDING"}} if request else {}),
    }


# ── Connection requests ────────────────────────────────────────────────────────
def open_request(account: Account, who: Record) -> Record | None:
    return store.first(account.key, "invitation", invited_user_id=who["id"], _open=1)


def new_request(account: Account, who: Record, note: str) -> Record:
    at = clock.millis()
    return store.add(
        account.key,
        "invitation",
        {
            "object": "UserInvitation",
            "id": store.random_id(),
            "date": "Sent today",
            "parsed_datetime": at,
            "invitation_text": note,
            "invited_user": full_name(who),
            "invited_user_id": who["id"],
            "invited_user_public_id": who["public_identifier"],
            "invited_user_description": who["headline"],
            "_open": 1,
        },
    )


# ── Chats ──────────────────────────────────────────────────────────────────────
def chat_with(account: Account, who: Record) -> Record:
    """The chat of two with somebody, made when there is none."""
    found = store.first(account.key, "chat", attendee_provider_id=who["id"])
    if found:
        return found
    made = {
        "object": "Chat",
        "id": f"ch_{store.random_id(16)}",
        "account_id": account.id,
        "account_type": "LINKEDIN",
        "provider_id": f"2-{store.random_id(24)}",
        "attendee_provider_id": who["id"],
        "name": None,
        "type": 0,
        "timestamp": clock.millis(),
        "unread_count": 0,
        "archived": 0,
        "muted_until": None,
        "read_only": 0,
        "disabledFeatures": [],
        "folder": ["INBOX", "INBOX_LINKEDIN_CLASSIC"],
    }
    return store.add(account.key, "chat", made)


def new_message(account: Account, chat: Record, text: str, *, is_own: bool, via: str, subject: str = "") -> Record:
    """Keep one message of a chat; `via` is who wrote it: lead, api, hand."""
    at = clock.millis()
    unread = 0 if is_own else int(chat["unread_count"]) + 1
    store.save(account.key, "chat", {**chat, "timestamp": at, "unread_count": unread})
    return store.add(
        account.key,
        "message",
        {
            "object": "Message",
            "id": f"msg_{store.random_id(16)}",
            "account_id": account.id,
            "chat_id": chat["id"],
            "provider_id": f"2-{store.random_id(24)}",
            "chat_provider_id": chat["provider_id"],
            "sender_id": own_id(account) if is_own else chat["attendee_provider_id"],
            "text": text,
            "subject": subject or None,
            "timestamp": at,
            "is_sender": int(is_own),
            "attachments": [],
            "reactions": [],
            "quoted": None,
            "seen": 0,
            "hidden": 0,
            "deleted": 0,
            "edited": 0,
            "is_event": 0,
            "event_type": None,
            "_via": via,
            "_lead": chat["attendee_provider_id"],
        },
    )
