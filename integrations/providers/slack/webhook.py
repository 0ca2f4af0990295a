"""Clicks on the buttons of our Slack messages (block_actions). See README.md.

A click that counts carries a value signed by us; it names the workspace. All others are acknowledged and ignored.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import parse_qs

from django.conf import settings

from integrations import buttons
from integrations.errors import Malformed
from integrations.events import Event, ReviewClicked
from integrations.providers.fields import Payload, identifier, part, parts, text
from integrations.providers.incoming import BadSignature, Door, Headline, Incoming, Route

MOST_SECONDS_OFF = 300
_VERSION = "v0"
_TIMESTAMP, _SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def signed(incoming: Incoming) -> bool:
    """Slack's signature over the raw body, at most five minutes old. Without a secret nobody is let in."""
    secret = settings.SLACK_SIGNING_SECRET
    if not secret:
        raise BadSignature("Slack clicks are switched off: SLACK_SIGNING_SECRET is not set.")
    sent_at, given = incoming.headers.get(_TIMESTAMP, "").strip(), incoming.headers.get(_SIGNATURE, "").strip()
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 20 and given):
        raise BadSignature("The Slack signature or its timestamp is missing.")
    if abs(time.time() - int(sent_at)) > MOST_SECONDS_OFF:
        raise BadSignature("The Slack request is older than five minutes, or a clock is wrong.")
    if not hmac.compare_digest(given.encode("latin-1", "replace"), signature(secret, sent_at, incoming.body).encode()):
        raise BadSignature("The Slack signature does not fit the body.")
    return True


def signature(secret: str, sent_at: str, body: bytes) -> str:
    """What X-Slack-Signature must be for exactly these bytes."""
    base = f"{_VERSION}:{sent_at}:".encode() + body
    return f"{_VERSION}={hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()}"


def json_of(body: bytes) -> bytes:
    """The JSON in the form field `payload`. Raises Malformed."""
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=20)
    except ValueError:
        raise Malformed("The body is not a form.") from None
    if not (payload := fields.get("payload")):
        raise Malformed("The field payload is missing.")
    return payload[0].encode()


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed where a click on Approve does not say by whom or on what."""
    kind = text(payload, "type")
    if kind != "block_actions":
        return Headline(kind[:60], ignored="unknown_event")
    action = _approval(payload)
    if not action:
        known = any(text(one, "action_id") == buttons.DASHBOARD for one in parts(payload, "actions"))
        return Headline(kind, ignored="link_opened" if known else "unknown_action")
    try:
        button = buttons.read(text(action, "value"))
    except buttons.BadButton:
        return Headline(kind, ignored="value_not_signed")
    return Headline(buttons.APPROVE, provider_id=_click(payload, action), workspace_id=str(button.workspace_id))


def _approval(payload: Payload) -> Payload:
    return next((one for one in parts(payload, "actions") if text(one, "action_id") == buttons.APPROVE), {})


def _click(payload: Payload, action: Payload) -> str:
    """Tells a click from every other (spec 06): team, message, button, person and moment."""
    told = {
        "team.id": identifier(part(payload, "team"), "id") or identifier(part(payload, "enterprise"), "id"),
        "container.message_ts": _message_ts(payload),
        "user.id": identifier(part(payload, "user"), "id"),
        "actions.action_ts": identifier(action, "action_ts"),
    }
    if missing := [name for name, value in told.items() if not value]:
        raise Malformed(f"{missing[0]} is missing.")
    return ":".join((*told.values(), buttons.APPROVE))


def _message_ts(payload: Payload) -> str:
    return identifier(part(payload, "container"), "message_ts") or identifier(part(payload, "message"), "ts")


def kept(payload: Payload) -> Payload:
    """Who clicked what and where: no message text, no token, no address that answers without one."""
    container = part(payload, "container")
    named = ("action_id", "block_id", "value", "action_ts")
    return {
        "type": text(payload, "type"),
        "team": {"id": identifier(part(payload, "team"), "id")},
        "enterprise": {"id": identifier(part(payload, "enterprise"), "id")},
        "user": {"id": identifier(part(payload, "user"), "id")},
        "channel": {"id": identifier(part(payload, "channel"), "id") or identifier(container, "channel_id")},
        "container": {"message_ts": _message_ts(payload)},
        "actions": [{name: text(one, name) for name in named} for one in parts(payload, "actions")[:5]],
    }


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a kept click means. Raises Malformed if it is none of ours."""
    if event_type != buttons.APPROVE:
        raise Malformed(f"Unknown event {event_type}.")
    action = _approval(payload)
    try:
        button = buttons.read(text(action, "value"))
    except buttons.BadButton as bad:
        raise Malformed(str(bad)) from None
    return [
        ReviewClicked(
            draft_id=button.draft_id,
            lead_id=button.lead_id,
            version=button.version,
            thread_version=button.thread_version,
            slack_user=identifier(part(payload, "user"), "id"),
            channel=identifier(part(payload, "channel"), "id"),
            ts=_message_ts(payload),
            click=_click(payload, action),
        )
    ]


DOOR = Door(
    headline=headline,
    parse=parse,
    routes=(Route.WORKSPACE,),
    json_of=json_of,
    kept=kept,
    signed=signed,
    signed_with="SLACK_SIGNING_SECRET",
    ignores_first=True,
    is_silent=True,
    unknown_account="unknown_workspace",
)
