"""Operators are told of a failing connection through Slack, at most once in 24 hours (spec 12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from integrations import chat, health
from integrations.errors import NeedsAttention
from integrations.events import AccountStatus
from integrations.models import Connection
from notifications import health_alerts
from notifications.models import HealthAlert, NotificationSettings
from tests.slack.conftest import Slack
from zrg.workspaces.models import Workspace


@pytest.fixture
def connection(harbor: Workspace) -> Connection:
    return Connection.objects.create(workspace=harbor, provider="unipile", external_id="acc_1", status="ok")


def fail(connection: Connection, why: str = "LinkedIn asks for a code.") -> None:
    health.note_account_status(connection, AccountStatus("disconnected", why))


def recover(connection: Connection) -> None:
    health.note_account_status(Connection.objects.get(pk=connection.pk), AccountStatus("ok"))


def test_a_failure_is_told_by_the_sweep_and_not_by_the_request(slack: Slack, connection: Connection) -> None:
    fail(connection, "Sign in again <!channel>.")
    assert slack.alerts() == []
    assert health_alerts.tell_due() == {"told": 1}
    (text,) = slack.alerts()
    assert "*Harbor*: the LinkedIn (Unipile) connection stopped working." in text
    assert f"clientId={connection.workspace_id}" in text
    assert health_alerts.tell_due() == {}


def test_what_a_provider_says_calls_nobody(connection: Connection) -> None:
    fail(connection, "Sign in again <!channel>.")
    assert "&lt;!channel&gt;" in health_alerts.words(HealthAlert.objects.get())


def test_one_connection_is_told_once_in_24_hours_however_often_it_fails(slack: Slack, connection: Connection) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            fail(connection)
            recover(connection)
            cache.clear()
            health_alerts.tell_due()
            clock.shift(timedelta(hours=7))
        assert len(slack.alerts()) == 1
        clock.shift(timedelta(hours=3, seconds=1))
        fail(connection)
        health_alerts.tell_due()
    assert len(slack.alerts()) == 2


def test_what_recovered_before_it_was_told_is_told_as_such(slack: Slack, connection: Connection) -> None:
    fail(connection)
    recover(connection)
    health_alerts.tell_due()
    (text,) = slack.alerts()
    assert "works again since" in text


def test_an_alert_is_taken_back_with_the_change_that_caused_it(slack: Slack, connection: Connection) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        fail(connection)
        raise RuntimeError
    assert not HealthAlert.objects.exists()
    fail(connection)
    assert health_alerts.tell_due() == {"told": 1}


def test_while_slack_is_away_it_waits_and_is_told_later(slack: Slack, connection: Connection) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fail(connection)
        with slack.fault("rate_limited", "hook", times=1):
            assert health_alerts.tell_due() == {"waiting": 1}
        assert health_alerts.tell_due() == {}, "not before its time"
        clock.shift(timedelta(minutes=3))
        assert health_alerts.tell_due() == {"told": 1}
    assert len(slack.alerts()) == 1


@pytest.mark.parametrize("fault", ["no_answer", "error_500"])
def test_an_alert_that_may_be_there_is_not_told_again(slack: Slack, connection: Connection, fault: str) -> None:
    fail(connection)
    with slack.fault(fault, "hook", times=1):
        assert health_alerts.tell_due() == {"unknown": 1}
    assert health_alerts.tell_due() == {}
    assert len(slack.calls("hook")) == 1


def test_a_process_that_ends_while_telling_tells_nobody_twice(
    slack: Slack, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = chat.alert

    def told_and_killed(text: str) -> None:
        real(text)
        raise SystemExit

    fail(connection)
    monkeypatch.setattr(chat, "alert", told_and_killed)
    with pytest.raises(SystemExit):
        health_alerts.tell_due()
    monkeypatch.undo()
    assert health_alerts.tell_due() == {}, "another process may be at it"
    HealthAlert.objects.update(asked_at=timezone.now() - timedelta(minutes=6))
    assert health_alerts.tell_due() == {"unknown": 1}
    assert len(slack.alerts()) == 1


def test_a_dead_webhook_is_tried_for_a_day(slack: Slack, connection: Connection, settings: Any) -> None:
    settings.SLACK_WEBHOOK_URL = slack.sandbox.url("/slack/services/TNOBODY/B1/x")
    fail(connection)
    assert health_alerts.tell_due() == {"waiting": 1}
    assert "gone or forbidden" in HealthAlert.objects.get().note
    long_ago = timezone.now() - timedelta(hours=25)
    HealthAlert.objects.update(failed_at=long_ago, due_at=long_ago)
    assert health_alerts.tell_due() == {"failed": 1}


@pytest.mark.parametrize("why", ["switched off", "archived", "not set"])
def test_nobody_is_told_who_does_not_want_to_be(slack: Slack, connection: Connection, settings: Any, why: str) -> None:
    fail(connection)
    if why == "switched off":
        NotificationSettings.objects.update(slack_alerts=False)
    elif why == "archived":
        Workspace.objects.update(archived_at=timezone.now())
    else:
        settings.SLACK_WEBHOOK_URL = ""
    assert health_alerts.tell_due() == {"skipped": 1}
    assert why in HealthAlert.objects.get().note
    assert slack.alerts() == []


def test_two_connections_are_told_apart(slack: Slack, connection: Connection, elsewhere: Workspace) -> None:
    other = Connection.objects.create(workspace=elsewhere, provider="ghl", external_id="loc_9", status="ok")
    with pytest.raises(NeedsAttention), health.noted(other):
        raise NeedsAttention("Wrong key.")
    fail(connection)
    assert health_alerts.tell_due() == {"told": 2}
    assert sorted("Elsewhere" in text for text in slack.alerts()) == [False, True]
