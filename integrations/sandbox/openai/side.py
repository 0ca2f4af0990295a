"""OpenAI for the control API and the page: nobody is written to here, so there are no people and no letters."""

from __future__ import annotations

import re

from integrations.sandbox.accounts import Account
from integrations.sandbox.faults import WEBHOOKS
from integrations.sandbox.given import Given
from integrations.sandbox.openai.planned import FAULTS
from integrations.sandbox.sides import Letter, Person, Side

_OPERATIONS = (
    "sentiment_email_inbox_analyze_v1",
    "sentiment_classify_v1",
    "memory_update_v1",
    "signature_context_v1",
    "draft_email_strategy_v1",
    "draft_email_write_v1",
    "draft_email_verify_v1",
    "draft_sms_v1",
    "draft_linkedin_v1",
    "autosend_gate_v1",
    "autosend_evaluate_v1",
    "count",
)


def set_up(account: Account, given: Given) -> None:
    """A key is all an account is."""


def people(account: Account, limit: int, search: str) -> list[Person]:
    return []


def letters(account: Account, who: Person) -> list[Letter]:
    return []


def sent(account: Account, limit: int) -> list[Letter]:
    return []


def person(account: Account, name: str) -> Person | None:
    return None


def operation(name: str) -> str:
    """A prompt's key, as its format is named on the wire: `draft.sms.v1` → `draft_sms_v1`."""
    return name if name == "*" else re.sub(r"[^A-Za-z0-9_-]", "_", name)[:64]


SIDE = Side(
    "openai",
    "OpenAI",
    "model",
    {},
    set_up,
    people,
    letters,
    sent,
    person,
    has_leads=False,
    faults=FAULTS,
    cannot=frozenset(WEBHOOKS) | {"success_false", "dnd"},
    operations=_OPERATIONS,
    operation=operation,
)
