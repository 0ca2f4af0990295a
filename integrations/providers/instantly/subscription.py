"""Instantly's webhook for a connection: it is switched off there after failures and stays off until somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

from integrations.addresses import webhook_url
from integrations.answers import SUCCESS, Answer, reason
from integrations.models import Connection
from integrations.providers.fields import identifier, part, parts, text

Ask = Callable[..., Answer]

SWITCHED_OFF = "-1"
# No scope for webhooks (401, 403), or a plan without them (402): answers can be sent all the same.
_NOT_ALLOWED = {401, 402, 403}


def mend(ask: Ask, connection: Connection) -> str:
    """Resume the connection's webhook if it was switched off, make it if it is not there; what was found, for people.

    `ask` calls the account's API (Instantly.ask). Raises its errors."""
    listed = ask("webhooks", "GET", "/webhooks", params={"limit": "100"}, expect=SUCCESS | _NOT_ALLOWED)
    if not listed.is_success:
        return f"Its webhooks cannot be checked with this key or plan: {reason(listed.json) or listed.status}."
    ours = [row for row in parts(part(listed.json), "items") if _is_ours(text(row, "target_hook_url"), connection)]
    if not ours:
        return _made(ask, connection)
    off = [row for row in ours if text(row, "status") == SWITCHED_OFF]
    for row in off:
        ask("webhooks", "POST", f"/webhooks/{identifier(row, 'id')}/resume")
    if off:
        return "Its webhook had been switched off after failed deliveries and was resumed."
    return "Its webhook is active."


def _made(ask: Ask, connection: Connection) -> str:
    """All events in one: automatic replies are in no other list."""
    secret = connection.credentials.get("webhook_secret")
    webhook = {
        "name": "ZRG",
        "target_hook_url": webhook_url(connection),
        "event_type": "all_events",
        "campaign": None,
        "headers": {"X-Instantly-Secret": secret} if secret else {},
    }
    made = ask("webhooks", "POST", "/webhooks", json=webhook, expect=SUCCESS | _NOT_ALLOWED | {400})
    if made.is_success:
        return "Its webhook was missing and has been made."
    return f"It has no webhook for this workspace, and none could be made: {reason(made.json) or made.status}."


def _is_ours(target: str, connection: Connection) -> bool:
    """Whether a webhook reaches this connection: by its token, or by the workspace in the query."""
    ours, given = urlsplit(webhook_url(connection)), urlsplit(target)
    if given.netloc.lower() != ours.netloc.lower():
        return False
    path, plain = given.path.rstrip("/"), ours.path.rpartition("/")[0]
    return path == ours.path or (path == plain and _client(given) == str(connection.workspace_id))


def _client(address: SplitResult) -> str:
    return parse_qs(address.query).get("clientId", [""])[0].strip().lower()
