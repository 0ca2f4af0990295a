"""Unipile's webhooks: a secret in a header, no signature, and own messages as well as the others'."""

from __future__ import annotations

from integrations.sandbox import clock, deliveries, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.store import Record
from integrations.sandbox.unipile import records


def message(account: Account, chat: Record, row: Record) -> list[int]:
    """message_received: for messages of the account's owner too, also those that came by API."""
    who = store.get(account.key, "member", chat["attendee_provider_id"]) or {}
    lead, me = _attendee(who), _owner(account)
    body = {
        "event": "message_received",
        "webhook_name": "ZRG messages",
        "account_id": account.id,
        "account_type": "LINKEDIN",
        "account_info": {"type": "LINKEDIN", "feature": "classic", "user_id": records.own_id(account)},
        "chat_id": chat["id"],
        "provider_chat_id": chat["provider_id"],
        "message_id": row["id"],
        "provider_message_id": row["provider_id"],
        "timestamp": row["timestamp"],
        "message": row["text"],
        "subject": row["subject"],
        "is_sender": bool(row["is_sender"]),
        "is_event": 0,
        "event_type": None,
        "is_group": False,
        "sender": me if row["is_sender"] else lead,
        "attendees": [lead],
        "attachments": [],
        "quoted": None,
        "reply_to": None,
        "chat_content_type": None,
        "message_type": "MESSAGE",
        "folder": chat["folder"],
    }
    return _tell(account, "message_received", body)


def account_status(account: Account, status: str) -> list[int]:
    told = {"account_id": account.id, "account_type": "LINKEDIN", "message": status}
    return _tell(account, "account_status", {"AccountStatus": told})


def new_relation(account: Account, who: Record) -> list[int]:
    """A connection request was accepted; at the provider this takes up to eight hours."""
    body = {
        "event": "new_relation",
        "account_id": account.id,
        "account_type": "LINKEDIN",
        "webhook_name": "ZRG relations",
        "user_full_name": records.full_name(who),
        "user_provider_id": who["id"],
        "user_public_identifier": who["public_identifier"],
        "user_profile_url": _url(who["public_identifier"]),
        "user_picture_url": None,
        "timestamp": clock.millis(),
    }
    return _tell(account, "new_relation", body)


def _tell(account: Account, event: str, body: Record) -> list[int]:
    if not account.webhook_url:
        return []
    # Webhooks made by API name no content type of JSON.
    headers = {"Unipile-Auth": account.webhook_secret, "Content-Type": "text/plain;charset=UTF-8"}
    return deliveries.queue(account, [Webhook(event, account.webhook_url, body, headers, "any_non_200")])


def _attendee(who: Record) -> Record:
    near = "DISTANCE_1" if who["network_distance"] == records.FIRST else "DISTANCE_2"
    return {
        "attendee_id": f"at_{who['id']}",
        "attendee_provider_id": who["id"],
        "attendee_name": records.full_name(who),
        "attendee_profile_url": _url(who["public_identifier"]),
        "attendee_public_identifier": who["public_identifier"],
        "attendee_specifics": {
            "provider": "LINKEDIN",
            "member_urn": f"urn:li:member:{sum(map(ord, who['id']))}",
            "occupation": who["headline"],
            "is_company": False,
            "network_distance": near,
        },
    }


def _owner(account: Account) -> Record:
    public = account.id.replace("_", "-")
    return {
        "attendee_id": f"at_{account.id}",
        "attendee_provider_id": records.own_id(account),
        "attendee_name": account.name,
        "attendee_profile_url": _url(public),
        "attendee_public_identifier": public,
    }


def _url(public: str) -> str:
    return f"https://www.linkedin.com/in/{public}"
