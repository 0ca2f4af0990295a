"""Clicks on their way to ZRG: a form with one field, signed with the app's secret (the account's `webhook_secret`)."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from integrations.sandbox import deliveries
from integrations.sandbox.accounts import Account
from integrations.sandbox.deliveries import Webhook
from integrations.sandbox.slack import records
from integrations.sandbox.store import Record


def payload(account: Account, person: Record, message: Record, button: Record) -> Record:
    """A click on a button as `block_actions`."""
    action = {name: button[name] for name in ("action_id", "block_id", "value", "text", "style") if name in button}
    return {
        "type": "block_actions",
        "team": {"id": account.id, "domain": "agency"},
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": "A0001",
        "token": "deprecated",
        "user": {"id": person["id"], "username": person["name"], "name": person["name"], "team_id": account.id},
        "container": {
            "type": "message",
            "message_ts": message["id"],
            "channel_id": message["channel"],
            "is_ephemeral": False,
        },
        "channel": {"id": message["channel"], "name": "directmessage"},
        "trigger_id": f"12.34.{message['id']}",
        "response_url": f"https://hooks.slack.com/actions/{account.id}/1/sandbox",
        "message": records.shown(account, message),
        "state": {"values": {}},
        "actions": [{"type": "button", **action, "action_ts": records.next_ts(account)}],
    }


def send(account: Account, body: Record, *, times: int = 1, age_s: int = 0, secret: str | None = None) -> list[int]:
    """Deliver a click `times` times; `age_s` seconds old, signed with another `secret` if one is given."""
    form = urlencode({"payload": json.dumps(body, ensure_ascii=False)})
    sent_at = str(int(time.time()) - age_s)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": sent_at,
        "X-Slack-Signature": signature(account.webhook_secret if secret is None else secret, sent_at, form),
    }
    click = Webhook("block_actions", account.webhook_url, form, headers, "never")
    return deliveries.queue(account, [click] * times)


def signature(secret: str, sent_at: str, body: str) -> str:
    """Slack's v0 signature."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{sent_at}:{body}".encode(), hashlib.sha256).hexdigest()
