"""LinkedIn through the one door, against the sandbox: chats, connection requests, limits, echoes, a lost account."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from inbox import channels, delivering, sending
from inbox.facts import facts_to_write
from inbox.models import Delivery, Message, MessageJob
from integrations import arrivals
from integrations.models import Connection, Provider, WebhookEvent
from integrations.providers.incoming import Incoming
from integrations.signals import connection_failed, connection_recovered
from leads import suppression
from leads.models import Lead, LeadIdentity, TimelineEvent
from tests.factories.leads import lead, name
from tests.sandbox_server import SandboxServer
from zrg.jobs import running
from zrg.jobs.models import Lane, Status
from zrg.workspaces.models import User, Workspace

SECRET = "the-secret-of-the-tests"
_numbers = itertools.count(300)


class LinkedIn:
    """Harbor's account at the sandbox; its webhooks are kept there and handed to the product's door by `hear`."""

    def __init__(self, sandbox: SandboxServer, connection: Connection) -> None:
        self.sandbox, self.connection, self.heard = sandbox, connection, 0
        self.key = f"unipile:{connection.external_id}"

    def act(self, act: str, **order: Any) -> dict[str, Any]:
        return self.sandbox.control(f"unipile/{act}", {"account": self.key, **order})

    def hear(self) -> list[str]:
        """What the provider has told since the last time, in order: the reasons kept on the events."""
        news = self.sandbox.deliveries(self.key, after=self.heard)
        reasons = []
        for row in sorted(news, key=lambda one: one["id"]):
            self.heard = row["id"]
            incoming = Incoming(
                body=json.dumps(row["body"]).encode(), headers={"Unipile-Auth": SECRET}, query={}, token=""
            )
            answer = arrivals.receive(Provider.UNIPILE, incoming, now=timezone.now())
            assert answer.status == 200, answer.body
            running.drain(WebhookEvent, Lane.FIRST)
            if kept := WebhookEvent.objects.order_by("-pk").first():
                assert kept.status == "SUCCEEDED", kept.last_error
                reasons.append(kept.reason)
        return reasons

    def sent(self) -> list[dict[str, Any]]:
        return self.sandbox.sent(self.key)


@pytest.fixture
def linkedin(harbor: Workspace, sandbox: SandboxServer, settings: Settings) -> Iterator[LinkedIn]:
    settings.SANDBOX_URL, settings.UNIPILE_BASE_URL = sandbox.base_url, sandbox.url("/unipile")
    settings.UNIPILE_WEBHOOK_SECRET, settings.PROVIDER_TIMEOUT_S = SECRET, 2
    number = f"acc_{next(_numbers)}"
    made = sandbox.account(
        "unipile", number, name="Nora Field", webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET
    )
    settings.UNIPILE_API_KEY = made["token"]
    connection = Connection.objects.create(workspace=harbor, provider="unipile", external_id=number, status="ok")
    with sandbox.fault("dropped", provider="unipile", operation="webhook"):
        yield LinkedIn(sandbox, connection)


@pytest.fixture
def ann(linkedin: LinkedIn) -> Lead:
    """Ann wrote on LinkedIn."""
    linkedin.act("person", first_name="Ann", last_name="Lee", provider_id="ACoANN", headline="CFO")
    linkedin.act("message", lead="ACoANN", text="Sounds good")
    linkedin.hear()
    MessageJob.objects.all().delete()
    return Lead.objects.get()


@pytest.fixture
def bo(linkedin: LinkedIn, harbor: Workspace) -> Lead:
    """Bo has a LinkedIn profile, and nothing was ever written there; the account is not connected with him."""
    linkedin.act("person", first_name="Bo", last_name="Ray", provider_id="ACoBO", degree="2")
    made = lead(harbor, first_name="Bo", last_name="Ray", linkedin_url="linkedin.com/in/bo-ray")
    name(made, "linkedin_url", "linkedin.com/in/bo-ray", primary=True)
    return made


def write(to: Lead, by: User, text: str = "Tuesday?", key: str = "k1") -> Message:
    return sending.queue(lead=to, channel="linkedin", text=text, key=key, by=by, undo_seconds=0)


def work() -> None:
    running.drain(MessageJob, Lane.FIRST)


def work_later() -> None:
    """As if what waits were due now."""
    MessageJob.objects.filter(status=Status.PENDING).update(run_at=timezone.now())
    work()


def told(of: Lead) -> list[str]:
    return list(TimelineEvent.objects.filter(lead=of).order_by("at", "id").values_list("text", flat=True))


# ── Sending ────────────────────────────────────────────────────────────────────
def test_an_answer_lands_in_the_leads_chat(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    work()
    message.refresh_from_db(), ann.refresh_from_db()
    (letter,) = linkedin.sent()
    assert (message.delivery, message.unipile_message_id) == (Delivery.SENT, letter["id"])
    assert (letter["text"], letter["to"]) == ("Tuesday?", ["ACoANN"])
    assert message.to == [{"email": "linkedin.com/in/ann-lee", "name": "Ann Lee"}]
    assert (ann.needs_reply, ann.last_message_channel) == (False, "linkedin")


def test_a_stranger_gets_a_connection_request_and_the_timeline_says_so(linkedin: LinkedIn, bo: Lead, sam: User) -> None:
    message = write(bo, sam, text="Hi Bo, Nora here.")
    work()
    message.refresh_from_db()
    assert (message.delivery, message.unipile_message_id) == (Delivery.SENT, None)
    assert linkedin.sent()[0]["state"] == "connection request"
    assert any("connection request" in text for text in told(bo))
    assert LeadIdentity.objects.filter(lead=bo, kind="linkedin_member", value="ACoBO").exists()


def test_an_accepted_request_is_one_message_and_its_chat_is_answered_in(
    linkedin: LinkedIn, bo: Lead, sam: User
) -> None:
    message = write(bo, sam, text="Hi Bo, Nora here.")
    work()
    with time_machine.travel(timezone.now() + timedelta(days=3), tick=True):
        linkedin.act("accept", lead="ACoBO")
        linkedin.hear()
        message.refresh_from_db()
        assert message.unipile_message_id
        assert Message.objects.filter(lead=bo).count() == 1
        answer = write(bo, sam, text="Thanks for connecting!", key="k2")
        work()
        answer.refresh_from_db()
    assert answer.thread["chat_id"] == message.thread["chat_id"]
    assert {letter["state"] for letter in linkedin.sent()} == {""}


def test_too_long_a_note_is_not_sent_and_says_what_to_do(linkedin: LinkedIn, bo: Lead, sam: User) -> None:
    message = write(bo, sam, text="x" * 301)
    work()
    message.refresh_from_db()
    assert message.delivery == Delivery.FAILED
    assert "300 characters. These are 301: shorten it." in message.error
    assert linkedin.sent() == []


def test_a_silent_answer_is_looked_up_and_never_repeated(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with linkedin.sandbox.fault("no_answer", provider="unipile", operation="send", times=1):
        work()
    message.refresh_from_db()
    assert message.delivery == Delivery.UNCONFIRMED
    delivering.look_up(MessageJob.objects.get(kind=MessageJob.Kind.LOOK_UP))
    message.refresh_from_db()
    assert message.delivery == Delivery.SENT
    assert [letter["id"] for letter in linkedin.sent()] == [message.unipile_message_id]


def test_a_suppressed_profile_is_refused_by_any_of_its_names(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    suppression.add(ann, [("linkedin_member", "ACoANN")], reason="manual", evidence="Asked by phone.")
    with pytest.raises(sending.Refusal, match="ACoANN is on the suppression list"):
        write(ann, sam)
    assert not option(ann).usable


def test_nobody_is_written_to_without_a_profile(linkedin: LinkedIn, harbor: Workspace, sam: User) -> None:
    with pytest.raises(sending.Refusal, match="No LinkedIn profile"):
        write(lead(harbor), sam)


# ── Limits ─────────────────────────────────────────────────────────────────────
def test_above_the_days_limit_a_send_waits_visibly_and_goes_out_by_itself(
    linkedin: LinkedIn, ann: Lead, sam: User, settings: Settings
) -> None:
    settings.LINKEDIN_MESSAGES_PER_DAY = 1
    first, second = write(ann, sam, text="One", key="k1"), write(ann, sam, text="Two", key="k2")
    work()
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.delivery, second.delivery) == (Delivery.SENT, Delivery.HELD)
    assert second.held_until is not None
    assert timedelta(hours=23) < second.held_until - timezone.now() <= timedelta(days=1)
    assert "goes out by itself" in second.error
    job = MessageJob.objects.get(message_id=second.pk)
    assert (job.status, job.run_at) == ("PENDING", second.held_until)
    settings.LINKEDIN_MESSAGES_PER_DAY = 2  # a day later, as far as the allowance goes
    work_later()
    second.refresh_from_db()
    assert second.delivery == Delivery.SENT
    assert len(linkedin.sent()) == 2


def test_linkedins_own_limit_is_waited_out_for_days_and_never_a_failure(
    linkedin: LinkedIn, ann: Lead, sam: User
) -> None:
    message = write(ann, sam)
    with linkedin.sandbox.fault("refused", provider="unipile", operation="send", message="errors/cannot_resend_yet"):
        for _ in range(4):  # days
            work_later()
            message.refresh_from_db()
            assert message.delivery == Delivery.HELD
            waits_until = MessageJob.objects.get(message_id=message.pk).run_at
            assert timedelta(hours=23) < waits_until - timezone.now() <= timedelta(days=1)
    work_later()
    message.refresh_from_db()
    assert message.delivery == Delivery.SENT


def test_what_waits_can_be_taken_back(linkedin: LinkedIn, ann: Lead, sam: User, settings: Settings) -> None:
    settings.LINKEDIN_MESSAGES_PER_DAY = 0
    message = write(ann, sam)
    work()
    assert sending.undo(message, by=sam).delivery == Delivery.UNDONE
    work_later()
    assert linkedin.sent() == []


# ── Echoes ─────────────────────────────────────────────────────────────────────
def test_the_echo_of_an_own_send_is_no_second_message(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    write(ann, sam)
    work()
    assert linkedin.hear() == ["duplicate"]
    assert Message.objects.filter(lead=ann, direction="out").count() == 1


def test_an_echo_before_our_own_answer_confirms_the_send(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    with linkedin.sandbox.fault("no_answer", provider="unipile", operation="send", times=1):
        work()
    assert linkedin.hear() == ["echo"]
    message.refresh_from_db()
    assert (message.delivery, message.unipile_message_id) == (Delivery.SENT, linkedin.sent()[0]["id"])
    assert Message.objects.filter(lead=ann, direction="out").count() == 1


def test_what_was_typed_on_the_phone_is_recorded_once(linkedin: LinkedIn, ann: Lead) -> None:
    linkedin.act("own-message", lead="ACoANN", text="On my way")
    linkedin.hear()
    (typed,) = Message.objects.filter(lead=ann, direction="out")
    assert (typed.body, typed.sent_by_user, typed.delivery) == ("On my way", None, Delivery.SENT)


# ── The account ────────────────────────────────────────────────────────────────
def test_a_lost_account_is_told_once_a_day_and_its_return_too(linkedin: LinkedIn) -> None:
    news: list[str] = []

    def hear_failed(connection: Connection, reason: str, **_: Any) -> None:
        news.append(reason)

    def hear_recovered(connection: Connection, **_: Any) -> None:
        news.append("back")

    connection_failed.connect(hear_failed), connection_recovered.connect(hear_recovered)
    try:
        linkedin.act("disconnect"), linkedin.hear()
        assert status_of(linkedin) == (
            "disconnected",
            "LinkedIn asks for a new sign-in. Reconnect the account in Unipile.",
        )
        linkedin.act("reconnect"), linkedin.hear()
        assert status_of(linkedin)[0] == "ok"
        linkedin.act("disconnect", status="STOPPED"), linkedin.hear()
        assert status_of(linkedin)[0] == "failing"
    finally:
        connection_failed.disconnect(hear_failed), connection_recovered.disconnect(hear_recovered)
    assert news == ["LinkedIn asks for a new sign-in. Reconnect the account in Unipile.", "back"]


def status_of(linkedin: LinkedIn) -> tuple[str, str]:
    kept = Connection.objects.get(pk=linkedin.connection.pk)
    return kept.status, kept.last_error


def test_a_send_into_a_lost_account_is_refused_and_keeps_its_text(linkedin: LinkedIn, ann: Lead, sam: User) -> None:
    message = write(ann, sam)
    linkedin.act("disconnect")
    work()
    message.refresh_from_db()
    assert (message.delivery, message.body) == (Delivery.FAILED, "Tuesday?")
    assert "Reconnect it in Unipile" in message.error
    assert status_of(linkedin)[0] == "disconnected"
    with pytest.raises(sending.Refusal, match="disconnected"):
        write(ann, sam, key="k2")


# ── The page ───────────────────────────────────────────────────────────────────
def option(of: Lead) -> channels.ChannelOption:
    facts = facts_to_write(of, now=timezone.now())
    return next(one for one in channels.options(of, facts) if one.channel == "linkedin")


def test_the_options_say_when_it_may_be_a_connection_request(linkedin: LinkedIn, ann: Lead, bo: Lead) -> None:
    assert (option(ann).usable, option(ann).note_chars) == (True, 0)
    assert (option(bo).usable, option(bo).note_chars) == (True, 300)
    assert [(one.value, one.label) for one in option(bo).recipients] == [("linkedin.com/in/bo-ray", "Bo Ray")]


def test_the_options_of_all_channels_take_three_queries(
    linkedin: LinkedIn, ann: Lead, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(3):
        channels.options(ann, facts_to_write(ann, now=timezone.now()))


def page(client: Client, of: Lead) -> str:
    return client.get("/", {"clientId": str(of.workspace_id), "leadId": str(of.pk)}).content.decode()


def test_the_composer_offers_linkedin_with_a_counter_for_the_note(
    linkedin: LinkedIn, ann: Lead, bo: Lead, sam: User, client: Client
) -> None:
    client.force_login(sam)
    first, second = page(client, ann), page(client, bo)
    assert 'name="channel" value="linkedin" checked' in first
    assert "linkedin.com/in/ann-lee" in first
    assert "data-note" not in first
    assert 'data-note="300"' in second
    assert "goes out as a connection request" in second


def test_a_banner_says_what_to_do_to_those_who_can(
    linkedin: LinkedIn, ann: Lead, alice: User, sam: User, client: Client
) -> None:
    client.force_login(sam)
    assert "banner is-danger" not in page(client, ann)
    linkedin.act("disconnect"), linkedin.hear()
    seen = page(client, ann)
    assert "LinkedIn (Unipile) is disconnected since" in seen
    assert "Ask somebody who may change" in seen
    assert "Reconnect the account in Unipile" not in seen
    assert "/integrations/unipile" not in seen
    client.force_login(alice)
    seen = page(client, ann)
    assert "Reconnect the account in Unipile" in seen
    assert reverse("connections:account", args=[ann.workspace_id, "unipile"]) in seen
