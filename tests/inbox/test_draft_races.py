"""A thousand things at once to the drafts of fifty leads: each draft is sent at most once, none after an opt-out or a
newer reply was filed (issue 3, bars).

What is provable: everybody decides under the lead's lock, and every decision keeps its time while it holds that lock
(a message's created_at, a draft's decided_at, a suppression entry's created_at), so within a lead these times are the
order of the decisions. Who got the lock first may win: an approval just before a reply is sent all the same.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from inbox import autosend, delivering, draft_decisions, drafts, inbound, sending
from inbox.drafts import Made
from inbox.models import Draft, Message, MessageJob
from integrations import outgoing
from integrations.events import Address, Channel, MessageReceived, Person
from integrations.models import Connection
from integrations.registry import Delivery
from leads.models import Lead, SuppressionEntry, TimelineEvent
from tests.factories import leads
from tests.factories.conversations import accounts, message
from zrg.jobs import running
from zrg.jobs.errors import Waits
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

LEADS, OPERATIONS, THREADS = 50, 1_000, 8
SEED = 20_260_302
_numbers = count(1)


class Platform:
    """Takes everything, and remembers who asked it to send what."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, message: outgoing.Outgoing, *, key: str) -> outgoing.Receipt:
        self.keys.append(key)
        return outgoing.Receipt(ids={"emailbison_reply": f"id of {key}"}, thread={}, at=timezone.now(), note="")


class Crowd:
    """Everybody who may do something to a draft, and what came of it."""

    def __init__(self, workspace: Workspace, people: list[User], leads_: list[Lead]) -> None:
        self.workspace, self.people, self.leads = workspace, people, leads_
        self.connection = Connection.objects.get(workspace=workspace, provider="emailbison")
        self.done: Counter[str] = Counter()
        self.errors: list[str] = []
        self.doing: list[Callable[[Lead, random.Random], object]] = [
            *[self.approve_on_the_page] * 5,
            *[self.approve_in_slack] * 4,
            *[self.fire] * 5,
            self.reject,
            *[self.edit] * 2,
            *[self.write_again] * 9,
            self.opt_out,
            *[self.propose] * 3,
            *[self.undo] * 2,
            *[self.deliver] * 4,
        ]

    # What people and machines do
    def approve_on_the_page(self, lead: Lead, chance: random.Random) -> object:
        if draft := self._draft(lead, chance):
            now = Lead.objects.get(pk=lead.pk)
            versions = {"version": draft.version, "thread_version": now.thread_version}
            undo = chance.choice([0, 0, 30])
            return draft_decisions.approve(
                draft, by=chance.choice(self.people), via="page", undo_seconds=undo, **versions
            )
        return None

    def approve_in_slack(self, lead: Lead, chance: random.Random) -> object:
        if draft := self._draft(lead, chance):
            seen = {"version": draft.version, "thread_version": draft.thread_version}
            return draft_decisions.approve(draft, by=chance.choice(self.people), via="slack", undo_seconds=0, **seen)
        return None

    def fire(self, lead: Lead, chance: random.Random) -> object:
        draft = self._draft(lead, chance)
        return autosend.fire(draft, hours=None, more={}) if draft and draft.send_at else None

    def reject(self, lead: Lead, chance: random.Random) -> object:
        draft = self._draft(lead, chance)
        return draft_decisions.reject(draft, by=chance.choice(self.people), via="page") if draft else None

    def edit(self, lead: Lead, chance: random.Random) -> object:
        text = f"Edited {next(_numbers)} times."
        draft = self._draft(lead, chance)
        return draft_decisions.edit(draft, text=text, by=chance.choice(self.people)) if draft else None

    def undo(self, lead: Lead, chance: random.Random) -> object:
        written = Message.objects.filter(lead=lead, delivery="queued", undo_until__isnull=False).first()
        return sending.undo(written, by=chance.choice(self.people)) if written else None

    def deliver(self, lead: Lead, chance: random.Random) -> object:
        job = MessageJob.objects.filter(lead=lead, kind="DELIVER", status="PENDING").order_by("?").first()
        if job is not None:
            delivering.deliver(job)
        return job

    # What the lead and the model do
    def write_again(self, lead: Lead, chance: random.Random) -> object:
        filed = self._receive(lead, f"And another thing, number {next(_numbers)}.")
        return self.propose(lead, chance) if chance.random() < 0.8 else filed

    def opt_out(self, lead: Lead, chance: random.Random) -> object:
        return self._receive(lead, "Please unsubscribe me from your list.") if chance.random() < 0.7 else None

    def propose(self, lead: Lead, chance: random.Random) -> object:
        trigger = Message.objects.filter(lead=lead, direction="in").order_by("-sent_at", "-id").first()
        assert trigger is not None
        with transaction.atomic():
            text = f"Draft {next(_numbers)} of an answer."
            key = drafts.inbound_key(trigger)
            draft, is_new = drafts.propose(
                lead=lead, channel="email", content=text, key=key, made=Made(verified=True), trigger=trigger
            )
            if is_new and draft.status == "pending" and chance.random() < 0.6:
                draft.send_at = draft.evaluated_at = timezone.now()
                draft.action, draft.confidence, draft.threshold = "send_immediate", 0.95, 0.9
                draft.save(update_fields=["send_at", "evaluated_at", "action", "confidence", "threshold"])
        return draft

    def _receive(self, lead: Lead, text: str) -> object:
        number, now = next(_numbers), timezone.now()
        event = MessageReceived(
            channel=Channel.EMAIL,
            person=Person(email=lead.email),
            text=text,
            subject="Re: Quick idea",
            sender=Address(lead.email, "Ann"),
            at=now,
            ids={"emailbison_reply": f"in {number}"},
            thread={"reply_id": str(number)},
        )
        with transaction.atomic():
            return inbound.receive(event, Delivery(self.workspace, self.connection, "emailbison", now))

    def _draft(self, lead: Lead, chance: random.Random) -> Draft | None:
        """Mostly the newest, at times one that is history: somebody's page is old."""
        found = list(Draft.objects.filter(lead=lead).order_by("-created_at")[:3])
        return (found[0] if chance.random() < 0.8 else chance.choice(found)) if found else None

    # All at once
    def act(self, plan: list[tuple[int, int, float]]) -> None:
        """One thread's share. Refusals are words for a person; everything else is an error of ours."""
        for which, operation, seed in plan:
            verb = self.doing[operation]
            try:
                came_of_it = verb(self.leads[which], random.Random(seed))
                self.done[f"{verb.__name__}: {'did' if came_of_it is not None else 'nothing'}"] += 1
            except (sending.Refusal, Waits) as refused:
                self.done[f"{verb.__name__}: {type(refused).__name__}"] += 1
            except Exception as error:
                self.errors.append(f"{verb.__name__}: {type(error).__name__}: {error}")
        connections.close_all()


def all_at_once(crowd: Crowd) -> None:
    chance = random.Random(SEED)
    plan = [(chance.randrange(LEADS), chance.randrange(len(crowd.doing)), chance.random()) for _ in range(OPERATIONS)]
    # Neighbours in the plan are at one lead at one moment, in different threads.
    plan.sort(key=lambda one: one[0] // 5)
    threads = [threading.Thread(target=crowd.act, args=(plan[start::THREADS],)) for start in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"


@pytest.fixture
def crowd(harbor: Workspace, sam: User, ingo: User, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    accounts(harbor)
    platform = Platform()
    monkeypatch.setattr(outgoing, "messenger_for", lambda connection: platform)
    made = [leads.lead(harbor, auto_reply=True) for _ in range(LEADS)]
    for lead in made:
        message(lead, at=leads.ago(minutes=1))
    crowd = Crowd(harbor, [sam, ingo], made)
    for lead in made:
        crowd.propose(lead, random.Random(lead.email))
    crowd.platform = platform  # type: ignore[attr-defined]
    return crowd


def test_each_draft_is_sent_at_most_once_and_none_after_an_opt_out_or_a_newer_reply(crowd: Crowd) -> None:
    all_at_once(crowd)
    assert crowd.errors == []
    assert sum(crowd.done.values()) == OPERATIONS
    for verb in ("approve_on_the_page", "approve_in_slack", "fire", "write_again", "opt_out", "deliver"):
        assert crowd.done[f"{verb}: did"] > 5, dict(crowd.done)
    assert crowd.done["approve_on_the_page: NotPending"] + crowd.done["approve_in_slack: Refusal"] > 5, dict(crowd.done)
    _deliver_the_rest()
    for lead in crowd.leads:
        _check_sends(lead, crowd.platform.keys)  # type: ignore[attr-defined]
        _check_order(lead)
        _check_timeline(lead)


def _deliver_the_rest() -> None:
    Message.objects.filter(undo_until__isnull=False).update(undo_until=None)
    for _ in range(5):
        MessageJob.objects.filter(kind="DELIVER", status="PENDING").update(run_at=timezone.now())
        MessageJob.objects.filter(status="PENDING").exclude(kind="DELIVER").update(status="FAILED")
        if not sum(running.drain(MessageJob, lane) for lane in Lane.values):
            return


def _check_sends(lead: Lead, keys: list[str]) -> None:
    """A draft has one message that was not taken back, which the platform was asked for once."""
    for draft in Draft.objects.filter(lead=lead):
        sends = list(Message.objects.filter(draft=draft).exclude(delivery="undone"))
        assert len(sends) == (draft.status == "approved"), (draft.status, sends)
        asked = [key for key in keys if key.startswith(f"out:draft:{draft.pk}:")]
        assert len(asked) == sum(one.delivery == "sent" for one in sends), (asked, sends)


def _check_order(lead: Lead) -> None:
    """Nothing was decided to be sent after what forbids it, and nothing left after an opt-out."""
    inbound_ = list(Message.objects.filter(lead=lead, direction="in").order_by("created_at"))
    opt_out = SuppressionEntry.objects.filter(lead=lead).order_by("created_at").first()
    for draft in Draft.objects.filter(lead=lead, status="approved").select_related("trigger_message"):
        (written,) = Message.objects.filter(draft=draft).exclude(delivery="undone")
        trigger = draft.trigger_message
        assert trigger is not None
        assert draft.decided_at is not None
        for newer in (one for one in inbound_ if one.sent_at > trigger.sent_at):
            assert written.created_at < newer.created_at, "it was decided after a newer reply was filed"
        if opt_out is not None:
            assert draft.decided_at < opt_out.created_at, "it was decided after the opt-out"
            left = written.provider_asked_at
            assert left is None or left < opt_out.created_at, "it left after the opt-out"
            assert written.delivery == "sent" or left is None


def _check_timeline(lead: Lead) -> None:
    """The story says the same: of a lead who opted out nothing waits any more."""
    if not TimelineEvent.objects.filter(lead=lead, dedupe_key__startswith="opt_out:").exists():
        return
    assert Lead.objects.get(pk=lead.pk).status == "blacklisted"
    assert not Message.objects.filter(lead=lead, delivery__in=["queued", "held", "sending"]).exists()
    late = TimelineEvent.objects.filter(lead=lead, dedupe_key__startswith="opt_out:").order_by("id").first()
    assert late is not None


def test_eight_approvals_of_one_draft_at_one_moment_are_one_message(crowd: Crowd) -> None:
    for lead in crowd.leads[:5]:
        start, sent, problems = threading.Barrier(8), [], []

        def press(
            lead: Lead = lead, start: Any = start, sent: list[Any] = sent, problems: list[Any] = problems
        ) -> None:
            try:
                draft = Draft.objects.get(lead=lead)
                start.wait(timeout=10)
                sent.append(draft_decisions.approve(draft, by=crowd.people[0], via="page", undo_seconds=0).pk)
            except (DatabaseError, AssertionError, sending.Refusal) as error:
                problems.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=press) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert problems == []
        assert len(sent) == 8
        assert len(set(sent)) == 1
        assert Message.objects.filter(lead=lead, direction="out").count() == 1
