"""The sandbox's model without its HTTP: the same rules and the same lies, where a test asks thousands of times."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from integrations.sandbox.openai import adversary
from integrations.sandbox.openai.answering import answered
from integrations.sandbox.openai.asking import Ask
from integrations.sandbox.openai.catalogue import model_of
from integrations.sandbox.openai.material import Material
from zrg.ai import client
from zrg.ai.budgets import Deadline, Usage
from zrg.ai.models import Outcome


@dataclass
class StandIn:
    """`step` is called as a call begins and as its answer arrives; `lies`: from the begin of a format's name to the
    adversary's message (`*`: all in turn), for those that lie; `spoil`: the last word on an answer."""

    step: Callable[[], None] = lambda: None
    lies: dict[str, str] = field(default_factory=dict)
    spoil: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda name, told: told
    asked: list[str] = field(default_factory=list)

    def ask(self, question: client.Question, *, deadline: Deadline) -> client.Reply:
        """In the place of zrg.ai.client.ask."""
        self.step()
        self.asked.append(question.format_name)
        told = self.spoil(question.format_name, self._told(question))
        self.step()
        return client.Reply(json.dumps(told), question.model, Usage(100, 0, 50, 0), "req", Outcome.OK)

    def _told(self, question: client.Question) -> dict[str, Any]:
        model = model_of(question.model)
        assert model is not None
        ask = Ask(model, question.instructions, question.input, question.format_name, question.schema)
        told = answered(ask)
        for begin, message in self.lies.items():
            if question.format_name.startswith(begin):
                material = Material(ask.instructions, ask.text)
                message = "" if message == "*" else message
                return adversary.lie(ask.name, told, material, message=message, number=len(self.asked))
        return told


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, settings: Any) -> StandIn:
    """A key, and a model that answers at once and in this process."""
    settings.OPENAI_API_KEY = "sk-sandbox-demo"
    made = StandIn()
    monkeypatch.setattr(client, "ask", made.ask)
    return made
