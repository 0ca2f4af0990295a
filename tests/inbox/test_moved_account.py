"""The workspace moved to another account of EmailBison, which counts as the first one did: answers reach whom they are
for, or nobody (spec 06, "Sending"). Against the sandbox over real HTTP; what the accounts tell comes by webhook."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox import channels, sending
from inbox.facts import facts_to_write
from inbox.models import Delivery, Message, MessageJob
from integrations import connecting, outgoing
from integrations.events import Channel, Person
from integrations.models import Connection, EmailBisonHost, WebhookEvent
from leads.models import Lead, LeadIdentity
from tests.integrations.deliveries import post, sample
from tests.sandbox_server import SandboxServer
from zrg.jobs import running
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User, Workspace

ANN, BOB = "ann@buyer.example.com", "bob@elsewhere.example.com"
_numbers = itertools.count(400)


@dataclass
class Account:
    """An account of EmailBison at the sandbox, connected to the workspace last."""

    sandbox: SandboxServer
    client: Client
    number: str
    connection: Connection

    def order(self, act: str, **given: Any) -> dict[str, Any]:
        return self.sandbox.control(f"emailbison/{act}", {"account": self.number, **given})

    def mails(self, email: str) -> None:
        """A campaign mail, and its webhook."""
        self.order("lead", email=email, first_name=email.partition("@")[0].title())
        mail_id = self.order("campaign-send", lead_email=email)["scheduled_email_ids"][0]
        self.tells("email_sent", email=email, scheduled_email={"id": mail_id, "raw_message_id": f"<{self.number}.s>"})

    def hears(self, email: str, text: str) -> None:
        """The lead answers, and the webhook of it."""
        reply = self.order("reply", lead_email=email, text=text)["reply"]
        told = {"id": reply["id"], "from_email_address": email, "text_body": text, "html_body": ""}
        self.tells("lead_replied", email=email, reply=told | {"raw_message_id": f"<{self.number}.r>"})

    def tells(self, name: str, *, email: str, **parts: dict[str, Any]) -> None:
        body = copy.deepcopy(sample("emailbison", name))
        lead = self.order("lead", email=email)["lead"]
        sender = self.order("sender", email="nora@harbor.example.com")["sender"]
        body["event"]["workspace_id"] = int(self.number)
        body["data"]["lead"] |= {"id": lead["id"], "email": email, "first_name": lead["first_name"]}
        body["data"]["lead"]["custom_variables"] = []
        body["data"]["sender_email"]["id"] = sender["id"]
        body["data"].get("campaign_event", {})["id"] = next(_numbers)
        for part, fields in parts.items():
            body["data"][part] |= fields
        answer = post(self.client, f"/api/webhooks/email/{self.connection.webhook_token}", body)
        assert answer.json() == {"success": True}
        work(WebhookEvent)

    def sent(self) -> list[dict[str, Any]]:
        """What the product sent through it."""
        letters = self.sandbox.sent(f"emailbison:{self.number}")
        return [letter for letter in letters if letter.get("via") != "campaign"]


def work(model: Any = MessageJob) -> None:
    for lane in Lane.values:
        running.drain(model, lane)


def write(lead: Lead, by: User, text: str = "Tuesday?", **more: Any) -> Message:
    given = {"channel": "email", "text": text, "key": text, "undo_seconds": 0, "to": lead.email, "subject": "Lunch"}
    return sending.queue(lead=lead, by=by, **(given | more))


@pytest.fixture
def moves(harbor: Workspace, sandbox_process: SandboxServer, settings: Any, client: Client) -> Iterator[Any]:
    """Connects the workspace to a fresh account, in which everything is numbered from the beginning."""
    settings.SANDBOX_URL = sandbox_process.base_url
    settings.EMAILBISON_BASE_URL = sandbox_process.url("/emailbison")
    settings.PROVIDER_TIMEOUT_S = 2
    EmailBisonHost.objects.create(host="sandbox.example.com")
    made: list[str] = []

    def move() -> Account:
        number = str(next(_numbers))
        made.append(number)
        key = sandbox_process.account("emailbison", number, name="Harbor", campaigns=["Q1"])["token"]
        connection = connecting.connect(
            workspace=harbor,
            provider="emailbison",
            external_id=number,
            host="sandbox.example.com",
            secrets={"api_key": key},
            by=None,
        )
        account = Account(sandbox_process, client, number, connection)
        account.order("sender", email="nora@harbor.example.com")
        return account

    yield move
    for number in made:
        sandbox_process.reset(f"emailbison:{number}")


@pytest.fixture
def old(moves: Any) -> Account:
    """Ann answered there."""
    account: Account = moves()
    account.mails(ANN)
    account.hears(ANN, "Sounds good")
    MessageJob.objects.all().delete()
    return account


@pytest.fixture
def new(moves: Any, old: Account) -> Account:
    """Bob answered there, by the same numbers as Ann."""
    account: Account = moves()
    account.mails(BOB)
    account.hears(BOB, "Who are you?")
    MessageJob.objects.all().delete()
    return account


@pytest.fixture
def ann(new: Account) -> Lead:
    return Lead.objects.get(email=ANN)


@pytest.fixture
def bob(new: Account) -> Lead:
    return Lead.objects.get(email=BOB)


def test_the_two_accounts_do_count_alike(ann: Lead, bob: Lead) -> None:
    numbers = dict(LeadIdentity.objects.filter(kind="emailbison_lead").values_list("lead__email", "value"))
    assert numbers[BOB] == f"2:{numbers[ANN]}"
    replies = dict(Message.objects.filter(direction="in").values_list("lead__email", "emailbison_reply_id"))
    assert replies[BOB] == f"2:{replies[ANN]}"


def test_an_answer_goes_into_the_thread_of_the_new_accounts_lead_and_its_echo_is_the_same_message(
    new: Account, bob: Lead, sam: User
) -> None:
    message = write(bob, sam)
    work()
    message.refresh_from_db()
    (letter,) = new.sent()
    assert (message.delivery, letter["to"], "Who are you?" in letter["html"]) == (Delivery.SENT, [BOB], True)
    assert message.emailbison_reply_id == f"2:{letter['id']}"
    count = Message.objects.count()
    echo = {"id": int(letter["id"]), "text_body": "Tuesday?", "to": [{"name": "Bob", "address": BOB}]}
    new.tells("manual_email_sent", email=BOB, reply=echo)
    assert Message.objects.count() == count


def test_an_answer_whose_outcome_is_unknown_is_found_in_the_new_account(new: Account, bob: Lead, sam: User) -> None:
    message = write(bob, sam)
    with new.sandbox.fault("no_answer", provider="emailbison", operation="send", times=1):
        work()
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()
    message.refresh_from_db()
    assert (message.delivery, len(new.sent())) == (Delivery.SENT, 1)
    assert message.emailbison_reply_id == f"2:{new.sent()[0]['id']}"


def test_an_old_conversation_is_not_answered_into_a_strangers_thread(
    old: Account, new: Account, ann: Lead, sam: User
) -> None:
    (option,) = [
        one for one in channels.options(ann, facts_to_write(ann, now=timezone.now())) if one.channel == "email"
    ]
    assert (option.usable, option.reason) == (False, "no e-mail of this lead to answer in the account connected now")
    message = write(ann, sam)
    work()
    message.refresh_from_db()
    assert (message.delivery, "another EmailBison account" in message.error) == (Delivery.FAILED, True)
    assert (old.sent(), new.sent()) == ([], [])


@pytest.mark.parametrize("is_unconfirmed", [False, True])
def test_what_was_on_its_way_when_the_account_changed_is_not_sent_through_the_other(
    moves: Any, old: Account, sam: User, is_unconfirmed: bool
) -> None:
    message = write(Lead.objects.get(), sam)
    if is_unconfirmed:
        with old.sandbox.fault("error_500", provider="emailbison", operation="send", times=1):
            work()
    new = moves()
    new.mails(BOB)
    new.hears(BOB, "Who are you?")
    MessageJob.objects.filter(kind__endswith="POST_PROCESS").delete()
    for _ in range(3):
        MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
        work()
    message.refresh_from_db()
    assert message.delivery == (Delivery.UNCONFIRMED if is_unconfirmed else Delivery.FAILED)
    assert (old.sent(), new.sent()) == ([], [])


def test_whom_the_new_account_writes_to_as_well_can_be_answered_there(new: Account, ann: Lead, sam: User) -> None:
    new.mails(ANN)
    (option,) = [
        one for one in channels.options(ann, facts_to_write(ann, now=timezone.now())) if one.channel == "email"
    ]
    assert option.usable
    message = write(ann, sam)
    work()
    message.refresh_from_db()
    (letter,) = new.sent()
    assert (message.delivery, letter["to"], letter["subject"]) == (Delivery.SENT, [ANN], "Lunch")
    assert "Who are you?" not in letter["html"]


def test_the_way_back_opens_the_old_conversations_again(
    old: Account, new: Account, harbor: Workspace, ann: Lead, bob: Lead, sam: User
) -> None:
    key = old.sandbox.account("emailbison", old.number)["token"]
    connecting.connect(
        workspace=harbor, provider="emailbison", external_id=old.number, secrets={"api_key": key}, by=None
    )
    to_ann, to_bob = write(ann, sam, "To Ann"), write(bob, sam, "To Bob")
    work()
    to_ann.refresh_from_db(), to_bob.refresh_from_db()
    assert (to_ann.delivery, to_bob.delivery) == (Delivery.SENT, Delivery.FAILED)
    assert [letter["to"] for letter in old.sent()] == [[ANN]]


def test_who_opts_out_is_stopped_by_the_number_the_account_has_for_them(new: Account, ann: Lead, bob: Lead) -> None:
    def known(lead: Lead) -> Person:
        names = LeadIdentity.objects.filter(lead=lead, kind="emailbison_lead").values_list("kind", "value")
        return Person(names=tuple(names), email=lead.email)

    assert outgoing.history(new.connection, known(ann), Channel.EMAIL) == []
    (received,) = outgoing.history(new.connection, known(bob), Channel.EMAIL)
    assert received.person.names == known(bob).names
    assert outgoing.stop_lead(new.connection, known(ann))
    assert new.order("lead", email=BOB)["lead"]["status"] != "unsubscribed"
    assert outgoing.stop_lead(new.connection, known(bob))
    assert new.order("lead", email=BOB)["lead"]["status"] == "unsubscribed"


def test_what_is_known_already_ends_the_reading_of_the_newest(new: Account, bob: Lead) -> None:
    newest = Message.objects.get(lead=bob, direction="in").emailbison_reply_id
    assert outgoing.recent(new.connection, known={newest}) == []
    (event,) = outgoing.recent(new.connection, known=set())
    assert event.ids["emailbison_reply"] == newest
