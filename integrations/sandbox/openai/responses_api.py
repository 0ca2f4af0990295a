"""`POST /v1/responses` and `POST /v1/responses/input_tokens`."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from django.http import HttpResponse

from integrations.sandbox import store
from integrations.sandbox.gate import Call, answer
from integrations.sandbox.openai import adversary, calls
from integrations.sandbox.openai.answering import answered
from integrations.sandbox.openai.answers import GATE
from integrations.sandbox.openai.asking import Ask, read, tokens
from integrations.sandbox.openai.catalogue import answered_name
from integrations.sandbox.openai.errors import request_id
from integrations.sandbox.openai.material import Material
from integrations.sandbox.store import Record

_REASONING = {"minimal": 0, "low": 64, "medium": 192, "high": 448, "xhigh": 832, "max": 1600}
_CACHED_FROM, _CACHED_STEP = 1024, 128
_BYTES_PER_TOKEN = 4
_REFUSAL = "I'm sorry, but I can't help with that."


@GATE.operation("respond")
def create(call: Call) -> HttpResponse:
    """One answer. Faults that OpenAI reports as HTTP 200 are made here."""
    ask = read(call.data)
    fault = call.fault.kind if call.fault else ""
    told = _told(ask, fault, _text(ask, call))
    calls.keep(call.account, ask, fault=fault, told=told)
    response = answer(store.public(told))
    response["x-request-id"] = request_id()
    response["openai-processing-ms"] = "12"
    return response


@GATE.operation("count")
def count(call: Call) -> HttpResponse:
    """How many tokens the input of such a call is."""
    ask = read(call.data, counting=True)
    response = answer({"object": "response.input_tokens", "input_tokens": _tokens_in(ask)})
    response["x-request-id"] = request_id()
    return response


def _text(ask: Ask, call: Call) -> str:
    """The text of the answer, honest or not."""
    if ask.schema is None:
        return "This is the sandbox's model. Send a strict JSON schema and it answers by its rules."
    kind = call.fault.kind if call.fault else ""
    if kind == "wrong_json":
        return "Sure! Here is what I found: the lead sounds positive."
    told: dict[str, Any] = answered(ask)
    if kind == "wrong_schema":
        told = {**dict(list(told.items())[1:]), "surprise": 1}
    if call.fault and kind == "adversarial":
        material = Material(ask.instructions, ask.text)
        number = store.number(call.account.key, "lie") - 1
        told = adversary.lie(ask.name, told, material, message=call.fault.message, number=number)
    return json.dumps(told, ensure_ascii=False)


def _told(ask: Ask, fault: str, text: str) -> Record:
    """The whole answer; `_text` is what it says."""
    thought = _REASONING.get(ask.effective_effort, 0)
    text, reason = _cut(text, ask, thought, fault)
    part: Record = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    if fault == "refused":
        part, text = {"type": "refusal", "refusal": _REFUSAL}, ""
    status = "failed" if fault == "failed" else "incomplete" if reason else "completed"
    if fault == "failed" or (reason and not text):
        part, text = {}, ""
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": {"code": "server_error", "message": "The model failed."} if fault == "failed" else None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": None,
        "max_output_tokens": ask.max_output_tokens,
        "model": answered_name(ask.model),
        "output": _output(ask, part, status),
        "parallel_tool_calls": True,
        "reasoning": {"effort": ask.effective_effort or None, "summary": None},
        "store": False,
        "text": ask.body.get("text"),
        "tool_choice": "auto",
        "tools": [],
        "usage": None if fault == "failed" else _usage(ask, text, thought),
        "metadata": ask.body.get("metadata") or {},
        "_text": text,
    }


def _cut(text: str, ask: Ask, thought: int, fault: str) -> tuple[str, str]:
    """The text as far as the bound lets it, and why it ends there."""
    if fault == "incomplete":
        return "", "max_output_tokens"
    if fault == "truncated":
        return text[: max(len(text) * 2 // 3, 1)], "max_output_tokens"
    if ask.max_output_tokens is None or tokens(text) + thought <= ask.max_output_tokens:
        return text, ""
    room = max(ask.max_output_tokens - thought, 0) * _BYTES_PER_TOKEN
    return text.encode()[:room].decode(errors="ignore"), "max_output_tokens"


def _output(ask: Ask, part: Record, status: str) -> list[Record]:
    """A reasoning item where the model reasons, then the message."""
    reasons = bool(ask.model.efforts) and ask.effective_effort != "none"
    items: list[Record] = [{"type": "reasoning", "id": f"rs_{uuid.uuid4().hex}", "summary": []}] if reasons else []
    if part:
        state = "incomplete" if status == "incomplete" else "completed"
        message = {"type": "message", "id": f"msg_{uuid.uuid4().hex}", "role": "assistant", "status": state}
        items.append({**message, "content": [part]})
    return items


def _tokens_in(ask: Ask) -> int:
    """System text, input and schema."""
    return 8 + tokens(ask.instructions) + tokens(ask.text) + (tokens(json.dumps(ask.schema)) if ask.schema else 0)


def _usage(ask: Ask, text: str, thought: int) -> Record:
    """Long system texts come from the cache in steps; reasoning is part of the output."""
    given, said = _tokens_in(ask), tokens(text) + thought
    head = tokens(ask.instructions)
    cached = head // _CACHED_STEP * _CACHED_STEP if head >= _CACHED_FROM else 0
    if ask.max_output_tokens is not None:
        said = min(said, ask.max_output_tokens)
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": said,
        "output_tokens_details": {"reasoning_tokens": min(thought, said)},
        "total_tokens": given + said,
    }
