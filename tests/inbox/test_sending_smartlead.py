"""SmartLead takes a message and names no id: whichever way it is confirmed, it is sent once (spec 06)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox import sending
from inbox.models import Delivery, Message, MessageJob
from integrations.models import Connection
from integrations.providers.smartlead.adapter import SmartLead
from integrations.providers.smartlead.webhook import DOOR
from leads.models import Lead
from tests.factories.inbox import arrive
from tests.sandbox_server import SandboxServer, free_port
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

ANN = "ann@buyer.example.com"
_numbers = itertools.count(1)


class Platform:
    """Harbor's account at SmartLead; deliveries are read from its log, nobody listens to them."""

    def __init__(self, sandbox: SandboxServer, workspace: Workspace) -> None:
        self.sandbox, self.workspace = sandbox, workspace
        self.id = f"harbor-{next(_numbers)}"
        hook = f"http://127.0.0.1:{free_port()}/"
        made = sandbox.account("smartlead", self.id, webhook_url=hook, senders=["nora@harbor.example.com"])
        self.token = made["token"]

    def act(self, name: str, **order: Any) -> None:
        self.sandbox.control(f"smartlead/{name}", {"account": self.id, **order})

    def hold(self, *, is_held: bool = True) -> None:
        self.sandbox.account("smartlead", self.id, hold_queue=is_held)

    def tell(self, event: str) -> None:
        """Its newest webhook of this kind arrives."""
        rows = [row for row in self.sandbox.deliveries(f"smartlead:{self.id}") if row["event"] == event]
        (meant,) = DOOR.parse(event, rows[0]["body"])
        arrive(self.workspace, meant, provider="smartlead")

    def sent(self) -> list[str]:
        return [letter["id"] for letter in self.sandbox.sent(f"smartlead:{self.id}")]


@pytest.fixture
def platform(harbor: Workspace, sandbox: SandboxServer, settings: Any) -> Platform:
    """Ann answered a campaign mail of Harbor's."""
    settings.SANDBOX_URL, settings.SMARTLEAD_BASE_URL = sandbox.base_url, sandbox.url("/smartlead")
    made = Platform(sandbox, harbor)
    secrets = {"api_key": made.token, "webhook_secret": "s"}
    Connection.objects.create(workspace=harbor, provider="smartlead", credentials=secrets, status="ok")
    made.act("lead", email=ANN, first_name="Ann")
    made.act("campaign-send", lead_email=ANN)
    made.tell("EMAIL_SENT")
    made.act("reply", lead_email=ANN, text="Sounds good", quote=True)
    made.tell("EMAIL_REPLY")
    MessageJob.objects.all().delete()
    return made


@pytest.fixture
def message(platform: Platform, sam: User) -> Message:
    ann = Lead.objects.get()
    given = {"channel": "email", "text": "Hi Ann,\n\nTuesday?", "key": "k1", "undo_seconds": 0, "to": ANN}
    return sending.queue(lead=ann, by=sam, **given)


def work(*, later: timedelta = timedelta()) -> None:
    """Run what is due (by then), as a worker would."""
    MessageJob.objects.filter(run_at__lte=timezone.now() + later).update(run_at=timezone.now())
    running.drain(MessageJob, Lane.FIRST)


def ours() -> list[Message]:
    return list(Message.objects.filter(sent_by="setter"))


def test_what_left_the_queue_at_once_is_sent_with_its_id(platform: Platform, message: Message) -> None:
    work()
    message.refresh_from_db()
    assert (message.delivery, [message.smartlead_message_id]) == (Delivery.SENT, platform.sent())
    platform.tell("MANUAL_REPLY_SENT")
    assert ours() == [message]


def test_what_waits_in_the_queue_is_confirmed_by_its_echo(platform: Platform, message: Message) -> None:
    platform.hold()
    work()
    message.refresh_from_db()
    assert (message.delivery, message.smartlead_message_id) == (Delivery.UNCONFIRMED, None)
    assert "queue" in message.error
    platform.act("send-queued")
    platform.tell("MANUAL_REPLY_SENT")
    message.refresh_from_db()
    assert (message.delivery, [message.smartlead_message_id]) == (Delivery.SENT, platform.sent())
    work(later=timedelta(hours=1))
    assert (ours(), len(platform.sent())) == ([message], 1)


def test_what_waits_in_the_queue_is_confirmed_by_a_look_up(platform: Platform, message: Message) -> None:
    platform.hold()
    work()
    work(later=timedelta(seconds=10))
    message.refresh_from_db()
    assert (message.delivery, message.look_ups) == (Delivery.UNCONFIRMED, 1)
    platform.act("send-queued")
    work(later=timedelta(minutes=20))
    message.refresh_from_db()
    assert (message.delivery, [message.smartlead_message_id]) == (Delivery.SENT, platform.sent())
    platform.tell("MANUAL_REPLY_SENT")
    assert ours() == [message]


def test_what_never_leaves_the_queue_is_a_persons_decision_and_not_repeated(
    platform: Platform, message: Message
) -> None:
    platform.hold()
    work()
    for _ in range(4):
        work(later=timedelta(hours=1))
    message.refresh_from_db()
    assert (message.delivery, message.look_ups) == (Delivery.UNCONFIRMED, 3)
    assert len(platform.sent()) == 1


def test_an_echo_that_overtakes_our_reading_makes_no_second_message(
    platform: Platform, message: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform's word comes while the conversation is being read for the id."""
    check = SmartLead._check_taken

    def then_told(adapter: SmartLead, answer: Any) -> None:
        check(adapter, answer)
        platform.tell("MANUAL_REPLY_SENT")

    monkeypatch.setattr(SmartLead, "_check_taken", then_told)
    work()
    message.refresh_from_db()
    assert (message.delivery, [message.smartlead_message_id]) == (Delivery.SENT, platform.sent())
    assert ours() == [message]
