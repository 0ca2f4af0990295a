"""Unipile keeps the contract, over real HTTP; and what LinkedIn adds: chats, connection requests, limits."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from integrations import connecting, health, outgoing
from integrations.errors import Disconnected, LimitReached, NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.events import Channel, MessageConfirmed, MessageReceived, Person
from integrations.models import Connection
from integrations.outgoing import Outgoing, Receipt
from integrations.providers.unipile import adapter as unipile
from tests.contracts.messenger import MessengerContract, Status
from tests.sandbox_server import SandboxServer
from zrg.workspaces.models import Workspace

A_DAY = 24 * 3600


@pytest.fixture
def connection(sandbox: SandboxServer, harbor: Workspace, number: int, settings: Settings) -> Connection:
    account = sandbox.account("unipile", f"acc_{number}", name="Nora Field")
    settings.UNIPILE_API_KEY = account["token"]
    return connecting.connect(workspace=harbor, provider="unipile", external_id=f"acc_{number}", by=None)


@pytest.fixture
def written(sandbox: SandboxServer, connection: Connection) -> dict[str, Any]:
    """Ann's LinkedIn message, as Unipile keeps it."""
    account = f"unipile:{connection.external_id}"
    ann = {"account": account, "provider_id": "ACoANN", "first_name": "Ann", "last_name": "Lee"}
    sandbox.control("unipile/person", ann)
    order = {"account": account, "lead": "ann-lee", "text": "Sounds good, tell me more."}
    return sandbox.control("unipile/message", order)["message"]


@pytest.fixture
def message(written: dict[str, Any]) -> Outgoing:
    return Outgoing(
        channel=Channel.LINKEDIN,
        text="Tuesday 3pm?\n\nNora",
        person=Person(names=(("linkedin_member", "ACoANN"), ("linkedin_url", "linkedin.com/in/ann-lee"))),
        thread={"chat_id": written["chat_id"], "account_id": written["account_id"]},
    )


class TestUnipile(MessengerContract):
    id_kind = "unipile_message"

    @pytest.fixture(autouse=True)
    def _settings(self, settings: Settings) -> None:
        self.settings = settings

    def take_the_key_away(self) -> None:
        self.settings.UNIPILE_API_KEY = ""

    @property
    def account(self) -> str:
        return f"unipile:{self.connection.external_id}"

    def act(self, name: str, **order: Any) -> dict[str, Any]:
        return self.sandbox.control(f"unipile/{name}", {"account": self.account, **order})

    def bo(self, degree: int, **more: Any) -> Outgoing:
        """To Bo, of whom only the profile's address is known."""
        self.act("person", first_name="Bo", last_name="Ray", provider_id="ACoBO", degree=str(degree))
        given: dict[str, Any] = {
            "person": Person(names=(("linkedin_url", "linkedin.com/in/bo-ray"),)),
            "text": "Hi Bo, Nora here.",
            "thread": {},
        }
        return replace(self.message, **(given | more))

    def calls(self, operation: str = "") -> list[str]:
        return [f"{one['method']} {one['path']}" for one in self.sandbox.requests(self.account, operation=operation)]

    # ── The three ways to write ────────────────────────────────────────────────
    def test_an_answer_goes_into_the_chat_without_asking_for_the_profile(self) -> None:
        receipt = self.send()
        assert receipt.thread == self.message.thread
        assert receipt.note == ""
        assert self.calls("contacts") == []

    def test_a_relation_without_a_chat_gets_a_new_one(self) -> None:
        receipt = self.send(self.bo(1))
        (letter,) = self.sent()
        assert (letter["to"], letter["state"]) == (["ACoBO"], "")
        assert receipt.thread == {"chat_id": letter["thread"], "account_id": self.connection.external_id}
        assert "as a LinkedIn message" in receipt.note
        assert receipt.person_names == (("linkedin_member", "ACoBO"),)

    def test_a_stranger_gets_a_connection_request_with_the_text_as_its_note(self) -> None:
        receipt = self.send(self.bo(2))
        (letter,) = self.sent()
        assert (letter["text"], letter["state"]) == ("Hi Bo, Nora here.", "connection request")
        assert "connection request" in receipt.note
        assert receipt.ids == {}
        assert receipt.thread == {"account_id": self.connection.external_id, "invitation_id": letter["id"]}

    def test_a_note_may_have_300_characters_and_not_one_more(self) -> None:
        with pytest.raises(Refused, match=r"300 characters\. These are 301") as refused:
            self.send(self.bo(2, text="x" * 301))
        assert refused.value.code == "bad_input"
        assert self.sent() == []
        self.send(
            replace(self.message, person=Person(names=(("linkedin_member", "ACoBO"),)), text="x" * 300, thread={})
        )
        assert len(self.sent()[0]["text"]) == 300

    def test_a_long_text_to_a_relation_is_no_note(self) -> None:
        self.send(self.bo(1, text="x" * 900))
        assert len(self.sent()[0]["text"]) == 900

    def test_who_turns_out_to_be_connected_already_gets_a_message(self) -> None:
        """The profile lags behind: it says second degree, the request says already_connected."""
        self.bo(1)
        to_bo = self.bo_as_seen("SECOND_DEGREE")
        receipt = self.send(to_bo)
        assert "as a LinkedIn message" in receipt.note
        assert [letter["state"] for letter in self.sent()] == [""]

    def bo_as_seen(self, distance: str) -> Outgoing:
        """Bo with a profile that says `distance`, whatever is true."""
        real = unipile.Unipile._profile

        def stale(adapter: unipile.Unipile, person: Person) -> unipile.Profile:
            return replace(real(adapter, person), is_relation=distance == "FIRST_DEGREE")

        self.monkeypatch.setattr(unipile.Unipile, "_profile", stale)
        person = Person(names=(("linkedin_url", "linkedin.com/in/bo-ray"),))
        return replace(self.message, person=person, text="Hi Bo", thread={})

    @pytest.fixture(autouse=True)
    def _patching(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def test_who_turns_out_not_to_be_connected_gets_a_request(self) -> None:
        self.bo(2)
        receipt = self.send(self.bo_as_seen("FIRST_DEGREE"))
        assert "connection request" in receipt.note
        assert [letter["state"] for letter in self.sent()] == ["connection request"]

    def test_a_chat_that_is_gone_is_begun_anew(self) -> None:
        receipt = self.send(replace(self.message, thread={**self.message.thread, "chat_id": "ch_gone"}))
        assert receipt.thread["chat_id"] == self.message.thread["chat_id"]
        assert len(self.sent()) == 1

    def test_a_chat_of_another_account_is_never_written_in(self, number: int) -> None:
        """One key opens the chats of all accounts: only the thread's own account id keeps them apart."""
        other = f"unipile:acc_other_{number}"
        self.sandbox.account("unipile", f"acc_other_{number}", name="Somebody else")
        self.sandbox.control("unipile/person", {"account": other, "first_name": "Cy", "provider_id": "ACoCY"})
        order = {"account": other, "lead": "ACoCY", "text": "Hi"}
        chat = self.sandbox.control("unipile/message", order)["chat"]
        self.send(replace(self.message, thread={"chat_id": chat["id"], "account_id": f"acc_other_{number}"}))
        assert self.sandbox.sent(other) == []
        assert self.sent()[0]["to"] == ["ACoANN"]

    @pytest.mark.parametrize(
        "names", [(), (("linkedin_url", "linkedin.com/in/nobody-here"),), (("linkedin_url", "linkedin.com/company/x"),)]
    )
    def test_without_a_profile_nobody_is_written_to(self, names: tuple[tuple[str, str], ...]) -> None:
        with pytest.raises(Refused, match="profile"):
            self.send(replace(self.message, person=Person(names=names), thread={}))
        assert self.sent() == []

    def test_a_member_id_that_is_gone_is_found_by_the_address(self) -> None:
        to_bo = self.bo(1)
        names = (("linkedin_member", "ACoOLD"), ("linkedin_url", "linkedin.com/in/bo-ray"))
        receipt = self.send(replace(to_bo, person=Person(names=names)))
        assert receipt.person_names == (("linkedin_member", "ACoBO"),)

    # ── What LinkedIn refuses ──────────────────────────────────────────────────
    def test_a_second_request_is_refused_in_words_a_person_can_use(self) -> None:
        to_bo = self.bo(2)
        self.send(to_bo)
        with pytest.raises(Refused, match="request to this person is open already"):
            self.send(to_bo)
        assert len(self.sent()) == 1

    @pytest.mark.parametrize("kind", ["cannot_resend_yet", "limit_exceeded", "cannot_resend_within_24hrs"])
    def test_linkedins_limits_wait_a_day_though_they_come_as_422(self, kind: str) -> None:
        with self.fault("refused", "send", message=f"errors/{kind}"), pytest.raises(LimitReached) as limit:
            self.send()
        assert limit.value.retry_after == A_DAY
        assert self.fresh().status != Status.FAILING

    @pytest.mark.parametrize("kind", ["blocked_recipient", "user_unreachable", "cannot_invite_attendee"])
    def test_what_is_final_for_a_person_is_refused_and_says_nothing_against_the_account(self, kind: str) -> None:
        with self.fault("refused", "send", message=f"errors/{kind}"), pytest.raises(Refused) as refused:
            self.send()
        assert "errors/" not in str(refused.value)
        assert self.fresh().status != Status.FAILING

    @pytest.mark.parametrize("kind", ["disconnected_account", "expired_credentials"])
    def test_an_account_that_is_signed_out_is_disconnected(self, kind: str) -> None:
        with self.fault("refused", "send", message=f"errors/{kind}"), pytest.raises(Disconnected):
            self.send()
        assert self.fresh().status == Status.DISCONNECTED
        assert "Reconnect it in Unipile" in self.fresh().last_error

    def test_a_restricted_account_fails(self) -> None:
        with self.fault("refused", "send", message="errors/account_restricted"), pytest.raises(NeedsAttention):
            self.send()
        assert self.fresh().status == Status.FAILING

    @pytest.mark.parametrize("kind", ["no_client_session", "network_down", "request_timeout", "provider_error"])
    def test_a_server_in_trouble_leaves_a_send_unknown_and_a_read_for_later(self, kind: str) -> None:
        with self.fault("refused", "send", message=f"errors/{kind}"), pytest.raises(OutcomeUnknown):
            self.send()
        with self.fault("refused", "history", message=f"errors/{kind}"), pytest.raises(TryLater):
            self.read()

    # ── Limits ─────────────────────────────────────────────────────────────────
    def test_messages_of_a_day_are_counted_and_the_next_waits(self) -> None:
        self.settings.LINKEDIN_MESSAGES_PER_DAY = 2
        self.send(), self.send()
        with pytest.raises(LimitReached, match="as many messages as it may") as limit:
            self.send()
        assert A_DAY - 60 < (limit.value.retry_after or 0) <= A_DAY
        assert len(self.sent()) == 2
        assert self.fresh().status == Status.OK

    @pytest.mark.parametrize(("per_day", "per_week", "wait"), [(1, 200, A_DAY), (80, 1, 7 * A_DAY)])
    def test_requests_are_counted_by_day_and_by_week(self, per_day: int, per_week: int, wait: int) -> None:
        self.settings.LINKEDIN_INVITATIONS_PER_DAY = per_day
        self.settings.LINKEDIN_INVITATIONS_PER_WEEK = per_week
        self.send(self.bo(2))
        self.act("person", first_name="Cy", last_name="Young", provider_id="ACoCY")
        to_cy = replace(self.message, person=Person(names=(("linkedin_member", "ACoCY"),)), thread={}, text="Hi Cy")
        with pytest.raises(LimitReached, match="connection requests") as limit:
            self.send(to_cy)
        assert wait - 60 < (limit.value.retry_after or 0) <= wait
        self.send()  # messages have an allowance of their own

    def test_all_workers_share_one_allowance(self) -> None:
        self.settings.LINKEDIN_MESSAGES_PER_DAY = 5
        passed: list[int] = []

        def work() -> None:
            for _ in range(4):
                try:
                    unipile.Unipile(self.connection)._spend_message()
                except LimitReached:
                    continue
                passed.append(1)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(passed) == 5

    def test_nought_stops_sending(self) -> None:
        self.settings.LINKEDIN_MESSAGES_PER_DAY = 0
        with pytest.raises(LimitReached):
            self.send()
        assert self.sent() == []

    # ── Looking up ─────────────────────────────────────────────────────────────
    @pytest.mark.parametrize("degree", [1, 2])
    def test_a_beginning_that_went_silent_is_found(self, degree: int) -> None:
        to_bo = self.bo(degree)
        with self.fault("no_answer", "send"), pytest.raises(OutcomeUnknown):
            self.send(to_bo)
        found = self.look_up(to_bo)
        (letter,) = self.sent()
        assert found is not None
        assert letter["id"] in {*found.ids.values(), found.thread.get("invitation_id")}
        assert found.person_names == (("linkedin_member", "ACoBO"),)

    def test_a_request_with_other_words_or_to_another_person_is_not_ours(self) -> None:
        to_bo = self.bo(2)
        self.send(to_bo)
        assert self.look_up(replace(to_bo, text="Something else")) is None
        self.act("person", first_name="Cy", provider_id="ACoCY")
        assert self.look_up(replace(to_bo, person=Person(names=(("linkedin_member", "ACoCY"),)))) is None
        assert self.look_up(to_bo, since=timezone.now() + timedelta(minutes=10)) is None

    def test_what_was_typed_on_the_phone_with_other_words_is_not_ours(self) -> None:
        self.act("own-message", lead="ann-lee", text="On my way")
        assert self.look_up() is None

    # ── Reading ────────────────────────────────────────────────────────────────
    def test_history_knows_the_person_by_the_profile_alone(self) -> None:
        person = Person(names=(("linkedin_url", "https://www.linkedin.com/in/ann-lee"),))
        (received,) = outgoing.history(self.connection, person, Channel.LINKEDIN)
        assert isinstance(received, MessageReceived)
        assert received.person.names == (("linkedin_member", "ACoANN"),)
        assert received.thread["chat_id"] == self.message.thread["chat_id"]
        assert outgoing.history(self.connection, Person(email="x@buyer.example"), Channel.LINKEDIN) == []

    def test_recent_messages_name_the_person_at_the_other_end(self) -> None:
        self.act("own-message", lead="ann-lee", text="On my way")
        mine, theirs = outgoing.recent(self.connection, known=[])
        assert isinstance(mine, MessageConfirmed)
        assert mine.person.names == theirs.person.names == (("linkedin_member", "ACoANN"),)

    def test_long_chats_are_read_page_by_page(self) -> None:
        self.monkeypatch.setattr(unipile, "_PAGE", 2)
        for turn in range(5):
            self.act("message", lead="ann-lee", text=f"Line {turn}")
        assert len(self.read()) == 6

    # ── The account ────────────────────────────────────────────────────────────
    @pytest.mark.parametrize(
        ("said", "status"),
        [("CREDENTIALS", Status.DISCONNECTED), ("STOPPED", Status.FAILING), ("CONNECTING", Status.OK)],
    )
    def test_the_test_button_reads_the_accounts_state(self, said: str, status: str) -> None:
        self.act("disconnect", status=said)
        found = outgoing.test(self.connection)
        assert (found.status, self.fresh().status) == (status, status)
        self.act("reconnect")
        assert outgoing.test(self.connection).text == "Connected to the LinkedIn account “Nora Field”."
        assert self.fresh().status == Status.OK

    def test_a_disconnected_account_comes_back_by_the_recheck(self) -> None:
        self.act("disconnect")
        with pytest.raises(Disconnected):
            self.send()
        Connection.objects.update(last_error_at=timezone.now() - timedelta(minutes=11))
        assert health.recheck() == {"tested": 1, "recovered": 0}
        self.act("reconnect")
        Connection.objects.update(last_error_at=timezone.now() - timedelta(minutes=11))
        assert health.recheck() == {"tested": 1, "recovered": 1}

    def test_without_an_address_an_operator_is_asked(self) -> None:
        self.settings.UNIPILE_BASE_URL = self.settings.UNIPILE_DSN = ""
        with pytest.raises(NeedsAttention, match="UNIPILE_DSN is empty"):
            self.send()

    @pytest.mark.parametrize("dsn", ["api1.unipile.example:13111", "https://api1.unipile.example:13111/"])
    def test_the_unusual_port_of_the_address_is_allowed_and_no_other(self, dsn: str) -> None:
        self.settings.UNIPILE_BASE_URL, self.settings.UNIPILE_DSN = "", dsn
        adapter = unipile.Unipile(self.connection)
        assert adapter.base_url() == "https://api1.unipile.example:13111/api/v1"
        assert adapter.own_hosts() == {"api1.unipile.example:13111"}

    def test_what_linkedin_can_do_is_offered(self) -> None:
        offered = outgoing.capabilities(self.connection)
        assert offered is not None
        assert (offered.can_start_thread, offered.note_chars) == (True, 300)
        assert (offered.can_cc, offered.can_override_to, offered.can_set_subject) == (False, False, False)
        assert not outgoing.stop_lead(self.connection, self.message.person)

    def test_a_receipt_is_no_promise_without_an_id(self) -> None:
        assert isinstance(self.send(), Receipt)
