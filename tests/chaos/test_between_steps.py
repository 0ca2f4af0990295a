"""Killed before any statement, any commit and any call, then done again: the same as if nothing had happened (spec 04).

Every fatal step has leads of its own, who live the same story; what is left of them is compared with that of the lead
whose worker was never killed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from inbox import sending
from inbox.models import Message, MessageJob
from integrations import arrivals, outgoing
from integrations.errors import Refused
from integrations.models import Connection, WebhookEvent
from integrations.providers.incoming import Incoming
from leads import merging
from leads.models import Lead, LeadIdentity, Merge, SuppressionEntry, TimelineEvent
from tests.chaos.dying import Fate, dies, finish, tear
from tests.factories import leads, traffic
from tests.factories.conversations import accounts, message
from tests.factories.traffic import Accounts, Letter, Prospect
from tests.integrations.deliveries import connect
from zrg.workspaces.models import User, Workspace

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

HERE = Accounts(emailbison="7", ghl="loc_1")
MOST_STEPS = 120
_numbers = itertools.count(1)
Story = Callable[[Prospect, Accounts], Letter]

STORIES: dict[str, tuple[tuple[Story, ...], Story]] = {
    "a reply of somebody new": ((), traffic.reply),
    "a reply to a campaign": ((traffic.sent,), traffic.reply),
    "a text of somebody known": ((traffic.reply,), traffic.sms),
    "an opt-out": ((traffic.sent,), lambda who, here: traffic.reply(who, here, text="Please take me off your list.")),
    "an out of office": ((traffic.sent,), traffic.out_of_office),
    "a campaign mail": ((), traffic.sent),
    "a bounce": ((traffic.sent,), traffic.bounced),
    "an unsubscribe": ((traffic.sent,), traffic.unsubscribed),
    "interested": ((traffic.sent,), traffic.interested),
    "written by hand": ((traffic.reply,), traffic.by_hand),
    "opened": ((traffic.sent,), traffic.opened),
}


@pytest.fixture(autouse=True)
def _no_transaction_is_left_open(transactional_db: None) -> Iterator[None]:
    """What one test leaves open is its own failure, with what is known of it, and no other test's."""
    yield
    if connection.connection is None:
        return
    left = (connection.connection.info.transaction_status.name, connection.in_atomic_block, connection.autocommit)
    if left != ("IDLE", False, True):
        tear()
    assert left == ("IDLE", False, True), f"status, in atomic, autocommit: {left}"


def letter_box(letter: Letter) -> None:
    token = Connection.objects.get(provider=letter.provider).webhook_token
    answer = arrivals.receive(letter.provider, Incoming(body=letter.body, headers={}, query={}, token=token))
    assert answer.status == 200, answer


def live_through(who: Prospect, name: str, *, fatal: int | None) -> bool:
    """The story of one lead, its last event killed at a step; True if it lived long enough to be killed."""
    before, last = STORIES[name]
    for earlier in before:
        letter_box(earlier(who, HERE))
    finish(WebhookEvent)
    letter, fate = last(who, HERE), Fate(fatal)
    if killed := dies(fate, lambda: letter_box(letter)):
        letter_box(letter)  # never acknowledged: the provider delivers it again
    killed = killed or dies(fate, lambda: finish(WebhookEvent))
    finish(WebhookEvent)
    return killed


def remains(who: Prospect) -> str:
    """All that is known of a lead, its own numbers and all times taken out."""
    lead = Lead.objects.get(email=who.email)
    its = {"lead": lead}
    facts = (
        *("status", "tag", "blacklist_reason", "preview", "needs_reply", "is_unread", "thread_version", "has_email"),
        *("has_sms", "last_message_direction", "last_message_by", "current_replier_email", "campaign__name", "phone"),
    )
    found = [
        Lead.objects.filter(pk=lead.pk).values_list(*facts),
        Message.objects.filter(**its)
        .order_by("sent_at")
        .values_list("dedupe_key", "body", "delivery", "sent_by", "automated"),
        Message.objects.filter(opened_at__isnull=False, **its).values_list("direction"),
        MessageJob.objects.filter(**its).order_by("pk").values_list("kind", "status"),
        LeadIdentity.objects.filter(**its).order_by("kind", "value").values_list("kind", "value", "primary"),
        SuppressionEntry.objects.filter(**its).order_by("family", "value").values_list("family", "value", "reason"),
        TimelineEvent.objects.filter(**its).order_by("kind", "text").values_list("kind", "text", "why"),
        WebhookEvent.objects.filter(lead_id=lead.pk).order_by("pk").values_list("event_type", "status"),
    ]
    return re.sub(r"\d+", "#", repr([list(rows) for rows in found]))


@pytest.mark.parametrize("name", STORIES)
def test_a_delivery_killed_at_any_step_ends_as_one_that_was_not(harbor: Workspace, name: str) -> None:
    for provider in ("emailbison", "ghl"):
        connect(harbor, provider)
    untouched = Prospect(next(_numbers))
    assert live_through(untouched, name, fatal=None) is False
    expected = remains(untouched)
    for fatal in range(1, MOST_STEPS):
        who = Prospect(next(_numbers))
        killed = live_through(who, name, fatal=fatal)
        assert remains(who) == expected, f"killed before step {fatal}"
        if not killed:
            assert fatal > 5, "it was hardly ever killed"
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


# ── Sending ────────────────────────────────────────────────────────────────────
class Platform:
    """A provider that keeps what it takes, and with whom the line may be lost before and after it took something."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.fate = Fate(None)
        self.refuses = False

    def send(self, outgoing_: outgoing.Outgoing, *, key: str) -> outgoing.Receipt:
        self.fate.step()
        if self.refuses:
            raise Refused("The number is not valid.", code="bad_number")
        self.texts.append(outgoing_.text)
        self.fate.step()
        return self._receipt(outgoing_.text)

    def look_up(self, outgoing_: outgoing.Outgoing, **_: Any) -> outgoing.Receipt | None:
        self.fate.step()
        return self._receipt(outgoing_.text) if outgoing_.text in self.texts else None

    def _receipt(self, text: str) -> outgoing.Receipt:
        return outgoing.Receipt(ids={"emailbison_reply": f"id of {text}"}, thread={}, at=timezone.now(), note="")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, harbor: Workspace) -> Platform:
    accounts(harbor)
    made = Platform()
    monkeypatch.setattr(outgoing, "messenger_for", lambda connection: made)
    return made


def send_one(platform: Platform, harbor: Workspace, by: User, *, fatal: int | None) -> tuple[Message, bool]:
    """A lead, an answer queued, its delivery killed at a step, and all the time in the world afterwards."""
    lead = leads.lead(harbor)
    message(lead)
    text = f"Answer {next(_numbers)}"
    written = sending.queue(lead=lead, channel="email", text=text, to=lead.email, key=text, by=by, undo_seconds=0)
    platform.fate = Fate(fatal)
    killed = dies(platform.fate, lambda: finish(MessageJob))
    platform.fate = Fate(None)
    finish(MessageJob)
    return Message.objects.get(pk=written.pk), killed


def test_a_send_killed_at_any_step_leaves_at_most_once_and_is_never_left_sending(
    platform: Platform, harbor: Workspace, alice: User
) -> None:
    outcomes = set()
    for fatal in range(1, MOST_STEPS):
        written, killed = send_one(platform, harbor, alice, fatal=fatal)
        copies = platform.texts.count(written.body)
        assert (written.delivery, copies) in {("sent", 1), ("unconfirmed", 0)}, f"killed before step {fatal}"
        assert MessageJob.objects.exclude(status="SUCCEEDED").count() == 0
        outcomes.add(written.delivery)
        if not killed:
            assert outcomes == {"sent", "unconfirmed"}, "both ends were reached"
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


def test_a_refused_send_killed_at_any_step_was_not_sent(platform: Platform, harbor: Workspace, alice: User) -> None:
    platform.refuses = True
    for fatal in range(1, MOST_STEPS):
        written, killed = send_one(platform, harbor, alice, fatal=fatal)
        assert written.delivery in {"failed", "unconfirmed"}, f"killed before step {fatal}"
        assert platform.texts == []
        if not killed:
            assert written.delivery == "failed"
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


def test_a_person_who_presses_send_again_after_a_crash_sends_once(
    platform: Platform, harbor: Workspace, alice: User
) -> None:
    for fatal in range(1, MOST_STEPS):
        lead = leads.lead(harbor)
        message(lead)
        text = f"Answer {next(_numbers)}"

        def press(lead: Lead = lead, text: str = text) -> Message:
            return sending.queue(
                lead=lead, channel="email", text=text, to=lead.email, key=text, by=alice, undo_seconds=0
            )

        killed = dies(Fate(fatal), press)
        press()
        finish(MessageJob)
        assert Message.objects.filter(body=text).count() == platform.texts.count(text) == 1, (
            f"killed before step {fatal}"
        )
        if not killed:
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


# ── Merging ────────────────────────────────────────────────────────────────────
def two_leads(harbor: Workspace) -> tuple[Lead, Lead]:
    survivor = leads.lead(harbor, first_name="Ann", company="")
    loser = leads.lead(harbor, first_name="Bea", company="Buyer", phone=f"+1212555{next(_numbers):04}")
    message(survivor, "From Ann", at=leads.ago(hours=2))
    message(loser, "From Bea", at=leads.ago(hours=1))
    return survivor, loser


def pair(survivor: Lead, loser: Lead) -> str:
    """What is known of both."""
    rows = []
    for lead in (survivor, loser):
        facts = ("first_name", "company", "preview", "needs_reply", "merged_into__first_name", "has_email")
        rows.append(list(Lead.objects.filter(pk=lead.pk).values_list(*facts)))
        rows.append(sorted(Message.objects.filter(lead=lead).values_list("body", flat=True)))
        rows.append(sorted(LeadIdentity.objects.filter(lead=lead).values_list("kind", "primary")))
        rows.append(sorted(TimelineEvent.objects.filter(lead=lead).values_list("kind", flat=True)))
    return repr(rows)


@pytest.mark.parametrize("undone", [False, True], ids=["merge", "undo"])
def test_a_merge_and_its_undo_happen_as_a_whole_or_not_at_all(harbor: Workspace, alice: User, undone: bool) -> None:
    expected = {"before": "", "after": ""}
    for fatal in (None, *range(1, MOST_STEPS)):
        survivor, loser = two_leads(harbor)
        done = merging.merge(survivor=survivor, loser=loser, by=alice) if undone else None

        def work(survivor: Lead = survivor, loser: Lead = loser, done: Merge | None = done) -> None:
            if done:
                merging.undo(done, by=alice)
            else:
                merging.merge(survivor=survivor, loser=loser, by=alice)

        expected["before"] = expected["before"] or pair(survivor, loser)
        killed = dies(Fate(fatal), work)
        if killed:
            assert pair(survivor, loser) == expected["before"], f"killed before step {fatal}"
            work()
        expected["after"] = expected["after"] or pair(survivor, loser)
        assert pair(survivor, loser) == expected["after"], f"killed before step {fatal}"
        if fatal and not killed:
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")
