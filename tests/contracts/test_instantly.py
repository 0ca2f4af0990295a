"""Instantly keeps the contract, over real HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from integrations import connecting, health, outgoing
from integrations.addresses import webhook_url
from integrations.errors import OutcomeUnknown, Refused, TryLater
from integrations.events import Address, Channel, MessageConfirmed, MessageReceived, Person
from integrations.models import Connection
from integrations.outgoing import Outgoing
from integrations.providers.instantly.adapter import Instantly
from tests.contracts.messenger import MessengerContract
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace

ANN, BO = "ann@buyer.example", "bo@buyer.example"


@pytest.fixture
def connection(sandbox: SandboxServer, harbor: Workspace) -> Connection:
    account = sandbox.account("instantly", str(uuid.uuid4()), name="Acme", senders=["sam@sender.example"])
    return connecting.connect(
        workspace=harbor,
        provider="instantly",
        external_id=account["id"],
        secrets={"api_key": account["token"], "webhook_secret": "in-secret-0123456789"},
        by=None,
    )


@pytest.fixture
def act(sandbox: SandboxServer, connection: Connection) -> Callable[..., dict[str, Any]]:
    """Something happens at Instantly, in this account."""

    def happens(name: str, **order: Any) -> dict[str, Any]:
        return sandbox.control(f"instantly/{name}", {"account": f"instantly:{connection.external_id}", **order})

    return happens


@pytest.fixture
def answered(act: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Ann's reply to a campaign mail, as Instantly keeps it."""
    act("lead", email=ANN, first_name="Ann", last_name="Lee", custom_variables={"step": "mine"})
    act("campaign-send", lead_email=ANN, subject="Quick idea")
    return act("reply", lead_email=ANN, text="Sounds good, tell me more.")["reply"]


@pytest.fixture
def message(answered: dict[str, Any]) -> Outgoing:
    """What the webhook of the reply and the composer know of it."""
    return Outgoing(
        channel=Channel.EMAIL,
        text="Tuesday 3pm?\n\nBest\nSam",
        person=Person(email=ANN),
        to=(Address(ANN, "Ann Lee"),),
        thread={"email_id": answered["id"], "eaccount": "sam@sender.example", "subject": "Re: Quick idea"},
    )


class TestInstantly(MessengerContract):
    id_kind = "instantly_email"

    @pytest.fixture(autouse=True)
    def _acts(self, act: Callable[..., dict[str, Any]]) -> None:
        self.act = act

    def calls(self, operation: str = "") -> list[dict[str, Any]]:
        account = f"instantly:{self.connection.external_id}"
        return self.sandbox.requests(account, operation=operation)

    # ── The thread decides where it goes ───────────────────────────────────────
    def test_the_answer_leaves_from_the_threads_mailbox_with_copies(self) -> None:
        self.send(replace(self.message, cc=(Address(BO, "Bo"), Address("cy@buyer.example"))))
        (letter,) = self.sent()
        assert letter["to"] == [ANN]
        assert letter["cc"] == [BO, "cy@buyer.example"]
        assert letter["subject"] == "Re: Quick idea"
        assert letter["html"] == "<p>Tuesday 3pm?</p><p>Best<br>Sam</p>"
        assert "sam@sender.example" in letter["sender"]

    def test_a_subject_gets_its_re_once(self) -> None:
        self.send(replace(self.message, thread={**self.message.thread, "subject": "Quick idea"}))
        assert self.sent()[0]["subject"] == "Re: Quick idea"

    def test_the_recipient_cannot_be_replaced_and_nothing_leaves(self) -> None:
        offered = outgoing.capabilities(self.connection)
        assert offered is not None
        assert (offered.can_override_to, offered.can_cc, offered.can_set_subject) == (False, True, False)
        with pytest.raises(Refused, match=ANN) as refused:
            self.send(replace(self.message, to=(Address(BO),)))
        assert refused.value.code == "bad_input"
        assert self.sent() == []

    def test_a_colleagues_mail_is_answered_only_by_who_means_the_colleague(self) -> None:
        """The webhook names the lead; the platform would answer the colleague."""
        theirs = self.act("reply", lead_email=ANN, from_email=BO, text="I decide that.", cc=[ANN])["reply"]
        into = replace(self.message, thread={**self.message.thread, "email_id": theirs["id"]})
        with pytest.raises(Refused, match=BO):
            self.send(into)
        self.send(replace(into, to=(Address(BO),)))
        assert [letter["to"] for letter in self.sent()] == [[BO]]

    def test_a_thread_known_in_full_costs_one_call(self) -> None:
        asked = len(self.calls())
        self.send(replace(self.message, thread={**self.message.thread, "goes_to": ANN}))
        assert len(self.calls()) == asked + 1

    def test_an_own_mail_that_was_not_answered_can_be_followed_up(self) -> None:
        receipt = self.send()
        again = self.send(replace(self.message, text="And one more.", thread=dict(receipt.thread)))
        assert [letter["to"] for letter in self.sent()] == [[ANN], [ANN]]
        assert again.thread["goes_to"] == ANN

    @pytest.mark.parametrize("thread", [{}, {"eaccount": "sam@sender.example"}, {"email_id": "gone"}])
    def test_where_there_is_nothing_to_answer_the_thread_is_closed(self, thread: dict[str, str]) -> None:
        with pytest.raises(Refused) as refused:
            self.send(replace(self.message, thread=thread))
        assert refused.value.code == "closed_thread"

    # ── Failures that come with 200 ────────────────────────────────────────────
    def test_a_200_with_an_error_is_a_failure(self) -> None:
        with self.fault("success_false", "send", message="ACC_UNKNOWN_ERROR"), pytest.raises(Refused) as refused:
            self.send()
        assert "ACC_UNKNOWN_ERROR" in str(refused.value)
        assert self.look_up() is None

    def test_a_mailbox_that_is_signed_out_is_named_and_the_connection_still_works(self) -> None:
        self.act("sender-status", email="sam@sender.example", connected=False)
        with pytest.raises(Refused, match="signed out"):
            self.send()
        assert self.fresh().status != Connection.Status.FAILING
        gone = replace(self.message, thread={**self.message.thread, "eaccount": "x@sender.example", "goes_to": ANN})
        with pytest.raises(Refused) as refused:
            self.send(gone)
        assert refused.value.code == "closed_thread"

    @pytest.mark.parametrize("operation", ["lookup", "account", "history"])
    def test_reads_fail_with_200_too(self, operation: str) -> None:
        with self.fault("success_false", operation, message="ACC_AUTH_ERROR"):
            if operation == "account":
                assert "signed out" in outgoing.test(self.connection).text
                return
            with pytest.raises(Refused, match="signed out"):
                self.send() if operation == "lookup" else self.read()

    # ── Looking up ─────────────────────────────────────────────────────────────
    def test_the_look_up_asks_for_what_was_written_to_the_lead_only(self) -> None:
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send()
        assert self.look_up() is not None
        path = self.calls("history")[0]["path"]
        assert "email_type=manual" in path
        assert "lead=ann%40buyer.example" in path
        assert "min_timestamp_created=" in path

    def test_an_answer_to_a_colleague_is_found_under_the_lead(self) -> None:
        theirs = self.act("reply", lead_email=ANN, from_email=BO, text="I decide that.")["reply"]
        to_bo = replace(self.message, to=(Address(BO),), thread={**self.message.thread, "email_id": theirs["id"]})
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send(to_bo)
        assert self.look_up(to_bo) is not None

    def test_the_same_words_in_another_mailbox_are_another_mail(self) -> None:
        self.act("sender", email="kim@sender.example")
        self.send(replace(self.message, thread={**self.message.thread, "eaccount": "kim@sender.example"}))
        assert self.look_up() is None

    def test_the_campaigns_own_mail_is_never_taken_for_ours(self) -> None:
        self.act("campaign-send", lead_email=ANN, subject="Once more", body="<p>Tuesday 3pm?</p>")
        assert self.look_up(replace(self.message, text="Tuesday 3pm?")) is None

    # ── The list's own limit ───────────────────────────────────────────────────
    def test_lists_have_a_limit_of_their_own_that_sending_does_not_feel(self) -> None:
        with pytest.raises(TryLater) as later:
            for _ in range(20):
                self.read()
        assert (later.value.retry_after or 0) > 0
        assert all(call["status"] == 200 for call in self.calls("history")), "the platform never had to say no"
        assert self.send().ids

    @pytest.mark.django_db(transaction=True)
    def test_the_lists_limit_is_shared_by_all_workers(self, settings: Settings) -> None:
        def worker(_: int) -> int:
            passed, adapter = 0, Instantly(Connection.objects.get(pk=self.connection.pk))
            try:
                for _turn in range(10):
                    adapter.history(self.message.person, limit=1)
                    passed += 1
            except TryLater:
                return passed
            finally:
                connections.close_all()
            return passed

        with ThreadPoolExecutor(4) as pool:
            passed = sum(pool.map(worker, range(4)))
        assert 10 <= passed <= 20
        assert len(self.calls("history")) == passed

    # ── Reading back ───────────────────────────────────────────────────────────
    def test_history_knows_the_real_sender_and_the_copies(self) -> None:
        self.act("reply", lead_email=ANN, from_email=BO, from_name="Bo Ek", text="I decide that.", cc=[ANN])
        newest, first = self.read()
        assert isinstance(newest, MessageReceived)
        assert (newest.person.email, newest.sender) == (ANN, Address(BO, "Bo Ek"))
        assert newest.cc == (Address(ANN),)
        assert newest.thread["goes_to"] == BO
        assert isinstance(first, MessageReceived)
        assert (first.person.first_name, first.person.last_name) == ("Ann", "Lee")
        assert first.campaign is not None

    def test_mail_written_at_the_platform_is_read_back(self) -> None:
        self.act("manual-email", lead_email=ANN, text="Written at Instantly")
        found = outgoing.recent(self.connection, known=())
        assert [type(event) for event in found] == [MessageConfirmed, MessageReceived]
        assert found[0].text == "Written at Instantly"

    def test_campaign_mail_costs_no_lists(self) -> None:
        self.act("campaign-send", count=250)
        asked = len(self.calls("history"))
        assert len(outgoing.recent(self.connection, known=())) == 1
        assert len(self.calls("history")) == asked + 2

    def test_long_lists_are_read_page_by_page(self) -> None:
        for turn in range(101):
            self.act("reply", lead_email=ANN, text=f"Answer {turn}")
        found = outgoing.history(self.connection, self.message.person, Channel.EMAIL, limit=102)
        assert len({event.ids["instantly_email"] for event in found}) == 102
        assert len(self.calls("history")) == 2

    def test_history_of_a_stranger_is_empty(self) -> None:
        assert outgoing.history(self.connection, Person(email="nobody@buyer.example"), Channel.EMAIL) == []
        assert outgoing.history(self.connection, Person(phone="+15550100002"), Channel.EMAIL) == []

    # ── What the webhook leaves out ────────────────────────────────────────────
    def received(self, email_id: str) -> MessageReceived:
        """As the webhook tells a reply."""
        return MessageReceived(
            channel=Channel.EMAIL,
            person=Person(email=ANN, first_name="Ann"),
            text="I decide that.",
            ids={"instantly_email": email_id},
            thread={"email_id": email_id, "eaccount": "sam@sender.example", "subject": "Re: Quick idea"},
        )

    def test_a_reply_is_completed_with_sender_copies_and_recipient(self) -> None:
        theirs = self.act("reply", lead_email=ANN, from_email=BO, from_name="Bo Ek", text="I decide that.", cc=[ANN])
        whole = outgoing.completed(self.connection, self.received(theirs["reply"]["id"]))
        assert whole.sender == Address(BO, "Bo Ek")
        assert whole.cc == (Address(ANN),)
        assert whole.person.first_name == "Ann"
        assert whole.thread["goes_to"] == BO
        assert whole.ids["rfc"].startswith("<")
        assert not whole.automated
        asked = len(self.calls())
        assert outgoing.completed(self.connection, whole) == whole
        assert len(self.calls()) == asked, "nothing is missing any more"

    def test_a_mail_that_is_gone_stays_as_the_webhook_told_it(self) -> None:
        told = self.received("gone")
        assert outgoing.completed(self.connection, told) == told

    def test_after_one_failure_the_next_replies_do_not_wait(self) -> None:
        told = self.received(self.message.thread["email_id"])
        with self.fault("error_500", "lookup"), pytest.raises(TryLater):
            outgoing.completed(self.connection, told)
        asked = len(self.calls())
        with pytest.raises(TryLater):
            outgoing.completed(self.connection, told)
        assert len(self.calls()) == asked
        assert self.send().ids, "sending is not held up by it"

    # ── The webhook's health ───────────────────────────────────────────────────
    def webhooks(self) -> list[dict[str, Any]]:
        return Instantly(self.connection).ask("webhooks", "GET", "/webhooks").get("items")

    def test_a_missing_webhook_is_made_once_with_the_secret(self) -> None:
        assert "has been made" in outgoing.test(self.connection).text
        assert "is active" in outgoing.test(self.connection).text
        (made,) = self.webhooks()
        assert made["target_hook_url"] == webhook_url(self.connection)
        assert made["event_type"] == "all_events"
        assert made["headers"] == {"X-Instantly-Secret": "in-secret-0123456789"}

    def test_a_webhook_set_up_by_hand_counts(self, settings: Settings) -> None:
        adapter = Instantly(self.connection)
        base = webhook_url(self.connection).rpartition("/")[0]
        for target in ("https://elsewhere.example/hook", f"{base}?clientId={self.connection.workspace_id}"):
            adapter.ask("webhooks", "POST", "/webhooks", json={"target_hook_url": target, "event_type": "all_events"})
        assert "is active" in outgoing.test(self.connection).text
        assert len(self.webhooks()) == 2

    def test_a_webhook_that_was_switched_off_is_resumed(self) -> None:
        outgoing.test(self.connection)
        self.act("webhook-off")
        assert [hook["status"] for hook in self.webhooks()] == [-1]
        assert "was resumed" in outgoing.test(self.connection).text
        assert [hook["status"] for hook in self.webhooks()] == [1]

    def test_a_webhook_that_was_switched_off_is_noticed_while_everything_else_works(self) -> None:
        outgoing.test(self.connection)
        self.act("webhook-off")
        Connection.objects.update(checked_at=timezone.now() - timedelta(minutes=61))
        assert health.check_healthy() == {"tested": 1, "failed": 0}
        assert [hook["status"] for hook in self.webhooks()] == [1]

    def test_a_key_without_webhooks_can_still_send(self) -> None:
        with self.fault("unauthorized", "webhooks"):
            found = outgoing.test(self.connection)
        assert found.is_ok
        assert "cannot be checked" in found.text
        with self.fault("refused", "webhooks", message="Webhooks need a larger plan."):
            assert "larger plan" in outgoing.test(self.connection).text

    def test_without_a_workspace_id_any_working_key_will_do(self) -> None:
        Connection.objects.filter(pk=self.connection.pk).update(external_id="")
        assert outgoing.test(self.fresh()).is_ok

    # ── Leads ──────────────────────────────────────────────────────────────────
    def test_a_lead_who_opted_out_is_blocked_and_twice_is_once(self) -> None:
        assert outgoing.stop_lead(self.connection, self.message.person)
        assert outgoing.stop_lead(self.connection, self.message.person)
        adapter = Instantly(self.connection)
        assert [row["bl_value"] for row in adapter.ask("x", "GET", "/block-lists-entries").get("items")] == [ANN]
        found = adapter.ask("x", "POST", "/leads/list", json={"search": ANN}).get("items")
        assert [lead["lt_interest_status"] for lead in found] == [-1]
        with pytest.raises(AssertionError, match="block list"):
            self.act("campaign-send", lead_email=ANN)

    def test_an_address_without_a_lead_is_blocked_too(self) -> None:
        assert outgoing.stop_lead(self.connection, Person(email="nobody@buyer.example"))
        assert not outgoing.stop_lead(self.connection, Person(phone="+15550100002"))

    def test_a_refused_block_is_not_taken_for_done(self) -> None:
        with self.fault("refused", "suppress", message="The moon is wrong."), pytest.raises(Refused, match="moon"):
            outgoing.stop_lead(self.connection, self.message.person)
