"""What every provider that writes to people keeps, whichever it is. Subclass it once per provider."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.utils import timezone
from pytest_django import Settings

from integrations import health, outgoing
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.models import Connection
from integrations.outgoing import Outgoing, Receipt
from integrations.providers.sameness import is_same
from tests.sandbox_server import SandboxServer, free_port

Status = Connection.Status


def point_everything_at(settings: Settings, address: str) -> None:
    """Every provider's base address, whichever is asked."""
    for name in dir(product_settings):
        if name.endswith("_BASE_URL"):
            setattr(settings, name, address)


class MessengerContract:
    """A subclass gives the fixtures `connection` (an account that works) and `message` (an answer to a lead)."""

    id_kind: str

    @pytest.fixture(autouse=True)
    def _kept(self, sandbox: SandboxServer, connection: Connection, message: Outgoing) -> None:
        self.sandbox, self.connection, self.message = sandbox, connection, message
        self.began = timezone.now()

    # ── What a provider's test may need ────────────────────────────────────────
    def send(self, message: Outgoing | None = None) -> Receipt:
        return outgoing.send(self.connection, message or self.message, key="k1")

    def look_up(
        self, message: Outgoing | None = None, *, since: datetime | None = None, **given: Any
    ) -> Receipt | None:
        return outgoing.look_up(self.connection, message or self.message, since=since or self.began, **given)

    def fault(self, kind: str, operation: str, **more: Any) -> Any:
        return self.sandbox.fault(kind, provider=self.connection.provider, operation=operation, **more)

    def sent(self) -> list[dict[str, Any]]:
        account = f"{self.connection.provider}:{self.connection.external_id}"
        return self.sandbox.sent(account)

    def fresh(self) -> Connection:
        return Connection.objects.get(pk=self.connection.pk)

    def take_the_key_away(self) -> None:
        """By default the key is the connection's."""
        self.connection.credentials = {}
        self.connection.save()

    # ── Sending ────────────────────────────────────────────────────────────────
    def test_a_message_goes_out_once_with_its_words(self) -> None:
        receipt = self.send()
        (letter,) = self.sent()
        assert letter["id"] == receipt.ids[self.id_kind]
        assert is_same(letter["text"], self.message.text)
        assert receipt.thread

    def test_success_makes_the_connection_healthy(self) -> None:
        self.send()
        kept = self.fresh()
        assert kept.status == Status.OK
        assert kept.last_success_at is not None
        assert kept.last_success_at >= self.began

    @pytest.mark.parametrize("kind", ["no_answer", "malformed"])
    def test_silence_after_sending_is_unknown_and_the_look_up_finds_it(self, kind: str) -> None:
        with self.fault(kind, "send"), pytest.raises(OutcomeUnknown):
            self.send()
        found = self.look_up()
        (letter,) = self.sent()
        assert found is not None
        assert found.ids[self.id_kind] == letter["id"]
        assert found.thread

    def test_an_answer_too_late_is_unknown_and_the_look_up_finds_it(self, settings: Settings) -> None:
        settings.PROVIDER_TIMEOUT_S = 0.5
        with self.fault("slow", "send", delay_s=1.2), pytest.raises(OutcomeUnknown):
            began = time.monotonic()
            self.send()
        assert time.monotonic() - began < 1.1
        assert self.look_up() is not None

    @pytest.mark.parametrize("kind", ["error_500", "hang_up"])
    def test_what_never_happened_is_unknown_until_the_look_up_says_so(self, kind: str) -> None:
        with self.fault(kind, "send"), pytest.raises(OutcomeUnknown):
            self.send()
        assert self.look_up() is None
        assert self.sent() == []

    def test_a_connection_that_is_refused_is_tried_later(self, settings: Settings) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}"
        point_everything_at(settings, nowhere)
        with pytest.raises(TryLater, match="refuses connections"):
            self.send()
        assert self.fresh().status == self.connection.status != Status.FAILING
        assert "refuses connections" in self.fresh().last_error

    def test_a_host_nobody_knows_is_tried_later(self, settings: Settings) -> None:
        settings.SANDBOX_URL = "http://sandbox.invalid:1"
        point_everything_at(settings, settings.SANDBOX_URL)
        with pytest.raises(TryLater, match="name is not known"):
            self.send()

    def test_a_final_refusal_is_refused_in_its_words(self) -> None:
        with self.fault("refused", "send", message="The moon is wrong."), pytest.raises(Refused) as refused:
            self.send()
        assert "The moon is wrong." in str(refused.value)
        assert refused.value.code == "refused"
        assert self.sent() == []
        assert self.fresh().status != Status.FAILING, "a refused message says nothing against the account"

    # ── Looking up ─────────────────────────────────────────────────────────────
    def test_other_words_are_not_taken_for_ours(self) -> None:
        self.send(replace(self.message, text="Something else."))
        assert self.look_up() is None

    def test_an_older_message_with_the_same_words_is_not_taken_for_ours(self) -> None:
        self.send()
        assert self.look_up(since=timezone.now() + timedelta(minutes=10)) is None

    def test_a_message_we_have_recorded_is_not_taken_for_another(self) -> None:
        first = self.send()
        assert self.look_up(known=[first.ids[self.id_kind]]) is None
        second = self.send()
        found = self.look_up(known=[first.ids[self.id_kind]])
        assert found is not None
        assert found.ids[self.id_kind] == second.ids[self.id_kind]

    def test_a_text_changed_on_the_way_is_still_ours(self) -> None:
        odd = replace(self.message, text="Hi  Ann &\n\n<Tuesday> at 3pm\u00a0suits — “yes”?\nSam")
        self.send(odd)
        assert self.look_up(odd) is not None

    # ── Limits and credentials ─────────────────────────────────────────────────
    @pytest.mark.parametrize("operation", ["send", "history"])
    def test_a_rate_limit_is_waited_out_by_everybody(self, operation: str) -> None:
        calls: dict[str, Callable[[], Any]] = {"send": self.send, "history": self.read}
        with self.fault("rate_limited", operation), pytest.raises(TryLater) as first:
            calls[operation]()
        assert (first.value.retry_after or 0) >= 1
        before = self.sandbox.requests()
        with pytest.raises(TryLater) as second:
            self.send()
        assert (second.value.retry_after or 0) > 0
        assert self.sandbox.requests() == before, "nothing is asked during the pause"
        assert self.sent() == []

    def read(self) -> list[outgoing.HistoryEvent]:
        return outgoing.history(self.connection, self.message.person, self.message.channel)

    @pytest.mark.parametrize("kind", ["error_500", "malformed", "no_answer", "hang_up"])
    def test_a_read_that_fails_is_tried_later(self, kind: str) -> None:
        with self.fault(kind, "history"), pytest.raises(TryLater):
            self.read()

    def test_rejected_credentials_make_the_connection_fail(self) -> None:
        with self.fault("unauthorized", "*"), pytest.raises(NeedsAttention):
            self.send()
        kept = self.fresh()
        assert kept.status == Status.FAILING
        assert "does not accept the credentials" in kept.last_error
        assert self.sent() == []

    def test_no_key_fails_without_a_call(self) -> None:
        self.take_the_key_away()
        before = self.sandbox.requests()
        with pytest.raises(NeedsAttention, match="is empty"):
            outgoing.send(self.fresh(), self.message, key="k")
        assert self.sandbox.requests() == before

    # ── The test button ────────────────────────────────────────────────────────
    def test_the_test_button_finds_a_working_account(self) -> None:
        found = outgoing.test(self.connection)
        assert found.is_ok
        assert "Connected to" in found.text
        assert self.fresh().status == Status.OK

    def test_the_test_button_names_what_is_wrong(self) -> None:
        with self.fault("unauthorized", "account"):
            found = outgoing.test(self.connection)
        assert found.status == Status.FAILING
        assert self.fresh().last_error == found.text
        assert health.test(self.connection).is_ok
        assert self.fresh().status == Status.OK

    def test_the_test_button_notices_another_account(self) -> None:
        self.connection.external_id = "999999"
        self.connection.save()
        found = outgoing.test(self.fresh())
        assert found.status == Status.FAILING

    def test_a_provider_with_a_bad_minute_is_not_a_broken_connection(self) -> None:
        self.send()
        with self.fault("error_500", "account"):
            found = outgoing.test(self.connection)
        assert found.status == Status.OK
        assert "500" in found.text
        assert self.fresh().status == Status.OK

    # ── Reading back ───────────────────────────────────────────────────────────
    def test_history_shows_both_sides_newest_first(self) -> None:
        self.send()
        both = self.read()
        assert [type(event).__name__ for event in both][:2] == ["MessageConfirmed", "MessageReceived"]
        assert is_same(both[0].text, self.message.text)
        assert [event.at for event in both] == sorted((event.at for event in both if event.at), reverse=True)
        assert len({event.ids[self.id_kind] for event in both}) == len(both)

    def test_history_is_not_longer_than_asked(self) -> None:
        self.send()
        person, channel = self.message.person, self.message.channel
        assert len(outgoing.history(self.connection, person, channel, limit=1)) == 1

    def test_recent_messages_end_at_the_first_known_one(self) -> None:
        first = self.send()
        second = self.send(replace(self.message, text="And one more."))
        found = outgoing.recent(self.connection, known=[first.ids[self.id_kind]])
        assert [event.ids[self.id_kind] for event in found] == [second.ids[self.id_kind]]

    def test_capabilities_are_data(self) -> None:
        offered = outgoing.capabilities(self.connection)
        assert offered is not None
        assert offered.channel == self.message.channel
