"""From a request to its answer: the rule of the prompt, fitted to the schema. The same request, the same answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from integrations.sandbox.openai.asking import Ask
from integrations.sandbox.openai.fitting import fitted
from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules import judging, planning, remembering, sentiment, signing, writing

Rule = Callable[[Material], dict[str, Any]]
# By the name of the format without its version: a new version of a prompt needs no change here.
RULES: dict[str, Rule] = {
    "sentiment_email_inbox_analyze": sentiment.analyze,
    "sentiment_classify": sentiment.classify,
    "memory_update": remembering.remember,
    "signature_context": signing.read,
    "draft_email_write": writing.email,
    "draft_email_verify": judging.verify,
    "draft_sms": writing.sms,
    "draft_linkedin": writing.linkedin,
    "autosend_gate": judging.gate,
    "autosend_evaluate": judging.evaluate,
}
_STRATEGY = "draft_email_strategy"


def subject(name: str) -> str:
    """`draft_sms_v1` → `draft_sms`."""
    head, _, version = name.rpartition("_v")
    return head if head and version.isdigit() else name


def answered(ask: Ask) -> dict[str, Any]:
    """The answer as data, of the schema that was sent. The schema must be there."""
    material = Material(ask.instructions, ask.text)
    wanted = wanted_of(ask, material)
    return dict(fitted(ask.schema or {}, wanted, seed=f"{ask.name}\0{ask.instructions}\0{_steady(ask.text, material)}"))


def wanted_of(ask: Ask, material: Material) -> dict[str, Any]:
    """What the rule says; nothing for a prompt without one."""
    name = subject(ask.name)
    if name == _STRATEGY:
        return planning.plan(material, _choices(ask.schema or {}, "archetype"))
    rule = RULES.get(name)
    return rule(material) if rule else {}


def _steady(text: str, material: Material) -> str:
    """The input without the marks of its fences, which differ each time."""
    return json.dumps(material.blocks) if material.blocks else text


def _choices(schema: dict[str, Any], name: str) -> list[str]:
    """What an enum property may be."""
    node = schema.get("properties", {}).get(name, {})
    if "$ref" in node:
        node = schema.get("$defs", {}).get(node["$ref"].rpartition("/")[2], {})
    return [value for value in node.get("enum", []) if isinstance(value, str)]
