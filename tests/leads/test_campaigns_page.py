"""The campaigns page: seen by all, changed by admins, one by one and many at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from leads import campaign_settings
from leads.campaign_settings import Change, Unfit
from leads.models import Campaign
from zrg.ai.models import Persona
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}
GIVEN = {
    "response_mode": "AI_AUTO_SEND",
    "auto_send_threshold": "0.8",
    "auto_send_delay_min_s": "0",
    "auto_send_delay_max_s": "60",
    "persona": "",
}


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def campaign(workspace: Workspace, name: str, **more: Any) -> Campaign:
    return Campaign.objects.create(
        workspace=workspace, provider="instantly", external_id=uuid4().hex, name=name, **more
    )


def edit(desk: Client, one: Campaign, **given: Any) -> Any:
    return desk.post(f"/campaigns/{one.workspace_id}/{one.pk}", GIVEN | given, headers=HTMX)


def bulk(desk: Client, workspace: Workspace, *chosen: Campaign, query: str = "", **given: Any) -> Any:
    data = {"pick": [str(one.pk) for one in chosen], **given}
    return desk.post(f"/campaigns/{workspace.pk}/bulk{query}", data, follow=True)


def test_the_page_lists_this_workspaces_campaigns_only(desk: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    campaign(harbor, "Midwest"), campaign(elsewhere, "Secret")
    page = desk.get("/campaigns/").text
    assert "Midwest" in page
    assert "Secret" not in page


def test_an_empty_page_says_where_campaigns_come_from(desk: Client, harbor: Workspace) -> None:
    assert "A campaign appears by itself" in desk.get("/campaigns/").text


def test_the_list_is_searched_narrowed_and_paged(
    desk: Client, harbor: Workspace, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        campaign(harbor, f"Wave {number:02}", response_mode="AI_AUTO_SEND" if number == 7 else "SETTER_MANAGED")
    first = desk.get("/campaigns/")
    assert [one.name for one in first.context["campaigns"]] == [f"Wave {number:02}" for number in range(50)]
    assert len(desk.get(first.context["later"]).context["campaigns"]) == 10
    assert [one.name for one in desk.get("/campaigns/?q=ave+3").context["campaigns"]][:1] == ["Wave 30"]
    assert [one.name for one in desk.get("/campaigns/?mode=AI_AUTO_SEND").context["campaigns"]] == ["Wave 07"]
    for odd in ("?page=0", "?page=nonsense", "?page=99999999999", "?mode=x", "?q=%00"):
        assert desk.get(f"/campaigns/{odd}").status_code == 200
    with django_assert_max_num_queries(8):
        desk.get("/campaigns/")


# ── One ────────────────────────────────────────────────────────────────────────
def test_a_row_saves_in_place(desk: Client, harbor: Workspace, alice: User) -> None:
    one, nora = campaign(harbor, "Midwest"), Persona.objects.create(workspace=harbor, name="Nora")
    assert "Saved" in edit(desk, one, persona=str(nora.pk)).text
    one.refresh_from_db()
    assert (one.response_mode, one.auto_send_threshold, one.persona) == ("AI_AUTO_SEND", 0.8, nora)
    assert (one.auto_send_delay_min_s, one.auto_send_delay_max_s, one.name) == (0, 60, "Midwest")
    last = one.events.order_by("-pgh_id").first()
    assert (last.auto_send_threshold, last.pgh_context.metadata["user"]) == (0.8, str(alice.pk))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"auto_send_threshold": "1.4"}, "Threshold: give a number from 0 to 1"),
        ({"auto_send_threshold": "-0.1"}, "Threshold: give a number from 0 to 1"),
        ({"auto_send_delay_min_s": "90"}, "Shortest delay: it must not be longer than the longest"),
        ({"auto_send_delay_max_s": "90000"}, "Longest delay: at most a day"),
        ({"response_mode": "ROBOT"}, "ROBOT"),
        ({"auto_send_threshold": ""}, "required"),
    ],
)
def test_a_wrong_value_is_refused_with_the_field_named(
    desk: Client, harbor: Workspace, given: dict[str, str], named: str
) -> None:
    one = campaign(harbor, "Midwest")
    answer = edit(desk, one, **given).text
    assert "Not saved" in answer
    assert named in answer
    one.refresh_from_db()
    assert (one.response_mode, one.auto_send_threshold) == ("SETTER_MANAGED", 0.9)


def test_a_persona_of_another_workspace_is_refused(desk: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    theirs = Persona.objects.create(workspace=elsewhere, name="Theirs")
    one = campaign(harbor, "Midwest")
    assert "Not saved" in edit(desk, one, persona=str(theirs.pk)).text


def test_without_javascript_a_row_comes_back_to_the_list(desk: Client, harbor: Workspace) -> None:
    one = campaign(harbor, "Midwest")
    page = desk.post(f"/campaigns/{harbor.pk}/{one.pk}", GIVEN, follow=True)
    assert "Midwest is saved." in page.text


def test_deleting_a_persona_leaves_its_campaigns(harbor: Workspace) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    one = campaign(harbor, "Midwest", persona=nora)
    nora.delete()
    one.refresh_from_db()
    assert one.persona is None


# ── Many ───────────────────────────────────────────────────────────────────────
def test_many_are_changed_after_a_second_look(desk: Client, harbor: Workspace) -> None:
    chosen = [campaign(harbor, f"W{number}") for number in range(3)]
    rest = campaign(harbor, "Rest")
    look = bulk(desk, harbor, *chosen, response_mode="AI_AUTO_SEND", auto_send_threshold="0.7")
    assert "Change 3 campaigns" in look.text
    assert "without a person" in look.text
    assert not Campaign.objects.filter(response_mode="AI_AUTO_SEND").exists()
    done = bulk(desk, harbor, *chosen, response_mode="AI_AUTO_SEND", auto_send_threshold="0.7", confirmed="1")
    assert "3 campaigns changed." in done.text
    changed = Campaign.objects.filter(response_mode="AI_AUTO_SEND", auto_send_threshold=0.7)
    assert set(changed) == set(chosen)
    assert rest not in changed


def test_all_that_match_are_changed(desk: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    for name in ("East 1", "East 2", "West"):
        campaign(harbor, name)
    campaign(elsewhere, "East 3")
    bulk(desk, harbor, query="?q=East", all="1", persona=str(nora.pk), confirmed="1")
    assert sorted(Campaign.objects.filter(persona=nora).values_list("name", flat=True)) == ["East 1", "East 2"]
    bulk(desk, harbor, query="?q=East", all="1", persona="none", confirmed="1")
    assert not Campaign.objects.filter(persona=nora).exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "choose at least one setting"),
        ({"auto_send_threshold": "2"}, "Threshold: "),
        ({"auto_send_delay_min_s": "500"}, "In “W0” it would be 500 to 420 seconds"),
    ],
)
def test_a_change_that_does_not_fit_changes_none(
    desk: Client, harbor: Workspace, given: dict[str, str], named: str
) -> None:
    chosen = [campaign(harbor, "W0"), campaign(harbor, "W1", auto_send_delay_max_s=900)]
    assert named in bulk(desk, harbor, *chosen, **given, confirmed="1").text
    assert set(Campaign.objects.values_list("auto_send_delay_min_s", "auto_send_threshold")) == {(180, 0.9)}


def test_nobody_chosen_is_said(desk: Client, harbor: Workspace) -> None:
    campaign(harbor, "W0")
    assert "Choose the campaigns" in bulk(desk, harbor, response_mode="AI_AUTO_SEND", confirmed="1").text


def test_campaigns_of_another_workspace_are_not_changed(desk: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    theirs = campaign(elsewhere, "Theirs")
    bulk(desk, harbor, theirs, response_mode="AI_AUTO_SEND", confirmed="1")
    theirs.refresh_from_db()
    assert theirs.response_mode == "SETTER_MANAGED"
    assert desk.post(f"/campaigns/{harbor.pk}/{theirs.pk}", GIVEN).status_code == 404


def test_a_persona_is_never_given_to_another_workspaces_campaigns(harbor: Workspace, elsewhere: Workspace) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    ids = [campaign(harbor, "Ours").pk, campaign(elsewhere, "Theirs").pk]
    with pytest.raises(Unfit, match="another workspace"):
        campaign_settings.change_many(ids, Change(persona=nora))
    assert not Campaign.objects.filter(persona=nora).exists()


# ── Who ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("who", ["ingo", "sam", "pia"])
def test_others_read(client: Client, harbor: Workspace, who: str, request: pytest.FixtureRequest) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora Hidden")
    one = campaign(harbor, "Midwest", persona=nora)
    client.force_login(request.getfixturevalue(who))
    page = client.get("/campaigns/").text
    assert "Read only" in page
    assert 'name="pick"' not in page
    assert ("Nora Hidden" in page) == (who != "pia")
    assert edit(client, one).status_code == 403
    assert client.post(f"/campaigns/{harbor.pk}/bulk", {}).status_code == 403
