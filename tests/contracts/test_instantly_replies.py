"""From Instantly's webhook to the inbox and back: what the payload leaves out is fetched, and a reply never waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from inbox import sending
from inbox.models import Delivery, Message, MessageJob
from integrations import connecting
from integrations.addresses import webhook_url
from integrations.models import Connection, WebhookEvent
from leads.models import Lead
from tests.sandbox_server import SandboxServer
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

ANN, BO = "ann@buyer.example.com", "bo@buyer.example.com"
SECRET = "in-secret-0123456789"

Act = Callable[..., dict[str, Any]]


@pytest.fixture
def connection(sandbox: SandboxServer, harbor: Workspace) -> Connection:
    account = sandbox.account("instantly", str(uuid.uuid4()), name="Acme", senders=["sam@sender.example.com"])
    return connecting.connect(
        workspace=harbor,
        provider="instantly",
        external_id=account["id"],
        secrets={"api_key": account["token"], "webhook_secret": SECRET},
        by=None,
    )


@pytest.fixture
def act(sandbox: SandboxServer, connection: Connection, client: Client) -> Act:
    """Something happens at Instantly; its webhooks reach the product, and a worker takes them up."""
    account = sandbox.account(
        "instantly",
        connection.external_id,
        webhook_url="https://zrg.example.com/hooks",  # where nobody listens: handed over below
        webhook_secret=SECRET,
    )

    def happens(name: str, **order: Any) -> dict[str, Any]:
        with sandbox.fault("dropped", provider="instantly", account=account["key"]):
            done = sandbox.control(f"instantly/{name}", {"account": account["key"], **order})
        for number in done.get("deliveries", []):
            told = next(row for row in sandbox.deliveries(account["key"]) if row["id"] == number)
            path = "/api" + webhook_url(connection).partition("/api")[2]
            answer = client.post(path, told["body"], content_type="application/json", headers=told["headers"])
            assert answer.status_code == 200
        for lane in (Lane.FIRST, Lane.BULK):
            running.drain(WebhookEvent, lane)
        return done

    return happens


@pytest.fixture
def campaign(act: Act) -> None:
    act("lead", email=ANN, first_name="Ann", last_name="Lee", custom_variables={"step": "mine"})
    act("campaign-send", lead_email=ANN, subject="Quick idea")


def received() -> Message:
    return Message.objects.filter(direction="in").latest("created_at")


def test_a_colleagues_answer_is_filed_under_the_lead_with_its_real_sender(act: Act, campaign: None) -> None:
    act("reply", lead_email=ANN, from_email=BO, from_name="Bo Ek", text="I decide that.", cc=[ANN])
    message, lead = received(), Lead.objects.get()
    assert (lead.email, lead.current_replier_email, lead.current_replier_name) == (ANN, BO, "Bo Ek")
    assert (message.from_email, message.from_name) == (BO, "Bo Ek")
    assert message.cc == [{"email": ANN, "name": ""}]
    assert message.rfc_message_id


def test_the_answer_reaches_the_colleague(
    act: Act, campaign: None, sandbox: SandboxServer, sam: User, connection: Connection
) -> None:
    act("reply", lead_email=ANN, from_email=BO, from_name="Bo Ek", text="I decide that.")
    sending.queue(lead=Lead.objects.get(), channel="email", text="Tuesday?", key="k", by=sam, undo_seconds=0)
    running.drain(MessageJob, Lane.FIRST)
    (letter,) = sandbox.sent(f"instantly:{connection.external_id}")
    assert letter["to"] == [BO]
    ours = Message.objects.get(dedupe_key="out:k")
    assert (ours.delivery, ours.to[0]["email"]) == (Delivery.SENT, BO)


@pytest.mark.parametrize("kind", ["error_500", "hang_up", "malformed", "rate_limited", "unauthorized", "success_false"])
def test_a_reply_is_filed_without_its_details_where_there_are_none(
    act: Act, campaign: None, sandbox: SandboxServer, kind: str
) -> None:
    with sandbox.fault(kind, provider="instantly", operation="lookup"):
        act("reply", lead_email=ANN, text="Sounds good")
    assert (received().body, received().from_email) == ("Sounds good", "")


def test_an_automatic_reply_is_automatic_and_an_opt_out_counts_for_who_wrote_it(act: Act, campaign: None) -> None:
    act("out-of-office", lead_email=ANN)
    assert received().automated
    act("reply", lead_email=ANN, from_email=BO, text="Please remove me from your list.")
    assert received().automated == "opt_out"


def test_nobody_is_asked_about_campaign_mail(act: Act, sandbox: SandboxServer, connection: Connection) -> None:
    act("campaign-send", count=30)
    assert Message.objects.count() == 30
    assert sandbox.requests(f"instantly:{connection.external_id}") == []


def test_an_unanswered_send_is_looked_up_and_not_sent_again(
    act: Act, campaign: None, sandbox: SandboxServer, sam: User, connection: Connection, settings: Settings
) -> None:
    act("reply", lead_email=ANN, text="Sounds good")
    lead = Lead.objects.get()
    message = sending.queue(lead=lead, channel="email", text="Tuesday?", key="k", by=sam, undo_seconds=0)
    with sandbox.fault("no_answer", provider="instantly", operation="send"):
        running.drain(MessageJob, Lane.FIRST)
    message.refresh_from_db()
    assert message.delivery == Delivery.UNCONFIRMED
    MessageJob.objects.filter(kind=MessageJob.Kind.LOOK_UP).update(run_at=message.created_at)
    running.drain(MessageJob, Lane.FIRST)
    message.refresh_from_db()
    (letter,) = sandbox.sent(f"instantly:{connection.external_id}")
    assert (message.delivery, message.instantly_email_id) == (Delivery.SENT, letter["id"])
