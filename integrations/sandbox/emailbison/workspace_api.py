"""EmailBison REST: the account itself, campaigns, mailboxes, webhook addresses."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import deliveries, store
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.emailbison import events, records, samples
from integrations.sandbox.emailbison.answers import GATE, done, found, invalid, listed, row
from integrations.sandbox.gate import Call
from integrations.sandbox.store import Record

_CONNECTED = {"connected": "Connected", "not_connected": "Not connected"}


@GATE.operation("account")
def user(call: Call) -> HttpResponse:
    """`GET /api/users`: whose token this is, and of which workspace."""
    team = {
        "id": int(call.account.id),
        "name": call.account.name,
        "personal_team": False,
        "main": True,
        "parent_id": None,
    }
    return row({"id": 1, "name": "API user", "email": "api@agency.example.com", "team": team})


@GATE.operation("campaigns")
def campaigns(call: Call) -> HttpResponse:
    """`GET /api/campaigns`."""
    status = call.request.GET.get("status")
    return listed(call, "campaign", _campaign_row, **({"status": status.title()} if status else {}))


@GATE.operation("campaigns")
def campaign(call: Call, campaign_id: int) -> HttpResponse:
    """`GET /api/campaigns/{id}`."""
    return row(_campaign_row(found(call, "campaign", campaign_id)))


@GATE.operation("senders")
def senders(call: Call) -> HttpResponse:
    """`GET /api/sender-emails`."""
    status = _CONNECTED.get(call.request.GET.get("status", ""))
    return listed(call, "sender", _sender_row, **({"status": status} if status else {}))


@GATE.operation("senders")
def sender(call: Call, sender_id: str) -> HttpResponse:
    """`GET /api/sender-emails/{id-or-email}`."""
    by_email = store.first(call.account.key, "sender", email=sender_id.lower()) if "@" in sender_id else None
    return row(_sender_row(by_email or found(call, "sender", sender_id)))


@GATE.operation("lookup")
def scheduled_email(call: Call, mail_id: int) -> HttpResponse:
    """`GET /api/scheduled-emails/{id}`, with `raw_message_id`."""
    scheduled = found(call, "scheduled_email", mail_id)
    lead = store.get(call.account.key, "lead", scheduled["lead_id"])
    series = store.get(call.account.key, "campaign", scheduled["campaign_id"])
    shown = records.scheduled_row(call.account, scheduled)
    nested = {"lead": records.lead_row(lead) if lead else None, "campaign": _campaign_row(series) if series else None}
    return row({**shown, **nested})


@GATE.operation("webhooks")
def webhooks(call: Call) -> HttpResponse:
    """`GET /api/webhook-url`."""
    return listed(call, "webhook", store.public)


@GATE.operation("webhooks")
def create_webhook(call: Call) -> HttpResponse:
    """`POST /api/webhook-url` → 201."""
    return row(store.public(records.make(call.account, "webhook", **_webhook(call.data))), 201)


@GATE.operation("webhooks")
def webhook(call: Call, webhook_id: int) -> HttpResponse:
    """`GET /api/webhook-url/{id}`."""
    return row(store.public(found(call, "webhook", webhook_id)))


@GATE.operation("webhooks")
def update_webhook(call: Call, webhook_id: int) -> HttpResponse:
    """`PUT /api/webhook-url/{id}`."""
    kept = records.change(call.account, "webhook", found(call, "webhook", webhook_id), **_webhook(call.data))
    return row(store.public(kept))


@GATE.operation("webhooks")
def delete_webhook(call: Call, webhook_id: int) -> HttpResponse:
    """`DELETE /api/webhook-url/{id}`."""
    gone = found(call, "webhook", webhook_id)
    store.remove(call.account.key, "webhook", gone["id"])
    return done(f"{gone['name']} webhook url was successfully deleted")


@GATE.operation("webhooks")
def event_types(call: Call) -> HttpResponse:
    """`GET /api/webhook-events/event-types`."""
    return row([{"name": name, "id": event} for event, name in events.NAMES.items()])


@GATE.operation("webhooks")
def sample_payload(call: Call) -> HttpResponse:
    """`GET /api/webhook-events/sample-payload`: wrapped once more under `data`; event_type in query or body."""
    return row(samples.payload(_event_type(call)))


@GATE.operation("webhooks")
def test_event(call: Call) -> HttpResponse:
    """`POST /api/webhook-events/test-event`: delivers a static sample to the given address."""
    event, url = _event_type(call), call.data.get("url")
    if not url:
        raise invalid(url="The url field is required.")
    payload = samples.payload(event)
    deliveries.queue(call.account, [Webhook(event.upper(), url, payload, {}, "any_non_200")])
    return row({"success": True, "message": "Successfully sent test webhook", "payload": payload})


def _event_type(call: Call) -> str:
    event = str(call.data.get("event_type") or call.request.GET.get("event_type") or "").lower()
    if event not in events.NAMES:
        raise invalid(event_type="The selected event type is invalid.")
    return event


def _webhook(data: dict[str, Any]) -> Record:
    for field in ("name", "url", "events"):
        if not data.get(field):
            raise invalid(**{field: f"The {field} field is required."})
    unknown = [event for event in data["events"] if event not in events.NAMES]
    if unknown:
        raise invalid(**{"events.0": f"The selected event {unknown[0]} is invalid."})
    return {name: data[name] for name in ("name", "url", "events")}


def _campaign_row(record: Record) -> Record:
    return {
        **store.public(record),
        "emails_sent": 0,
        "opened": 0,
        "replied": 0,
        "bounced": 0,
        "unsubscribed": 0,
        "interested": 0,
    }


def _sender_row(record: Record) -> Record:
    counters = ("emails_sent_count", "total_replied_count", "total_opened_count", "unsubscribed_count", "bounced_count")
    return store.public(record) | dict.fromkeys(counters, 0) | {"tags": [], "warmup_enabled": False}
