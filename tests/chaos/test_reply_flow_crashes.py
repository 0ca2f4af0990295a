"""The reply flow killed before any statement, any commit and either side of any call of the model or the provider, then
run again: the same end as if nothing had happened (issue 3, 8)."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox import autosend
from inbox.models import Draft, Message, MessageJob, SentimentEvent
from integrations import outgoing
from leads.models import Campaign, Lead, TimelineEvent
from tests.chaos.dying import Fate, dies, finish
from tests.factories.conversations import accounts
from tests.inbox.flows import offer, sending_campaign, wrote
from tests.inbox.stand_in import StandIn, stand_in  # noqa: F401 -- a fixture
from zrg.ai.models import AIInteraction
from zrg.jobs import running, stale
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

MOST_STEPS = 400
_numbers = itertools.count(1)
ENDS = {  # what the campaign says → the draft's action and status at the end, how many messages leave
    "draft_only": ("draft_only", "pending", 0),
    "send_immediate": ("send_immediate", "approved", 1),
    "send_delayed": ("send_delayed", "approved", 1),
    "needs_review": ("needs_review", "pending", 0),
}


class Platform:
    """A provider that keeps what it takes; being asked and answering are steps on which one may die."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.fate = Fate(None)

    def send(self, message: outgoing.Outgoing, *, key: str) -> outgoing.Receipt:
        self.fate.step()
        self.texts.append((message.to[0].email, message.text))
        self.fate.step()
        return self._receipt(message)

    def look_up(self, message: outgoing.Outgoing, **_: Any) -> outgoing.Receipt | None:
        self.fate.step()
        return self._receipt(message) if (message.to[0].email, message.text) in self.texts else None

    def _receipt(self, message: outgoing.Outgoing) -> outgoing.Receipt:
        ids = {"emailbison_reply": f"id of {message.to[0].email}"}
        return outgoing.Receipt(ids=ids, thread={}, at=timezone.now(), note="")


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, harbor: Workspace, stand_in: StandIn) -> Platform:  # noqa: F811
    accounts(harbor)
    offer(harbor)
    made = Platform()
    stand_in.step = lambda: made.fate.step()
    monkeypatch.setattr(outgoing, "messenger_for", lambda connection: made)
    # Asking in Slack is a job of its own, with tests of its own.
    monkeypatch.setattr("inbox.review.request_review", lambda draft: True)
    return made


def campaign(harbor: Workspace, end: str) -> Campaign | None:
    if end == "draft_only":
        return None
    delay = 300 if end == "send_delayed" else 0
    threshold = 1.0 if end == "needs_review" else 0.5
    more = {"auto_send_delay_min_s": delay, "auto_send_delay_max_s": delay, "auto_send_threshold": threshold}
    return sending_campaign(harbor, **more)


def live_through(harbor: Workspace, platform: Platform, on: Campaign | None, *, fatal: int | None) -> tuple[Lead, bool]:
    """A lead who wrote, the flow killed at a step, and all the time in the world afterwards."""
    number = next(_numbers)
    lead = wrote(harbor, campaign=on, email=f"ann{number}@flow.example.com").lead
    platform.fate = Fate(fatal)
    killed = dies(platform.fate, let_time_pass)
    platform.fate = Fate(None)
    let_time_pass()
    return lead, killed


def steps_until_it_is_decided(harbor: Workspace, platform: Platform) -> int:
    """Up to there all ends are one story, which is killed at every step for the first of them."""
    wrote(harbor)
    platform.fate = fate = Fate(None)
    dies(fate, let_time_pass)
    platform.fate = Fate(None)
    return fate.steps - 12


def let_time_pass() -> None:
    """Dead workers' rows come back, pauses and delays end, other workers run what is left."""
    for _ in range(12):
        long_ago = timezone.now() - timedelta(seconds=stale.stale_after_s(MessageJob) + 1)
        MessageJob.objects.filter(status="RUNNING").update(locked_at=long_ago)
        stale.bring_back(MessageJob)
        Draft.objects.filter(status="pending", send_at__gt=timezone.now()).update(send_at=timezone.now())
        MessageJob.objects.filter(status="PENDING").update(run_at=timezone.now())
        if not sum(running.drain(MessageJob, lane) for lane in Lane.values):
            return
    raise AssertionError("Work was left.")


def remains(lead: Lead) -> str:
    """All that came of it, its own numbers and all times taken out; a worker that died while it sent leaves a look-up,
    told on the timeline, and that is all the difference there may be."""
    its = {"lead": lead}
    lead_facts = ("tag", "status", "needs_reply", "unclassified", "draft_state", "preview", "thread_version")
    found: list[Any] = [
        list(Lead.objects.filter(pk=lead.pk).values_list(*lead_facts)),
        list(SentimentEvent.objects.filter(**its).values_list("tag", "before", "source")),
        list(Draft.objects.filter(**its).values_list("status", "action", "content", "verified", "outcome", "version")),
        list(Message.objects.filter(**its).order_by("direction").values_list("direction", "body", "sent_by")),
        sorted(
            TimelineEvent.objects.filter(**its)
            .exclude(kind="send_unconfirmed")
            .values_list("kind", "text", "why", "did", "setting")
        ),
        sorted(MessageJob.objects.filter(**its).exclude(kind="LOOK_UP").values_list("kind", "status")),
    ]
    return re.sub(r"\d+", "#", repr(found))


@pytest.mark.parametrize("end", ENDS)
def test_the_flow_killed_at_any_step_ends_as_one_that_was_not(harbor: Workspace, platform: Platform, end: str) -> None:
    on = campaign(harbor, end)
    action, status, sends = ENDS[end]
    untouched, killed = live_through(harbor, platform, on, fatal=None)
    expected = remains(untouched)
    assert not killed
    assert Draft.objects.values_list("action", "status").get(lead=untouched) == (action, status)
    first = 1 if on is None else steps_until_it_is_decided(harbor, platform)
    for fatal in range(first, MOST_STEPS):
        lead, killed = live_through(harbor, platform, on, fatal=fatal)
        assert SentimentEvent.objects.filter(lead=lead).count() == 1, f"killed before step {fatal}"
        draft = Draft.objects.get(lead=lead)
        assert draft.evaluated_at is not None
        assert TimelineEvent.objects.filter(lead=lead, kind="auto_send").count() == 1, "one decision"
        outbound = Message.objects.filter(lead=lead, direction="out")
        assert outbound.count() == sends, f"killed before step {fatal}"
        left = [text for to, text in platform.texts if to == lead.email]
        assert left in ([draft.content] * sends, []), f"killed before step {fatal}"
        if len(left) == sends == outbound.filter(delivery="sent").count():
            assert remains(lead) == expected, f"killed before step {fatal}"
        else:  # it died between “sending” and the call: nobody can know, so nobody repeats it
            assert outbound.get().delivery == "unconfirmed", f"killed before step {fatal}"
        if not killed:
            assert fatal > 30, "it was hardly ever killed"
            assert fatal > first + 12, "most of what this end is about was left out"
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


def test_a_delayed_send_killed_at_any_step_is_sent_at_most_once(harbor: Workspace, platform: Platform) -> None:
    on = campaign(harbor, "send_delayed")
    outcomes = set()
    for fatal in range(1, MOST_STEPS):
        lead = wrote(harbor, campaign=on, email=f"ann{next(_numbers)}@later.example.com").lead
        for lane in Lane.values:
            running.drain(MessageJob, lane)
        draft = Draft.objects.get(lead=lead)
        assert draft.action == "send_delayed"
        Draft.objects.filter(pk=draft.pk).update(send_at=timezone.now() - timedelta(seconds=1))
        platform.fate = Fate(fatal)
        killed = dies(platform.fate, lambda: finish(MessageJob))
        platform.fate = Fate(None)
        finish(MessageJob)
        copies = [to for to, _ in platform.texts].count(lead.email)
        message = Message.objects.get(lead=lead, direction="out")
        assert (message.delivery, copies) in {("sent", 1), ("unconfirmed", 0)}, f"killed before step {fatal}"
        assert Draft.objects.get(pk=draft.pk).status == "approved"
        assert autosend.fire(draft, hours=None, more={}) is None, "a late second call sends nothing"
        outcomes.add(message.delivery)
        if not killed:
            assert outcomes == {"sent", "unconfirmed"}, "both ends were reached"
            return
    raise AssertionError(f"more than {MOST_STEPS} steps")


def test_a_flow_that_is_run_again_asks_the_model_nothing_it_knows(
    harbor: Workspace,
    platform: Platform,
    stand_in: StandIn,  # noqa: F811
) -> None:
    lead, _ = live_through(harbor, platform, None, fatal=None)
    asked = len(stand_in.asked)
    MessageJob.objects.filter(lead=lead).update(status="PENDING", run_at=timezone.now())
    finish(MessageJob)
    assert len(stand_in.asked) == asked
    assert AIInteraction.objects.count() == asked
