"""What happens when a lead writes (zrg/flows/reply.py), with the sandbox's model over real HTTP."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from followups.models import Task
from inbox import drafts
from inbox.models import Draft, LeadMemory, MessageJob, SentimentEvent
from leads.models import Lead
from tests.factories.conversations import accounts, message
from tests.inbox.flows import (
    OFFER,
    QUESTION,
    draft_of,
    offer,
    run_to_the_end,
    sending_campaign,
    sent,
    told,
    writes_again,
    wrote,
)
from tests.inbox.stand_in import StandIn, stand_in  # noqa: F401 -- a fixture
from tests.model_service import Model
from zrg.ai.models import AIInteraction, AiSpend
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _connected(harbor: Workspace) -> None:
    accounts(harbor)
    offer(harbor)


def test_a_question_is_read_remembered_and_answered_by_a_draft(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor)
    run_to_the_end()
    lead = Lead.objects.get(pk=inbound.lead_id)
    reading = SentimentEvent.objects.get(lead=lead)
    assert (reading.source, reading.tag, lead.tag) == ("model", "information_requested", "information_requested")
    draft = draft_of(lead.pk)
    assert draft is not None
    assert (draft.status, draft.action, draft.verified) == ("pending", "draft_only", True)
    assert "two weeks" in draft.content
    assert LeadMemory.objects.get(lead=lead).up_to == inbound.sent_at
    assert sent(lead.pk) == []
    assert {row.status for row in AIInteraction.objects.all()} == {"ok"}
    assert AiSpend.objects.get(feature="draft").calls == 3
    assert "Draft waits for a person" in told(lead.pk)


def test_running_it_again_changes_nothing(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor)
    run_to_the_end()
    before = (told(inbound.lead_id), AIInteraction.objects.count(), Draft.objects.count())
    MessageJob.objects.filter(message=inbound).update(status="PENDING", run_at=timezone.now())
    run_to_the_end()
    assert (told(inbound.lead_id), AIInteraction.objects.count(), Draft.objects.count()) == before


def test_a_campaign_that_sends_by_itself_waits_its_delay_and_sends_once(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor, campaign=sending_campaign(harbor))
    for lane in Lane.values:
        running.drain(MessageJob, lane)
    draft = draft_of(inbound.lead_id)
    assert draft is not None
    assert draft.action == "send_delayed", told(inbound.lead_id)
    assert draft.send_at is not None
    assert 175 < (draft.send_at - timezone.now()).total_seconds() <= 420
    job = MessageJob.objects.get(kind="AI_AUTO_SEND_DELAYED")
    assert job.dedupe_key == f"{harbor.pk}:{inbound.pk}:AI_AUTO_SEND_DELAYED:{draft.pk}"
    Draft.objects.filter(pk=draft.pk).update(send_at=timezone.now())
    MessageJob.objects.filter(pk=job.pk).update(run_at=timezone.now())
    running.drain(MessageJob, Lane.FIRST, at_most=1)
    (message_,) = sent(inbound.lead_id)
    assert (message_.body, message_.sent_by, message_.draft_id) == (draft.content, "ai", draft.pk)
    assert Draft.objects.get(pk=draft.pk).outcome == "auto_sent"


def test_a_newer_reply_cancels_the_scheduled_send_and_supersedes_the_draft(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor, campaign=sending_campaign(harbor))
    for lane in Lane.values:
        running.drain(MessageJob, lane)
    first = draft_of(inbound.lead_id)
    later = message(Lead.objects.get(pk=inbound.lead_id), "One more thing: what does it cost?")
    with transaction.atomic():
        drafts.supersede_pending(Lead.objects.get(pk=inbound.lead_id), by_message=later)
    run_to_the_end()
    assert sent(inbound.lead_id) == []
    assert Draft.objects.get(pk=first.pk).status == "superseded"
    assert "Auto-send cancelled | The lead wrote again." in told(inbound.lead_id)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("Not interested.", "not_interested"), ("No thanks!", "not_interested"), ("Nein danke", "not_interested")],
)
def test_a_plain_no_needs_no_model_and_gets_no_draft(harbor: Workspace, model: Model, text: str, tag: str) -> None:
    inbound = wrote(harbor, text)
    run_to_the_end()
    assert SentimentEvent.objects.get().source == "rule"
    assert Lead.objects.get().tag == tag
    assert draft_of(inbound.lead_id) is None
    assert "No draft" in told(inbound.lead_id)


def test_without_a_key_the_conversation_waits_for_a_person(harbor: Workspace) -> None:
    inbound = wrote(harbor, campaign=sending_campaign(harbor))
    run_to_the_end()
    lead = Lead.objects.get()
    assert (lead.tag, lead.needs_reply, lead.unclassified) == ("neutral", True, False)
    assert MessageJob.objects.get().status == "SUCCEEDED"
    assert sent(inbound.lead_id) == []
    assert draft_of(inbound.lead_id) is None
    assert "No draft" in told(inbound.lead_id)


def test_without_a_key_another_tag_stays(harbor: Workspace) -> None:
    wrote(harbor, tag="interested")
    run_to_the_end()
    assert Lead.objects.get().tag == "interested"


def test_only_the_newest_of_two_replies_is_answered(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor)
    writes_again(Lead.objects.get(pk=inbound.lead_id))
    run_to_the_end()
    assert SentimentEvent.objects.count() == 2
    assert Draft.objects.get(status="pending").trigger_message_id != inbound.pk


def test_a_person_corrects_the_tag_and_the_correction_is_a_label(harbor: Workspace, model: Model, sam: User) -> None:
    from inbox import sentiment

    inbound = wrote(harbor)
    run_to_the_end()
    event = sentiment.correct(Lead.objects.get(pk=inbound.lead_id), tag="objection", by=sam)
    assert (event.source, event.before, event.tag) == ("person", "information_requested", "objection")
    assert Lead.objects.get().tag == "objection"


def test_text_of_prompts_is_kept_only_where_the_workspace_says_so(harbor: Workspace, model: Model) -> None:
    wrote(harbor)
    run_to_the_end()
    assert not AIInteraction.objects.exclude(prompt_text="", answer_text="").exists()
    harbor.ai_settings.store_ai_text = True
    harbor.ai_settings.save()
    wrote(harbor, QUESTION + " Really?")
    run_to_the_end()
    kept = AIInteraction.objects.exclude(prompt_text="").filter(feature="draft").first()
    assert kept is not None
    assert OFFER in kept.prompt_text


def test_a_number_to_call_becomes_the_leads_phone(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor, "Yes. Please call me on +1 212 555 0147 this week.")
    run_to_the_end()
    lead = Lead.objects.get(pk=inbound.lead_id)
    assert (lead.tag, lead.phone) == ("call_requested", "+12125550147")
    assert "Phone number taken from the reply" in told(lead.pk)


def test_who_asks_for_a_call_without_a_number_gets_a_task_and_no_machine_answers(
    harbor: Workspace, model: Model
) -> None:
    inbound = wrote(harbor, "Please give me a call.", campaign=sending_campaign(harbor))
    run_to_the_end()
    assert sent(inbound.lead_id) == []
    assert Task.objects.get(lead=inbound.lead_id).type == "call"


def test_who_wants_to_talk_later_gets_a_task_for_that_day(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor, "Not now, please write to me again in March.")
    run_to_the_end()
    task = Task.objects.get(lead=inbound.lead_id)
    reading = SentimentEvent.objects.get()
    assert (task.type, reading.tag) == ("deferred", "follow_up")
    assert reading.deferred_until is not None
    assert task.due.date() == reading.deferred_until


def test_a_model_that_only_suspects_a_stop_blacklists_nobody_and_nothing_goes_out(
    harbor: Workspace,
    stand_in: StandIn,  # noqa: F811
) -> None:
    doubtful = {"classification": "blacklist", "confidence": 0.4}
    stand_in.spoil = lambda name, told: told | (doubtful if name.startswith("sentiment") else {})
    inbound = wrote(harbor, campaign=sending_campaign(harbor), tag="interested")
    run_to_the_end()
    lead = Lead.objects.get(pk=inbound.lead_id)
    assert (lead.tag, lead.unclassified, lead.status) == ("interested", True, "new")
    assert draft_of(lead.pk) is None
    assert sent(lead.pk) == []
    assert "May ask us to stop" in told(lead.pk)
