"""Two leads into one, and back within 30 days (spec 03)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from followups import human_tasks
from inbox import repliers
from inbox.models import Message
from integrations.events import Person
from leads import matching, merging, suppression
from leads.models import Lead, LeadStatus, Merge, MergeSuggestion, SuppressionEntry
from tests.factories.leads import ago, lead, name
from tests.together import beside, waits_for_a_lock
from zrg.workspaces.models import User, Workspace

Look = Callable[[Person, Workspace], object]


def said(one: Lead, text: str, **more: Any) -> Message:
    """An inbound message and its roll-up, as filed."""
    from inbox import rollups

    message = Message.objects.create(
        workspace_id=one.workspace_id,
        lead=one,
        channel=more.pop("channel", "email"),
        direction="in",
        sent_by="lead",
        delivery="received",
        body=text,
        dedupe_key=f"test:{one.pk}:{text}",
        **more,
    )
    one.save(update_fields=list(rollups.add_message(one, message, by=one.name, is_reply=True)))
    return message


@pytest.fixture
def pair(harbor: Workspace) -> tuple[Lead, Lead]:
    ann = lead(harbor, email="ann@buyer.example.com", first_name="Ann", company="")
    other = lead(harbor, email="a.lee@buyer.example.com", first_name="", company="Buyer Inc", phone="+12125550142")
    said(ann, "First", sent_at=ago(days=2))
    said(other, "Second", sent_at=ago(days=1), channel="sms")
    return ann, other


def open_pairs() -> set[frozenset[object]]:
    rows = MergeSuggestion.objects.filter(status="open").values_list("lead_id", "other_id")
    return {frozenset(row) for row in rows}


def test_open_suggestions_about_the_loser_are_about_the_survivor_until_the_undo(
    pair: tuple[Lead, Lead], harbor: Workspace, alice: User
) -> None:
    ann, other = pair
    third, fourth = lead(harbor), lead(harbor)
    for one, two in ((other, third), (ann, fourth), (fourth, other)):
        matching.suggest(one, two.pk, ("email", "x@buyer.example.com"))
    before = open_pairs()
    done = merging.merge(survivor=ann, loser=other, by=alice)
    assert open_pairs() == {frozenset({ann.pk, third.pk}), frozenset({ann.pk, fourth.pk})}
    merging.undo(done, by=alice)
    assert open_pairs() == before


def test_a_suggestion_decided_after_the_merge_stays_decided_after_its_undo(
    pair: tuple[Lead, Lead], harbor: Workspace, alice: User
) -> None:
    ann, other = pair
    third = lead(harbor)
    matching.suggest(other, third.pk, ("email", "x@buyer.example.com"))
    done = merging.merge(survivor=ann, loser=other, by=alice)
    merging.dismiss(MergeSuggestion.objects.get(status="open"), by=alice)
    merging.undo(done, by=alice)
    assert open_pairs() == set()


def test_everything_moves_to_the_survivor(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert other.merged_into_id == ann.pk
    assert list(ann.messages.order_by("sent_at").values_list("body", flat=True)) == ["First", "Second"]
    assert set(ann.identities.values_list("value", "primary")) == {
        ("ann@buyer.example.com", True),
        ("a.lee@buyer.example.com", False),
        ("+12125550142", True),
    }
    assert (ann.first_name, ann.company, ann.phone) == ("Ann", "Buyer Inc", "+12125550142")
    assert (ann.preview, ann.has_email, ann.has_sms, ann.needs_reply) == ("Second", True, True, True)


def test_a_reply_to_the_tombstones_address_reaches_the_survivor(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    merging.merge(survivor=ann, loser=other, by=alice)
    with transaction.atomic():
        found = matching.find_or_create(Person(email="a.lee@buyer.example.com"), workspace=ann.workspace, source="test")
    assert found is not None
    assert found.lead.pk == ann.pk


def test_the_undo_puts_exactly_back_and_leaves_what_came_after_with_the_survivor(
    pair: tuple[Lead, Lead], alice: User
) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    said(ann, "After the merge")
    merging.undo(done, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert other.merged_into is None
    assert list(other.messages.order_by("sent_at").values_list("body", flat=True)) == ["Second"]
    assert list(ann.messages.order_by("sent_at").values_list("body", flat=True)) == ["First", "After the merge"]
    assert (ann.company, ann.phone, ann.has_sms) == ("", "", False)
    assert (other.preview, other.has_email, other.has_sms) == ("Second", False, True)
    assert set(other.identities.values_list("value", "primary")) == {
        ("a.lee@buyer.example.com", True),
        ("+12125550142", True),
    }


def test_a_merge_can_be_undone_once_and_for_thirty_days(pair: tuple[Lead, Lead], alice: User) -> None:
    done = merging.merge(survivor=pair[0], loser=pair[1], by=alice)
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(merging.CannotMerge):
        merging.undo(done, by=alice)
    merging.undo(done, by=alice)
    with pytest.raises(merging.CannotMerge):
        merging.undo(done, by=alice)


def test_a_blacklisted_loser_makes_the_survivor_blacklisted(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    suppression.opt_out(other, sender_names=[], evidence="“stop”", key="1")
    merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    assert (ann.status, ann.needs_reply) == (LeadStatus.BLACKLISTED, False)


def test_leads_of_two_workspaces_are_never_merged(harbor: Workspace, elsewhere: Workspace, alice: User) -> None:
    with pytest.raises(merging.CannotMerge):
        merging.merge(survivor=lead(harbor), loser=lead(elsewhere), by=alice)
    assert not Merge.objects.exists()


def test_a_tombstone_is_not_merged_again(pair: tuple[Lead, Lead], harbor: Workspace, alice: User) -> None:
    merging.merge(survivor=pair[0], loser=pair[1], by=alice)
    with pytest.raises(merging.CannotMerge):
        merging.merge(survivor=lead(harbor), loser=pair[1], by=alice)


def test_merging_settles_the_suggestion(pair: tuple[Lead, Lead], alice: User) -> None:
    matching.suggest(pair[0], pair[1].pk, ("email", "a.lee@buyer.example.com"))
    merging.merge(survivor=pair[1], loser=pair[0], by=alice)
    assert MergeSuggestion.objects.get().status == MergeSuggestion.Status.MERGED


def test_a_second_primary_address_becomes_an_alternate(pair: tuple[Lead, Lead], alice: User) -> None:
    name(pair[1], "ghl_contact", "cnt_1", primary=True)
    merging.merge(survivor=pair[0], loser=pair[1], by=alice)
    primaries = pair[0].identities.filter(primary=True).values_list("kind", flat=True)
    assert sorted(primaries) == ["email", "ghl_contact", "phone"]


def test_an_opt_out_after_the_merge_outlives_its_undo_on_both_sides(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    merging.undo(done, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert (ann.status, other.status) == (LeadStatus.BLACKLISTED, LeadStatus.BLACKLISTED)
    assert (ann.needs_reply, other.needs_reply) == (False, False)


def test_the_undo_frees_the_survivor_of_the_losers_opt_out(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    suppression.opt_out(other, sender_names=[], evidence="“stop”", key="1")
    done = merging.merge(survivor=ann, loser=other, by=alice)
    merging.undo(done, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert (ann.status, ann.needs_reply, other.status) == (LeadStatus.NEW, True, LeadStatus.BLACKLISTED)


def test_the_undo_leaves_what_a_person_decided_since(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    Lead.objects.filter(pk=other.pk).update(tag="interested", status="qualified")
    done = merging.merge(survivor=ann, loser=other, by=alice)
    Lead.objects.filter(pk=ann.pk).update(tag="interested", status="qualified", title="CEO")
    Lead.objects.filter(pk=other.pk).update(title="CEO")
    merging.undo(done, by=alice)
    ann.refresh_from_db()
    assert (ann.status, ann.title) == ("qualified", "CEO")


def test_a_dead_address_of_the_loser_does_not_blacklist_a_survivor_with_a_good_one(
    pair: tuple[Lead, Lead], alice: User
) -> None:
    ann, other = pair
    suppression.hard_bounce(other, address=other.email, evidence="5.1.1", key="1")
    merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    assert ann.status == LeadStatus.NEW


def test_what_the_survivor_answered_is_answered(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    Lead.objects.filter(pk=ann.pk).update(last_outbound_at=ago(hours=1), needs_reply=False)
    merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    assert not ann.needs_reply


def test_tasks_follow_the_lead_and_come_back(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    human_tasks.ask(other, type="call", text="Call her", key="call:1")
    done = merging.merge(survivor=ann, loser=other, by=alice)
    assert ann.tasks.count() == 1
    merging.undo(done, by=alice)
    assert (ann.tasks.count(), other.tasks.count()) == (0, 1)


def filed_with(person: Person, workspace: Workspace) -> object:
    """The lead a delivery is filed with, tried again as the runner of jobs does."""
    while True:
        try:
            with transaction.atomic():
                match = matching.find_or_create(person, workspace=workspace, source="test")
                assert match is not None
                match.save()
                return match.lead.pk
        except matching.LostRace:
            continue


def found_with(person: Person, workspace: Workspace) -> object:
    with transaction.atomic():
        found = matching.find(person, workspace=workspace)
        return found.pk if found else None


LOOKS = pytest.mark.parametrize("look", [filed_with, found_with])


@LOOKS
@pytest.mark.django_db(transaction=True)
def test_a_reply_that_waits_for_a_merge_is_filed_with_the_survivor(
    pair: tuple[Lead, Lead], alice: User, look: Look
) -> None:
    ann, other = pair
    found: list[object] = []
    with transaction.atomic():
        merging.merge(survivor=ann, loser=other, by=alice)
        finish = beside(lambda: found.append(look(Person(email=other.email), ann.workspace)))
        waits_for_a_lock()
    finish()
    assert found == [ann.pk]


@LOOKS
@pytest.mark.django_db(transaction=True)
def test_a_reply_that_waits_for_the_undo_is_filed_with_whom_the_name_went_back_to(
    pair: tuple[Lead, Lead], alice: User, look: Look
) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    found: list[object] = []
    with transaction.atomic():
        merging.undo(done, by=alice)
        finish = beside(lambda: found.append(look(Person(email=other.email), ann.workspace)))
        waits_for_a_lock()
    finish()
    assert found == [other.pk]
    assert filed_with(Person(email=ann.email), ann.workspace) == ann.pk


@pytest.mark.django_db(transaction=True)
def test_deliveries_that_meet_an_undo_for_both_leads_do_not_block_each_other(
    pair: tuple[Lead, Lead], alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first holds the survivor and looks for the older lead; a newer delivery holds that and wants the survivor."""
    loser, survivor = sorted(pair, key=lambda one: one.pk)
    done = merging.merge(survivor=survivor, loser=loser, by=alice)
    mine, both = Person(email=loser.email), Person(names=(("ghl_contact", "cnt_1"),), email=survivor.email)
    name(loser, "ghl_contact", "cnt_1")
    looks_again, may_look = threading.Event(), threading.Event()
    look_again, found = matching._find_again, list[object]()

    def held_up(*given: Any) -> list[matching.Hit]:
        looks_again.set()
        assert may_look.wait(10)
        return look_again(*given)

    with transaction.atomic():
        merging.undo(done, by=alice)
        monkeypatch.setattr(matching, "_find_again", held_up)
        first = beside(lambda: found.append(filed_with(mine, survivor.workspace)))
        waits_for_a_lock()
    assert looks_again.wait(10)
    second = beside(lambda: found.append(filed_with(both, survivor.workspace)))
    waits_for_a_lock()
    may_look.set()
    first(), second()
    assert found == [loser.pk, loser.pk]
    assert open_pairs() == {frozenset({loser.pk, survivor.pk})}


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_deliveries_during_an_undo_is_filed_with_whom_each_name_belongs_to(
    pair: tuple[Lead, Lead], alice: User
) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    people = [(Person(email=ann.email), ann), (Person(email=other.email), other), (Person(phone=other.phone), other)]
    found: list[tuple[object, object]] = []
    with transaction.atomic():
        merging.undo(done, by=alice)
        crowd = [
            beside(lambda who=who, whose=whose: found.append((filed_with(who, ann.workspace), whose.pk)))
            for who, whose in people * 2
        ]
        waits_for_a_lock(len(crowd))
    for finish in crowd:
        finish()
    assert len(found) == 6
    assert all(filed == whose for filed, whose in found)


@pytest.mark.django_db(transaction=True)
def test_who_lifts_a_suppression_while_a_merge_is_undone_frees_the_lead_that_has_the_name(
    pair: tuple[Lead, Lead], alice: User
) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db()
    with transaction.atomic():
        suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    SuppressionEntry.objects.exclude(value=other.phone).delete()
    with transaction.atomic():
        merging.undo(done, by=alice)
        entry = SuppressionEntry.objects.get()
        finish = beside(lambda: suppression.lift(entry, by=alice, reason="She called."))
        waits_for_a_lock()
    finish()
    other.refresh_from_db()
    assert other.status == LeadStatus.NEW


def test_the_undo_gives_a_promoted_address_back_and_the_survivor_has_its_own_again(
    pair: tuple[Lead, Lead], alice: User
) -> None:
    ann, other = pair
    done = merging.merge(survivor=ann, loser=other, by=alice)
    repliers.promote(ann, email=other.email, by=alice)
    merging.undo(done, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert (ann.email, other.email) == ("ann@buyer.example.com", "a.lee@buyer.example.com")
    assert ann.identities.get(kind="email", primary=True).value == ann.email
    assert other.identities.get(kind="email", primary=True).value == other.email
