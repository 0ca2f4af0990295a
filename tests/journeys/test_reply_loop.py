"""A reply comes in, is seen, is answered: over HTTP, against the running product and its sandbox.

As people and providers use them: pages and forms on one side, what the sandbox does and got on the other."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.driving import Database, Person, Sandbox, eventually, refusal_on
from tests.product import Product

_numbers = itertools.count(1)
SECONDS = 45  # far above what it takes: tests run beside others on two cores


@dataclass
class Buyer:
    """A lead of the test's own, known to both platforms, to whom a campaign has written."""

    sandbox: Sandbox
    database: Database
    mara: Person
    email: str
    phone: str
    first_name: str

    def writes(self, text: str, **more: Any) -> None:
        """By e-mail."""
        self.sandbox.act("emailbison/reply", account="7", lead_email=self.email, text=text, **more)

    def texts(self, text: str) -> None:
        """By SMS."""
        self.sandbox.act("ghl/sms", account="loc_harbor", phone=self.phone, email=self.email, text=text)

    def does(self, act: str, **more: Any) -> None:
        """Something else at EmailBison: bounce, out-of-office, unsubscribe …"""
        self.sandbox.act(f"emailbison/{act}", account="7", lead_email=self.email, **more)

    @property
    def lead_id(self) -> str:
        return str(eventually(self._row, seconds=SECONDS, what=f"the lead {self.email}")[0][0])

    def _row(self) -> list[tuple[Any, ...]]:
        return self.database.ask("SELECT id FROM leads_lead WHERE email = %s", self.email)

    def is_seen(self, text: str) -> str:
        """The conversation's page as soon as the text stands on it."""
        lead_id = self.lead_id
        return str(eventually(lambda: self._page_with(lead_id, text), seconds=SECONDS, what=f"“{text}” on the page"))

    def _page_with(self, lead_id: str, text: str) -> str:
        page = self.mara.page(leadId=lead_id)
        return page if text in page else ""

    def got(self, text: str) -> dict[str, Any]:
        """The one letter with this text that reached this lead's provider."""

        def arrived() -> list[dict[str, Any]]:
            return [letter for letter in self.sandbox.sent() if text in letter["text"]]

        (letter,) = eventually(arrived, seconds=SECONDS, what=f"“{text}” at the provider")
        return dict(letter)

    def delivery_of(self, text: str) -> str:
        rows = self.database.ask("SELECT delivery FROM inbox_message WHERE body = %s", text)
        return str(rows[0][0]) if rows else ""

    def becomes(self, text: str, *states: str) -> bool:
        """Until the message is in one of these states."""
        return bool(eventually(lambda: self.delivery_of(text) in states, seconds=SECONDS, what=f"“{text}” {states}"))


@pytest.fixture
def buyer(sandbox: Sandbox, database: Database, mara: Person) -> Buyer:
    number = next(_numbers)
    made = Buyer(sandbox, database, mara, f"joan{number}@buyer.example.com", f"+1614555{number:04}", f"Joan{number}")
    person = {"email": made.email, "first_name": made.first_name, "last_name": "Buyer", "phone": made.phone}
    sandbox.act("emailbison/lead", account="7", **person)
    sandbox.act("ghl/contact", account="loc_harbor", **person)
    sandbox.act("emailbison/campaign-send", account="7", lead_email=made.email, subject="Quick idea", body="<p>Hi</p>")
    return made


def test_a_reply_is_seen_answered_in_its_thread_and_goes_on_by_sms_until_stop(buyer: Buyer) -> None:
    buyer.writes("Sounds good, what would it cost?", quote=True)
    page = buyer.is_seen("Sounds good, what would it cost?")
    assert buyer.first_name in buyer.mara.page(list="needs")
    assert "<blockquote" not in page

    assert buyer.mara.reply(buyer.lead_id, "It is $11 a head.").status_code == 302
    letter = buyer.got("It is $11 a head.")
    assert letter["lead"] == buyer.email
    assert buyer.becomes("It is $11 a head.", "sent")
    thread = buyer.sandbox.ask("conversation", account="emailbison:7", lead=buyer.email)["letters"]
    assert [one["text"].strip() for one in thread][-1] == "It is $11 a head."

    buyer.texts("Tuesday works")
    buyer.is_seen("Tuesday works")
    assert buyer.mara.reply(buyer.lead_id, "See you on Tuesday", channel="sms").status_code == 302
    assert buyer.got("See you on Tuesday")["channel"] == "sms"

    buyer.texts("STOP")
    eventually(lambda: not buyer.mara.composer(leadId=buyer.lead_id), seconds=SECONDS, what="the end of writing")
    assert "opted out" in buyer.mara.page(leadId=buyer.lead_id).lower()


def test_what_was_open_before_the_stop_is_refused_and_the_text_kept(buyer: Buyer) -> None:
    buyer.writes("Tell me more")
    buyer.is_seen("Tell me more")
    form = buyer.mara.composer(leadId=buyer.lead_id)
    buyer.texts("STOP")
    eventually(lambda: not buyer.mara.composer(leadId=buyer.lead_id), seconds=SECONDS, what="the stop")
    version = buyer.database.one("SELECT thread_version FROM leads_lead WHERE email = %s", buyer.email)
    written = {"channel": "email", "text": "Here is more", "confirmed": str(version)}
    answer = buyer.mara.send(buyer.lead_id, form | written)
    assert answer.status_code == 422
    assert "Here is more" in answer.text
    assert "opted out" in refusal_on(answer.text) or "opted out" in answer.text
    assert buyer.delivery_of("Here is more") == ""


def test_a_colleague_on_copy_answers_and_gets_the_answer(buyer: Buyer) -> None:
    buyer.writes("Elise keeps my calendar")
    buyer.is_seen("Elise keeps my calendar")
    colleague = buyer.email.replace("joan", "elise")
    buyer.writes("Thursday at ten?", from_email=colleague, from_name="Elise Tran", cc=[buyer.email])
    buyer.is_seen("Thursday at ten?")
    form = buyer.mara.composer(leadId=buyer.lead_id)
    assert form["to"] == colleague
    assert buyer.mara.send(buyer.lead_id, form | {"channel": "email", "text": "Ten it is"}).status_code == 302
    assert colleague in buyer.got("Ten it is")["to"]


def test_a_bounce_ends_it_and_nobody_can_write(buyer: Buyer) -> None:
    buyer.does("bounce", kind="hard")
    lead_id = buyer.lead_id
    eventually(lambda: not buyer.mara.composer(leadId=lead_id), seconds=SECONDS, what="the blacklisting")
    assert re.search(r"dead|bounce", buyer.mara.page(leadId=lead_id), re.I)


def test_an_out_of_office_asks_for_no_answer(buyer: Buyer) -> None:
    buyer.does("out-of-office", text="I am out of the office until Monday.")
    buyer.is_seen("I am out of the office until Monday.")
    assert buyer.lead_id not in buyer.mara.page(list="needs")


def test_undo_takes_a_message_back_before_it_leaves(buyer: Buyer) -> None:
    buyer.writes("Send me the deck")
    buyer.is_seen("Send me the deck")
    buyer.database.ask("UPDATE inbox_replysettings SET undo_seconds = 60")
    try:
        assert buyer.mara.reply(buyer.lead_id, "Not what I meant").status_code == 302
    finally:
        buyer.database.ask("UPDATE inbox_replysettings SET undo_seconds = 2")
    message_id = buyer.database.one("SELECT id FROM inbox_message WHERE body = 'Not what I meant'")
    assert buyer.mara.press(f"/inbox/messages/{message_id}/undo").status_code == 302
    assert buyer.delivery_of("Not what I meant") == "undone"
    assert "Not what I meant" in buyer.mara.page(leadId=buyer.lead_id, restore=message_id)
    assert buyer.lead_id in buyer.mara.page(list="needs")


def test_a_provider_that_is_down_gets_it_when_it_is_up_and_once(buyer: Buyer) -> None:
    buyer.writes("Is this on?")
    buyer.is_seen("Is this on?")
    buyer.sandbox.act("faults", provider="emailbison", operation="send", kind="rate_limited", times=1)
    assert buyer.mara.reply(buyer.lead_id, "It is on").status_code == 302
    assert buyer.becomes("It is on", "sent")
    assert buyer.got("It is on")["lead"] == buyer.email


def test_an_answer_that_got_lost_is_looked_up_and_not_sent_again(buyer: Buyer) -> None:
    buyer.writes("Did you get this?")
    buyer.is_seen("Did you get this?")
    buyer.sandbox.act("faults", provider="emailbison", operation="send", kind="no_answer", times=1)
    assert buyer.mara.reply(buyer.lead_id, "We did get it").status_code == 302
    assert buyer.becomes("We did get it", "sent")
    assert buyer.got("We did get it")["lead"] == buyer.email


def test_a_refused_message_says_why_and_goes_out_when_sent_again(buyer: Buyer) -> None:
    buyer.writes("Try me")
    buyer.is_seen("Try me")
    buyer.sandbox.act("faults", provider="emailbison", operation="send", kind="refused", times=1, message="Too long")
    assert buyer.mara.reply(buyer.lead_id, "A second try").status_code == 302
    assert buyer.becomes("A second try", "failed")
    assert "Too long" in buyer.mara.page(leadId=buyer.lead_id)
    message_id = buyer.database.one("SELECT id FROM inbox_message WHERE body = 'A second try'")
    assert buyer.mara.press(f"/inbox/messages/{message_id}/retry").status_code == 302
    assert buyer.got("A second try")["lead"] == buyer.email


def test_a_stranger_to_the_workspace_finds_nothing(product: Product, buyer: Buyer) -> None:
    """Paula of the client's portal reads Harbor and may not answer."""
    buyer.writes("For your eyes only")
    buyer.is_seen("For your eyes only")
    paula = Person(product, "client@harbor.example.com")
    assert "For your eyes only" in paula.page(leadId=buyer.lead_id)
    assert paula.composer(leadId=buyer.lead_id) == {}
    assert paula.send(buyer.lead_id, {"channel": "email", "text": "Hello"}).status_code == 403
