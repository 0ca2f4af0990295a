"""Opt-outs are final; dead addresses, STOP and START (spec 03)."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from inbox import repliers
from leads import suppressing, suppression
from leads.models import Lead, LeadStatus, SuppressionEntry, Tag, TimelineEvent
from tests.factories.leads import ago, lead, name
from tests.together import waits_for_a_lock
from zrg.workspaces.models import User, Workspace


def standing(one: Lead) -> set[tuple[str, str, str]]:
    entries = SuppressionEntry.objects.filter(lead=one, lifted_at=None)
    return set(entries.values_list("family", "value", "reason"))


def test_an_opt_out_blacklists_the_lead_and_lists_every_name_of_who_asked(harbor: Workspace) -> None:
    ann = lead(harbor, email="ann@buyer.example.com", phone="+12125550142", needs_reply=True)
    suppression.opt_out(ann, sender_names=[("email", "elise@buyer.example.com")], evidence="“stop”", key="1")
    ann.refresh_from_db()
    assert (ann.status, ann.tag, ann.needs_reply) == (LeadStatus.BLACKLISTED, Tag.BLACKLIST, False)
    assert standing(ann) == {
        ("email", "ann@buyer.example.com", "opt_out"),
        ("sms", "+12125550142", "opt_out"),
        ("email", "elise@buyer.example.com", "opt_out"),
    }


def test_telling_an_opt_out_twice_changes_nothing_more(harbor: Workspace) -> None:
    ann = lead(harbor)
    for _ in range(2):
        suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    assert SuppressionEntry.objects.count() == 1
    assert TimelineEvent.objects.filter(lead=ann, kind="blacklisted").count() == 1


def test_a_dead_primary_address_blacklists_a_dead_alternate_does_not(harbor: Workspace) -> None:
    ann, bob = lead(harbor, email="ann@buyer.example.com"), lead(harbor, email="bob@buyer.example.com")
    name(bob, "email", "robert@buyer.example.com")
    suppression.hard_bounce(ann, address="ann@buyer.example.com", evidence="5.1.1", key="1")
    suppression.hard_bounce(bob, address="robert@buyer.example.com", evidence="5.1.1", key="2")
    ann.refresh_from_db(), bob.refresh_from_db()
    assert (ann.status, ann.blacklist_reason) == (LeadStatus.BLACKLISTED, "bounce")
    assert bob.status == LeadStatus.NEW
    assert standing(bob) == {("email", "robert@buyer.example.com", "bounce")}


def test_the_third_soft_bounce_counts_as_hard_and_a_replayed_one_counts_once(harbor: Workspace) -> None:
    ann = lead(harbor, email="ann@buyer.example.com")
    for key in ["a", "a", "b", "b", "b"]:
        assert not suppression.soft_bounce(ann, address=ann.email, evidence="mailbox full", key=key)
    ann.refresh_from_db()
    assert ann.status == LeadStatus.NEW
    assert suppression.soft_bounce(ann, address=ann.email, evidence="mailbox full", key="c")
    ann.refresh_from_db()
    assert ann.status == LeadStatus.BLACKLISTED


def test_start_lifts_what_sms_stop_did_and_nothing_else(harbor: Workspace) -> None:
    ann, bob = lead(harbor, phone="+12125550142"), lead(harbor, phone="+12125550143")
    suppression.opt_out(ann, sender_names=[], evidence="STOP", key="1", sms_stop=True)
    suppression.opt_out(bob, sender_names=[], evidence="remove me", key="2")
    assert suppression.start(ann, phone="+12125550142", key="3")
    assert not suppression.start(bob, phone="+12125550143", key="4")
    ann.refresh_from_db(), bob.refresh_from_db()
    assert (ann.status, ann.tag, standing(ann)) == (LeadStatus.NEW, Tag.NEUTRAL, set())
    assert bob.status == LeadStatus.BLACKLISTED


def test_lifting_needs_a_reason_and_keeps_who_and_why(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor)
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    entry = SuppressionEntry.objects.get()
    with pytest.raises(ValueError, match="Say why"):
        suppression.lift(entry, by=alice, reason="  ")
    suppression.lift(entry, by=alice, reason="She wrote again and asked for a call.")
    entry.refresh_from_db(), ann.refresh_from_db()
    assert (entry.lifted_by, entry.lift_reason) == (alice, "She wrote again and asked for a call.")
    assert ann.status == LeadStatus.NEW


def test_lifting_one_of_two_opt_out_entries_leaves_the_lead_blacklisted(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, phone="+12125550142")
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    suppression.lift(SuppressionEntry.objects.get(family="sms"), by=alice, reason="Number was reassigned.")
    ann.refresh_from_db()
    assert ann.status == LeadStatus.BLACKLISTED


def test_the_database_holds_one_standing_entry_per_name(harbor: Workspace) -> None:
    ann = lead(harbor)
    suppression.add(ann, [("email", ann.email)], reason="manual", evidence="")
    with pytest.raises(IntegrityError), transaction.atomic():
        SuppressionEntry.objects.create(workspace=harbor, family="email", value=ann.email, reason="manual", lead=ann)


def test_an_opt_out_told_again_after_a_person_lifted_it_changes_nothing(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor)
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    suppression.lift(SuppressionEntry.objects.get(), by=alice, reason="She wrote again.")
    ann.refresh_from_db()
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    ann.refresh_from_db()
    assert (ann.status, standing(ann)) == (LeadStatus.NEW, set())
    suppression.opt_out(ann, sender_names=[], evidence="“stop, really”", key="2")
    assert standing(ann) == {("email", ann.email, "opt_out")}


def test_a_second_opt_out_is_told_and_its_replay_changes_nothing_either(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor)
    for key in ("1", "2"):
        suppression.opt_out(ann, sender_names=[], evidence="“stop”", key=key)
    suppression.lift(SuppressionEntry.objects.get(), by=alice, reason="She wrote again.")
    ann.refresh_from_db()
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="2")
    assert standing(ann) == set()


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_a_bounce_told_again_after_a_person_lifted_it_changes_nothing(
    harbor: Workspace, alice: User, kind: str
) -> None:
    ann = lead(harbor)

    def bounce(key: str) -> None:
        verb = suppression.hard_bounce if kind == "hard" else suppression.soft_bounce
        verb(ann, address=ann.email, evidence="5.1.1", key=key)

    for key in "abc":
        bounce(key)
    suppression.lift(SuppressionEntry.objects.get(), by=alice, reason="The mailbox works again.")
    ann.refresh_from_db()
    for key in "abc":
        bounce(key)
    ann.refresh_from_db()
    assert (ann.status, standing(ann)) == (LeadStatus.NEW, set())


def test_soft_bounces_are_counted_anew_once_a_person_said_that_the_address_works(
    harbor: Workspace, alice: User
) -> None:
    ann = lead(harbor)
    for key in "abc":
        suppression.soft_bounce(ann, address=ann.email, evidence="full", key=key)
    suppression.lift(SuppressionEntry.objects.get(), by=alice, reason="The mailbox works again.")
    ann.refresh_from_db()
    assert [suppression.soft_bounce(ann, address=ann.email, evidence="full", key=key) for key in "def"] == [
        False,
        False,
        True,
    ]


def test_start_does_not_lift_an_opt_out_that_came_after_the_stop(harbor: Workspace) -> None:
    ann = lead(harbor, phone="+12125550142")
    suppression.opt_out(ann, sender_names=[], evidence="STOP", key="1", sms_stop=True)
    suppression.opt_out(ann, sender_names=[], evidence="“remove me”", key="2")
    assert not suppression.start(ann, phone="+12125550142", key="3")
    assert ann.status == LeadStatus.BLACKLISTED


def test_an_opt_out_of_a_dead_address_outlives_the_address(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, email="ann@buyer.example.com")
    name(ann, "email", "a.lee@buyer.example.com")
    suppression.hard_bounce(ann, address=ann.email, evidence="5.1.1", key="1")
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="2")
    repliers.promote(ann, email="a.lee@buyer.example.com", by=alice)
    ann.refresh_from_db()
    assert ann.status == LeadStatus.BLACKLISTED


def test_replacing_a_dead_primary_address_frees_the_lead(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, email="ann@buyer.example.com")
    name(ann, "email", "a.lee@buyer.example.com")
    suppression.hard_bounce(ann, address=ann.email, evidence="5.1.1", key="1")
    repliers.promote(ann, email="a.lee@buyer.example.com", by=alice)
    ann.refresh_from_db()
    assert (ann.email, ann.status, ann.tag) == ("a.lee@buyer.example.com", LeadStatus.NEW, Tag.NEUTRAL)
    assert standing(ann) == {("email", "ann@buyer.example.com", "bounce")}
    with pytest.raises(ValueError, match="a dead address"):
        repliers.promote(ann, email="ann@buyer.example.com", by=alice)


def test_a_bounce_after_a_persons_blacklisting_does_not_weaken_it(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, email="ann@buyer.example.com")
    name(ann, "email", "a.lee@buyer.example.com")
    suppressing.blacklist(ann, why="A competitor.", by=alice)
    ann.refresh_from_db()
    suppression.hard_bounce(ann, address=ann.email, evidence="5.1.1", key="1")
    repliers.promote(ann, email="a.lee@buyer.example.com", by=alice)
    ann.refresh_from_db()
    assert (ann.status, ann.blacklist_reason) == (LeadStatus.BLACKLISTED, "manual")


def test_a_person_can_blacklist_who_only_had_a_dead_address(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor)
    suppression.hard_bounce(ann, address=ann.email, evidence="5.1.1", key="1")
    assert suppressing.blacklist(ann, why="A competitor.", by=alice)
    ann.refresh_from_db()
    assert ann.blacklist_reason == "manual"
    assert not suppressing.blacklist(ann, why="A competitor.", by=alice)


def test_lifting_an_entry_frees_the_lead_that_has_the_name_whoever_it_was_made_for(
    harbor: Workspace, alice: User
) -> None:
    ann, elise = lead(harbor), lead(harbor, email="elise@buyer.example.com")
    suppression.opt_out(ann, sender_names=[("email", elise.email)], evidence="“stop”", key="1")
    suppression.opt_out(elise, sender_names=[], evidence="“stop”", key="2")
    suppression.lift(SuppressionEntry.objects.get(value=elise.email), by=alice, reason="She asked us to.")
    elise.refresh_from_db(), ann.refresh_from_db()
    assert (elise.status, ann.status) == (LeadStatus.NEW, LeadStatus.BLACKLISTED)


def test_who_may_be_written_to_again_waits_for_an_answer_again(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, last_reply_at=ago(hours=1), last_outbound_at=ago(hours=2), needs_reply=True)
    suppression.opt_out(ann, sender_names=[], evidence="“stop”", key="1")
    suppression.lift(SuppressionEntry.objects.get(), by=alice, reason="A misunderstanding.")
    ann.refresh_from_db()
    assert ann.needs_reply


@pytest.mark.django_db(transaction=True)
def test_a_person_who_lifts_and_a_start_that_lifts_do_not_block_each_other(harbor: Workspace, alice: User) -> None:
    ann = lead(harbor, phone="+12125550142")
    with transaction.atomic():
        suppression.opt_out(ann, sender_names=[], evidence="STOP", key="1", sms_stop=True)
    entry = SuppressionEntry.objects.get(family="sms")
    errors: list[BaseException] = []

    def by_hand() -> None:
        try:
            suppression.lift(entry, by=alice, reason="She called.")
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        locked = Lead.objects.select_for_update().get(pk=ann.pk)
        thread = threading.Thread(target=by_hand)
        thread.start()
        waits_for_a_lock()
        assert suppression.start(locked, phone="+12125550142", key="2")
    thread.join()
    assert errors == []
    ann.refresh_from_db()
    assert (ann.status, standing(ann)) == (LeadStatus.NEW, set())
