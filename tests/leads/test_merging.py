"""Two leads into one, and back within 30 days (spec 03)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox.models import Message
from leads import matching, merging, suppression
from leads.models import Lead, LeadStatus, Merge, MergeSuggestion
from tests.factories.leads import ago, lead, name
from zrg.workspaces.models import User, Workspace


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


def test_everything_moves_to_the_survivor(pair: tuple[Lead, Lead], alice: User) -> None:
    ann, other = pair
    merging.merge(survivor=ann, loser=other, by=alice)
    ann.refresh_from_db(), other.refresh_from_db()
    assert other.merged_into_id == ann.pk
    assert list(Message.objects.for_lead(ann).values_list("body", flat=True)) == ["First", "Second"]
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
    from django.db import transaction

    from integrations.events import Person

    with transaction.atomic():
        found = matching.find_or_create(Person(email="a.lee@buyer.example.com"), workspace=ann.workspace, source="test")
    assert found is not None and found.lead.pk == ann.pk


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
    assert list(Message.objects.for_lead(other).values_list("body", flat=True)) == ["Second"]
    assert list(Message.objects.for_lead(ann).values_list("body", flat=True)) == ["First", "After the merge"]
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
