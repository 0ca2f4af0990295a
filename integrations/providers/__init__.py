"""The table of providers. Outside of a provider's folder this is the only line that knows where its adapter is."""

from __future__ import annotations

from django.utils.module_loading import import_string

from integrations.errors import Refused
from integrations.models import Connection, Provider as Kind
from integrations.providers.base import Messenger, Provider

ADAPTERS: dict[Kind, str] = {
    Kind.EMAILBISON: "integrations.providers.emailbison.adapter.EmailBison",
    Kind.GHL: "integrations.providers.gohighlevel.adapter.GoHighLevel",
}


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
