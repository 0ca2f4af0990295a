"""Leads: finding, correcting, merging, blacklisting, lifting; campaigns and exports."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from leads import merging, suppressing
from leads.models import Campaign, Lead, LeadStatus, Merge, MergeSuggestion, SuppressionEntry, TimelineEvent
from tests.admin import rows
from tests.admin.doing import ask, confirm, form_of, list_of, page_of, saved, told
from tests.factories import leads as lead_factory
from zrg.workspaces.models import User, Workspace


@pytest.fixture
def ann(harbor: Workspace) -> Lead:
    facts = {"last_name": "Lee", "email": "ann@buyer.example.com", "phone": "+12125550142"}
    return lead_factory.lead(harbor, **facts, last_message_at=lead_factory.ago(hours=1))


@pytest.fixture
def bob(harbor: Workspace) -> Lead:
    return lead_factory.lead(harbor, first_name="Bob", email="bob@buyer.example.com")


def shown(answer: object) -> list[Lead]:
    return list(answer.context["cl"].result_list)  # type: ignore[attr-defined]


@pytest.mark.parametrize("term", ["ann", "LEE", "ann@buyer", "5550142", "id"])
def test_a_lead_is_found_by_a_part_of_what_is_known(term: str, desk: Client, ann: Lead, bob: Lead) -> None:
    assert shown(desk.get(list_of(Lead), {"q": str(ann.pk) if term == "id" else term})) == [ann]


@pytest.mark.parametrize("term", ["jose", "JOSÉ muñ", "zoe@kestrel", "(212) 555-0142"])
def test_accents_do_not_count_and_other_addresses_do(term: str, desk: Client, ann: Lead, bob: Lead) -> None:
    Lead.objects.filter(pk=ann.pk).update(first_name="José", last_name="Muñoz")
    lead_factory.name(ann, "email", "zoë@kestrel.example.com")
    assert shown(desk.get(list_of(Lead), {"q": term})) == [ann]
    assert page_of(ann) in desk.get(reverse("admin:search"), {"s": term, "extended": "1"}).text


def test_too_short_a_search_finds_nobody(desk: Client, ann: Lead) -> None:
    assert shown(desk.get(list_of(Lead), {"q": "an"})) == []


def test_the_list_shows_conversations_until_asked_otherwise(desk: Client, ann: Lead, bob: Lead) -> None:
    assert shown(desk.get(list_of(Lead))) == [ann]
    assert shown(desk.get(list_of(Lead), {"kind": "silent"})) == [bob]


def test_facts_are_corrected_through_their_verb(desk: Client, olga: User, ann: Lead) -> None:
    assert saved(desk.post(page_of(ann), form_of(desk, ann) | {"company": "  Kestrel   Foods "}))
    ann.refresh_from_db()
    assert ann.company == "Kestrel Foods"
    assert TimelineEvent.objects.get(lead=ann, kind="fact").by == olga


@pytest.mark.parametrize(("field", "value"), [("timezone", "Nowhere/Here"), ("website", "not an address")])
def test_a_wrong_fact_is_named(field: str, value: str, desk: Client, ann: Lead) -> None:
    answer = desk.post(page_of(ann), form_of(desk, ann) | {field: value})
    assert list(answer.context["adminform"].form.errors) == [field]


def test_tag_and_assignee_go_through_their_verbs(desk: Client, ann: Lead, sam: User) -> None:
    assert saved(desk.post(page_of(ann), form_of(desk, ann) | {"tag": "interested", "assignee": str(sam.pk)}))
    ann.refresh_from_db()
    assert (ann.tag, ann.status, ann.assignee) == ("interested", LeadStatus.QUALIFIED, sam)
    assert set(TimelineEvent.objects.filter(lead=ann).values_list("kind", flat=True)) == {"tag", "assigned"}


def test_the_tag_blacklist_is_not_a_choice(desk: Client, ann: Lead) -> None:
    answer = desk.post(page_of(ann), form_of(desk, ann) | {"tag": "blacklist"})
    assert "tag" in answer.context["adminform"].form.errors


def test_a_campaign_of_another_workspace_is_refused(desk: Client, ann: Lead, elsewhere: Workspace) -> None:
    theirs = Campaign.objects.create(workspace=elsewhere, provider="emailbison", external_id="1")
    answer = desk.post(page_of(ann), form_of(desk, ann) | {"campaign": str(theirs.pk)})
    assert "campaign" in answer.context["adminform"].form.errors


def test_the_last_twenty_messages_are_with_the_lead(desk: Client, ann: Lead) -> None:
    for number in range(25):
        rows.message_of(
            ann, number=number, body=f"Message number {number:02}.", sent_at=lead_factory.ago(hours=50 - number)
        )
    page = desk.get(page_of(ann)).text
    assert "Message number 24." in page
    assert "Message number 05." in page
    assert "Message number 04." not in page


def test_leads_are_given_to_somebody_who_works_there(
    desk: Client, olga: User, ann: Lead, sam: User, pia: User, mallory: User
) -> None:
    assert "Nobody with this e-mail" in confirm(desk, "reassign", ann, to="who@example.com").text
    for stranger in (pia, mallory):
        assert "does not work in Harbor" in confirm(desk, "reassign", ann, to=stranger.email).text
    assert told(confirm(desk, "reassign", ann, to=sam.email)) == "1 lead given to Sam Setter."
    ann.refresh_from_db()
    assert ann.assignee == sam
    confirm(desk, "reassign", ann, to="")
    ann.refresh_from_db()
    assert ann.assignee is None


# ── Suppression ────────────────────────────────────────────────────────────────
def test_blacklisting_needs_a_reason_and_puts_every_address_on_the_list(desk: Client, olga: User, ann: Lead) -> None:
    assert "This field is required" in confirm(desk, "blacklist", ann, reason=" ").text
    ann.refresh_from_db()
    assert ann.status != LeadStatus.BLACKLISTED
    confirm(desk, "blacklist", ann, reason="Rude on the phone")
    ann.refresh_from_db()
    assert ann.status == LeadStatus.BLACKLISTED
    entries = SuppressionEntry.objects.filter(lead=ann)
    assert {entry.value for entry in entries} == {"ann@buyer.example.com", "+12125550142"}
    assert {(entry.evidence, entry.created_by) for entry in entries} == {("Rude on the phone", olga)}


def test_lifting_needs_a_reason_and_restores_the_lead(desk: Client, olga: User, ann: Lead) -> None:
    suppressing.blacklist(ann, why="By mistake", by=olga)
    assert "This field is required" in confirm(desk, "release", ann).text
    assert "2 suppressions lifted of 1 lead." in told(confirm(desk, "release", ann, reason="Asked to hear from us"))
    ann.refresh_from_db()
    assert ann.status != LeadStatus.BLACKLISTED
    lifted = SuppressionEntry.objects.filter(lead=ann, lifted_by=olga, lift_reason="Asked to hear from us")
    assert lifted.count() == 2


def test_one_entry_is_lifted_with_a_reason(desk: Client, olga: User, harbor: Workspace) -> None:
    entry = suppressing.suppress(workspace=harbor, family="email", value="x@buyer.example.com", evidence="", by=olga)
    confirm(desk, "lift", entry, reason="Wrote to us again")
    entry.refresh_from_db()
    assert (entry.lift_reason, entry.lifted_by) == ("Wrote to us again", olga)
    assert "/lift-this/" not in desk.get(page_of(entry)).text


def test_an_entry_is_added_by_hand_normalized(desk: Client, olga: User, ann: Lead) -> None:
    add = reverse("admin:leads_suppressionentry_add")
    given = {"workspace": ann.workspace_id, "family": "email", "evidence": "Asked by letter"}
    assert desk.post(add, given | {"value": " ANN@buyer.example.com "}).status_code == 302
    entry = SuppressionEntry.objects.get()
    assert (entry.value, entry.lead, entry.reason, entry.created_by) == (ann.email, ann, "manual", olga)
    again = desk.post(add, given | {"value": "ann@buyer.example.com"})
    assert "is on the list already" in str(again.context["adminform"].form.errors)
    wrong = desk.post(add, given | {"value": "not an address"})
    assert "Enter an e-mail address." in str(wrong.context["adminform"].form.errors)


# ── Merging ────────────────────────────────────────────────────────────────────
def test_two_leads_are_merged_into_the_chosen_one(desk: Client, ann: Lead, bob: Lead) -> None:
    asked = ask(desk, "merge", ann, bob, query="?q=buyer.example.com")
    assert "ann@buyer.example.com, 0 messages" in asked.text
    confirm(desk, "merge", ann, bob, query="?q=buyer.example.com", survivor=str(bob.pk))
    ann.refresh_from_db()
    assert ann.merged_into == bob


def test_one_or_three_leads_are_not_merged(desk: Client, ann: Lead) -> None:
    answer = confirm(desk, "merge", ann, survivor=str(ann.pk))
    assert "Choose exactly two leads." in answer.text


def test_leads_of_two_workspaces_are_not_merged(desk: Client, ann: Lead, elsewhere: Workspace) -> None:
    theirs = lead_factory.lead(elsewhere, email="zoe@buyer.example.com")
    query = "?q=buyer.example.com"
    answer = confirm(desk, "merge", ann, theirs, query=query, survivor=str(ann.pk))
    assert "Choose two different leads of one workspace." in answer.text
    theirs.refresh_from_db()
    assert theirs.merged_into is None


def test_a_merge_is_undone_from_its_page(desk: Client, olga: User, ann: Lead, bob: Lead) -> None:
    done = merging.merge(survivor=ann, loser=bob, by=olga)
    address = page_of(done).replace("/change/", "/undo-this/")
    assert address in desk.get(page_of(done)).text
    assert told(desk.post(address, {"confirmed": "1"}, follow=True)) == "The merge is undone."
    bob.refresh_from_db()
    assert bob.merged_into is None
    assert Merge.objects.get().undone_by == olga
    assert "undone already" in desk.post(address, {"confirmed": "1"}).text


def test_suggestions_are_merged_or_dismissed(desk: Client, ann: Lead, bob: Lead, harbor: Workspace) -> None:
    first = MergeSuggestion.objects.create(workspace=harbor, lead=ann, other=bob, reason="Same phone")
    carl = lead_factory.lead(harbor, first_name="Carl")
    second = MergeSuggestion.objects.create(workspace=harbor, lead=ann, other=carl, reason="Same name")
    assert told(confirm(desk, "dismiss", second)) == "1 suggestion dismissed."
    assert told(confirm(desk, "merge", first, second)) == "1 pair merged."
    bob.refresh_from_db()
    carl.refresh_from_db()
    assert (bob.merged_into, carl.merged_into) == (ann, None)


# ── Campaigns ──────────────────────────────────────────────────────────────────
@pytest.fixture
def wave(harbor: Workspace) -> Campaign:
    return Campaign.objects.create(workspace=harbor, provider="emailbison", external_id="7", name="=cmd|' /C calc'!A0")


def campaign_form(**given: object) -> dict[str, object]:
    usual = {"response_mode": "SETTER_MANAGED", "auto_send_threshold": "0.9"}
    return usual | {"auto_send_delay_min_s": "180", "auto_send_delay_max_s": "420"} | given


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"auto_send_threshold": "1.5"}, "auto_send_threshold"),
        ({"auto_send_delay_min_s": "500"}, "auto_send_delay_min_s"),
        ({"response_mode": "WHATEVER"}, "response_mode"),
    ],
)
def test_what_is_wrong_with_a_campaign_is_said_beside_its_field(
    given: dict[str, str], field: str, desk: Client, wave: Campaign
) -> None:
    answer = desk.post(page_of(wave), campaign_form(**given))
    assert list(answer.context["adminform"].form.errors) == [field]


def test_a_campaign_is_set_to_answer_by_itself(desk: Client, wave: Campaign) -> None:
    assert desk.post(page_of(wave), campaign_form(response_mode="AI_AUTO_SEND")).status_code == 302
    wave.refresh_from_db()
    assert wave.response_mode == "AI_AUTO_SEND"


# ── Tables ─────────────────────────────────────────────────────────────────────
def exported(client: Client, model: str) -> object:
    columns = client.get(reverse(f"admin:leads_{model}_export")).context
    form = columns["form"] if columns else None
    fields = {name: "on" for name in form.fields if name.startswith(("leadtable_", "campaigntable_"))} if form else {}
    return client.post(reverse(f"admin:leads_{model}_export"), {"format": "0", "resource": "0", **fields})


def test_leads_are_exported_with_named_columns_only(desk: Client, ann: Lead) -> None:
    Lead.objects.filter(pk=ann.pk).update(first_name="=1+1", preview="my words")
    table = exported(desk, "lead").content.decode()  # type: ignore[attr-defined]
    assert "ann@buyer.example.com" in table
    assert "my words" not in table
    assert ",=1+1" not in table  # nothing runs in a spreadsheet


def test_support_exports_nothing(client: Client, susi: User, ann: Lead) -> None:
    client.force_login(susi)
    assert client.get(reverse("admin:leads_lead_export")).status_code == 403
    assert client.get(reverse("admin:leads_campaign_import")).status_code == 403


def test_an_import_changes_settings_of_campaigns_that_exist(desk: Client, wave: Campaign) -> None:
    import tablib

    from leads.exporting import CampaignTable

    head = ["id", "response_mode", "auto_send_threshold", "auto_send_delay_min_s", "auto_send_delay_max_s", "name"]
    good = tablib.Dataset([str(wave.pk), "AI_AUTO_SEND", "0.8", "60", "120", "Other"], headers=head)
    assert not CampaignTable().import_data(good).has_errors()
    wave.refresh_from_db()
    assert (wave.response_mode, wave.auto_send_threshold) == ("AI_AUTO_SEND", 0.8)
    assert wave.name.startswith("=cmd")
    stranger = [str(wave.workspace_id), "AI_AUTO_SEND", "0.8", "60", "120", "New"]
    result = CampaignTable().import_data(tablib.Dataset(stranger, headers=head))
    assert result.has_errors() or result.has_validation_errors()
    wrong = CampaignTable().import_data(tablib.Dataset([str(wave.pk), "X", "7", "60", "10", ""], headers=head))
    assert wrong.has_errors() or wrong.has_validation_errors()
    assert Campaign.objects.count() == 1
