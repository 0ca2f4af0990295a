"""What people see of a connection: healthy, failing, back again; and who is told, how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from integrations import health, outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.events import AccountStatus, Channel, Person
from integrations.models import Connection
from integrations.signals import connection_failed, connection_recovered
from zrg.workspaces.models import Workspace

Status = Connection.Status


@pytest.fixture
def connection(harbor: Workspace) -> Connection:
    return Connection.objects.create(workspace=harbor, provider="ghl", external_id="loc_1")


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What listeners hear."""
    heard: list[str] = []

    def failed(reason: str, **_: Any) -> None:
        heard.append(f"failed: {reason}")

    def recovered(**_: Any) -> None:
        heard.append("recovered")

    connection_failed.connect(failed)
    connection_recovered.connect(recovered)
    yield heard
    connection_failed.disconnect(failed)
    connection_recovered.disconnect(recovered)


def kept(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def happen(connection: Connection, error: ProviderError | None = None) -> None:
    """A provider call that ends so."""
    if error is None:
        with health.noted(connection):
            return
    with pytest.raises(type(error)), health.noted(connection):
        raise error


def test_a_success_is_written_at_most_once_a_minute(
    connection: Connection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        happen(connection)
        first = kept(connection).last_success_at
        clock.shift(timedelta(seconds=59))
        with django_assert_num_queries(0):
            happen(connection)
        assert kept(connection).last_success_at == first
        clock.shift(timedelta(seconds=2))
        happen(connection)
        assert kept(connection).last_success_at == timezone.now()


def test_rejected_credentials_fail_the_connection_and_tell_once_a_day(connection: Connection, told: list[str]) -> None:
    happen(connection)
    for _ in range(3):
        happen(connection, NeedsAttention("Wrong key."))
    failing = kept(connection)
    assert (failing.status, failing.last_error) == (Status.FAILING, "Wrong key.")
    assert failing.last_error_at is not None
    assert told == ["failed: Wrong key."]
    Connection.objects.update(alerted_at=timezone.now() - timedelta(hours=24))
    happen(connection, NeedsAttention("Still wrong."))
    assert told == ["failed: Wrong key.", "failed: Still wrong."]


def test_the_silence_after_an_alert_lasts_a_day_whatever_redis_forgets(connection: Connection, told: list[str]) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        happen(connection, NeedsAttention("Wrong key."))
        clock.shift(timedelta(hours=23, minutes=59))
        cache.clear()
        happen(connection, NeedsAttention("Wrong key."))
        assert told == ["failed: Wrong key."]
        clock.shift(timedelta(minutes=1))
        happen(connection, NeedsAttention("Still wrong."))
    assert told == ["failed: Wrong key.", "failed: Still wrong."]


def test_an_alert_whose_transaction_is_taken_back_is_made_again(connection: Connection, told: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        health.note_account_status(connection, AccountStatus("disconnected", "A code."))
        raise RuntimeError
    health.note_account_status(connection, AccountStatus("disconnected", "A code."))
    assert told == ["failed: A code."] * 2


def test_two_connections_are_told_apart(connection: Connection, elsewhere: Workspace, told: list[str]) -> None:
    other = Connection.objects.create(workspace=elsewhere, provider="ghl", external_id="loc_2")
    happen(connection, NeedsAttention("One."))
    happen(other, NeedsAttention("Two."))
    assert told == ["failed: One.", "failed: Two."]


@pytest.mark.parametrize("error", [TryLater("Busy."), OutcomeUnknown("Silence.")])
def test_a_bad_minute_is_noted_and_changes_nothing(
    connection: Connection, told: list[str], error: ProviderError
) -> None:
    happen(connection)
    happen(connection, error)
    noted = kept(connection)
    assert (noted.status, noted.last_error, told) == (Status.OK, str(error), [])


def test_a_refused_message_says_nothing_against_the_account(connection: Connection) -> None:
    happen(connection)
    happen(connection, Refused("Do not disturb.", code="dnd"))
    assert (kept(connection).status, kept(connection).last_error) == (Status.OK, "")


def test_a_call_that_works_brings_it_back_at_once(connection: Connection, told: list[str]) -> None:
    happen(connection)
    happen(connection, NeedsAttention("Wrong key."))
    happen(connection)
    assert kept(connection).status == Status.OK
    assert told == ["failed: Wrong key.", "recovered"]


def test_the_provider_itself_may_say_how_the_account_is(connection: Connection, told: list[str]) -> None:
    health.note_account_status(connection, AccountStatus("disconnected", "LinkedIn asks for a code."))
    assert kept(connection).status == Status.DISCONNECTED
    assert kept(connection).last_error == "LinkedIn asks for a code."
    health.note_account_status(connection, AccountStatus("unknown", "creating"))
    assert kept(connection).status == Status.DISCONNECTED
    health.note_account_status(connection, AccountStatus("ok"))
    assert kept(connection).status == Status.OK
    assert told == ["failed: LinkedIn asks for a code.", "recovered"]


def test_only_the_latest_word_about_the_account_counts(connection: Connection, told: list[str]) -> None:
    noon = timezone.now()
    gone, back = AccountStatus("disconnected", "A code."), AccountStatus("ok")
    assert health.note_account_status(connection, back, at=noon + timedelta(seconds=5))
    assert not health.note_account_status(connection, gone, at=noon)  # overtaken on its way
    assert (kept(connection).status, told) == (Status.OK, [])
    assert health.note_account_status(connection, gone, at=noon + timedelta(seconds=9))
    assert not health.note_account_status(connection, back, at=noon + timedelta(seconds=5))  # replayed
    assert (kept(connection).status, told) == (Status.DISCONNECTED, ["failed: A code."])


def test_a_long_reason_fits(connection: Connection) -> None:
    happen(connection, NeedsAttention("x" * 900))
    assert kept(connection).last_error == "x" * 500


# ── The recheck ────────────────────────────────────────────────────────────────


def test_the_recheck_asks_those_that_fail_and_were_left_alone_for_a_while(
    connection: Connection, elsewhere: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    Connection.objects.create(
        workspace=elsewhere, provider="ghl", status=Status.FAILING, last_error_at=timezone.now() - timedelta(minutes=1)
    )
    Connection.objects.filter(pk=connection.pk).update(
        status=Status.FAILING, last_error_at=timezone.now() - timedelta(minutes=11)
    )
    asked: list[Any] = []

    class Works:
        def __init__(self, of: Connection) -> None:
            asked.append(of.pk)

        def health(self) -> outgoing.Health:
            return outgoing.Health(Status.OK, "Fine.")

    monkeypatch.setattr(health, "provider_for", Works)
    assert health.recheck() == {"tested": 1, "recovered": 1}
    assert asked == [connection.pk]
    assert kept(connection).status == Status.OK
    assert health.recheck() == {"tested": 0, "recovered": 0}


class StandIn:
    """Stands in for every adapter: `error` is what its health call ends with, `asked` whom it was about."""

    asked: list[Any]
    error: ProviderError | None = None

    def __init__(self, of: Connection) -> None:
        self.asked.append(of.pk)

    def health(self) -> outgoing.Health:
        if self.error:
            raise self.error
        return outgoing.Health(Status.OK, "Fine.")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> type[StandIn]:
    class Mine(StandIn):
        asked: list[Any] = []

    monkeypatch.setattr(health, "provider_for", Mine)
    return Mine


def test_a_healthy_connection_is_tested_once_an_hour_however_busy_it_is(
    connection: Connection, stand_in: type[StandIn]
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        happen(connection)
        assert health.check_healthy() == {"tested": 1, "failed": 0}
        clock.shift(timedelta(minutes=59))
        happen(connection)  # a call that works says nothing about the webhooks
        assert health.check_healthy() == {"tested": 0, "failed": 0}
        clock.shift(timedelta(minutes=2))
        assert health.check_healthy() == {"tested": 1, "failed": 0}
    assert stand_in.asked == [connection.pk] * 2


def test_a_revoked_key_shows_before_anything_is_sent(
    connection: Connection, stand_in: type[StandIn], told: list[str]
) -> None:
    happen(connection)
    stand_in.error = NeedsAttention("Wrong key.")
    assert health.check_healthy() == {"tested": 1, "failed": 1}
    assert (kept(connection).status, told) == (Status.FAILING, ["failed: Wrong key."])


def test_a_provider_that_is_away_says_nothing_against_a_healthy_connection(
    connection: Connection, stand_in: type[StandIn], told: list[str]
) -> None:
    happen(connection)
    stand_in.error = TryLater("Away.")
    assert health.check_healthy() == {"tested": 1, "failed": 0}
    assert (kept(connection).status, told) == (Status.OK, [])
    assert health.check_healthy() == {"tested": 0, "failed": 0}


def test_nobody_else_is_tested_with_the_healthy_ones(
    connection: Connection, harbor: Workspace, elsewhere: Workspace, stand_in: type[StandIn]
) -> None:
    def another(provider: str, status: str, of: Workspace) -> None:
        Connection.objects.create(workspace=of, provider=provider, status=status)

    another("emailbison", Status.UNCHECKED, harbor)
    another("slack", Status.FAILING, harbor)
    another("clay", Status.OK, harbor)  # is never called
    another("slack", Status.OK, elsewhere)
    Workspace.objects.filter(pk=elsewhere.pk).update(archived_at=timezone.now())
    happen(connection)
    assert health.check_healthy() == {"tested": 1, "failed": 0}
    assert stand_in.asked == [connection.pk]


def test_the_longest_untested_go_first_and_only_while_there_is_time(
    connection: Connection, harbor: Workspace, stand_in: type[StandIn]
) -> None:
    now = timezone.now()
    newer = Connection.objects.create(
        workspace=harbor, provider="emailbison", status=Status.OK, checked_at=now - timedelta(hours=2)
    )
    Connection.objects.create(
        workspace=harbor, provider="slack", status=Status.OK, checked_at=now - timedelta(minutes=70)
    )
    happen(connection)  # never tested
    time_left = iter([True, True, False])
    assert health.check_healthy(may_go_on=lambda: next(time_left)) == {"tested": 2, "failed": 0}
    assert stand_in.asked == [connection.pk, newer.pk]


# ── Accounts ZRG only listens to ───────────────────────────────────────────────


def test_what_cannot_send_says_so(harbor: Workspace) -> None:
    listening = Connection.objects.create(workspace=harbor, provider="clay")
    assert outgoing.capabilities(listening) is None
    message = outgoing.Outgoing(channel=Channel.LINKEDIN, text="Hi", person=Person())
    with pytest.raises(Refused, match="receives from Clay"):
        outgoing.send(listening, message, key="k")
    assert "receives from" in outgoing.test(listening).text
