"""The provider's history fills in what its webhooks missed; what both tell of is one message (spec 02, 05)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from inbox import history
from inbox.models import Message
from integrations import outgoing
from integrations.events import Channel, MessageConfirmed, MessageReceived
from integrations.models import Connection
from leads.models import Lead, LeadStatus
from tests.factories.inbox import arrive, sms
from tests.factories.leads import ago
from zrg.workspaces.models import Workspace

Pull = Callable[..., int]


@pytest.fixture
def pull(harbor: Workspace, monkeypatch: pytest.MonkeyPatch) -> Pull:
    """Pull this history, newest first as the provider gives it, for the lead's latest message."""
    Connection.objects.create(workspace=harbor, provider="ghl", external_id="loc_1", status="ok")

    def pulled(*items: Any) -> int:
        newest_first = sorted(items, key=lambda item: item.at, reverse=True)
        monkeypatch.setattr(outgoing, "history", lambda *_, **__: newest_first)
        return history.pull(Message.objects.order_by("created_at").last())

    return pulled


def said(text: str, number: str, at: Any) -> MessageReceived:
    return sms(text, ids={"ghl_message": number}, at=at)


def bodies() -> list[str]:
    return list(Message.objects.order_by("sent_at").values_list("body", flat=True))


def test_what_no_webhook_told_of_is_filed_once(harbor: Workspace, pull: Pull) -> None:
    arrive(harbor, sms("Tuesday works", at=ago(minutes=1)))
    older, ours = (
        said("Who is this?", "m1", ago(hours=2)),
        MessageConfirmed(
            Channel.SMS, said("", "m2", None).person, text="Sam from Harbor", at=ago(hours=1), ids={"ghl_message": "m2"}
        ),
    )
    assert pull(older, ours) == 2
    assert pull(older, ours) == 0
    assert bodies() == ["Who is this?", "Sam from Harbor", "Tuesday works"]


def test_a_webhook_without_an_id_gets_the_historys(harbor: Workspace, pull: Pull) -> None:
    arrive(harbor, sms("Tuesday works", ids={}, at=None))
    assert pull(said("Tuesday  works", "m1", timezone.now())) == 0
    assert [message.ghl_message_id for message in Message.objects.all()] == ["m1"]


def test_a_webhook_without_an_id_that_comes_after_the_history_is_no_second_message(
    harbor: Workspace, pull: Pull
) -> None:
    arrive(harbor, sms("Hello", at=ago(minutes=3)))
    pull(said("Tuesday works", "m2", ago(minutes=1)))
    late, arrived = sms("Tuesday works", ids={}, at=None), timezone.now()
    assert arrive(harbor, late, received_at=arrived).reason == "duplicate"
    assert arrive(harbor, late, received_at=arrived).reason == "duplicate"
    assert pull(said("Tuesday works", "m2", ago(minutes=1))) == 0
    assert bodies() == ["Hello", "Tuesday works"]


def test_the_same_words_again_are_a_second_message(harbor: Workspace, pull: Pull) -> None:
    start = timezone.now()
    arrive(harbor, sms("ok", ids={}, at=None), received_at=start - timedelta(minutes=4))
    pull(said("ok", "m1", start - timedelta(minutes=4)))
    assert arrive(harbor, sms("ok", ids={}, at=None), received_at=start).reason == ""
    assert pull(said("ok", "m2", start)) == 0
    assert sorted(Message.objects.values_list("ghl_message_id", flat=True)) == ["m1", "m2"]


def test_history_is_read_in_the_order_in_which_it_was_said(harbor: Workspace, pull: Pull) -> None:
    arrive(harbor, sms("Tuesday works"))
    assert pull(said("STOP", "m1", ago(days=3)), said("START", "m2", ago(days=2))) == 2
    assert Lead.objects.get().status == LeadStatus.NEW


def test_an_archived_workspace_pulls_nothing(harbor: Workspace, pull: Pull) -> None:
    arrive(harbor, sms("Tuesday works"))
    Workspace.objects.update(archived_at=timezone.now())
    assert pull(said("Hello", "m1", ago(days=3))) == 0


@pytest.mark.django_db(transaction=True)
def test_history_waits_for_the_webhook_that_is_at_work(harbor: Workspace, pull: Pull) -> None:
    arrive(harbor, sms("Hello", at=ago(minutes=3)))

    def in_a_thread() -> None:
        try:
            pull(said("Tuesday works", "m1", timezone.now()))
        finally:
            connection.close()

    with transaction.atomic():
        arrive(harbor, sms("Tuesday works", ids={}, at=None))
        thread = threading.Thread(target=in_a_thread)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join()
    assert bodies() == ["Hello", "Tuesday works"]
