"""GoHighLevel keeps the contract, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations import connecting, outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused
from integrations.events import Channel, MessageReceived, Person
from integrations.models import Connection
from integrations.outgoing import Outgoing
from integrations.providers.gohighlevel.adapter import GoHighLevel
from tests.contracts.messenger import MessengerContract, Status
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace


@pytest.fixture
def connection(sandbox: SandboxServer, harbor: Workspace, number: int) -> Connection:
    account = sandbox.account("ghl", f"loc_{number}", name="Acme", phone="+15550100001")
    secrets = {"api_key": account["token"]}
    return connecting.connect(workspace=harbor, provider="ghl", external_id=f"loc_{number}", secrets=secrets, by=None)


@pytest.fixture
def texted(sandbox: SandboxServer, connection: Connection) -> dict[str, Any]:
    """Ann's text message, as GoHighLevel keeps it."""
    order = {
        "account": f"ghl:{connection.external_id}",
        "phone": "+15550100002",
        "name": "Ann Lee",
        "text": "Who is this?",
    }
    return sandbox.control("ghl/sms", order)["message"]


@pytest.fixture
def message(texted: dict[str, Any]) -> Outgoing:
    return Outgoing(
        channel=Channel.SMS,
        text="Hi Ann, Sam of Acme. Does Tuesday suit?",
        person=Person(names=(("ghl_contact", texted["contactId"]),), phone="+15550100002", first_name="Ann"),
        thread={"contact_id": texted["contactId"], "conversation_id": texted["conversationId"]},
    )


class TestGoHighLevel(MessengerContract):
    id_kind = "ghl_message"

    @property
    def account(self) -> str:
        return f"ghl:{self.connection.external_id}"

    def adapter(self) -> GoHighLevel:
        return GoHighLevel(self.connection)

    def contact(self, **fields: Any) -> dict[str, Any]:
        return self.sandbox.control("ghl/contact", {"account": self.account, **fields})["contact"]

    def alone(self, **facts: Any) -> Outgoing:
        """To somebody of whom no thread is known."""
        return replace(self.message, person=Person(**facts), thread={})

    # ── Whom it goes to ────────────────────────────────────────────────────────
    def test_it_goes_to_the_contact_of_the_thread(self) -> None:
        receipt = self.send()
        assert receipt.thread == self.message.thread
        assert receipt.person_names == ()
        assert self.sent()[0]["to"] == ["+15550100002"]

    def test_a_contact_is_found_by_phone(self) -> None:
        receipt = self.send(self.alone(phone="+15550100002"))
        assert receipt.person_names == self.message.person.names

    def test_a_contact_is_found_by_email_and_given_the_phone(self) -> None:
        known = self.contact(email="bo@buyer.example", first_name="Bo")
        receipt = self.send(self.alone(email="bo@buyer.example", phone="+15550100003"))
        assert receipt.person_names == (("ghl_contact", known["id"]),)
        assert self.sent()[0]["to"] == ["+15550100003"]

    def test_an_unknown_person_becomes_a_contact(self) -> None:
        receipt = self.send(
            self.alone(phone="+15550100004", first_name="Cy", last_name="Young", email="cy@buyer.example")
        )
        ((kind, contact_id),) = receipt.person_names
        made = self.adapter().contacts.get(contact_id)
        assert kind == "ghl_contact"
        assert made is not None
        assert (made["firstName"], made["email"], made["phone"]) == ("Cy", "cy@buyer.example", "+15550100004")

    def test_a_contact_that_was_deleted_is_found_anew(self) -> None:
        person = Person(names=(("ghl_contact", "gone"),), phone="+15550100002")
        receipt = self.send(replace(self.message, person=person, thread={"contact_id": "gone"}))
        assert receipt.person_names == self.message.person.names

    def test_a_number_of_another_contact_goes_to_that_contact(self) -> None:
        by_email = self.contact(email="dee@buyer.example")
        person = Person(names=(("ghl_contact", by_email["id"]),), phone="+15550100002")
        receipt = self.send(replace(self.message, person=person, thread={}))
        assert receipt.person_names == self.message.person.names

    def test_nobody_is_texted_without_a_number(self) -> None:
        with pytest.raises(Refused) as nameless:
            self.send(self.alone(first_name="Eve"))
        assert nameless.value.code == "no_phone"
        self.contact(email="eve@buyer.example")
        with pytest.raises(Refused) as by_email:
            self.send(self.alone(email="eve@buyer.example"))
        assert by_email.value.code == "no_phone"

    # ── What is refused ────────────────────────────────────────────────────────
    @pytest.mark.parametrize(
        ("channel", "status", "code"),
        [("SMS", "active", "dnd"), ("SMS", "permanent", "unsubscribed"), ("all", "active", "dnd")],
    )
    def test_do_not_disturb_is_asked_before_sending(self, channel: str, status: str, code: str) -> None:
        who = self.message.thread["contact_id"]
        self.sandbox.control(
            "ghl/dnd", {"account": self.account, "contact_id": who, "channel": channel, "status": status}
        )
        with pytest.raises(Refused) as refused:
            self.send()
        assert refused.value.code == code
        assert not self.sandbox.requests(self.account, operation="send")
        assert self.fresh().status != Status.FAILING

    def test_do_not_disturb_on_another_channel_stops_no_text(self) -> None:
        who = self.message.thread["contact_id"]
        self.sandbox.control("ghl/dnd", {"account": self.account, "contact_id": who, "channel": "Email"})
        self.send()
        assert [(one["to"], one["text"]) for one in self.sent()] == [(["+15550100002"], self.message.text)]

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("Cannot send message as DND is active for SMS.", "dnd"),
            ("Cannot send message as DND is active.", "dnd"),
            ("Cannot send message as the contact has unsubscribed.", "unsubscribed"),
            ("Missing phone number", "no_phone"),
            ("Invalid country calling code", "bad_number"),
            ("There is no message or attachments for this message. Skip sending.", "bad_input"),
            ("Something nobody has seen", "refused"),
        ],
    )
    def test_the_text_of_a_refusal_tells_what_may_be_done(self, words: str, code: str) -> None:
        with self.fault("refused", "send", message=words), pytest.raises(Refused) as refused:
            self.send()
        assert refused.value.code == code
        assert words in str(refused.value)

    def test_do_not_disturb_that_came_in_between_is_the_same_refusal(self) -> None:
        with self.fault("dnd", "send"), pytest.raises(Refused) as refused:
            self.send()
        assert refused.value.code == "dnd"

    def test_an_inactive_location_is_a_broken_connection(self) -> None:
        self.sandbox.account("ghl", self.connection.external_id, inactive=True)
        with pytest.raises(NeedsAttention, match="inactive"):
            self.send()
        assert self.fresh().status == Status.FAILING

    def test_a_failing_contact_lookup_sends_nothing(self) -> None:
        with self.fault("error_500", "contacts"), pytest.raises(Exception) as failed:
            self.send()
        assert type(failed.value).__name__ == "TryLater"
        assert self.sent() == []

    # ── Looking up and reading ─────────────────────────────────────────────────
    def test_the_look_up_finds_a_contact_made_for_a_send_that_went_silent(self) -> None:
        lone = self.alone(phone="+15550100006")
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send(lone)
        found = self.look_up(lone)
        assert found is not None
        assert found.person_names[0][0] == "ghl_contact"

    def test_nobody_found_means_nothing_was_sent_and_nobody_is_made(self) -> None:
        assert self.look_up(self.alone(phone="+15550100009")) is None
        assert self.adapter().contacts.search(Person(phone="+15550100009")) == ""

    def test_a_message_the_export_does_not_show_yet_is_found_in_the_conversation(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receipt = self.send()
        monkeypatch.setattr(GoHighLevel, "_export", lambda *_, **__: iter(()))
        for thread in (self.message.thread, {"contact_id": self.message.thread["contact_id"]}):
            found = self.look_up(replace(self.message, thread=thread))
            assert found is not None
            assert found.ids == receipt.ids

    @pytest.mark.parametrize("shapes", ["spec", "live"])
    def test_both_shapes_of_the_history_are_read_page_by_page(
        self, shapes: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("integrations.providers.gohighlevel.adapter._HISTORY_PAGE", 2)
        self.sandbox.account("ghl", self.connection.external_id, shapes=shapes)
        receipts = [self.send(replace(self.message, text=f"Text {turn}")) for turn in range(5)]
        conversation = self.message.thread["conversation_id"]
        shown = [row["id"] for row in self.adapter()._conversation_rows(conversation)]
        assert shown[:5] == [receipt.ids["ghl_message"] for receipt in reversed(receipts)]
        assert len(shown) == 6
        assert self.adapter().message_state(receipts[0].ids["ghl_message"]) in {"pending", "delivered"}

    def test_the_export_is_read_page_by_page(self) -> None:
        for turn in range(11):
            order = {"account": self.account, "phone": "+15550100002", "text": f"Text {turn}"}
            self.sandbox.control("ghl/manual-sms", order)
        rows = [*self.adapter()._export({"contactId": self.message.thread["contact_id"]}, page_size=10)]
        assert len({row["id"] for row in rows}) == 12

    def test_history_needs_no_contact_id(self) -> None:
        (received,) = outgoing.history(self.connection, Person(phone="+15550100002"), Channel.SMS)
        assert isinstance(received, MessageReceived)
        assert received.thread == self.message.thread
        assert outgoing.history(self.connection, Person(phone="+15550100008"), Channel.SMS) == []

    def test_a_message_that_failed_at_the_carrier_says_so(self) -> None:
        receipt = self.send()
        message_id = receipt.ids["ghl_message"]
        order = {"account": self.account, "message_id": message_id, "status": "undelivered"}
        self.sandbox.control("ghl/message-status", order)
        found = self.look_up()
        assert found is not None
        assert "undelivered" in found.note
        assert self.adapter().message_state(message_id) == "undelivered"
        assert self.adapter().message_state("nobody") == ""

    # ── Contacts ───────────────────────────────────────────────────────────────
    def test_tags_are_added_and_removed_one_by_one(self) -> None:
        contacts, who = self.adapter().contacts, self.contact(phone="+15550100002", tags=["warm"])["id"]
        contacts.tag(who, ["zrg", "replied"])
        contacts.untag(who, ["replied"])
        found = contacts.get(who)
        assert found is not None
        assert found["tags"] == ["warm", "zrg"]

    def test_an_update_keeps_what_it_does_not_name(self) -> None:
        contacts, who = self.adapter().contacts, self.message.thread["contact_id"]
        assert contacts.update(who, {"companyName": "Buyer"}) == who
        found = contacts.get(who)
        assert found is not None
        assert (found["companyName"], found["phone"]) == ("Buyer", "+15550100002")

    def test_an_update_with_a_duplicates_value_names_the_duplicate(self) -> None:
        other = self.contact(email="fay@buyer.example")
        assert (
            self.adapter().contacts.update(other["id"], {"phone": "+15550100002"}) == self.message.thread["contact_id"]
        )

    def test_a_text_is_no_campaign_to_stop(self) -> None:
        assert not outgoing.stop_lead(self.connection, self.message.person)

    def test_what_cannot_be_done_is_not_offered(self) -> None:
        offered = outgoing.capabilities(self.connection)
        assert offered is not None
        assert (offered.can_cc, offered.can_override_to, offered.can_set_subject) == (False, False, False)
