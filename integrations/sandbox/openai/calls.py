"""The last calls of each account, so that tests can see what was sent and the page what was said."""

from __future__ import annotations

from typing import Any

from integrations.sandbox import accounts, clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.openai.asking import Ask
from integrations.sandbox.openai.material import Material
from integrations.sandbox.store import Record

KEPT = 300
_LONGEST = 20_000


def keep(account: Account, ask: Ask, *, fault: str, told: Record) -> None:
    """Note one answered call, and forget the oldest."""
    number = store.number(account.key, "call")
    material = Material(ask.instructions, ask.text)
    call = {
        "id": number,
        "at": clock.micros(),
        "account": account.key,
        "name": ask.name,
        "model": str(ask.body.get("model")),
        "effort": ask.effort,
        "fault": fault,
        "instructions": ask.instructions[:_LONGEST],
        "blocks": {name: text[:_LONGEST] for name, text in material.blocks.items()},
        "input": "" if material.blocks else ask.text[:_LONGEST],
        "parameters": {name: value for name, value in ask.body.items() if name not in ("input", "instructions")},
        "status": told["status"],
        "answer": told["_text"],
        "usage": told["usage"],
    }
    with store.writing() as db:
        store.add(account.key, "call", call)
        if number % 50 == 0:
            sql = "DELETE FROM records WHERE account = ? AND kind = 'call' AND CAST(id AS INTEGER) <= ?"
            db.execute(sql, (account.key, number - KEPT))


def listed(*, account: str = "", name: str = "", after: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """Calls, newest first: of one account or all, of one format name or all."""
    keys = [account] if account else [one.key for one in accounts.every() if one.provider == "openai"]
    fields: dict[str, Any] = {"name": name} if name else {}
    found = [call for key in keys for call in store.find(key, "call", limit=limit, **fields)]
    found.sort(key=lambda call: (call["at"], call["id"]), reverse=True)
    return [call for call in found if call["id"] > after][:limit]
