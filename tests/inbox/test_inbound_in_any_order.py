"""Whatever order providers tell things in, however late and however often, the same comes of it (spec 02, 03)."""

from __future__ import annotations

import itertools
import random
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from inbox.models import Message
from integrations.events import (
    Address,
    CampaignRef,
    Channel,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    Person,
)
from leads import statuses, suppressing
from leads.models import Lead, LeadStatus, SuppressionEntry, Tag, TimelineEvent
from tests.factories.inbox import arrive, email, sms
from tests.factories.leads import ago
from tests.inbox.campaign_mails import ANN, Q1, sent
from zrg.jobs.errors import Waits
from zrg.workspaces.models import User, Workspace


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_rollups_do_not_depend_on_the_order_of_arrival(harbor: Workspace, order: tuple[int, ...]) -> None:
    events = [sent(at=ago(hours=9)), email("First", at=ago(hours=5)), email("Latest", at=ago(hours=2))]
    for index in order:
        arrive(harbor, events[index])
    lead = Lead.objects.get()
    assert (lead.preview, lead.last_message_direction, lead.needs_reply) == ("Latest", "in", True)
    assert lead.last_outbound_at == events[0].at
    assert lead.last_message_at == lead.last_inbound_at == events[2].at


def test_an_old_reply_that_comes_late_does_not_ask_for_an_answer_again(harbor: Workspace) -> None:
    arrive(harbor, email("Second", at=ago(hours=3)))
    arrive(harbor, MessageConfirmed(Channel.EMAIL, ANN, text="Answer", at=ago(hours=1), ids={"emailbison_reply": "1"}))
    arrive(harbor, email("First", at=ago(hours=5)))
    assert Lead.objects.get().needs_reply is False


def test_a_time_in_the_future_is_the_time_of_arrival(harbor: Workspace) -> None:
    arrived = timezone.now()
    arrive(harbor, email(at=arrived + timedelta(days=400)), received_at=arrived)
    assert Message.objects.get().sent_at == arrived


def test_an_opening_is_stamped_and_one_that_overtook_its_message_waits(harbor: Workspace) -> None:
    opening = MessageOpened(person=ANN, at=ago(hours=2), ids={"emailbison_scheduled": "770"})
    with pytest.raises(Waits):
        arrive(harbor, opening)
    arrive(harbor, sent())
    arrive(harbor, opening)
    assert Message.objects.get().opened_at == opening.at
    assert arrive(harbor, replace(opening, ids={"emailbison_scheduled": "1"}), received_at=ago(hours=1)).reason


def test_an_unsubscription_replayed_after_a_person_lifted_it_changes_nothing(harbor: Workspace, alice: User) -> None:
    event, arrived = LeadUnsubscribed(person=ANN), ago(hours=1)
    arrive(harbor, event, received_at=arrived)
    suppressing.release(Lead.objects.get(), why="She asked us to.", by=alice)
    arrive(harbor, event, received_at=arrived)
    assert Lead.objects.get().status == LeadStatus.NEW
    assert not SuppressionEntry.objects.filter(lifted_at=None).exists()
    arrive(harbor, event)  # another one, later
    assert Lead.objects.get().status == LeadStatus.BLACKLISTED


@pytest.mark.parametrize("before", [Tag.NEW, Tag.INTERESTED, Tag.MEETING_REQUESTED])
def test_an_interest_replayed_after_a_person_changed_the_tag_changes_nothing(
    harbor: Workspace, alice: User, before: str
) -> None:
    event = email()
    arrive(harbor, event)
    Lead.objects.update(tag=before)
    marked = LeadInterested(person=ANN, at=ago(hours=1), reply=event)
    arrive(harbor, marked)
    with transaction.atomic():
        statuses.set_tag(Lead.objects.get(), tag=Tag.NOT_INTERESTED, by=alice, why="Read by a person.")
    told = TimelineEvent.objects.count()
    assert arrive(harbor, marked).reason == "duplicate"
    assert (Lead.objects.get().tag, TimelineEvent.objects.count()) == (Tag.NOT_INTERESTED, told)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_later_of_two_machines_words_counts(harbor: Workspace, order: tuple[int, int]) -> None:
    arrive(harbor, email(at=ago(hours=9)))
    away = email("I am out of the office until Monday.", subject="Automatic reply: Quick idea", at=ago(hours=5))
    events = (away, LeadInterested(person=ANN, at=ago(hours=2)))
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().tag == Tag.INTERESTED


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("words", "status"), [(("STOP", "START"), "new"), (("START", "STOP"), "blacklisted")])
def test_the_later_of_stop_and_start_counts(
    harbor: Workspace, order: tuple[int, int], words: tuple[str, str], status: str
) -> None:
    arrive(harbor, sms("Tuesday works", at=ago(hours=9)))
    events = [sms(words[0], at=ago(hours=5)), sms(words[1], at=ago(hours=2))]
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().status == status


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_who_answers_now_does_not_depend_on_the_order_of_arrival(harbor: Workspace, order: tuple[int, ...]) -> None:
    arrive(harbor, email(at=ago(hours=9)))
    elise = Address("elise@buyer.example.com", "Elise Tran")
    events = [email("1", at=ago(hours=7)), email("2", sender=elise, at=ago(hours=5))]
    events.append(email("3", sender=elise, at=ago(hours=3)))
    for index in order:
        arrive(harbor, events[index])
    lead = Lead.objects.get()
    assert (lead.current_replier_email, lead.current_replier_since) == ("elise@buyer.example.com", events[1].at)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_messages_of_one_second_the_same_one_is_shown(harbor: Workspace, order: tuple[int, int]) -> None:
    at = ago(hours=1).replace(microsecond=0)
    events = [email("Yes", at=at), email("And call me", at=at)]
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().preview == "Yes"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0)])
def test_the_latest_campaign_is_the_leads_whatever_the_order_of_arrival(
    harbor: Workspace, order: tuple[int, ...]
) -> None:
    by_hand = MessageConfirmed(Channel.EMAIL, ANN, text="By hand", at=ago(hours=1), ids={"emailbison_reply": "9"})
    second = sent(772, at=ago(hours=3), campaign=CampaignRef("emailbison", "13", "Q2"))
    events = [sent(771, at=ago(hours=5)), second, by_hand]
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().campaign.name == "Q2"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_replies_that_name_a_campaign_decide_by_their_times_and_never_over_a_campaign_mail(
    harbor: Workspace, order: tuple[int, ...]
) -> None:
    q2, q3 = CampaignRef("emailbison", "13", "Q2"), CampaignRef("emailbison", "14", "Q3")
    replies = [email("One", at=ago(hours=5), campaign=Q1), email("Two", at=ago(hours=4), campaign=q2)]
    events = [*replies, email("Three", at=ago(hours=6), campaign=q3)]
    for index in order:
        arrive(harbor, events[index])
    assert Lead.objects.get().campaign.name == "Q2"
    arrive(harbor, sent(771, at=ago(hours=9)))
    assert Lead.objects.get().campaign.name == "Q1"


def snapshot() -> tuple[Any, ...]:
    leads = Lead.objects.order_by("email").values_list(
        "email", "phone", "preview", "needs_reply", "tag", "status", "last_message_at", "current_replier_email"
    )
    messages = Message.objects.order_by("dedupe_key").values_list("dedupe_key", "lead__email", "body", "sent_at")
    return list(leads), list(messages)


def script() -> list[Any]:
    """A small world: 12 leads, campaign mails, replies, colleagues, SMS, an opt-out."""
    start = timezone.now() - timedelta(days=2)
    events: list[Any] = []
    for n in range(12):
        address = f"lead{n}@buyer.example.com"
        who = Person(names=(("emailbison_lead", str(n)),), email=address, phone=f"+1212555{n:04}", first_name=f"L{n}")
        at = start + timedelta(minutes=n)
        events.append(sent(1000 + n, person=who, at=at))
        for turn in range(4):
            sender = Address(f"colleague{n}@buyer.example.com", "C") if turn == 2 else Address(address, f"L{n}")
            text = "Please take me off your list." if n == 5 and turn == 3 else f"Reply {turn} of {n}"
            ids = {"emailbison_reply": f"{n}-{turn}"}
            events.append(email(text, person=who, sender=sender, at=at + timedelta(hours=turn + 1), ids=ids))
        by_phone = Person(phone=f"+1212555{n:04}", email=address)
        events.append(sms(f"Text of {n}", person=by_phone, at=at + timedelta(hours=9), ids={"ghl_message": f"m{n}"}))
    return events


@pytest.mark.django_db(transaction=True)
def test_shuffled_duplicated_concurrent_deliveries_always_give_the_same_leads_and_messages(harbor: Workspace) -> None:
    events = script()
    seen = []
    for round_ in range(2):
        errors: list[BaseException] = []

        def deliver(seed: int, errors: list[BaseException] = errors) -> None:
            shuffled = events.copy()  # what each of the four threads delivers arrives four times
            random.Random(seed).shuffle(shuffled)
            try:
                for event in shuffled:
                    arrive(harbor, event)
            except BaseException as error:
                errors.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=deliver, args=(round_ * 8 + index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
        seen.append(snapshot())
        Lead.objects.all().delete()
        SuppressionEntry.objects.all().delete()
    assert seen[0] == seen[1]
    assert len(seen[0][0]) == 12
