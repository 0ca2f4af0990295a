"""Where a provider delivers to a connection: the webhook address with its unguessable token (spec 02)."""

from __future__ import annotations

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from integrations.models import Connection


def webhook_url(connection: Connection) -> str:
    """The full address to enter at the provider; empty where the provider sends nothing. It is a secret: who knows it
    can deliver. Show it only to people who may change the connection."""
    try:
        path = reverse(f"webhooks:{connection.provider}", kwargs={"token": connection.webhook_token})
    except NoReverseMatch:
        return ""
    return f"{settings.PUBLIC_URL}{path}"
