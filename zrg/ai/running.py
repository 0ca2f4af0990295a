"""The one way to ask a model (spec 05, "Runner"): a prompt, its values, a schema; a checked answer, or why not.

Model trouble is never raised: every feature has a safe fallback, and takes it when `Result.ok` is false. Whatever
happens is kept as an AIInteraction. Never call this inside a transaction (architecture.md, rule 5).
"""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from pydantic import BaseModel, ValidationError

from zrg.ai import breaker, efforts, fencing, overriding, prompts, schemas, telemetry, templating
from zrg.ai.budgets import Deadline, Usage, cost, estimated_tokens, price_of
from zrg.ai.models import Outcome
from zrg.ai.prompts import Prompt
from zrg.workspaces.models import Workspace

log = structlog.get_logger(__name__)

T = TypeVar("T", bound=BaseModel)

MOST_ATTEMPTS = 4
FIRST_PAUSE_S = 0.5
LEAST_TRY_S = 1.0
"""No further attempt is begun with less time than this."""

# What another attempt at another time may mend; the rest needs a person or another question.
TEMPORARY = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.UNAVAILABLE,
        Outcome.RATE_LIMITED,
        Outcome.CIRCUIT_OPEN,
        Outcome.INCOMPLETE,
        Outcome.FAILED,
        Outcome.INVALID,
    }
)


@dataclass(frozen=True, slots=True)
class Result(Generic[T]):
    """What came of a call. `value` is there exactly if `ok`; `why` is for people, without anything of the lead's."""

    value: T | None
    outcome: Outcome
    why: str
    interaction_id: UUID
    prompt_version: str
    model: str
    retry_after: float | None = None

    @property
    def ok(self) -> bool:
        """The model answered, and the answer fits the schema."""
        return self.value is not None

    @property
    def is_temporary(self) -> bool:
        """Worth asking again later."""
        return self.outcome in TEMPORARY


@dataclass(frozen=True, slots=True)
class Asked:
    """Exactly what would be sent: for the call, and for a preview."""

    prompt: Prompt
    version: int
    instructions: str
    input: str
    model: str
    effort: str


def compose(prompt_key: str, *, workspace: Workspace, variables: Mapping[str, str]) -> Asked:
    """The instructions and the fenced input, with the workspace's own texts and model where it has some.

    Raises LookupError for an unknown prompt, templating.TemplateError naming a variable that was not given."""
    prompt = prompts.get(prompt_key)
    own = overriding.active(workspace)
    override = own.prompts.get(prompt_key)
    snippets = {key: own.snippets.get(key, snippet.text) for key, snippet in prompts.snippets().items()}
    text = override.text if override else prompt.text
    if missing := [name for name in prompt.data if name not in variables]:
        raise templating.TemplateError(f"{prompt_key}: missing {', '.join(missing)}.")
    instructions = templating.fill(text, variables=variables, snippets=snippets)
    return Asked(
        prompt=prompt,
        version=override.version if override else 0,
        instructions=f"{instructions}\n\n{fencing.RULE}" if prompt.data else instructions,
        input=fencing.fenced([(name, variables[name]) for name in prompt.data], nonce=secrets.token_hex(4)),
        model=(override.model if override else "") or model_for(workspace, prompt.task),
        effort=(override.effort if override else "") or prompt.effort,
    )


def model_for(workspace: Workspace, task: str) -> str:
    """The workspace's choice for a task, else the setting's (AI_MODEL_…)."""
    chosen = workspace.ai_settings.models_by_task.get(task)
    return chosen if isinstance(chosen, str) and chosen.strip() else settings.AI_MODELS[task]


def is_configured() -> bool:
    """Is there a key at all?"""
    return bool(settings.OPENAI_API_KEY)


def run_structured(
    prompt_key: str,
    *,
    workspace: Workspace,
    lead_id: UUID | None,
    variables: Mapping[str, str],
    schema: type[T],
    timeout_s: float | None = None,
    retries: bool = True,
    source: str = "",
    knowledge: Sequence[str] = (),
) -> Result[T]:
    """Ask once, with bounded retries inside `timeout_s` (seconds for everything; the prompt's own by default).

    `source` says what caused it; `knowledge`: ids of the assets inside the variables."""
    asked = compose(prompt_key, workspace=workspace, variables=variables)
    call = telemetry.Call(
        workspace=workspace,
        lead_id=lead_id,
        feature=asked.prompt.feature,
        prompt_key=prompt_key,
        prompt_version=asked.version,
        model=asked.model,
        source=source,
        prompt_text=f"{asked.instructions}\n\n{asked.input}",
    )
    deadline = Deadline(timeout_s or asked.prompt.timeout_s)
    attempt = _Attempts(asked, schema, call, deadline, retries=retries)
    value, outcome, detail = attempt.run()
    row = telemetry.record(call, outcome=outcome, detail=detail, latency_s=deadline.used, knowledge=knowledge)
    return Result(
        value=value,
        outcome=outcome,
        why=Outcome(outcome).label,
        interaction_id=row.pk,
        prompt_version=f"{prompt_key}#{asked.version}",
        model=call.model,
        retry_after=attempt.retry_after,
    )


@cache
def _client() -> ModuleType:
    """The library costs half a second and 50 MB: only processes that ask load it."""
    return import_module("zrg.ai.client")


class _Attempts(Generic[T]):
    """The attempts of one call: what is asked changes a little from one to the next."""

    def __init__(
        self, asked: Asked, schema: type[T], call: telemetry.Call, deadline: Deadline, *, retries: bool
    ) -> None:
        self.asked, self.schema, self.call, self.deadline = asked, schema, call, deadline
        self.most = MOST_ATTEMPTS if retries else 1
        self.models = [asked.model, *(name for name in settings.AI_FALLBACK_MODELS if name != asked.model)]
        self.effort_is_refused = False
        self.tokens = asked.prompt.tokens.allowed(estimated_tokens(asked.instructions + asked.input))
        self.retry_after: float | None = None

    def run(self) -> tuple[T | None, Outcome, str]:
        if not is_configured():
            return None, Outcome.NO_KEY, ""
        if not breaker.allows(self.models[0]):
            return None, Outcome.CIRCUIT_OPEN, self.models[0]
        while True:
            value, outcome, detail, again = self._once()
            if value is not None or not again or self.call.attempts >= self.most:
                return value, outcome, detail
            if not self._pause():
                return None, outcome, detail

    def _once(self) -> tuple[T | None, Outcome, str, bool]:
        """One attempt: the value, else why there is none and whether another attempt is worth it."""
        client, model = _client(), self.models[0]
        self.call.attempts, self.call.model = self.call.attempts + 1, model
        self.retry_after = None
        effort = None if self.effort_is_refused else efforts.effort_for(model, self.asked.effort)
        self.call.effort = effort or ""
        question = client.Question(
            model=model,
            instructions=self.asked.instructions,
            input=self.asked.input,
            format_name=self.asked.prompt.format_name,
            schema=schemas.strict(self.schema),
            max_output_tokens=self.tokens,
            effort=effort,
        )
        try:
            reply = client.ask(question, deadline=self.deadline)
        except client.Trouble as trouble:
            return None, trouble.outcome, trouble.detail, self._after(trouble, model)
        breaker.succeeded(model)
        self._note(reply)
        return self._judged(reply)

    def _after(self, trouble: Any, model: str) -> bool:
        """What a failed attempt teaches; True if another one is worth it."""
        self.call.request_id = trouble.request_id
        self.retry_after = trouble.retry_after
        log.warning("model_trouble", outcome=str(trouble.outcome), detail=trouble.detail, model=model)
        if trouble.counts:
            breaker.failed(model)
        if trouble.outcome == Outcome.QUOTA:
            breaker.out_of_quota(model)
        if trouble.outcome == Outcome.MISCONFIGURED:
            if trouble.detail in {"unsupported_value", "unsupported_parameter"} and not self.effort_is_refused:
                self.effort_is_refused = True
                return True
            if trouble.detail == "model_not_found" and len(self.models) > 1:
                self.models.pop(0)
                return True
        return bool(trouble.temporary)

    def _note(self, reply: Any) -> None:
        call = self.call
        earlier = call.usage
        call.usage = Usage(
            tokens_in=earlier.tokens_in + reply.usage.tokens_in,
            cached=earlier.cached + reply.usage.cached,
            out=earlier.out + reply.usage.out,
            reasoning=earlier.reasoning + reply.usage.reasoning,
        )
        call.model, call.request_id, call.answer_text = reply.model or call.model, reply.request_id, reply.text
        call.cost += cost(reply.usage, price_of(call.model, settings.AI_PRICES))

    def _judged(self, reply: Any) -> tuple[T | None, Outcome, str, bool]:
        if reply.problem == Outcome.INCOMPLETE and reply.detail != "content_filter":
            more, self.tokens = self.tokens, self.asked.prompt.tokens.retry_most
            return None, Outcome.INCOMPLETE, reply.detail, more < self.tokens
        if reply.problem != Outcome.OK:
            return None, reply.problem, reply.detail, reply.problem == Outcome.FAILED
        if "\\u0000" in reply.text:
            return None, Outcome.INVALID, "a character that can't be kept", True
        try:
            return self.schema.model_validate_json(reply.text), Outcome.OK, "", False
        except ValidationError as error:
            places = ", ".join(".".join(map(str, entry["loc"])) or "the whole" for entry in error.errors()[:5])
            return None, Outcome.INVALID, f"does not fit: {places}", True

    def _pause(self) -> bool:
        """Wait before the next attempt; False where the time is not enough for it."""
        growing = FIRST_PAUSE_S * 2 ** (self.call.attempts - 1) * random.uniform(0.75, 1.25)  # noqa: S311 -- spreading
        pause = growing if self.retry_after is None else self.retry_after
        if pause + LEAST_TRY_S > self.deadline.left:
            return False
        time.sleep(pause)
        return True
