"""The strategy of an e-mail (spec 06): structure, goal and points, before a word is written."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules import writing
from integrations.sandbox.openai.rules.knowing import answers
from integrations.sandbox.openai.rules.sentiment import judged
from integrations.sandbox.openai.rules.words import language_of

_USED_LAST = re.compile(r"\bnot (\w+), which was used last")
_GOALS = {
    "info_requested": "Answer the question, then one step further",
    "interested": "Turn interest into a conversation",
    "meeting_requested": "Agree on a time",
    "call_requested": "Get the call going",
    "follow_up": "Find the right moment to come back",
    "objection": "Take the doubt seriously and answer it",
    "neutral": "Find out whether this matters to them",
}
# Which words an archetype's name may hold, best first.
_FITTING = {
    "info_requested": ("answer", "direct", "fact", "proof"),
    "interested": ("value", "question", "step", "nudge"),
    "meeting_requested": ("time", "offer", "meeting", "direct", "step"),
    "call_requested": ("call", "direct", "step"),
    "follow_up": ("nudge", "later", "question"),
    "objection": ("objection", "reframe", "empath", "concern", "proof"),
}


def plan(material: Material, archetypes: list[str]) -> dict[str, Any]:
    """A strategy; its archetype is one of the schema's, and not the lead's last one."""
    name = judged(material.last_inbound)[0]
    return {
        "archetype": _archetype(material, name, archetypes),
        "goal": _GOALS.get(name, _GOALS["neutral"]),
        "points": [writing.opening(material), *answers(material)],
        "questions": [] if writing.offer(material) else [writing.question(material)],
        "avoid": ["Anything that was not given: links, prices, promises", *_no_times(material)],
        "language": language_of(material.last_inbound),
    }


def _no_times(material: Material) -> list[str]:
    return [] if writing.times(material) else ["Times: none were offered"]


def _archetype(material: Material, name: str, archetypes: list[str]) -> str:
    """By what was meant; not the one that was used last."""
    used = _USED_LAST.search(material.instructions)
    free = [one for one in archetypes if not used or one != used[1]] or archetypes
    fits = [one for word in _FITTING.get(name, ()) for one in free if word in one.lower()]
    return (fits or free or [""])[0]
