"""The model down, slow or lying, at every step: nothing is sent, a person goes on, the timeline says why (issue 3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from inbox.models import Draft, MessageJob
from leads.models import Lead
from tests.factories.conversations import accounts
from tests.inbox.flows import offer, run_to_the_end, sending_campaign, sent, told, wrote
from tests.model_service import Model
from zrg.ai import breaker, prompts, running
from zrg.ai.models import AIInteraction
from zrg.jobs import backoff
from zrg.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

READ = ("sentiment.email_inbox_analyze.v1", "sentiment.classify.v1")
STEPS = {
    "reading": READ,
    "planning": ("draft.email.strategy.v1",),
    "writing": ("draft.email.write.v1",),
    "verifying": ("draft.email.verify.v1",),
    "evaluating": ("autosend.evaluate.v1",),
}
FAULTS = (
    "truncated",
    "refused",
    "incomplete",
    "failed",
    "rate_limited",
    "quota",
    "error_500",
    "bad_gateway_html",
    "wrong_json",
    "wrong_schema",
    "hang_up",
    "redirect",
    "slow",
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same retries and limits, in a hurry: nobody waits for a slow model here."""
    monkeypatch.setattr(running, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(running, "LEAST_TRY_S", 0.05)
    monkeypatch.setattr(backoff, "MAX_WAITS", 1)
    monkeypatch.setattr(breaker, "FAILURES", 10_000)  # a test of its own
    real = prompts.known()
    for prompt in real.values():
        prompts.register(dataclasses.replace(prompt, timeout_s=2.0))
    yield
    prompts.register(*real.values())


@pytest.mark.parametrize(
    ("step", "fault"),
    # Dripping is being slow to all but the one client that every step asks with (tests/ai/test_runner.py).
    [*((step, fault) for step in STEPS for fault in FAULTS), ("writing", "drip")],
)
def test_a_fault_at_a_step_sends_nothing_and_leaves_a_state_to_work_with(
    harbor: Workspace, model: Model, monkeypatch: pytest.MonkeyPatch, step: str, fault: str
) -> None:
    monkeypatch.setattr("inbox.drafting.writing.LEAST_STEP_S", 2.0)
    model.settings.AI_DRAFT_TIMEOUT_S = 6
    accounts(harbor)
    offer(harbor)
    for key in STEPS[step]:
        model.fault(fault, prompt=key, **({"delay_s": 7} if fault in {"slow", "drip"} else {}))
    inbound = wrote(harbor, campaign=sending_campaign(harbor, auto_send_delay_min_s=0, auto_send_delay_max_s=0))
    run_to_the_end()
    assert sent(inbound.lead_id) == []
    lead, draft, story = Lead.objects.get(), Draft.objects.first(), told(inbound.lead_id)
    assert lead.needs_reply
    if step == "reading":
        assert lead.unclassified
        assert draft is None
        assert "Reply not read by the model" in story
        assert MessageJob.objects.get(message=inbound).status == "FAILED"
        return
    assert MessageJob.objects.get(message=inbound, draft=None).status == "SUCCEEDED"
    if step in {"planning", "writing"}:
        assert draft is None
        assert "No draft" in story
        return
    assert draft is not None
    assert draft.status == "pending"
    assert draft.action in {"needs_review", "error"}, draft.reason
    assert draft.reason in story


@pytest.mark.parametrize("fault", ["error_500", "refused", "slow", "wrong_json"])
@pytest.mark.parametrize("key", ["memory.update.v1", "signature.context.v1"])
def test_what_is_only_nice_to_have_stops_nothing(harbor: Workspace, model: Model, key: str, fault: str) -> None:
    accounts(harbor)
    offer(harbor)
    model.fault(fault, prompt=key, **({"delay_s": 6} if fault == "slow" else {}))
    inbound = wrote(harbor)
    run_to_the_end()
    assert Draft.objects.get(lead=inbound.lead_id).verified


def test_a_model_nobody_reaches_opens_the_circuit_and_marks_the_reply(
    harbor: Workspace, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts(harbor)
    monkeypatch.setattr(breaker, "FAILURES", 3)
    model.turn_off()
    inbound = wrote(harbor)
    run_to_the_end()
    assert AIInteraction.objects.filter(status="circuit_open").exists()
    assert Lead.objects.get().unclassified
    assert sent(inbound.lead_id) == []
    assert "It is tried again." in told(inbound.lead_id)


def test_a_person_goes_on_where_the_model_failed(harbor: Workspace, model: Model) -> None:
    """The mark goes with the next reply that is understood."""
    accounts(harbor)
    offer(harbor)
    for key in READ:
        model.fault("refused", prompt=key)
    inbound = wrote(harbor)
    run_to_the_end()
    assert Lead.objects.get().unclassified
    model.server.control("faults", method="DELETE")
    from tests.inbox.flows import writes_again

    writes_again(Lead.objects.get(pk=inbound.lead_id))
    run_to_the_end()
    assert not Lead.objects.get().unclassified
    assert Draft.objects.filter(status="pending").count() == 1
