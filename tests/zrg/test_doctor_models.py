"""The doctor looks at the model service: its key, its address, and whether the models in use are still there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.conf import settings as given

from zrg.ai import lifetimes
from zrg.ai.models import PromptOverride
from zrg.doctor import models
from zrg.doctor.findings import Finding
from zrg.workspaces.models import Workspace


def found(check: Callable[[], Iterator[Finding]]) -> dict[str, bool]:
    """Problem → is it an error?"""
    return {finding.problem: finding.is_error for finding in check()}


def test_without_a_key_it_warns_and_asks_nobody(settings: Any) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "", "http://127.0.0.1:1/v1"
    (is_error,) = found(models.key_and_address).values()
    assert not is_error
    assert found(models.is_reachable) == {}


@pytest.mark.parametrize(
    ("key", "address", "said"),
    [
        ("sk-sandbox-demo", "https://api.openai.com/v1", "no key of OpenAI"),
        ("a-slack-token", "https://api.openai.com/v1", "no key of OpenAI"),
        ("sk-1", "https://api.openai.com", "every call fails"),
        ("sk-1", "http://models.example.com/v1", "not https"),
    ],
)
def test_a_key_or_address_that_cannot_work_is_named(settings: Any, key: str, address: str, said: str) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = key, address
    (problem,) = found(models.key_and_address)
    assert said in problem
    assert key not in problem


@pytest.mark.parametrize(
    "address", ["https://api.openai.com/v1", "https://models.example.com/llm", "http://127.0.0.1:8/v1"]
)
def test_a_key_and_address_of_the_right_form_are_fine(settings: Any, address: str) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "sk-1", address
    assert found(models.key_and_address) == {}


def test_a_service_that_does_not_answer_is_an_error(settings: Any) -> None:
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "sk-1", "http://127.0.0.1:1/v1"
    assert list(found(models.is_reachable).values()) == [True]


def test_any_answer_without_a_key_means_that_it_is_there(settings: Any, model: Any) -> None:
    assert found(models.is_reachable) == {}


@pytest.mark.parametrize(
    ("today", "said", "is_error"),
    [
        ("2027-02-20", "", False),
        ("2027-03-05", "is shut down on 1 April 2027", False),
        ("2027-04-01", "was shut down", True),
    ],
)
def test_a_model_is_named_before_and_after_it_is_shut_down(
    settings: Any, today: str, said: str, is_error: bool
) -> None:
    settings.AI_MODELS, settings.AI_FALLBACK_MODELS = {"draft": "gpt-5.1-2025-11-13"}, []
    settings.AI_PRICES = {"gpt-5.1": ("1", "1", "1")}
    with time_machine.travel(f"{today}T12:00:00Z", tick=False):
        problems = found(models.of_tasks)
    assert list(problems.values()) == ([is_error] if said else [])
    assert said in "".join(problems)


def test_a_model_without_effort_table_or_price_is_a_warning_and_one_that_never_was_an_error(settings: Any) -> None:
    settings.AI_MODELS, settings.AI_PRICES = {"draft": "llama-9", "verify": "gpt-5.1-mini"}, {}
    problems = found(models.of_tasks)
    assert problems["There is no model gpt-5.1-mini (AI_MODEL_VERIFY)."]
    assert not any(is_error for problem, is_error in problems.items() if "llama-9" in problem)
    assert len([problem for problem in problems if "llama-9 (AI_MODEL_DRAFT)" in problem]) == 2


def test_the_models_out_of_the_box_are_known_and_priced() -> None:
    with time_machine.travel("2026-11-21T12:00:00Z", tick=False):
        assert found(models.of_tasks) == {}
    assert set(given.AI_MODELS.values()) == {"gpt-5.1", "gpt-5.4-mini", "gpt-5.4-nano"}


@pytest.mark.django_db
def test_what_a_workspace_chose_for_itself_is_looked_at_too(harbor: Workspace) -> None:
    harbor.ai_settings.models_by_task = {"draft": "gpt-4o"}
    harbor.ai_settings.save()
    PromptOverride.objects.create(
        workspace=harbor, prompt_key="draft.sms.v1", version=1, text="x", model="o3", active=True
    )
    with time_machine.travel("2027-02-01T12:00:00Z", tick=False):
        problems = found(models.of_workspaces)
    assert [problem.partition(" (")[0] for problem in problems] == ["gpt-4o", "o3"]
    assert all(problems.values())


def test_a_snapshot_lives_as_long_as_its_model_and_a_sister_model_does_not() -> None:
    assert lifetimes.ends("gpt-5-2025-08-07") == lifetimes.ends("gpt-5") == date(2026, 12, 11)
    assert lifetimes.ends("gpt-5.4") is lifetimes.ends("gpt-5-pro") is None
