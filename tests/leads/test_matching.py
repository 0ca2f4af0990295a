"""Which lead is this? (spec 03, identities and matching)"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from integrations.events import Person
from leads import matching, normalizing
from leads.models import Lead, LeadIdentity, MergeSuggestion
from tests.together import together
from zrg.workspaces.models import Workspace


def match(workspace: Workspace, person: Person) -> matching.Match:
    with transaction.atomic():
        found = matching.find_or_create(person, workspace=workspace, source="test")
        assert found is not None
        found.save()
        return found


def bison(number: int, **more: Any) -> Person:
    return Person(names=(("emailbison_lead", str(number)),), **more)


def test_a_new_person_becomes_a_lead_with_all_its_names(harbor: Workspace) -> None:
    lead = match(harbor, bison(31, email=" Ann@Buyer.Example.com ", phone="(212) 555-0142", first_name="Ann")).lead
    lead.refresh_from_db()
    assert (lead.email, lead.phone, lead.first_name) == ("ann@buyer.example.com", "+12125550142", "Ann")
    assert set(lead.identities.values_list("kind", "value", "primary")) == {
        ("emailbison_lead", "31", True),
        ("email", "ann@buyer.example.com", True),
        ("phone", "+12125550142", True),
    }


def test_any_known_name_finds_the_lead_and_teaches_it_the_others(harbor: Workspace) -> None:
    first = match(harbor, Person(email="ann@buyer.example.com")).lead
    again = match(harbor, bison(31, email="ANN@buyer.example.com", phone="+1 212 555 0142"))
    assert again.lead.pk == first.pk
    assert match(harbor, Person(phone="2125550142")).lead.pk == first.pk
    assert match(harbor, bison(31)).lead.pk == first.pk


def test_the_first_kind_that_hits_wins_and_the_other_lead_is_suggested_not_overwritten(harbor: Workspace) -> None:
    by_id = match(harbor, bison(31, email="ann@buyer.example.com")).lead
    by_mail = match(harbor, Person(email="bob@buyer.example.com")).lead
    both = match(harbor, bison(31, email="bob@buyer.example.com")).lead
    assert both.pk == by_id.pk
    assert LeadIdentity.objects.get(value="bob@buyer.example.com").lead_id == by_mail.pk
    suggestion = MergeSuggestion.objects.get()
    assert {suggestion.lead_id, suggestion.other_id} == {by_id.pk, by_mail.pk}
    assert "bob@buyer.example.com" in suggestion.reason


def test_the_same_pair_is_suggested_once(harbor: Workspace) -> None:
    match(harbor, bison(31))
    match(harbor, Person(email="bob@buyer.example.com"))
    for _ in range(3):
        match(harbor, bison(31, email="bob@buyer.example.com"))
    assert MergeSuggestion.objects.count() == 1


def test_a_shared_desk_address_matches_only_when_nothing_else_does(harbor: Workspace) -> None:
    desk = match(harbor, Person(email="info@buyer.example.com")).lead
    other = match(harbor, bison(7)).lead
    assert match(harbor, bison(7, email="info@buyer.example.com")).lead.pk == other.pk
    assert match(harbor, Person(email="info@buyer.example.com")).lead.pk == desk.pk
    phone = match(harbor, Person(phone="+12125550199")).lead
    assert match(harbor, Person(email="info@buyer.example.com", phone="+12125550199")).lead.pk == phone.pk


def test_facts_are_filled_and_never_overwritten(harbor: Workspace) -> None:
    match(harbor, bison(1, first_name="Ann", company=""))
    lead = match(harbor, bison(1, first_name="Anna", company="Buyer Inc")).lead
    assert (lead.first_name, lead.company) == ("Ann", "Buyer Inc")


def test_a_company_page_never_identifies_a_person(harbor: Workspace) -> None:
    page = Person(names=(("linkedin_url", "https://www.linkedin.com/company/buyer"),))
    with transaction.atomic():
        assert matching.find_or_create(page, workspace=harbor, source="test") is None


def test_workspaces_do_not_share_people(harbor: Workspace, elsewhere: Workspace) -> None:
    one = match(harbor, Person(email="ann@buyer.example.com")).lead
    two = match(elsewhere, Person(email="ann@buyer.example.com")).lead
    assert one.pk != two.pk
    assert two.workspace_id == elsewhere.pk


@pytest.mark.parametrize(
    ("person", "state"),
    [
        (Person(phone="+12125550142"), "not_needed"),
        (Person(email="ann@buyer.example.com"), "pending"),
        (
            Person(
                email="ann@buyer.example.com",
                phone="+12125550142",
                names=(("linkedin_url", "https://linkedin.com/in/ann"),),
            ),
            "none",
        ),
    ],
)
def test_a_new_lead_starts_in_its_enrichment_state(harbor: Workspace, person: Person, state: str) -> None:
    assert match(harbor, person).lead.enrichment == state


def test_finding_a_known_lead_costs_one_query(
    harbor: Workspace, django_assert_num_queries: Callable[[int], Any]
) -> None:
    match(harbor, bison(31, email="ann@buyer.example.com"))
    with transaction.atomic(), django_assert_num_queries(1):
        found = matching.find_or_create(bison(31, email="ann@buyer.example.com"), workspace=harbor, source="test")
        assert found is not None
        found.save()


@pytest.mark.parametrize("names", [1, 2, 4])
def test_the_server_plans_the_look_up_once_and_not_for_each_delivery(harbor: Workspace, names: int) -> None:
    """It keeps a plan where that costs no more than one made for the values at hand; five times it compares."""
    person = Person(names=tuple(("emailbison_lead", str(number)) for number in range(41, 41 + names)))
    for _ in range(12):
        match(harbor, person)
    assert {generic > 0 for _, generic in look_ups(names=names)} == {True}


def look_ups(*, names: int) -> list[tuple[str, int]]:
    """The prepared statements of this session that look for a lead by so many names, and how often each was executed
    by a plan that serves for all values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, generic_plans FROM pg_prepared_statements "
            "WHERE statement LIKE '%%named.owners%%' AND cardinality(parameter_types) = %s",
            [3 * names],
        )
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_eight_webhooks_at_once_for_new_people_make_one_lead_each(harbor: Workspace) -> None:
    people = [bison(n, email=f"lead{n}@buyer.example.com", phone=f"+1212555{n:04}") for n in range(100, 125)]

    def deliver(seed: int) -> None:
        shuffled = people * 2
        random.Random(seed).shuffle(shuffled)
        for one in shuffled:
            match(harbor, one)

    together(8, deliver)
    assert Lead.objects.count() == 25
    assert LeadIdentity.objects.count() == 75
    assert not MergeSuggestion.objects.exists()


@given(st.text(max_size=80))
def test_normalizing_never_fails_and_is_stable(raw: str) -> None:
    for normalize in (normalizing.email, normalizing.linkedin_url, lambda value: normalizing.phone(value, "US")):
        once = normalize(raw)
        assert normalize(once) == once


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("https://www.linkedin.com/in/Ann-Lee/?trk=x", "linkedin.com/in/ann-lee"),
        ("linkedin.com/in/ann-lee", "linkedin.com/in/ann-lee"),
        ("https://de.linkedin.com/in/ann-lee/de", "linkedin.com/in/ann-lee"),
        ("https://linkedin.com/company/buyer", ""),
        ("https://evil.example/linkedin.com/in/ann", ""),
        ("not a url", ""),
    ],
)
def test_profile_addresses_have_one_spelling(raw: str, url: str) -> None:
    assert normalizing.linkedin_url(raw) == url


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("(212) 555-0142", "US", "+12125550142"),
        ("+49 30 5550142", "US", "+49305550142"),
        ("030 5550142", "DE", "+49305550142"),
        ("call me", "US", ""),
        ("12", "US", ""),
    ],
)
def test_phones_are_read_with_the_workspaces_region(raw: str, region: str, e164: str) -> None:
    assert normalizing.phone(raw, region) == e164
