"""A reply that somebody of ours has answered gets no draft, however late the machine comes to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from inbox import drafts
from inbox.drafts import Made
from inbox.signals import message_sent
from leads.models import Lead
from tests.factories.conversations import accounts, message
from tests.inbox.flows import draft_of, offer, run_to_the_end, told, wrote
from tests.model_service import Model
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _connected(harbor: Workspace) -> None:
    accounts(harbor)
    offer(harbor)


def test_what_a_person_answered_gets_no_draft(harbor: Workspace, model: Model) -> None:
    inbound = wrote(harbor)
    message(inbound.lead, "Two weeks. Shall we talk?", inbound=False)
    run_to_the_end()
    assert draft_of(inbound.lead_id) is None
    assert "No draft | Somebody has answered already." in told(inbound.lead_id)
    assert Lead.objects.get().tag == "information_requested"


@pytest.mark.parametrize(("sent_by", "delivery"), [("campaign", "sent"), ("setter", "undone"), ("setter", "failed")])
def test_what_a_campaign_sent_or_what_never_left_is_no_answer(
    harbor: Workspace, model: Model, sent_by: str, delivery: str
) -> None:
    inbound = wrote(harbor)
    message(inbound.lead, "Hi again", inbound=False, sent_by=sent_by, delivery=delivery)
    run_to_the_end()
    draft = draft_of(inbound.lead_id)
    assert draft is not None
    assert draft.status == "pending"


def test_an_answer_sent_while_the_draft_was_written_expires_it(harbor: Workspace) -> None:
    inbound = wrote(harbor)
    message(inbound.lead, "Two weeks.", inbound=False, delivery="queued")
    key = drafts.inbound_key(inbound)
    draft, _ = drafts.propose(
        lead=inbound.lead, channel="email", content="Two weeks.", key=key, made=Made(), trigger=inbound
    )
    assert (draft.status, draft.decision_note) == ("expired", "Somebody answered while it was written.")


@pytest.mark.parametrize("delivery", ["queued", "sent"])
def test_what_was_written_before_the_reply_came_and_left_after_is_no_answer_to_it(
    harbor: Workspace, model: Model, delivery: str
) -> None:
    inbound = wrote(harbor)
    given = {"created_at": inbound.created_at - timedelta(seconds=5), "provider_asked_at": timezone.now()}
    crossed = message(inbound.lead, "Hi again", inbound=False, delivery=delivery, **given)
    run_to_the_end()
    draft = draft_of(inbound.lead_id)
    assert draft is not None
    assert draft.status == "pending"
    with transaction.atomic():
        message_sent.send(sender=type(crossed), message=crossed)
    draft.refresh_from_db()
    assert draft.status == "pending"
