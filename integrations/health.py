"""How a connection is doing: last success, last error, and the state people see and sends ask (spec 01).

Only credentials and accounts make a connection fail; a provider's bad minute is noted and changes nothing. A failed
connection comes back by a call that works: the test button, the recheck, or the provider saying so. One that is well is
tested once an hour: a key that was revoked, or webhooks that the provider switched off, show before a lead waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations.errors import (
    Disconnected,
    LimitReached,
    NeedsAttention,
    OutcomeUnknown,
    ProviderError,
    Queued,
    Refused,
    TryLater,
)
from integrations.events import AccountStatus
from integrations.models import Connection
from integrations.providers import ADAPTERS, provider_for
from integrations.providers.base import Health
from integrations.signals import connection_failed, connection_recovered

log = structlog.get_logger(__name__)

Status = Connection.Status

WRITE_EVERY = timedelta(minutes=1)
ALERT_EVERY = timedelta(hours=24)
RECHECK_AFTER = timedelta(minutes=10)
CHECK_EVERY = timedelta(hours=1)
ERROR_CHARS = 500
_DOWN = (Status.FAILING, Status.DISCONNECTED)


@contextmanager
def noted(connection: Connection) -> Iterator[None]:
    """Note what becomes of the provider calls inside; errors pass through."""
    try:
        yield
    except NeedsAttention as error:
        note_failure(connection, error)
        raise
    except Queued:
        note_success(connection)  # It answered, and well.
        raise
    except LimitReached:
        raise  # Nothing is wrong: the account has done its day's work.
    except (TryLater, OutcomeUnknown) as error:
        _write(connection, last_error_at=timezone.now(), last_error=str(error)[:ERROR_CHARS])
        raise
    except Refused:
        raise  # The account works; it is this message that does not.
    note_success(connection)


def note_success(connection: Connection) -> None:
    """It works. Written at most once a minute, at once where the connection was not healthy."""
    now = timezone.now()
    last = connection.last_success_at
    if connection.status == Status.OK and last and last > now - WRITE_EVERY:
        return
    mine = Connection.objects.filter(pk=connection.pk)
    repaired = Q(status=Status.UNCHECKED, last_error_at__isnull=False)  # it failed, and has got new credentials
    was_down = mine.filter(Q(status__in=_DOWN) | repaired).update(status=Status.OK, last_success_at=now)
    if not was_down:
        mine.update(status=Status.OK, last_success_at=now)
    connection.status, connection.last_success_at = Status.OK, now
    if was_down:
        log.info("connection_recovered", provider=connection.provider, connection=str(connection.pk))
        connection_recovered.send(sender=Connection, connection=connection)


def note_failure(connection: Connection, error: ProviderError) -> None:
    """A person must act: sends through this connection wait or are refused, its people are told (once a day)."""
    _go_down(connection, Status.DISCONNECTED if isinstance(error, Disconnected) else Status.FAILING, str(error))


def note_account_status(connection: Connection, told: AccountStatus, *, at: datetime | None = None) -> bool:
    """The provider itself said how the account is, in a delivery that arrived `at` (aware; now if None).

    False, and nothing is changed: a later word was heard before, or the same one (deliveries are replayed, and overtake
    each other). A state we do not know changes nothing either."""
    if told.state not in (Status.OK, Status.FAILING, Status.DISCONNECTED):
        return True
    when = at or timezone.now()
    news = Q(account_told_at=None) | Q(account_told_at__lt=when)
    if not Connection.objects.filter(news, pk=connection.pk).update(account_told_at=when):
        return False
    if told.state == Status.OK:
        note_success(connection)
    else:
        why = told.detail or "The provider reports that the account is disconnected."
        _go_down(connection, Status(told.state), why)
    return True


def test(connection: Connection) -> Health:
    """The "Test connection" button: a harmless real call, its result kept and returned. Never raises ProviderError."""
    _write(connection, checked_at=timezone.now())
    try:
        with noted(connection):
            return provider_for(connection).health()
    except NeedsAttention as error:
        return Health(connection.status, str(error))
    except ProviderError as error:
        return Health(connection.status, str(error))


def recheck(*, limit: int = 50, may_go_on: Callable[[], object] = lambda: True) -> dict[str, int]:
    """Test failing and disconnected connections that were not looked at for ten minutes, oldest first, while there is
    time; counters for the ledger. (The word of a provider that one is back may get lost.)"""
    before = timezone.now() - RECHECK_AFTER
    alone = _live().filter(status__in=_DOWN, last_error_at__lt=before).order_by("last_error_at")
    tested = _tested(alone, limit, may_go_on)
    return {"tested": len(tested), "recovered": sum(found.is_ok for found in tested)}


def check_healthy(*, limit: int = 50, may_go_on: Callable[[], object] = lambda: True) -> dict[str, int]:
    """Test connections that are well and were not tested for an hour, the longest ago first, while there is time;
    counters for the ledger."""
    long_ago = Q(checked_at=None) | Q(checked_at__lt=timezone.now() - CHECK_EVERY)
    due = _live().filter(long_ago, status=Status.OK).order_by(F("checked_at").asc(nulls_first=True))
    tested = _tested(due, limit, may_go_on)
    return {"tested": len(tested), "failed": sum(found.status in _DOWN for found in tested)}


def _live() -> QuerySet[Connection]:
    """Connections of workspaces that are in use, to providers that can be called."""
    return Connection.objects.filter(workspace__archived_at=None, provider__in=list(ADAPTERS))


def _tested(connections: QuerySet[Connection], limit: int, may_go_on: Callable[[], object]) -> list[Health]:
    return [test(connection) for connection in connections[:limit] if may_go_on()]


def _go_down(connection: Connection, status: Status, why: str) -> None:
    _write(connection, status=status, last_error_at=timezone.now(), last_error=why[:ERROR_CHARS])
    log.warning("connection_failed", provider=connection.provider, connection=str(connection.pk), state=status.value)
    with transaction.atomic():  # who hears it keeps a row: both or none
        if _alerts_now(connection):
            connection_failed.send(sender=Connection, connection=connection, reason=why)


def _write(connection: Connection, **values: str | datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(**values)
    for name, value in values.items():
        setattr(connection, name, value)


def _alerts_now(connection: Connection) -> bool:
    """Once in 24 hours per connection, over all processes; taken back with the transaction it is part of."""
    now = timezone.now()
    long_ago = Q(alerted_at=None) | Q(alerted_at__lte=now - ALERT_EVERY)
    return bool(Connection.objects.filter(long_ago, pk=connection.pk).update(alerted_at=now))
