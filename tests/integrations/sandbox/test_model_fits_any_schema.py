"""The model's answer is of the schema that was sent, whatever it is."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, create_model

from inbox.prompts import drafts
from tests.integrations.sandbox.asking import SCHEMAS, blocks, body, post, text_of, told
from tests.sandbox_server import SandboxServer
from zrg.ai.schemas import strict

WORDS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8).map(lambda word: f"f_{word}")
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([str, int, float, bool, str | None, float | None]),
    st.lists(WORDS, min_size=1, max_size=4, unique=True).map(lambda names: Literal[tuple(names)]),
    st.lists(WORDS, min_size=1, max_size=4, unique=True).map(lambda names: Enum("Choice", {n: n for n in names})),  # type: ignore[misc]
)


def model(fields: dict[str, Any]) -> type[BaseModel]:
    made: type[BaseModel] = create_model("Node", **{name: (kind, ...) for name, kind in fields.items()})
    return made


MODELS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda kind: list[kind]),  # type: ignore[valid-type]
        inner.map(lambda kind: kind | None),
        st.tuples(inner, inner).map(lambda kinds: kinds[0] | kinds[1]),
        st.dictionaries(WORDS, inner, min_size=1, max_size=4).map(model),
    ),
    max_leaves=12,
)
ROOTS = st.dictionaries(WORDS, MODELS, min_size=1, max_size=5).map(model)


class Tree(BaseModel):
    """A schema that refers to itself."""

    name: str
    left: Tree | None
    branches: list[Tree]


def asked(sandbox: SandboxServer, schema: dict[str, Any], name: str = "anything_v1", **more: Any) -> str:
    form = {"type": "json_schema", "name": name, "strict": True, "schema": schema}
    return text_of(post(sandbox, body(drafts.SMS, text={"format": form}, max_output_tokens=None, **more)))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(wanted=ROOTS, text=st.text(max_size=30))
def test_an_answer_validates_against_any_strict_schema(
    sandbox: SandboxServer, wanted: type[BaseModel], text: str
) -> None:
    schema = strict(wanted)
    answer = asked(sandbox, schema, input=text or "x")
    wanted.model_validate_json(answer, strict=True)
    assert asked(sandbox, schema, input=text or "x") == answer


def test_a_schema_that_refers_to_itself_ends(sandbox: SandboxServer) -> None:
    node = {
        "type": "object",
        "additionalProperties": False,
        "required": ["tree"],
        "properties": {"tree": {"$ref": "#/$defs/Tree"}},
    }
    answer = json.loads(asked(sandbox, {**node, "$defs": strict(Tree)["$defs"]}))
    assert Tree.model_validate(answer["tree"], strict=True).model_dump() == answer["tree"]


@pytest.mark.parametrize(
    ("schema", "holds"),
    [
        ({"type": "integer", "minimum": 7, "maximum": 9}, lambda value: 7 <= value <= 9),
        ({"type": "integer", "exclusiveMinimum": 7, "maximum": 8}, lambda value: value == 8),
        ({"type": "integer", "multipleOf": 5, "minimum": 11}, lambda value: value >= 11 and value % 5 == 0),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.1}, lambda value: 0 < value < 0.1),
        ({"type": "number", "maximum": -3}, lambda value: value <= -3),
        ({"type": "string", "minLength": 12, "maxLength": 14}, lambda value: 12 <= len(value) <= 14),
        ({"type": "string", "maxLength": 2}, lambda value: len(value) <= 2),
        ({"type": "array", "items": {"type": "string"}, "minItems": 4, "maxItems": 4}, lambda value: len(value) == 4),
        ({"type": "string", "const": "x"}, lambda value: value == "x"),
    ],
)
def test_bounds_are_kept(sandbox: SandboxServer, schema: dict[str, Any], holds: Any) -> None:
    root = {"type": "object", "additionalProperties": False, "required": ["a"], "properties": {"a": schema}}
    for text in ("one", "two", "three", "four"):
        assert holds(json.loads(asked(sandbox, root, input=text))["a"])


@pytest.mark.parametrize("key", SCHEMAS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_our_prompts_are_answered_in_form_whatever_the_lead_writes(sandbox: SandboxServer, key: str, text: str) -> None:
    given_blocks = blocks(text, draft=text, signature_candidate=text, knowledge=text, questions=text, scheduling=text)
    answer = told(sandbox, key, given_blocks, max_output_tokens=None)
    assert SCHEMAS[key].model_validate(answer).model_dump(mode="json") == answer


def test_a_prompt_that_asks_for_other_fields_gets_them(sandbox: SandboxServer) -> None:
    class Changed(BaseModel):
        body: str
        mood: Literal["warm", "plain"]

    answer = asked(sandbox, strict(Changed), "draft_email_write_v7", input=body(drafts.WRITE)["input"])
    assert Changed.model_validate_json(answer).body.startswith("Hi Ann,")
