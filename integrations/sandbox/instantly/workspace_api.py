"""Instantly REST: the workspace, its mailboxes, campaigns and webhooks."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.instantly import events, records
from integrations.sandbox.instantly.answers import GATE, found, listed, no
from integrations.sandbox.store import Record


@GATE.operation("account")
def workspace(call: Call) -> HttpResponse:
    """`GET /workspaces/current`."""
    return answer({"id": call.account.id, "name": call.account.name, "owner": call.account.id, "plan_id": "pid_hg"})


@GATE.operation("senders")
def accounts(call: Call) -> HttpResponse:
    """`GET /accounts`: the mailboxes."""
    return listed(call, store.find(call.account.key, "sender"), store.public)


@GATE.operation("campaigns")
def campaigns(call: Call) -> HttpResponse:
    """`GET /campaigns`."""
    return listed(call, store.find(call.account.key, "campaign"), store.public)


@GATE.operation("campaigns")
def campaign(call: Call, campaign_id: str) -> HttpResponse:
    """`GET /campaigns/{id}`."""
    return answer(store.public(found(call, "campaign", campaign_id)))


@GATE.operation("webhooks")
def webhooks(call: Call) -> HttpResponse:
    """`GET /webhooks`."""
    return listed(call, store.find(call.account.key, "webhook"), store.public)


@GATE.operation("webhooks")
def create_webhook(call: Call) -> HttpResponse:
    """`POST /webhooks`: one type of event, or all."""
    return answer(store.public(new_webhook(call.account, **_webhook(call.data))))


@GATE.operation("webhooks")
def webhook(call: Call, webhook_id: str) -> HttpResponse:
    """`GET /webhooks/{id}`."""
    return answer(store.public(found(call, "webhook", webhook_id)))


@GATE.operation("webhooks")
def update_webhook(call: Call, webhook_id: str) -> HttpResponse:
    """`PATCH /webhooks/{id}`."""
    hook = found(call, "webhook", webhook_id)
    fields = _webhook({**hook, **call.data})
    return answer(store.public(records.change(call.account, "webhook", hook, **fields)))


@GATE.operation("webhooks")
def delete_webhook(call: Call, webhook_id: str) -> HttpResponse:
    """`DELETE /webhooks/{id}`."""
    hook = found(call, "webhook", webhook_id)
    store.remove(call.account.key, "webhook", hook["id"])
    return answer(store.public(hook))


@GATE.operation("webhooks")
def resume(call: Call, webhook_id: str) -> HttpResponse:
    """`POST /webhooks/{id}/resume`: on again after it was switched off."""
    hook = found(call, "webhook", webhook_id)
    return answer(store.public(records.change(call.account, "webhook", hook, status=events.ON, timestamp_error=None)))


@GATE.operation("webhooks")
def event_types(call: Call) -> HttpResponse:
    """`GET /webhooks/event-types`; automatic replies are not among them."""
    listed_types = [{"id": name, "label": name.replace("_", " ").title(), "type": "default"} for name in events.TYPES]
    return answer({"event_types": listed_types})


def new_webhook(account: Account, **fields: Any) -> Record:
    """A webhook that is on."""
    given = {"name": "ZRG", "campaign": None, "custom_interest_value": None, "headers": None, **fields}
    return records.make(account, "webhook", **given, organization=account.id, status=events.ON, timestamp_error=None)


def _webhook(data: dict[str, Any]) -> Record:
    if not str(data.get("target_hook_url") or "").startswith("http"):
        raise no("body/target_hook_url is required")
    if isinstance(data.get("event_type"), list) or data.get("event_type") not in (*events.TYPES, None):
        raise no("body/event_type must be equal to one of the allowed values")
    return {name: data.get(name) for name in ("name", "target_hook_url", "event_type", "campaign", "headers")}
