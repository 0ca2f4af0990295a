"""What the floors above ask of providers: send, look up, read back. No adapter is ever seen above this line.

Every verb raises only the errors of integrations/errors.py and notes the connection's health. Never call one inside a
transaction: a provider may think for PROVIDER_TIMEOUT_S seconds (architecture.md, rule 5).
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from datetime import datetime

from integrations import health, namespaces
from integrations.errors import Refused
from integrations.events import Channel, MessageReceived, Person
from integrations.models import Connection
from integrations.providers import adapter_class, messenger_for
from integrations.providers.base import (
    REFUSALS,
    Capabilities,
    EmailPlatform,
    Health,
    HistoryEvent,
    Messenger,
    Outgoing,
    Receipt,
)

__all__ = [
    "REFUSALS",
    "Capabilities",
    "Health",
    "HistoryEvent",
    "Outgoing",
    "Receipt",
    "capabilities",
    "completed",
    "history",
    "look_up",
    "note_chars",
    "recent",
    "send",
    "stop_lead",
    "test",
]


def send(connection: Connection, outgoing: Outgoing, *, key: str) -> Receipt:
    """Send a message once. `key` names it; the one door for sending (inbox.sending) calls this once per key.

    Raises TryLater (nothing was sent), Refused (`code` says why), NeedsAttention, OutcomeUnknown (ask `look_up`)."""
    with health.noted(connection):
        receipt = messenger_for(connection).send(_for_account(connection, outgoing), key=key)
    return namespaces.receipt_inside(receipt, connection.namespace)


def look_up(
    connection: Connection, outgoing: Outgoing, *, since: datetime, known: Collection[str] = ()
) -> Receipt | None:
    """Whether the provider has what was sent at `since` (aware; when the request left). None: it does not.

    `known`: provider ids of messages recorded already, so that the same words sent twice are two messages."""
    if _counts_per_account(connection):
        known = namespaces.numbers_outside(known, connection.namespace)
    try:
        meant = _for_account(connection, outgoing)
    except Refused:
        return None  # what left through another account is not in this one
    with health.noted(connection):
        found = messenger_for(connection).look_up(meant, since=since, known=known)
    return namespaces.receipt_inside(found, connection.namespace) if found else None


def history(connection: Connection, person: Person, channel: Channel, *, limit: int = 100) -> list[HistoryEvent]:
    """What passed between a person and the account, newest first; nothing where the account has another channel."""
    messenger = messenger_for(connection)
    if messenger.channel != channel:
        return []
    with health.noted(connection):
        told = messenger.history(_known_there(connection, person), limit=limit)
    return [namespaces.inside(event, connection.namespace) for event in told]


def recent(connection: Connection, *, known: Container[str], limit: int = 500) -> list[HistoryEvent]:
    """The account's newest messages back to the first one we know: what the webhooks may have missed."""
    with health.noted(connection):
        told = messenger_for(connection).recent(known=namespaces.Known(known, connection.namespace), limit=limit)
    return [namespaces.inside(event, connection.namespace) for event in told]


def completed(connection: Connection, received: MessageReceived) -> MessageReceived:
    """The same reply with what the webhook left out (who really wrote, who is on copy); itself where it said all."""
    adapter = adapter_class(connection.provider)
    if adapter is None or not issubclass(adapter, EmailPlatform) or adapter.completed is EmailPlatform.completed:
        return received
    with health.noted(connection):
        return adapter(connection).completed(received)


def stop_lead(connection: Connection, person: Person) -> bool:
    """End the sending platform's own campaigns for a person who opted out. False: nothing there to stop."""
    platform = messenger_for(connection)
    if not isinstance(platform, EmailPlatform):
        return False
    with health.noted(connection):
        return platform.stop_lead(_known_there(connection, person))


def _for_account(connection: Connection, outgoing: Outgoing) -> Outgoing:
    """The message with the numbers its account knows. Raises Refused where it would go into another account's thread:
    the same number is a stranger's conversation here."""
    if not _counts_per_account(connection):
        return outgoing
    if not namespaces.is_own_thread(outgoing.thread, connection.namespace):
        raise Refused(
            f"The e-mails of this conversation came through another {connection.get_provider_display()} account than "
            "the one connected now. They cannot be answered through this one.",
            code="closed_thread",
        )
    return namespaces.outside(outgoing, connection.namespace)


def _known_there(connection: Connection, person: Person) -> Person:
    """The person by the numbers the account knows."""
    return namespaces.person_outside(person, connection.namespace) if _counts_per_account(connection) else person


def _counts_per_account(connection: Connection) -> bool:
    adapter = adapter_class(connection.provider)
    return adapter is not None and adapter.counts_per_account


def capabilities(connection: Connection) -> Capabilities | None:
    """What can be done through a connection, without asking the provider; None where nothing can be sent."""
    adapter = adapter_class(connection.provider)
    return adapter.capabilities() if adapter is not None and issubclass(adapter, Messenger) else None


def note_chars(connection: Connection, thread: Mapping[str, str]) -> int:
    """How long a text may be that may have to go out as the note of a connection request; 0 where it surely won't:
    it answers in `thread`, or the channel knows no such thing. Asks nobody."""
    adapter = adapter_class(connection.provider)
    if adapter is None or not issubclass(adapter, Messenger) or adapter.is_in_thread(thread):
        return 0
    return adapter.note_chars


def test(connection: Connection) -> Health:
    """The "Test connection" button (integrations/health.py)."""
    return health.test(connection)
