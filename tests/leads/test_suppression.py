"""Opt-outs are final; dead addresses, STOP and START (spec 03)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from leads import suppression
from leads.models import Lead, LeadStatus, SuppressionEntry, Tag, TimelineEvent
from tests.factories.leads import lead, name
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
