"""GoHighLevel's webhooks: the unsigned one of a workflow, the signed ones of a marketplace app."""

from __future__ import annotations

import uuid

from integrations.sandbox import clock, deliveries, signing, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.ghl import records
from integrations.sandbox.store import Record

_LIVE = {"SMS": (2, "TYPE_SMS"), "Email": (3, "TYPE_EMAIL")}


def workflow(account: Account, contact: Record, message: Record, *, with_ids: bool) -> list[int]:
    """The standard body of the workflow action "Webhook", sent once and never again."""
    if not account.webhook_url:
        return []
    body = workflow_body(account, contact, message, with_ids=with_ids)
    headers = {
        "Accept": "application/json, text/plain, */*",
        "User-Agent": "axios/1.7.9",
        "traceparent": _traceparent(),
    }
    return deliveries.queue(account, [Webhook("workflow:inbound_sms", account.webhook_url, body, headers, "never")])


def workflow_body(account: Account, contact: Record, message: Record, *, with_ids: bool) -> Record:
    """No message id and no time, except the ids that the user has added as custom data."""
    personal = {
        "first_name": contact["firstName"],
        "last_name": contact["lastName"],
        "full_name": records.name_of(contact),
        "email": contact["email"],
        "phone": contact["phone"],
        "tags": ",".join(contact["tags"]),
        "country": contact.get("country") or account.more.get("country", "US"),
        "timezone": contact.get("timezone"),
        "date_created": contact["dateAdded"],
        "contact_source": contact["source"],
        "company_name": contact.get("companyName"),
    }
    given = {name: value for name, value in personal.items() if value}  # empty fields are left out
    custom = {"messageId": message["id"], "conversationId": message["conversationId"]} if with_ids else {}
    secret = {"secret": account.webhook_secret} if account.webhook_secret else {}
    return {
        "contact_id": contact["id"],
        **given,
        "full_address": "",
        "contact_type": contact["type"],
        "website": contact.get("website") or "",
        **_by_label(account, contact),
        "location": _location(account),
        "message": {"type": message["type"], "body": message["body"], "direction": message["direction"]},
        "workflow": {"id": "wf_sandbox", "name": "Customer replied"},
        "triggerData": {},
        "customData": {**custom, **secret},
        "contact": {"attributionSource": {}, "lastAttributionSource": {}},
        "attributionSource": {},
    }


def app(account: Account, event: str, body: Record) -> list[int]:
    """A signed webhook of the marketplace app, where the account has one (`app_webhook_url`)."""
    url = account.more.get("app_webhook_url")
    if not url:
        return []
    now = {"webhookId": str(uuid.uuid4()), "timestamp": clock.millis()}
    text = deliveries.serialised({"type": event, "locationId": account.id, **body, **now})
    headers = {"X-GHL-Signature": signing.signature(text.encode()), "User-Agent": "HighLevel-Webhooks"}
    return deliveries.queue(account, [Webhook(event, url, text, headers, "on_429")])


def app_message(account: Account, contact: Record, message: Record) -> list[int]:
    """InboundMessage or OutboundMessage, with what live bodies add."""
    channel = "Email" if message["messageType"] == "TYPE_EMAIL" else "SMS"
    number, name = _LIVE[channel]
    body: Record = {
        "contactId": contact["id"],
        "conversationId": message["conversationId"],
        "messageId": message["id"],
        "body": message["body"],
        "attachments": message["attachments"],
        "contentType": message["contentType"],
        "dateAdded": message["dateAdded"],
        "direction": message["direction"],
        "messageType": channel,
        "status": records.message_row(message)["status"],
        "messageTypeId": number,
        "messageTypeString": name,
        "from": message.get("from"),
        "to": message.get("to"),
    }
    if message["direction"] == "outbound":
        body["source"] = message.get("source", "app")
    return app(account, "InboundMessage" if message["direction"] == "inbound" else "OutboundMessage", body)


def app_dnd(account: Account, contact: Record) -> list[int]:
    """ContactDndUpdate."""
    names = ("id", "firstName", "lastName", "email", "phone", "tags", "dnd", "dndSettings")
    return app(account, "ContactDndUpdate", {name: contact[name] for name in names})


def _by_label(account: Account, contact: Record) -> Record:
    """Custom fields as top-level keys named by their labels."""
    values = {one["id"]: one["value"] for one in contact["customFields"]}
    fields = store.find(account.key, "custom_field", oldest_first=True)
    return {field["name"]: values[field["id"]] for field in fields if values.get(field["id"])}


def _location(account: Account) -> Record:
    empty = dict.fromkeys(("address", "city", "state", "postalCode", "fullAddress"), "")
    return {"id": account.id, "name": account.name, **empty, "country": account.more.get("country", "US")}


def _traceparent() -> str:
    return f"00-{uuid.uuid4().hex}-{uuid.uuid4().hex[:16]}-01"
