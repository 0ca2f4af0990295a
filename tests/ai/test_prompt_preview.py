"""A prompt on a real lead: exactly what would be sent, the answer if there is a key, and nothing to the lead."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from inbox.models import Message
from inbox.prompt_previews import SCHEMAS, PreviewLeads
from leads.models import Tag
from tests.factories.conversations import conversation
from tests.model_service import Model
from zrg.ai import previewing, prompts
from zrg.ai.models import AIInteraction, PromptOverride
from zrg.workspaces.models import User, Workspace

HTMX = {"HX-Request": "true"}
PROMPT = "sentiment.classify.v1"


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def preview(desk: Client, workspace: Workspace, lead_id: Any, *, key: str = PROMPT, **given: Any) -> Any:
    data = {"text": prompts.get(key).text, "lead": str(lead_id), **given}
    return desk.post(f"/settings/{workspace.pk}/ai/prompts/{key}/preview", data, headers=HTMX)


@pytest.mark.parametrize("key", sorted(prompts.known()))
def test_every_prompt_can_be_seen_on_a_real_lead(desk: Client, harbor: Workspace, alice: User, key: str) -> None:
    lead = conversation(harbor, "What does it cost for 40 people?")
    shown = preview(desk, harbor, lead.pk, key=key)
    asked = shown.context["asked"]
    assert shown.context["error"] == ""
    assert asked.prompt.key == key
    assert "{{" not in asked.instructions
    assert "<<data " in asked.input
    assert AIInteraction.objects.count() == 0


def test_prompts_and_schemas_agree() -> None:
    assert set(SCHEMAS) == set(prompts.known())


def test_what_is_typed_is_shown_before_it_is_saved(desk: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, "What does it cost?")
    shown = preview(desk, harbor, lead.pk, text=f"{prompts.get(PROMPT).text}\nBe careful.", model="gpt-9")
    assert "Be careful." in shown.text
    assert "What does it cost?" in shown.text
    assert "gpt-9" in shown.text
    assert "No key is configured" in shown.text
    assert not PromptOverride.objects.exists()


def test_a_text_that_does_not_fit_is_said_instead(desk: Client, harbor: Workspace) -> None:
    lead = conversation(harbor)
    assert "Unknown: nonsense" in preview(desk, harbor, lead.pk, text="{{ nonsense }}").text


@pytest.mark.django_db(transaction=True)
def test_the_model_is_asked_on_demand_and_nothing_reaches_the_lead(
    desk: Client, harbor: Workspace, model: Model
) -> None:
    lead = conversation(harbor, "Please send me your prices.")
    before = Message.objects.count()
    shown = preview(desk, harbor, lead.pk, ask="1")
    assert "&quot;classification&quot;: &quot;info_requested&quot;" in shown.text
    call = AIInteraction.objects.get()
    assert (call.source, call.status, call.lead_id) == ("preview", "ok", lead.pk)
    assert Message.objects.count() == before
    lead.refresh_from_db()
    assert lead.tag == Tag.NEW


@pytest.mark.django_db(transaction=True)
def test_a_model_that_fails_is_told_with_its_reason(desk: Client, harbor: Workspace, model: Model) -> None:
    lead = conversation(harbor)
    model.fault("error_500")
    shown = preview(desk, harbor, lead.pk, ask="1")
    assert "No answer: The service failed." in shown.text
    assert "Instructions" in shown.text


def test_leads_of_others_are_neither_found_nor_shown(
    desk: Client, harbor: Workspace, elsewhere: Workspace, alice: User
) -> None:
    theirs = conversation(elsewhere, "A secret", first_name="Zelda")
    ours = conversation(harbor, first_name="Zoe", company="Quarry")
    found = [lead.id for lead in previewing.find(alice, harbor, "z")]
    assert found == [ours.pk]
    assert [lead.id for lead in previewing.find(alice, harbor, "zoe quarry")] == [ours.pk]
    assert previewing.find(alice, harbor, "Zelda") == []
    for lead_id in (theirs.pk, uuid.uuid4(), "nonsense"):
        shown = preview(desk, harbor, lead_id).text
        assert "Choose a lead" in shown
        assert "A secret" not in shown


def test_a_setter_who_sees_only_their_own_is_given_only_those(harbor: Workspace, sam: User, alice: User) -> None:
    hidden = conversation(harbor, assignee=alice)
    Workspace.objects.filter(pk=harbor.pk).update(setters_see_all=False)
    assert PreviewLeads().inputs(sam, Workspace.objects.get(pk=harbor.pk), hidden.pk, PROMPT) is None


def test_without_javascript_it_is_a_page(desk: Client, harbor: Workspace) -> None:
    lead = conversation(harbor, "What does it cost?")
    data = {"text": prompts.get(PROMPT).text, "lead": str(lead.pk)}
    page = desk.post(f"/settings/{harbor.pk}/ai/prompts/{PROMPT}/preview", data)
    assert (page.status_code, "What does it cost?" in page.text) == (200, True)
