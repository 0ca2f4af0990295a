"""Requests to the sandbox's model as the product sends them, without the product."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests

from inbox.prompts import SCHEMAS
from tests.sandbox_server import SandboxServer
from zrg.ai.fencing import fenced
from zrg.ai.schemas import strict

KEY = "sk-sandbox-tests"
SYSTEM = """You write the answer to a business e-mail. You write as Nora Hale of Harbor Payroll. Tone: friendly.

Begin with: Hi Ann,
End with: Best,
Nora Hale
Harbor Payroll
Between them at most 120 words, in short paragraphs."""
KNOWLEDGE = """# Website (https://harbor.example.com)
Harbor runs payroll for hourly teams. The price is $11 per employee a month, with no set-up fee.
It integrates with QuickBooks and Xero."""
SIGNATURE = """Ann Lee
CFO, Buyer Inc
(313) 555-0163
https://calendly.com/ann-lee
https://www.linkedin.com/in/annlee"""
SLOTS = "Offer these times, word for word: Tue 3 Mar, 2:30 PM EST; Wed 4 Mar, 10:00 AM EST"


def blocks(text: str = "What does it cost per employee?", **more: str) -> dict[str, str]:
    """The fenced blocks of a call about a lead who wrote `text`."""
    transcript = (
        "--- 2026-03-02 14:05 UTC | OUT | email | Nora Hale | Quick idea\nHi Ann, payroll for two sites is a chore.\n\n"
        f"--- 2026-03-03 09:05 UTC | IN | email | Ann Lee | Re: Quick idea\n{text}"
    )
    given = {"lead": "Name: Ann Lee\nCompany: Buyer Inc", "knowledge": KNOWLEDGE, "transcript": transcript}
    return {**given, "last_inbound": text, **more}


def body(key: str, given: Mapping[str, str] | None = None, *, nonce: str = "0f3a", **more: Any) -> dict[str, Any]:
    """A request for one of our prompts; `more` replaces its fields."""
    form = {
        "type": "json_schema",
        "name": key.replace(".", "_"),
        "strict": True,
        "schema": strict(SCHEMAS[key]) if key in SCHEMAS else {},
    }
    return {
        "model": "gpt-5.1",
        "instructions": SYSTEM,
        "input": fenced((blocks() if given is None else given).items(), nonce=nonce),
        "store": False,
        "reasoning": {"effort": "low"},
        "max_output_tokens": 2000,
        "text": {"format": form},
        **more,
    }


def post(sandbox: SandboxServer, sent: Any, *, key: str = KEY, path: str = "/responses", **options: Any) -> Any:
    """The raw answer of the endpoint."""
    address = sandbox.url(f"/openai/v1{path}")
    headers = {"Authorization": f"Bearer {key}"}
    return requests.post(address, json=sent, headers=headers, timeout=10, allow_redirects=False, **options)


def text_of(answer: Any) -> str:
    """The output text of an answer, as the product's client joins it."""
    assert answer.status_code == 200, answer.text
    parts = [part for item in answer.json()["output"] if item["type"] == "message" for part in item["content"]]
    return "".join(part["text"] for part in parts if part["type"] == "output_text")


def told(sandbox: SandboxServer, key: str, given: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """What the model says to one of our prompts."""
    found: dict[str, Any] = json.loads(text_of(post(sandbox, body(key, given, **more))))
    return found
