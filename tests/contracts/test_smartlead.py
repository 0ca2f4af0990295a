"""SmartLead keeps the contract, over real HTTP."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from typing import Any

import pytest
import structlog

from integrations import connecting, outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, Queued, Refused, TryLater
from integrations.events import Address, Channel, MessageConfirmed, MessageReceived, Person
from integrations.models import Connection
from integrations.outgoing import Outgoing
from integrations.providers.smartlead.adapter import SmartLead
from integrations.providers.smartlead.webhook import parse
from tests.contracts.messenger import MessengerContract, Status
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace

ANN = "ann@buyer.example"


@pytest.fixture
def key(sandbox: SandboxServer, number: int) -> str:
    account = sandbox.account("smartlead", f"agency-{number}", name="Acme", senders=["sam@sender.example"])
    return str(account["token"])


@pytest.fixture
def connection(key: str, harbor: Workspace) -> Connection:
    secrets = {"api_key": key, "webhook_secret": "s-1"}
    return connecting.connect(workspace=harbor, provider="smartlead", secrets=secrets, by=None)


@pytest.fixture
def account(sandbox: SandboxServer, connection: Connection, number: int) -> str:
    return f"smartlead:agency-{number}"


@pytest.fixture
def answered(sandbox: SandboxServer, account: str) -> dict[str, Any]:
    """Ann's reply to a campaign mail, as SmartLead keeps it, with her number as `lead_id`."""
    lead = {"account": account, "email": ANN, "first_name": "Ann", "last_name": "Lee"}
    sandbox.control("smartlead/lead", lead)
    sandbox.control("smartlead/campaign-send", {"account": account, "lead_email": ANN})
    return sandbox.control("smartlead/reply", {"account": account, "lead_email": ANN, "text": "Sounds good."})["reply"]


@pytest.fixture
def message(answered: dict[str, Any]) -> Outgoing:
    """The thread is what the webhook of that reply leaves on the message."""
    lead_id, message_id, stats_id = str(answered["lead_id"]), answered["message_id"], answered["stats_id"]
    webhook = {
        "campaign_id": answered["campaign_id"],
        "sl_email_lead_id": lead_id,
        "sl_lead_email": ANN,
        "stats_id": stats_id,
        "reply_message": {"message_id": message_id, "time": answered["time"], "text": "Sounds good."},
    }
    (received,) = parse("EMAIL_REPLY", webhook)
    assert isinstance(received, MessageReceived)
    return Outgoing(
        channel=Channel.EMAIL,
        text="Tuesday 3pm?\n\nBest\nSam",
        person=Person(names=(("smartlead_lead", lead_id),), email=ANN),
        to=(Address(ANN, "Ann Lee"),),
        thread={"provider": "smartlead", **received.thread},
    )


class TestSmartLead(MessengerContract):
    id_kind = "smartlead_message"

    @pytest.fixture(autouse=True)
    def _at(self, account: str, key: str) -> None:
        self.account, self.key = account, key

    def sent(self) -> list[dict[str, Any]]:
        return self.sandbox.sent(self.account)

    def set(self, **fields: Any) -> None:
        self.sandbox.account("smartlead", self.account.removeprefix("smartlead:"), **fields)

    def act(self, name: str, **order: Any) -> dict[str, Any]:
        return self.sandbox.control(f"smartlead/{name}", {"account": self.account, **order})

    def asked(self, operation: str) -> int:
        return len(self.sandbox.requests(self.account, operation=operation))

    def test_the_test_button_notices_another_account(self) -> None:
        """A key does not say whose it is; that it is nobody's does show."""
        self.connection.credentials = {"api_key": "11111111-wrong", "webhook_secret": "s-1"}
        self.connection.save()
        assert outgoing.test(self.fresh()).status == Status.FAILING

    # ── The answer ─────────────────────────────────────────────────────────────
    def test_it_answers_the_newest_inbound_mail_with_what_it_says_below(self) -> None:
        self.send(replace(self.message, cc=(Address("bo@buyer.example", "Bo"), Address("cy@buyer.example"))))
        (letter,) = self.sent()
        assert letter["to"] == [ANN]
        assert letter["cc"] == ["bo@buyer.example", "cy@buyer.example"]
        assert letter["sender"].endswith("<sam@sender.example>")
        assert letter["thread"] == self.message.thread["stats_id"]
        assert letter["subject"].startswith("Re:")
        assert "<p>Tuesday 3pm?</p><p>Best<br>Sam</p>" in letter["html"]
        assert "Sounds good." in letter["html"].partition("<blockquote")[2]

    def test_it_goes_to_the_colleague_who_answered(self) -> None:
        self.send(replace(self.message, to=(Address("bo@buyer.example", "Bo Okafor"),)))
        assert self.sent()[0]["to"] == ["bo@buyer.example"]

    def test_without_a_recipient_it_goes_to_the_lead(self) -> None:
        self.send(replace(self.message, to=()))
        assert self.sent()[0]["to"] == [ANN]

    def test_markup_in_a_text_is_text(self) -> None:
        self.send(replace(self.message, text="<b>5 < 6 & 7</b>"))
        assert "<p>&lt;b&gt;5 &lt; 6 &amp; 7&lt;/b&gt;</p>" in self.sent()[0]["html"]

    @pytest.mark.parametrize("answers", ["text", "json"])
    def test_both_kinds_of_success_are_understood(self, answers: str) -> None:
        self.set(answers=answers)
        receipt = self.send()
        (letter,) = self.sent()
        assert receipt.ids == {"smartlead_message": letter["id"], "rfc": letter["id"]}

    def test_a_success_that_says_no_is_a_refusal_in_its_words(self) -> None:
        with self.fault("success_false", "send", message="Mailbox is paused."), pytest.raises(Refused) as refused:
            self.send()
        assert "Mailbox is paused." in str(refused.value)
        assert self.sent() == []

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("Invalid email_stats_id or campaign_id", "closed_thread"),
            ("Lead has unsubscribed", "unsubscribed"),
            ("Domain is in the block list", "unsubscribed"),
            ('"email_body" is required', "bad_input"),
            ("Something nobody has seen", "refused"),
        ],
    )
    def test_the_text_of_a_refusal_tells_what_may_be_done(self, words: str, code: str) -> None:
        with self.fault("refused", "send", message=words), pytest.raises(Refused) as refused:
            self.send()
        assert (refused.value.code, words in str(refused.value)) == (code, True)

    def test_a_mail_nobody_knows_cannot_be_answered(self) -> None:
        thread = {**self.message.thread, "stats_id": "00000000-gone"}
        with pytest.raises(Refused) as refused:
            self.send(replace(self.message, thread=thread))
        assert refused.value.code == "closed_thread"

    # ── What the thread does not say ───────────────────────────────────────────
    @pytest.mark.parametrize("lacks", [("stats_id", "message_id", "time"), ("lead_id",), ("campaign_id", "stats_id")])
    def test_what_a_thread_lacks_is_read_at_smartlead(self, lacks: tuple[str, ...]) -> None:
        thread = {name: value for name, value in self.message.thread.items() if name not in lacks}
        receipt = self.send(replace(self.message, thread=thread, person=Person(email=ANN)))
        assert receipt.thread["stats_id"] == self.message.thread["stats_id"]
        assert receipt.thread["campaign_id"] == self.message.thread["campaign_id"]

    def test_a_stranger_has_no_conversation_to_answer_in(self) -> None:
        stranger = replace(self.message, thread={}, person=Person(email="nobody@buyer.example"))
        with pytest.raises(Refused) as refused:
            self.send(stranger)
        assert refused.value.code == "closed_thread"
        assert self.look_up(stranger) is None

    def test_a_failing_look_at_the_conversation_sends_nothing(self) -> None:
        with self.fault("error_500", "history"), pytest.raises(TryLater):
            self.send()
        assert self.asked("send") == 0

    # ── The queue ──────────────────────────────────────────────────────────────
    def test_what_waits_in_the_queue_is_no_receipt_until_it_has_gone(self) -> None:
        self.set(hold_queue=True)
        with pytest.raises(Queued) as queued:
            self.send()
        assert isinstance(queued.value, OutcomeUnknown)
        assert self.look_up() is None
        self.act("send-queued")
        found = self.look_up()
        assert found is not None
        assert found.ids["smartlead_message"] == self.sent()[0]["id"]
        assert self.asked("send") == 1

    def test_a_queue_is_nothing_against_the_account(self) -> None:
        self.set(hold_queue=True)
        with pytest.raises(Queued):
            self.send()
        assert (self.fresh().status, self.fresh().last_error) == (Status.OK, "")

    @pytest.mark.parametrize("kind", ["error_500", "rate_limited", "unauthorized", "no_answer"])
    def test_whatever_happens_after_it_was_taken_it_is_not_to_be_repeated(
        self, kind: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The history answers once, before sending; the fault is planned between."""
        taken = SmartLead._check_taken

        def then_it_breaks(adapter: SmartLead, answer: Any) -> None:
            taken(adapter, answer)
            order = {"kind": kind, "provider": "smartlead", "operation": "history", "times": 1}
            self.sandbox.control("faults", order)

        monkeypatch.setattr(SmartLead, "_check_taken", then_it_breaks)
        with pytest.raises(Queued):
            self.send()
        assert len(self.sent()) == 1

    def test_the_same_words_twice_are_two_mails(self) -> None:
        first, second = self.send(), self.send()
        assert {first.ids[self.id_kind], second.ids[self.id_kind]} == {letter["id"] for letter in self.sent()}
        assert len(self.sent()) == 2

    def test_a_mail_that_waits_is_not_taken_for_its_sent_twin(self) -> None:
        self.send()
        self.set(hold_queue=True)
        with pytest.raises(Queued):
            self.send()

    def test_words_that_are_neither_yes_nor_no_are_unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            SmartLead,
            "_check_taken",
            lambda adapter, answer, check=SmartLead._check_taken: check(
                adapter, replace(answer, text="<html>Hm</html>")
            ),
        )
        with pytest.raises(OutcomeUnknown) as unknown:
            self.send()
        assert not isinstance(unknown.value, Queued)
        assert self.look_up() is not None

    # ── Reading ────────────────────────────────────────────────────────────────
    @pytest.mark.parametrize("shape", ["history", "messages"])
    def test_both_shapes_of_the_history_are_read(self, shape: str) -> None:
        self.set(history=shape)
        receipt = self.send()
        sent, received = self.read()
        assert isinstance(sent, MessageConfirmed)
        assert isinstance(received, MessageReceived)
        assert sent.ids == receipt.ids
        assert self.look_up() is not None

    def test_history_tells_the_mailbox_from_the_prospect(self) -> None:
        self.send()
        sent, received = self.read()
        assert isinstance(sent, MessageConfirmed)
        assert isinstance(received, MessageReceived)
        assert sent.sender.email == "sam@sender.example"
        assert received.sender.email == ANN
        assert [one.email for one in received.to] == ["sam@sender.example"]
        assert {sent.person.email, received.person.email} == {ANN}
        assert sent.person.names == received.person.names == self.message.person.names
        assert received.campaign is not None
        assert received.campaign.external_id == self.message.thread["campaign_id"]
        assert received.thread == {name: value for name, value in self.message.thread.items() if name != "provider"}

    def test_campaign_mail_is_left_to_the_webhooks(self) -> None:
        assert [type(event) for event in self.read()] == [MessageReceived]

    def test_history_joins_the_campaigns_of_a_lead(self) -> None:
        self.act("campaign-send", lead_email=ANN, campaign="Q2")
        self.act("reply", lead_email=ANN, text="Again?")
        first, second = self.read()
        assert "Again?" in (first.html + first.text)
        assert first.campaign != second.campaign

    def test_history_of_a_stranger_is_empty(self) -> None:
        assert outgoing.history(self.connection, Person(email="nobody@buyer.example"), Channel.EMAIL) == []
        assert outgoing.history(self.connection, Person(phone="+15550100002"), Channel.EMAIL) == []

    def test_recent_mail_is_read_until_a_conversation_holds_a_known_one(self) -> None:
        (old,) = self.read()
        self.act("campaign-send", lead_email="bo@buyer.example")
        new = self.act("reply", lead_email="bo@buyer.example", text="Me too.")["reply"]["message_id"]
        found = outgoing.recent(self.connection, known=[old.ids[self.id_kind]])
        assert [event.ids[self.id_kind] for event in found] == [new]
        everything = outgoing.recent(self.connection, known=[])
        assert [event.ids[self.id_kind] for event in everything] == [new, old.ids[self.id_kind]]
        assert len(outgoing.recent(self.connection, known=[], limit=1)) == 1

    # ── Leads ──────────────────────────────────────────────────────────────────
    @pytest.mark.parametrize("by", ["number", "address"])
    def test_a_lead_who_opted_out_is_stopped_and_twice_is_once(self, by: str) -> None:
        person = self.message.person if by == "number" else Person(email=ANN)
        assert outgoing.stop_lead(self.connection, person)
        assert outgoing.stop_lead(self.connection, person)
        found = self.sandbox.control("conversation", account=self.account, lead=ANN)
        assert found["person"]["blocked"] == "unsubscribed"
        blocked = SmartLead(self.connection).call("suppress", "GET", "/leads/get-domain-block-list").json
        assert [row["email_or_domain"] for row in blocked] == [ANN]

    def test_an_address_without_a_lead_is_blocked_too(self) -> None:
        assert outgoing.stop_lead(self.connection, Person(email="nobody@buyer.example"))
        assert not outgoing.stop_lead(self.connection, Person(phone="+15550100002"))

    def test_a_block_list_that_has_the_address_already_is_as_good(self) -> None:
        words = "Domain already exists in the block list."
        person = Person(email="nobody@buyer.example")
        with self.fault("refused", "suppress", message=words):
            assert outgoing.stop_lead(self.connection, person)
        with self.fault("refused", "suppress", message="Bad list."), pytest.raises(Refused):
            outgoing.stop_lead(self.connection, person)

    # ── The key ────────────────────────────────────────────────────────────────
    @pytest.mark.parametrize(
        "kind", ["", "error_500", "rate_limited", "unauthorized", "refused", "hang_up", "malformed"]
    )
    def test_the_key_is_in_no_log_and_no_error(self, kind: str) -> None:
        said = io.StringIO()
        watching = logging.StreamHandler(said)
        loggers = [logging.getLogger(name) for name in ("", "urllib3", "requests", "integrations")]
        for logger in loggers:
            logger.addHandler(watching)
        try:
            with structlog.testing.capture_logs() as structured:
                errors = self._everything_with(kind)
        finally:
            for logger in loggers:
                logger.removeHandler(watching)
        told = f"{said.getvalue()}{structured}{errors}{self.fresh().last_error}"
        assert "provider_call" in told
        assert self.key not in told
        assert "api_key=" not in told

    def _everything_with(self, kind: str) -> list[str]:
        """The texts and causes of what goes wrong."""
        errors: list[str] = []
        calls = (self.send, self.read, self.look_up, lambda: outgoing.stop_lead(self.connection, self.message.person))
        for call in calls:
            planned = self.sandbox.control("faults", {"kind": kind, "provider": "smartlead"}) if kind else None
            try:
                call()
            except (TryLater, OutcomeUnknown, Refused, NeedsAttention) as error:
                errors += [str(error), repr(error), str(error.__cause__)]
            finally:
                if planned:
                    self.sandbox.control("faults", method="DELETE")
        assert bool(errors) is bool(kind)
        return errors

    def test_the_key_is_not_in_the_log_of_calls_either(self) -> None:
        self.send()
        assert self.key not in str(self.sandbox.requests(self.account))

    def test_words_of_smartlead_that_repeat_the_key_are_cleaned(self) -> None:
        words = f"Cannot POST /api/v1/x?api_key={self.key}"
        with self.fault("refused", "send", message=words), pytest.raises(Refused) as refused:
            self.send()
        assert self.key not in str(refused.value)

    def test_workspaces_with_one_key_share_its_limit(self, harbor: Workspace) -> None:
        other = Connection(workspace=harbor, provider="smartlead", external_id="x")
        other.credentials = self.connection.credentials
        alone = Connection(workspace=harbor, provider="smartlead", external_id="y")
        assert SmartLead(other).account == SmartLead(self.connection).account
        assert SmartLead(alone).account != SmartLead(self.connection).account
        assert self.key not in SmartLead(self.connection).account
