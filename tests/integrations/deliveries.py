"""Deliveries of the contract samples in tests/payloads to the real endpoints."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client

from integrations import providers
from integrations.events import Event
from integrations.models import Connection, WebhookEvent
from zrg.workspaces.models import Workspace

PAYLOADS = Path(__file__).parent.parent / "payloads"
ENDPOINTS = {
    "ghl": "/api/webhooks/ghl/sms",
    "emailbison": "/api/webhooks/email",
    "smartlead": "/api/webhooks/smartlead",
    "instantly": "/api/webhooks/instantly",
    "unipile": "/api/webhooks/linkedin",
}
ACCOUNTS = {"ghl": "loc_1", "emailbison": "7", "unipile": "acc_1"}
MAIN = {
    "ghl": "workflow_sms_with_ids",
    "emailbison": "lead_replied",
    "smartlead": "email_reply",
    "instantly": "reply_received",
    "unipile": "message_received",
}
SECRETS = {"smartlead": "sl-secret-0123456789", "instantly": "in-secret-0123456789"}
UNIPILE_SECRET = "uni-secret-0123456789"
PROVIDERS = sorted(ENDPOINTS)


def sample(provider: str, name: str = "", **changes: Any) -> dict[str, Any]:
    """A contract sample (the provider's plain reply if no name is given) with top-level fields replaced."""
    path = PAYLOADS / provider / f"{name or MAIN[provider]}.json"
    return json.loads(path.read_text()) | changes


def samples(provider: str) -> list[str]:
    return sorted(path.stem for path in (PAYLOADS / provider).glob("*.json"))


def meaning(provider: str, name: str, **changes: Any) -> Event:
    """The one event a sample means, read as the worker reads it."""
    door = providers.door(provider)
    payload = door.unwrap(sample(provider, name, **changes))
    (event,) = door.parse(door.headline(payload, {}).event_type, door.kept(payload))
    return event


def connect(workspace: Workspace, provider: str, *, secret: str | None = None, **more: Any) -> Connection:
    """An account as a workspace has it; SmartLead's and Instantly's with their secret unless another is given."""
    secret = SECRETS.get(provider, "") if secret is None else secret
    credentials = {"api_key": "key-0123456789", "webhook_secret": secret}
    more.setdefault("external_id", ACCOUNTS.get(provider, ""))
    return Connection.objects.create(workspace=workspace, provider=provider, credentials=credentials, **more)


def headers_of(provider: str) -> dict[str, str]:
    """What an honest delivery of this provider carries."""
    return {
        "smartlead": {"X-Smartlead-Secret": SECRETS["smartlead"]},
        "instantly": {"Authorization": f"Bearer {SECRETS['instantly']}"},
        "unipile": {"Unipile-Auth": UNIPILE_SECRET},
    }.get(provider, {})


def address_of(provider: str, workspace: Workspace) -> str:
    """The plain URL, with clientId where the provider is set up with it."""
    query = f"?clientId={workspace.pk}" if provider in {"smartlead", "instantly"} else ""
    return ENDPOINTS[provider] + query


def post(client: Client, url: str, body: Any, headers: dict[str, str] | None = None) -> HttpResponse:
    """Deliver: bytes as they are, everything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(url, raw, content_type="application/json", headers=headers or {})


def deliver(client: Client, connection: Connection, body: Any = None) -> HttpResponse:
    """An honest delivery of the provider's plain reply, or of another body, at the plain URL."""
    provider = connection.provider
    body = sample(provider) if body is None else body
    return post(client, address_of(provider, connection.workspace), body, headers_of(provider))


def kept() -> list[WebhookEvent]:
    return list(WebhookEvent.objects.order_by("pk"))


def changed(body: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    """A copy with the field at the end of the path replaced; None as value removes nothing."""
    body = copy.deepcopy(body)
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = to
    return body


def without(body: dict[str, Any], *path: str) -> dict[str, Any]:
    """A copy without the field at the end of the path."""
    body = copy.deepcopy(body)
    inner = body
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return body


def said(response: HttpResponse) -> tuple[int, Any]:
    """Status and JSON of an answer."""
    return response.status_code, json.loads(response.content)
