"""What GoHighLevel keeps about a location: contacts, conversations, messages."""

from __future__ import annotations

import time
from typing import Any

import phonenumbers

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.store import Record

SMS_TYPES = (
    "TYPE_SMS",
    "TYPE_CAMPAIGN_SMS",
    "TYPE_CAMPAIGN_MANUAL_SMS",
    "TYPE_CUSTOM_SMS",
    "TYPE_CUSTOM_PROVIDER_SMS",
    "TYPE_SMS_REVIEW_REQUEST",
    "TYPE_SMS_NO_SHOW_REQUEST",
    "TYPE_SMS_REACTION",
)
NUMBERS = {"TYPE_CALL": 1, "TYPE_SMS": 2, "TYPE_EMAIL": 3, "TYPE_VOICEMAIL": 10, "TYPE_ACTIVITY_CONTACT": 25}
_SETTLES_S = 0.3  # until a sent message has its final state
_PLAIN = (
    "firstName",
    "lastName",
    "companyName",
    "address1",
    "city",
    "state",
    "postalCode",
    "country",
    "website",
    "timezone",
    "source",
    "dateOfBirth",
    "assignedTo",
    "dnd",
    "dndSettings",
    "inboundDndSettings",
)


def e164(account: Account, phone: object) -> str | None:
    """A phone number in E.164, read with the location's country; None when there is none."""
    text = str(phone or "").strip()
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, account.more.get("country", "US"))
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# ── Contacts ───────────────────────────────────────────────────────────────────


def new_contact(account: Account, fields: Record) -> Record:
    """Keep a new contact."""
    now = clock.millis()
    contact: Record = {
        "id": store.random_id(),
        "locationId": account.id,
        "firstName": None,
        "lastName": None,
        "email": None,
        "phone": None,
        "tags": [],
        "customFields": [],
        "dnd": False,
        "dndSettings": {},
        "type": "lead",
        "source": "public api",
        "dateAdded": now,
        "dateUpdated": now,
    }
    return store.add(account.key, "contact", filled(account, contact, fields))


def change_contact(account: Account, contact: Record, fields: Record) -> Record:
    """Write what is given; tags given replace all tags."""
    contact = filled(account, contact, fields)
    contact["dateUpdated"] = clock.millis()
    return store.save(account.key, "contact", contact)


def filled(account: Account, contact: Record, fields: Record) -> Record:
    """A contact with the given fields of a request body."""
    contact.update({name: fields[name] for name in _PLAIN if name in fields})
    if "name" in fields and "firstName" not in fields:
        contact["firstName"], _, contact["lastName"] = str(fields["name"] or "").partition(" ")
    if "email" in fields:
        contact["email"] = str(fields["email"]).strip().lower() if fields["email"] else None
    if "phone" in fields:
        contact["phone"] = e164(account, fields["phone"])
    if "tags" in fields:
        contact["tags"] = sorted({str(tag).lower() for tag in fields["tags"] or []})
    if "customFields" in fields:
        contact["customFields"] = _merged_fields(account, contact["customFields"], fields["customFields"] or [])
    contact["contactName"] = name_of(contact)
    return contact


def _merged_fields(account: Account, old: list[Record], new: list[Record]) -> list[Record]:
    """Custom field values by id; a field is named by id or key, its value by three names."""
    values = {one["id"]: one["value"] for one in old}
    for one in new:
        field = store.get(account.key, "custom_field", one.get("id", "")) or field_by_key(
            account, str(one.get("key", ""))
        )
        if field is not None:  # an unknown field is dropped without a word
            values[field["id"]] = next(
                (one[name] for name in ("field_value", "fieldValue", "value") if name in one), None
            )
    return [{"id": field_id, "value": value} for field_id, value in values.items()]


def field_by_key(account: Account, key: str) -> Record | None:
    """A custom field by `contact.job_title` or `job_title`."""
    return store.first(account.key, "custom_field", fieldKey=f"contact.{key.removeprefix('contact.')}") if key else None


def new_field(account: Account, name: str, data_type: str = "TEXT") -> Record:
    """A custom field of contacts; the same name twice is one field."""
    key = "contact." + "_".join(name.lower().split())
    existing = store.first(account.key, "custom_field", fieldKey=key)
    number = store.count(account.key, "custom_field") * 50
    field = {"id": store.random_id(), "name": name, "fieldKey": key, "dataType": data_type, "picklistOptions": []}
    return existing or store.add(
        account.key, "custom_field", {**field, "position": number, "model": "contact", "placeholder": ""}
    )


def duplicate_of(account: Account, email: str | None, phone: str | None) -> tuple[Record, str] | None:
    """The contact that has this e-mail or phone, and which of both; the location's first configured field wins."""
    given = {"email": email, "phone": phone}
    order = (
        ["email", "phone"] if allows_duplicates(account) else account.more.get("duplicate_order", ["email", "phone"])
    )
    for name in order:
        if given[name] and (contact := store.first(account.key, "contact", **{name: given[name]})):
            return contact, name
    return None


def allows_duplicates(account: Account) -> bool:
    """The location's setting "Allow Duplicate Contact"."""
    return bool(account.more.get("allow_duplicates"))


def name_of(contact: Record) -> str:
    """First and last name."""
    return " ".join(part for part in (contact.get("firstName"), contact.get("lastName")) if part)


# ── Conversations and messages ─────────────────────────────────────────────────


def conversation_of(account: Account, contact: Record) -> Record:
    """The contact's conversation, made on first use."""
    existing = store.first(account.key, "conversation", contactId=contact["id"])
    fresh = {"id": store.random_id(), "contactId": contact["id"], "unreadCount": 0, "dateAdded": clock.millis()}
    return existing or store.add(account.key, "conversation", fresh)


def conversation_row(account: Account, conversation: Record) -> Record:
    """A conversation as the search shows it."""
    contact = store.get(account.key, "contact", conversation["contactId"]) or {}
    last = store.first(account.key, "message", contactId=conversation["contactId"])
    return {
        "id": conversation["id"],
        "contactId": conversation["contactId"],
        "locationId": account.id,
        "lastMessageBody": last["body"] if last else "",
        "lastMessageType": last["messageType"] if last else "",
        "type": "TYPE_PHONE",
        "unreadCount": conversation["unreadCount"],
        "fullName": name_of(contact),
        "contactName": name_of(contact),
        "email": contact.get("email"),
        "phone": contact.get("phone"),
    }


def new_message(account: Account, contact: Record, **fields: Any) -> Record:
    """Keep one message of the contact's conversation."""
    conversation = conversation_of(account, contact)
    if fields["direction"] == "inbound":
        store.save(account.key, "conversation", {**conversation, "unreadCount": conversation["unreadCount"] + 1})
    kind = fields.pop("messageType", "TYPE_SMS")
    message = {
        "id": store.random_id(),
        "type": NUMBERS.get(kind, 2),
        "messageType": kind,
        "locationId": account.id,
        "contactId": contact["id"],
        "conversationId": conversation["id"],
        "dateAdded": clock.millis(),
        "status": "delivered",
        "contentType": "text/plain",
        "attachments": [],
        "_at": time.time(),
        **fields,
    }
    return store.add(account.key, "message", message)


def message_row(message: Record) -> Record:
    """A message as the API shows it: what was queued reaches its final state after a moment."""
    shown = store.public(message)
    if message.get("_final") and time.time() - message["_at"] > _SETTLES_S:
        shown["status"] = message["_final"]
    return shown


def blocked_sms(contact: Record) -> str:
    """Why an SMS may not go to this contact, in GoHighLevel's words; empty when it may."""
    sms = (contact.get("dndSettings") or {}).get("SMS") or {}
    if sms.get("status") == "permanent":
        return "Cannot send message as the contact has unsubscribed."
    if sms.get("status") == "active":
        return "Cannot send message as DND is active for SMS."
    return "Cannot send message as DND is active." if contact.get("dnd") else ""
