"""The table of providers. Outside of a provider's folder only these lines know where its two sides are."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string

from integrations.errors import Refused
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import Messenger, Provider
from integrations.providers.incoming import Door

ADAPTERS: dict[Kind, str] = {
    Kind.EMAILBISON: "integrations.providers.emailbison.adapter.EmailBison",
    Kind.GHL: "integrations.providers.gohighlevel.adapter.GoHighLevel",
    Kind.INSTANTLY: "integrations.providers.instantly.adapter.Instantly",
    Kind.SLACK: "integrations.providers.slack.adapter.Slack",
    Kind.SMARTLEAD: "integrations.providers.smartlead.adapter.SmartLead",
    Kind.UNIPILE: "integrations.providers.unipile.adapter.Unipile",
}
DOORS: dict[Kind, str] = {
    Kind.EMAILBISON: "integrations.providers.emailbison.webhook.DOOR",
    Kind.GHL: "integrations.providers.gohighlevel.webhook.DOOR",
    Kind.SMARTLEAD: "integrations.providers.smartlead.webhook.DOOR",
    Kind.INSTANTLY: "integrations.providers.instantly.webhook.DOOR",
    Kind.UNIPILE: "integrations.providers.unipile.webhook.DOOR",
    Kind.SLACK: "integrations.providers.slack.webhook.DOOR",
}


@cache
def door(kind: str) -> Door:
    """How this provider's webhooks are let in and read, loaded on first use. Raises LookupError if it sends none."""
    if kind not in DOORS:
        raise LookupError(f"No webhooks of {kind!r} are known.")
    return import_string(DOORS[Kind(kind)])


def adapter_class(kind: str) -> type[Provider] | None:
    """The class that speaks to this provider, loaded on first use; None if ZRG only listens to it."""
    path = ADAPTERS.get(Kind(kind))
    return import_string(path) if path else None


def provider_for(connection: Connection) -> Provider:
    """The adapter that speaks for this account. Raises Refused where there is none."""
    adapter = adapter_class(connection.provider)
    if adapter is None:
        raise Refused(f"ZRG receives from {connection.get_provider_display()}, it does not call it.")
    return adapter(connection)


def messenger_for(connection: Connection) -> Messenger:
    """As `provider_for`, for an account that can send messages."""
    provider = provider_for(connection)
    if not isinstance(provider, Messenger):
        raise Refused(f"{provider.label} sends no messages.")
    return provider
