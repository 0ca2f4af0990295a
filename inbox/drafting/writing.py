"""From a context to a text that may be shown (spec 06, "How"): e-mail in three steps, SMS and LinkedIn in one.

The model proposes; code has the last word (inbox/drafting/guards.py). No transaction is open while a model thinks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from inbox.drafting import guards, repairing
from inbox.drafting.context import Context
from inbox.drafts import Made
from inbox.prompts.drafts import (
    LINKEDIN,
    SMS,
    STRATEGY,
    VERIFY,
    WRITE,
    Archetype,
    EmailText,
    ShortText,
    Strategy,
    Verification,
)
from leads.models import ChannelKind, Tag
from zrg.ai.budgets import LEAST_STEP_S, Deadline
from zrg.ai.models import Outcome
from zrg.ai.running import Result, run_structured

STRATEGY_SHARE, ROUNDS = 0.4, 2

# Where a model repeats itself: the next shape that suits the tag.
_INSTEAD: dict[str, tuple[Archetype, ...]] = {
    Tag.INFORMATION_REQUESTED: (Archetype.DIRECT_ANSWER, Archetype.VALUE_THEN_ASK),
    Tag.OBJECTION: (Archetype.ACKNOWLEDGE_AND_REFRAME, Archetype.QUESTION_FIRST),
    Tag.FOLLOW_UP: (Archetype.SHORT_NUDGE, Archetype.QUESTION_FIRST),
}
_ANY = (Archetype.DIRECT_ANSWER, Archetype.QUESTION_FIRST, Archetype.VALUE_THEN_ASK)


class NoDraft(Exception):
    """There is no text; the words say why. `temporary`: trying again later may help, after `retry_after` seconds if the
    service named a time."""

    def __init__(self, why: str, *, temporary: bool = False, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.temporary, self.retry_after = temporary, retry_after


@dataclass(frozen=True, slots=True)
class Written:
    """A text that passed the code's checks. `made.verified`: its wording may go out without a person."""

    text: str
    made: Made


def write(context: Context, *, source: str) -> Written:
    """The proposed text. Raises NoDraft; never anything the checks of code found wrong."""
    deadline = Deadline(float(settings.AI_DRAFT_TIMEOUT_S))
    if context.channel == ChannelKind.EMAIL:
        return _email(context, deadline, source)
    return _short(context, deadline, source)


# ── E-mail ─────────────────────────────────────────────────────────────────────
def _email(context: Context, deadline: Deadline, source: str) -> Written:
    steps = _Steps(context, source)
    plan = steps.ask(STRATEGY, Strategy, timeout_s=deadline.seconds * STRATEGY_SHARE)
    plan = _other_archetype(plan, context)
    strategy = plan.model_dump(mode="json")
    # The time left is shared by the text and its check.
    left = max(deadline.left - LEAST_STEP_S, LEAST_STEP_S)
    text = steps.ask(WRITE, EmailText, timeout_s=left, strategy=_as_lines(strategy)).body
    text, verified, problems = _verified(steps, tidied(text), deadline)
    made = Made(
        persona_name=context.voice.persona_name,
        archetype=plan.archetype,
        strategy=strategy,
        prompts=steps.prompts,
        knowledge=context.knowledge_ids,
        verified=verified,
        problems=problems,
    )
    return Written(text, made)


def _verified(steps: _Steps, text: str, deadline: Deadline) -> tuple[str, bool, tuple[str, ...]]:
    """The text after at most two rounds of checking, whether it passed, and what stood against it.

    The verifier can correct; what it corrects is checked again. What code still finds at the end is cut out."""
    allowed = steps.context.allowed
    found: tuple[str, ...] = ()
    for _ in range(ROUNDS):
        found = _words(guards.problems(text, allowed))
        said = steps.try_to_ask(
            VERIFY, Verification, timeout_s=max(deadline.left, LEAST_STEP_S), draft=text, checks="\n".join(found)
        )
        if said is None:
            break
        if said.ok and not found:
            return text, True, ()
        found = (*found, *said.problems)
        if said.corrected and said.corrected.strip():
            text = tidied(said.corrected)
    last = _words(guards.problems(text, allowed))
    safe = repairing.without_problems(text, allowed)
    if not safe:
        raise NoDraft(f"What the model wrote cannot be shown: {' '.join((last or found)[:3])}")
    return safe, False, tuple(dict.fromkeys(found or ("It could not be verified.",)))[:10]


# ── SMS and LinkedIn ───────────────────────────────────────────────────────────
def _short(context: Context, deadline: Deadline, source: str) -> Written:
    steps = _Steps(context, source)
    key = SMS if context.channel == ChannelKind.SMS else LINKEDIN
    text = tidied(steps.ask(key, ShortText, timeout_s=deadline.seconds / 2).text)
    found = _words(guards.problems(text, context.allowed))
    if found:  # once more, told what was wrong
        told = f"{context.given['instruction']}\nYour last text was refused: {' '.join(found)}".strip()
        again = steps.try_to_ask(key, ShortText, timeout_s=max(deadline.left, LEAST_STEP_S), instruction=told)
        text = tidied(again.text) if again else text
    last = _words(guards.problems(text, context.allowed))
    safe = repairing.without_problems(text, context.allowed)
    if not safe:
        raise NoDraft(f"What the model wrote cannot be shown: {' '.join(last[:3])}")
    made = Made(
        persona_name=context.voice.persona_name,
        prompts=steps.prompts,
        knowledge=context.knowledge_ids,
        verified=not last,
        problems=last,
    )
    return Written(safe, made)


# ── Asking ─────────────────────────────────────────────────────────────────────
class _Steps:
    """Asks the prompts of one draft and remembers their versions."""

    def __init__(self, context: Context, source: str) -> None:
        self.context, self.source = context, source
        self.prompts: dict[str, str] = {}

    def _run(self, key: str, schema: type[Any], timeout_s: float, given: dict[str, str]) -> Result[Any]:
        result = run_structured(
            key,
            workspace=self.context.lead.workspace,
            lead_id=self.context.lead.pk,
            variables=self.context.given | given,
            schema=schema,
            timeout_s=max(timeout_s, LEAST_STEP_S),
            source=self.source,
            knowledge=self.context.knowledge_ids,
        )
        self.prompts[key] = f"{result.prompt_version} {result.model}"
        return result

    def ask(self, key: str, schema: type[Any], *, timeout_s: float, **given: str) -> Any:
        """The answer. Raises NoDraft."""
        result = self._run(key, schema, timeout_s, given)
        if result.value is None:
            temporary = result.is_temporary
            pause = result.retry_after or (30.0 if result.outcome == Outcome.CIRCUIT_OPEN else None)
            raise NoDraft(f"{result.why}.", temporary=temporary, retry_after=pause)
        return result.value

    def try_to_ask(self, key: str, schema: type[Any], *, timeout_s: float, **given: str) -> Any | None:
        """The answer, or None: this step can be done without."""
        return self._run(key, schema, timeout_s, given).value


def _other_archetype(plan: Strategy, context: Context) -> Strategy:
    """Never the lead's last one."""
    if plan.archetype != context.last_archetype:
        return plan
    choices = _INSTEAD.get(context.lead.tag, _ANY)
    other = next(shape for shape in (*choices, *_ANY) if shape != context.last_archetype)
    return plan.model_copy(update={"archetype": other})


def _as_lines(strategy: dict[str, Any]) -> str:
    return "\n".join(
        f"{name}: {'; '.join(value) if isinstance(value, list) else value}" for name, value in strategy.items() if value
    )


def _words(found: Sequence[guards.Problem]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(problem.words for problem in found))


def tidied(text: str) -> str:
    """Line ends and outer white space as they should be; nothing else is changed."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\x00", "").strip().split("\n")]
    return "\n".join(lines)
