"""Voices, knowledge, texts and costs in the admin; campaigns changed together."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Campaign
from tests.admin.doing import ask, confirm, form_of, list_of, page_of, saved, told
from zrg.ai import prompts
from zrg.ai.models import (
    AIInteraction,
    KnowledgeAsset,
    KnowledgeJob,
    Persona,
    PromptOverride,
    PromptSnippetOverride,
    QualificationQuestion,
)
from zrg.workspaces.models import User, Workspace

KEY = "sentiment.classify.v1"


def campaign(workspace: Workspace, name: str, **more: Any) -> Campaign:
    return Campaign.objects.create(
        workspace=workspace, provider="instantly", external_id=uuid4().hex, name=name, **more
    )


# ── Campaigns ──────────────────────────────────────────────────────────────────
def test_campaigns_are_changed_together_after_a_confirmation_with_their_count(desk: Client, harbor: Workspace) -> None:
    chosen = [campaign(harbor, f"W{number}") for number in range(3)]
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    page = ask(desk, "change_answering", *chosen)
    assert page.context["count"] == 3
    given = {"response_mode": "AI_AUTO_SEND", "auto_send_threshold": "0.75", "auto_send_delay_min_s": "0"}
    answer = confirm(desk, "change_answering", *chosen, persona=str(nora.pk), **given)
    assert told(answer).startswith("3 campaigns changed: Answers: AI auto-send")
    assert set(Campaign.objects.filter(persona=nora, auto_send_threshold=0.75, auto_send_delay_min_s=0)) == set(chosen)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "choose at least one"),
        ({"auto_send_threshold": "7"}, "Threshold"),
        ({"auto_send_delay_min_s": "500"}, "500 to 420 seconds"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_beside_its_form(
    desk: Client, harbor: Workspace, given: dict[str, str], named: str
) -> None:
    one = campaign(harbor, "W")
    assert named in confirm(desk, "change_answering", one, **given).text
    one.refresh_from_db()
    assert (one.auto_send_threshold, one.auto_send_delay_min_s) == (0.9, 180)


def test_a_persona_cannot_be_chosen_for_campaigns_of_several_workspaces(
    desk: Client, harbor: Workspace, elsewhere: Workspace
) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    both = campaign(harbor, "W"), campaign(elsewhere, "V")
    assert "Nora" not in ask(desk, "change_answering", *both).text
    confirm(desk, "change_answering", *both, persona=str(nora.pk))
    assert not Campaign.objects.filter(persona=nora).exists()


def test_support_cannot_change_campaigns(client: Client, susi: User, harbor: Workspace) -> None:
    client.force_login(susi)
    one = campaign(harbor, "W")
    confirm(client, "change_answering", one, response_mode="AI_AUTO_SEND")
    one.refresh_from_db()
    assert one.response_mode == "SETTER_MANAGED"


def test_a_campaigns_page_offers_its_own_workspaces_personas(
    desk: Client, harbor: Workspace, elsewhere: Workspace
) -> None:
    Persona.objects.create(workspace=elsewhere, name="Theirs")
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    one = campaign(harbor, "W")
    assert "Theirs" not in desk.get(page_of(one)).text
    assert saved(desk.post(page_of(one), form_of(desk, one) | {"persona": str(nora.pk)}))
    one.refresh_from_db()
    assert one.persona == nora
    history = desk.get(reverse("admin:leads_campaign_history", args=[one.pk])).text
    assert "Persona" in history or "persona" in history


# ── Personas ───────────────────────────────────────────────────────────────────
def test_a_persona_is_made_and_the_default_moves(desk: Client, harbor: Workspace) -> None:
    old = Persona.objects.create(workspace=harbor, name="Old", is_default=True)
    given = {"workspace": str(harbor.pk), "name": "New", "tone": "dry", "is_default": "on"}
    assert saved(desk.post(reverse("admin:ai_persona_add"), given))
    new = Persona.objects.get(name="New")
    old.refresh_from_db()
    assert (new.is_default, old.is_default) == (True, False)
    told(confirm(desk, "make_default", old))
    new.refresh_from_db()
    assert not new.is_default


def test_a_persona_that_does_not_fit_is_refused(desk: Client, harbor: Workspace) -> None:
    Persona.objects.create(workspace=harbor, name="Nora")
    given = {"workspace": str(harbor.pk), "name": "Nora", "greeting": "Hi {firstName}"}
    page = desk.post(reverse("admin:ai_persona_add"), given)
    assert page.status_code == 200
    assert "Greeting: {firstName} is unknown" in page.text
    assert Persona.objects.count() == 1
    twice = desk.post(reverse("admin:ai_persona_add"), given | {"greeting": ""})
    assert "of this name is there already" in twice.text


def test_a_persona_keeps_its_workspace(desk: Client, harbor: Workspace, elsewhere: Workspace) -> None:
    nora = Persona.objects.create(workspace=harbor, name="Nora")
    given = form_of(desk, nora) | {"workspace": str(elsewhere.pk), "tone": "dry"}
    assert saved(desk.post(page_of(nora), given))
    nora.refresh_from_db()
    assert (nora.workspace, nora.tone) == (harbor, "dry")


# ── Knowledge, questions ───────────────────────────────────────────────────────
def test_pages_are_read_again(desk: Client, harbor: Workspace) -> None:
    page = KnowledgeAsset.objects.create(workspace=harbor, name="P", kind="url", url="https://www.example.com/")
    text = KnowledgeAsset.objects.create(workspace=harbor, name="T", content="Words")
    assert told(confirm(desk, "refresh", page, text)) == "1 page will be read."
    assert KnowledgeJob.objects.get().asset == page


def test_questions_are_edited_with_their_workspace(desk: Client, harbor: Workspace) -> None:
    QualificationQuestion.objects.create(workspace=harbor, text="How many people are there?")
    assert "How many people are there?" in desk.get(page_of(harbor)).text


# ── Prompts ────────────────────────────────────────────────────────────────────
def test_an_older_version_is_used_again_and_the_default_too(desk: Client, harbor: Workspace) -> None:
    text = prompts.get(KEY).text
    old, new = (
        PromptOverride.objects.create(workspace=harbor, prompt_key=KEY, version=version, text=text, active=version == 2)
        for version in (1, 2)
    )
    assert told(confirm(desk, "activate", old)) == "1 version in use."
    assert list(PromptOverride.objects.filter(active=True)) == [old]
    assert told(confirm(desk, "revert", old, new)) == "1 prompt as default."
    assert not PromptOverride.objects.filter(active=True).exists()


def test_a_version_that_does_not_fit_is_refused(desk: Client, harbor: Workspace) -> None:
    bad = PromptOverride.objects.create(workspace=harbor, prompt_key=KEY, version=1, text="{{ x }}", active=False)
    snippet = PromptSnippetOverride.objects.create(
        workspace=harbor, snippet_key="gone", version=1, text="Words", active=False
    )
    assert "Unknown: x" in confirm(desk, "activate", bad).text
    assert "no snippet" in confirm(desk, "activate", snippet).text
    assert not PromptOverride.objects.filter(active=True).exists()


# ── Calls ──────────────────────────────────────────────────────────────────────
def test_calls_are_found_by_what_somebody_knows(desk: Client, harbor: Workspace) -> None:
    lead_id = uuid4()
    common = {"workspace": harbor, "prompt_key": KEY}
    AIInteraction.objects.create(**common, feature="draft", status="ok", model="gpt-5.1-2025", lead_id=lead_id)
    AIInteraction.objects.create(**common, feature="sentiment", status="timeout", model="gpt-5.4-mini", request_id="r1")
    for query, count in [
        ("", 2),
        ("?feature=draft", 1),
        ("?status__exact=timeout", 1),
        ("?model=gpt-5.1", 1),
        (f"?q={lead_id}", 1),
        ("?q=r1", 1),
        ("?q=nonsense", 0),
    ]:
        page = desk.get(list_of(AIInteraction) + query)
        assert page.context["cl"].result_count == count, query


def test_a_calls_text_is_shown_where_it_was_kept(desk: Client, harbor: Workspace) -> None:
    call = AIInteraction.objects.create(
        workspace=harbor, prompt_key=KEY, feature="sentiment", status="ok", prompt_text="<b>Read</b> this"
    )
    page = desk.get(page_of(call)).text
    assert "&lt;b&gt;Read&lt;/b&gt; this" in page
    assert "does not store AI text" in page
