"""The sandbox's model speaks the Responses API as OpenAI's contract says."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from inbox.prompts import drafts, sentiment
from tests.integrations.sandbox.asking import KEY, SCHEMAS, blocks, body, post, text_of, told
from tests.sandbox_server import SandboxServer
from zrg.ai.schemas import strict


def refused(answer: Any, status: int, code: str | None, param: str | None) -> str:
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == (code, param)
    assert answer.headers["x-request-id"].startswith("req_")
    return str(error["message"])


def test_an_answer_has_the_contracts_shape(sandbox: SandboxServer) -> None:
    answer = post(sandbox, body(drafts.SMS))
    got = answer.json()
    assert (got["object"], got["status"], got["error"], got["incomplete_details"]) == (
        "response",
        "completed",
        None,
        None,
    )
    assert got["model"] == "gpt-5.1-2025-11-13"
    assert [item["type"] for item in got["output"]] == ["reasoning", "message"]
    usage = got["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert 0 < usage["output_tokens_details"]["reasoning_tokens"] < usage["output_tokens"]
    assert answer.headers["x-request-id"].startswith("req_")
    assert int(answer.headers["x-ratelimit-remaining-requests"]) < int(answer.headers["x-ratelimit-limit-requests"])
    assert "x-ratelimit-reset-tokens" in answer.headers


def test_the_official_client_reads_it(sandbox: SandboxServer) -> None:
    client = openai.OpenAI(api_key=KEY, base_url=sandbox.url("/openai/v1"), max_retries=0, timeout=10)
    sent = body(sentiment.CLASSIFY, model="gpt-5.4-mini", reasoning={"effort": "none"})
    answer = client.responses.create(**sent)
    assert sentiment.Reading.model_validate_json(answer.output_text).classification == "info_requested"
    assert answer.usage is not None
    assert answer.usage.output_tokens_details.reasoning_tokens == 0
    counted = {name: sent[name] for name in ("model", "input", "instructions", "text", "reasoning")}
    assert client.responses.input_tokens.count(**counted).input_tokens == answer.usage.input_tokens


def test_no_effort_means_no_reasoning_item(sandbox: SandboxServer) -> None:
    answer = post(sandbox, body(drafts.SMS, reasoning={"effort": "none"})).json()
    assert [item["type"] for item in answer["output"]] == ["message"]


def test_long_system_texts_are_partly_cached(sandbox: SandboxServer) -> None:
    usage = post(sandbox, body(drafts.SMS, instructions="word " * 2000)).json()["usage"]
    assert 1024 <= usage["input_tokens_details"]["cached_tokens"] < usage["input_tokens"]


@pytest.mark.parametrize("key", ["", "sk-live-something", "pit-123"])
def test_other_keys_open_nothing(sandbox: SandboxServer, key: str) -> None:
    assert refused(post(sandbox, body(drafts.SMS), key=key), 401, "invalid_api_key", None)


def test_an_account_made_by_order_has_a_key_of_its_own(sandbox: SandboxServer) -> None:
    account = sandbox.account("openai", "acme")
    assert account["token"].startswith("sk-sandbox-")
    post(sandbox, body(drafts.SMS), key=account["token"])
    assert sandbox.control("model", account="openai:acme")["calls"][0]["name"] == "draft_sms_v1"


@pytest.mark.parametrize(
    ("changes", "status", "code", "param"),
    [
        ({"model": "gpt-5.1-mini"}, 404, "model_not_found", "model"),
        ({"model": "o1"}, 404, "model_not_found", "model"),
        ({"store": True}, 400, None, "store"),
        ({"store": None}, 400, None, "store"),
        ({"temperature": 0.2}, 400, "unsupported_parameter", "temperature"),
        ({"top_p": 0.9}, 400, "unsupported_parameter", "top_p"),
        ({"reasoning": {"effort": "minimal"}}, 400, "unsupported_value", "reasoning.effort"),
        ({"reasoning": {"effort": None}}, 400, "unsupported_value", "reasoning.effort"),
        ({"model": "gpt-5", "reasoning": {"effort": "none"}}, 400, "unsupported_value", "reasoning.effort"),
        ({"model": "gpt-4.1"}, 400, "unsupported_parameter", "reasoning.effort"),
        ({"max_output_tokens": 15}, 400, "integer_below_min_value", "max_output_tokens"),
        ({"max_tokens": 100}, 400, "unknown_parameter", "max_tokens"),
        ({"input": None}, 400, "missing_required_parameter", "input"),
    ],
)
def test_what_the_contract_forbids_is_refused(
    sandbox: SandboxServer, changes: dict[str, Any], status: int, code: str | None, param: str
) -> None:
    assert refused(post(sandbox, body(drafts.SMS, **changes)), status, code, param)


def test_a_wrong_effort_is_told_what_is_accepted(sandbox: SandboxServer) -> None:
    answer = post(sandbox, body(drafts.SMS, reasoning={"effort": "minimal"}))
    assert answer.json()["error"]["message"] == (
        "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. "
        "Supported values are: 'none', 'low', 'medium', and 'high'."
    )


PLAIN = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "array", "items": PLAIN}, 'type: "object"'),
        ({"anyOf": [PLAIN]}, 'type: "object"'),
        ({**PLAIN, "required": []}, "Missing 'a'"),
        ({**PLAIN, "additionalProperties": True}, "additionalProperties"),
        ({**PLAIN, "properties": {"a": {"type": "string", "default": "x"}}}, "default"),
        ({**PLAIN, "properties": {"a": {"type": "array", "items": {**PLAIN, "required": []}}}}, "root.a.items"),
        ({**PLAIN, "properties": {"a": {"$ref": "#/$defs/No"}}}, "#/$defs/No"),
        ({**PLAIN, "properties": {"a": {"type": "array"}}}, "items"),
    ],
)
def test_a_schema_that_is_not_strict_is_refused(sandbox: SandboxServer, schema: dict[str, Any], why: str) -> None:
    form = {"type": "json_schema", "name": "x", "strict": True, "schema": schema}
    answer = post(sandbox, body(drafts.SMS, text={"format": form}))
    assert why in refused(answer, 400, "invalid_json_schema", "text.format.schema")


def test_too_few_tokens_cut_the_json_off(sandbox: SandboxServer) -> None:
    answer = post(sandbox, body(drafts.SMS, max_output_tokens=75))
    got = answer.json()
    assert (got["status"], got["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert got["usage"]["output_tokens"] == 75
    whole = text_of(post(sandbox, body(drafts.SMS)))
    assert whole.startswith(text_of(answer))
    assert text_of(answer) != whole


def test_fewer_than_the_reasoning_leave_no_text(sandbox: SandboxServer) -> None:
    got = post(sandbox, body(drafts.SMS, max_output_tokens=32)).json()
    assert (got["status"], [item["type"] for item in got["output"]]) == ("incomplete", ["reasoning"])


@pytest.mark.parametrize("key", SCHEMAS)
def test_the_same_request_gets_the_same_answer_whatever_its_fences(sandbox: SandboxServer, key: str) -> None:
    assert told(sandbox, key, nonce="aaaa") == told(sandbox, key, nonce="bbbb")


def test_the_last_calls_tell_what_was_sent(sandbox: SandboxServer) -> None:
    post(sandbox, body(drafts.WRITE, blocks("How much is it?"), prompt_cache_key="k"))
    call = sandbox.control("model", name=drafts.WRITE, limit=1)["calls"][0]
    assert (call["name"], call["model"], call["effort"]) == ("draft_email_write_v1", "gpt-5.1", "low")
    assert call["blocks"]["last_inbound"] == "How much is it?"
    assert call["parameters"]["store"] is False
    assert "temperature" not in call["parameters"]
    assert call["parameters"]["text"]["format"]["schema"] == strict(drafts.EmailText)
    assert "Hi Ann," in call["answer"]


def test_the_log_of_requests_names_the_prompt_and_holds_none_of_it(sandbox: SandboxServer) -> None:
    post(sandbox, body(drafts.WRITE, blocks("A secret of the lead")))
    latest = sandbox.requests("openai:tests")[0]
    assert (latest["operation"], latest["status"]) == ("draft_email_write_v1", 200)
    assert "secret" not in str(latest)


def test_a_reset_forgets_the_calls(sandbox: SandboxServer) -> None:
    post(sandbox, body(drafts.SMS), key="sk-sandbox-short-lived")
    sandbox.control("reset", {"account": "openai:short-lived"})
    assert sandbox.control("model", account="openai:short-lived")["calls"] == []
