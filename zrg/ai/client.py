"""One request to the model service: the only module that knows its library (spec 05, providers/openai.md).

What comes back is parsed here, not by the library: truncated JSON must not lose the usage. Retries, time and money are
the caller's (zrg/ai/running.py).
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx2
import openai
import orjson
import structlog
from django.conf import settings

from zrg.ai.budgets import Deadline, Usage
from zrg.ai.models import Outcome

log = structlog.get_logger(__name__)

CONNECT_S = 3.0
LEAST_S = 0.05
MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent."""

    model: str
    instructions: str
    input: str
    format_name: str
    schema: dict[str, Any]
    max_output_tokens: int
    effort: str | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a 200 said. `problem` is OK for a complete answer, else why its text can't be used."""

    text: str
    model: str
    usage: Usage
    request_id: str
    problem: Outcome
    detail: str = ""


class Trouble(Exception):
    """There is no answer. `temporary`: the same question may be answered later; `counts`: says something about the
    service, so the circuit breaker hears of it; `retry_after` in seconds, if the service named a time."""

    def __init__(
        self,
        outcome: Outcome,
        detail: str,
        *,
        temporary: bool = False,
        counts: bool = False,
        retry_after: float | None = None,
        param: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(detail)
        self.outcome, self.detail, self.temporary, self.counts = outcome, detail, temporary, counts
        self.retry_after, self.param, self.request_id = retry_after, param, request_id


def ask(question: Question, *, deadline: Deadline) -> Reply:
    """One attempt within the time left. Raises Trouble.

    The library's time-out counts the silence between bytes; all of it is bounded here, however the answer drips."""
    done: list[Reply | Trouble | BaseException] = []
    thread = threading.Thread(target=_answer, args=(question, deadline, done), daemon=True, name="model call")
    thread.start()
    thread.join(max(deadline.left, LEAST_S))
    if not done:
        raise Trouble(Outcome.TIMEOUT, "no answer in time", temporary=True, counts=True)
    if isinstance(done[0], Reply):
        return done[0]
    raise done[0]


def _answer(question: Question, deadline: Deadline, done: list[Reply | Trouble | BaseException]) -> None:
    """In a thread of its own, which touches neither database nor context."""
    try:
        done.append(_exchange(question, deadline))
    except BaseException as error:
        done.append(error)


def _exchange(question: Question, deadline: Deadline) -> Reply:
    left = max(deadline.left, LEAST_S)
    timeout = httpx2.Timeout(left, connect=min(CONNECT_S, left))
    library = _library(os.getpid())
    try:
        with library.responses.with_streaming_response.create(**_body(question), timeout=timeout) as response:
            return _read(response, deadline)
    except openai.APITimeoutError:
        raise Trouble(Outcome.TIMEOUT, "no answer in time", temporary=True, counts=True) from None
    except openai.APIStatusError as error:
        raise _refused(error) from None
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        raise Trouble(Outcome.UNAVAILABLE, f"connection: {type(error).__name__}", temporary=True, counts=True) from None
    except (openai.OpenAIError, httpx2.InvalidURL, UnicodeError) as error:  # a key or an address that can't be sent
        raise Trouble(Outcome.MISCONFIGURED, f"set-up: {type(error).__name__}") from None


def _body(question: Question) -> Any:
    """What is sent: no temperature (reasoning models refuse it), nothing stored at the service."""
    shape = {"type": "json_schema", "name": question.format_name, "strict": True, "schema": question.schema}
    body: dict[str, Any] = {
        "model": question.model,
        "instructions": question.instructions,
        "input": question.input,
        "max_output_tokens": question.max_output_tokens,
        "store": False,
        "text": {"format": shape},
    }
    return body | ({"reasoning": {"effort": question.effort}} if question.effort else {})


def _read(response: Any, deadline: Deadline) -> Reply:
    request_id = response.headers.get("x-request-id", "")
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if deadline.left <= 0:
            raise Trouble(Outcome.TIMEOUT, "the answer dripped", temporary=True, counts=True, request_id=request_id)
        if len(body) > MOST_BYTES:
            raise Trouble(Outcome.FAILED, "the answer is too large", request_id=request_id)
    try:
        answer = orjson.loads(bytes(body))
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Trouble(Outcome.UNAVAILABLE, "the answer is no JSON", temporary=True, counts=True, request_id=request_id)
    return _understood(answer, request_id)


def _understood(answer: dict[str, Any], request_id: str) -> Reply:
    """Failed, cut off and refused all come as 200: looked at in that order, then the text."""
    parts = [
        part
        for item in answer.get("output") or []
        if isinstance(item, dict)
        for part in item.get("content") or []
        if isinstance(part, dict)
    ]
    text = "".join(str(part.get("text") or "") for part in parts if part.get("type") == "output_text")
    problem, detail = Outcome.OK, ""
    if answer.get("status") == "failed":
        error = answer.get("error") or {}
        problem, detail = Outcome.FAILED, str(error.get("code") or "failed")
    elif answer.get("status") == "incomplete":
        why = (answer.get("incomplete_details") or {}).get("reason") or ""
        problem, detail = Outcome.INCOMPLETE, str(why)
    elif any(part.get("type") == "refusal" for part in parts):
        problem = Outcome.REFUSED
    elif not text.strip():
        problem, detail = Outcome.INCOMPLETE, "no text"
    return Reply(
        text=_storable(text),
        model=_storable(str(answer.get("model") or "")),
        usage=_usage(answer.get("usage")),
        request_id=_storable(request_id or str(answer.get("id") or "")),
        problem=problem,
        detail=_storable(detail),
    )


def _storable(text: str) -> str:
    """Without what the database refuses."""
    return text.replace("\x00", "")


def _usage(given: Any) -> Usage:
    if not isinstance(given, dict):
        return Usage()

    def count(source: Any, name: str) -> int:
        value = source.get(name) if isinstance(source, dict) else None
        return value if isinstance(value, int) and value >= 0 else 0

    return Usage(
        tokens_in=count(given, "input_tokens"),
        cached=count(given.get("input_tokens_details"), "cached_tokens"),
        out=count(given, "output_tokens"),
        reasoning=count(given.get("output_tokens_details"), "reasoning_tokens"),
    )


def _refused(error: openai.APIStatusError) -> Trouble:
    """A status of 300 and above, as the table of providers/openai.md reads it. The body's words are not kept: they may
    quote the input."""
    status, code = error.status_code, str(error.code or "")
    known: dict[str, Any] = {"request_id": error.request_id or "", "param": str(error.param or "")}
    if status == 429:
        if code == "insufficient_quota":
            return Trouble(Outcome.QUOTA, code, **known)
        return Trouble(
            Outcome.RATE_LIMITED, code or "429", temporary=True, retry_after=_retry_after(error.response), **known
        )
    if status >= 500 or status in {408, 409}:
        return Trouble(Outcome.UNAVAILABLE, f"HTTP {status}", temporary=True, counts=True, **known)
    if code == "context_length_exceeded":
        return Trouble(Outcome.TOO_LONG, code, **known)
    return Trouble(Outcome.MISCONFIGURED, code or f"HTTP {status}", **known)


def _retry_after(response: Any) -> float | None:
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(float(response.headers.get(name, "")) * scale, 0.0)
        except ValueError:
            continue
    return None


@lru_cache(maxsize=1)
def _library(_process: int) -> openai.OpenAI:
    """The pooled client of this process: a forked worker makes its own. A redirection would carry the lead's words to
    another host, so none is followed; proxies of the environment are not used either."""
    return openai.OpenAI(
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL,
        max_retries=0,
        http_client=openai.DefaultHttpx2Client(follow_redirects=False, trust_env=False),
    )


def why_unreachable(base_url: str) -> str:
    """Empty: somebody answers there over HTTP, whatever they say. Asked without a key, within CONNECT_S twice."""
    try:
        httpx2.get(f"{base_url}/models", timeout=CONNECT_S * 2, follow_redirects=False, trust_env=False)
    except httpx2.HTTPError as error:
        return type(error).__name__
    return ""


def forget_library() -> None:
    """Build the client anew on the next call: the settings changed."""
    _library.cache_clear()
