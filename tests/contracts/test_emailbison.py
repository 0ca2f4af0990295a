"""EmailBison keeps the contract, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from integrations import connecting, outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused
from integrations.events import Address, Channel, MessageReceived, Person
from integrations.models import Connection
from integrations.outgoing import Outgoing
from integrations.providers.emailbison.adapter import EmailBison
from tests.contracts.messenger import MessengerContract
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace


@pytest.fixture
def connection(sandbox: SandboxServer, harbor: Workspace, number: int) -> Connection:
    account = sandbox.account("emailbison", number, name="Acme", senders=["sam@sender.example"])
    return connecting.connect(
        workspace=harbor,
        provider="emailbison",
        external_id=str(number),
        host="send.agency.example",
        secrets={"api_key": account["token"]},
        by=None,
    )


@pytest.fixture
def answered(sandbox: SandboxServer, connection: Connection) -> dict[str, Any]:
    """Ann's reply to a campaign mail, as EmailBison keeps it."""
    account = f"emailbison:{connection.external_id}"
    lead = {"account": account, "email": "ann@buyer.example", "first_name": "Ann", "last_name": "Lee"}
    sandbox.control("emailbison/lead", lead)
    sandbox.control("emailbison/campaign-send", {"account": account, "lead_email": "ann@buyer.example"})
    order = {"account": account, "lead_email": "ann@buyer.example", "text": "Sounds good, tell me more."}
    return sandbox.control("emailbison/reply", order)["reply"]


@pytest.fixture
def message(answered: dict[str, Any]) -> Outgoing:
    return Outgoing(
        channel=Channel.EMAIL,
        text="Tuesday 3pm?\n\nBest\nSam",
        person=Person(names=(("emailbison_lead", str(answered["lead_id"])),), email="ann@buyer.example"),
        to=(Address("ann@buyer.example", "Ann Lee"),),
        thread={"reply_id": str(answered["id"]), "sender_email_id": str(answered["sender_email_id"])},
    )


class TestEmailBison(MessengerContract):
    id_kind = "emailbison_reply"

    def test_the_answer_goes_into_the_thread_with_history_below_it(self) -> None:
        self.send(replace(self.message, cc=(Address("bo@buyer.example", "Bo"),)))
        (letter,) = self.sent()
        assert letter["to"] == ["ann@buyer.example"]
        assert letter["cc"] == ["bo@buyer.example"]
        assert letter["subject"].startswith("Re:")
        assert "<p>Tuesday 3pm?</p><p>Best<br>Sam</p>" in letter["html"]
        assert "Sounds good" in letter["html"].partition("<blockquote")[2]
        assert letter["sender"].endswith("sam@sender.example") or "sam@sender.example" in letter["sender"]

    def test_markup_in_a_text_is_text(self) -> None:
        self.send(replace(self.message, text="<b>5 < 6 & 7</b>"))
        assert "<p>&lt;b&gt;5 &lt; 6 &amp; 7&lt;/b&gt;</p>" in self.sent()[0]["html"]

    def test_own_html_goes_out_as_it_is_and_is_found_again(self) -> None:
        rich = replace(self.message, html="<p>Tuesday <b>3pm</b>?</p>")
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send(rich)
        assert self.look_up(rich) is not None
        assert "<b>3pm</b>" in self.sent()[0]["html"]

    def test_a_thread_without_its_mailbox_asks_for_it(self) -> None:
        thread = {"reply_id": self.message.thread["reply_id"]}
        self.send(replace(self.message, thread=thread))
        assert "sam@sender.example" in self.sent()[0]["sender"]

    def test_without_an_inbound_mail_a_known_mailbox_begins_a_thread(self) -> None:
        thread = {"sender_email_id": self.message.thread["sender_email_id"]}
        receipt = self.send(replace(self.message, thread=thread, subject="Lunch"))
        assert self.sent()[0]["subject"] == "Lunch"
        assert receipt.thread["reply_id"] == receipt.ids["emailbison_reply"]

    def test_a_new_thread_is_found_by_the_look_up(self) -> None:
        begun = replace(
            self.message, subject="Lunch", thread={"sender_email_id": self.message.thread["sender_email_id"]}
        )
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send(begun)
        assert self.look_up(begun) is not None

    @pytest.mark.parametrize(
        "thread",
        [{}, {"sender_email_id": "139"}, {"reply_id": "999999"}, {"reply_id": "999999", "sender_email_id": "1"}],
    )
    def test_where_there_is_nothing_to_answer_the_thread_is_closed(self, thread: dict[str, str]) -> None:
        with pytest.raises(Refused) as refused:
            self.send(replace(self.message, thread=thread))
        assert refused.value.code in {"closed_thread"} or "sender" in str(refused.value)

    def test_a_200_that_says_no_is_a_refusal(self) -> None:
        with self.fault("success_false", "send"), pytest.raises(Refused, match="could not be sent"):
            self.send()
        assert self.look_up() is None

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("This lead has unsubscribed.", "unsubscribed"),
            ("The email is blacklisted", "unsubscribed"),
            ("Record not found.", "closed_thread"),
            ("The selected sender email id is invalid.", "bad_input"),
            ("Something new", "refused"),
        ],
    )
    def test_a_refusal_carries_what_may_be_done(self, words: str, code: str) -> None:
        with self.fault("refused", "send", message=words), pytest.raises(Refused) as refused:
            self.send()
        assert refused.value.code == code

    def test_the_same_words_to_somebody_else_are_another_mail(self) -> None:
        self.send(replace(self.message, to=(Address("bo@buyer.example"),)))
        assert self.look_up() is None

    def test_an_answer_written_at_the_platform_with_more_behind_it_is_not_ours(self) -> None:
        account = f"emailbison:{self.connection.external_id}"
        text = "Tuesday 3pmish"
        self.sandbox.control(
            "emailbison/manual-email", {"account": account, "lead_email": "ann@buyer.example", "text": text}
        )
        assert self.look_up(replace(self.message, text="Tuesday 3pm")) is None

    def test_a_host_off_the_list_is_never_called(self, settings: Settings) -> None:
        settings.EMAILBISON_BASE_URL = ""
        self.connection.host = "evil.example"
        self.connection.save()
        with pytest.raises(NeedsAttention, match=r"evil\.example"):
            self.send()

    def test_a_key_of_another_workspace_names_the_field(self, number: int) -> None:
        other = self.sandbox.account("emailbison", number + 5000, name="Other")
        self.connection.credentials = {"api_key": other["token"]}
        self.connection.save()
        found = outgoing.test(Connection.objects.get(pk=self.connection.pk))
        assert "“Workspace id”" in found.text
        assert str(number + 5000) in found.text

    def test_history_knows_the_lead_and_the_sender(self) -> None:
        (received,) = self.read()
        assert isinstance(received, MessageReceived)
        assert received.person.names == self.message.person.names
        assert received.sender.email == "ann@buyer.example"
        assert received.campaign is not None
        assert received.thread["reply_id"] == self.message.thread["reply_id"]

    def test_history_of_a_stranger_is_empty(self) -> None:
        assert outgoing.history(self.connection, Person(email="nobody@buyer.example"), Channel.EMAIL) == []
        assert outgoing.history(self.connection, self.message.person, Channel.SMS) == []

    def test_long_lists_are_read_page_by_page(self) -> None:
        account = f"emailbison:{self.connection.external_id}"
        for turn in range(4):
            self.sandbox.control("emailbison/campaign", {"account": account, "name": f"Campaign {turn}"})
        adapter, asked = EmailBison(self.connection), len(self.sandbox.requests(account))
        from_pages = [*adapter._pages("/campaigns", {"per_page": "2"}, operation="campaigns")]
        assert len(from_pages) == len(adapter.campaigns()) == 5
        assert len(self.sandbox.requests(account)) > asked

    def test_senders_say_whether_they_are_connected(self) -> None:
        (sender,) = EmailBison(self.connection).senders()
        assert (sender.email, sender.is_connected) == ("sam@sender.example", True)

    # ── Leads ──────────────────────────────────────────────────────────────────
    def test_a_lead_who_opted_out_is_stopped_and_twice_is_once(self) -> None:
        assert outgoing.stop_lead(self.connection, self.message.person)
        assert outgoing.stop_lead(self.connection, self.message.person)
        account = f"emailbison:{self.connection.external_id}"
        found = self.sandbox.control("conversation", account=account, lead="ann@buyer.example")
        assert found["person"]["blocked"] == "unsubscribed"

    def test_an_address_without_a_lead_is_stopped_too(self) -> None:
        assert outgoing.stop_lead(self.connection, Person(email="nobody@buyer.example"))
        assert not outgoing.stop_lead(self.connection, Person(phone="+15550100002"))

    def test_a_custom_variable_is_made_once_and_other_fields_stay(self) -> None:
        adapter, person = EmailBison(self.connection), self.message.person
        assert adapter.set_variables(person, {"Availability Slot": "Tue 10:00 ET"})
        assert adapter.set_variables(person, {"availability slot": "Wed 14:30 ET"})
        lead = adapter.call("contacts", "GET", "/leads/ann@buyer.example").get("data")
        assert lead["first_name"] == "Ann"
        assert {"name": "availability slot", "value": "Wed 14:30 ET"} in lead["custom_variables"]
        assert not adapter.set_variables(Person(email="nobody@buyer.example"), {"availability slot": "x"})
