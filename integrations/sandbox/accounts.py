"""Accounts of agencies at the providers: who may call, and where their webhooks go."""

from __future__ import annotations

import json
import secrets
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from integrations.sandbox import store


@dataclass(frozen=True)
class Account:
    """One account at one provider.

    `id` is what the provider calls it (EmailBison: the workspace's number; GoHighLevel: the location). `workspace`
    joins accounts of one agency's client on the page. `rate_max` replaces the provider's own limit per interval.
    """

    provider: str
    id: str
    name: str
    token: str
    workspace: str = ""
    webhook_url: str = ""
    webhook_secret: str = ""
    rate_max: int | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How the control API names it, such as `emailbison:7`."""
        return f"{self.provider}:{self.id}"


def keep(account: Account) -> tuple[Account, bool]:
    """Create or update; True if it is new. The same call twice changes nothing."""
    with store.writing() as db:
        is_new = get(account.key) is None
        sql = (
            "INSERT INTO accounts (key, provider, token, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET token = excluded.token, body = excluded.body"
        )
        db.execute(sql, (account.key, account.provider, account.token, json.dumps(asdict(account))))
    return account, is_new


def get(key: str) -> Account | None:
    """The account of a key such as `ghl:loc_1`."""
    found = store.rows("SELECT body FROM accounts WHERE key = ?", [key])
    return Account(**json.loads(found[0]["body"])) if found else None


def every() -> list[Account]:
    """All accounts, in the order they were made."""
    return [Account(**json.loads(row["body"])) for row in store.rows("SELECT body FROM accounts ORDER BY rowid")]


def by_token(provider: str, token: str) -> Account | None:
    """The account whose bearer token this is."""
    if not token:
        return None
    found = store.rows("SELECT body FROM accounts WHERE provider = ? AND token = ?", [provider, token])
    return Account(**json.loads(found[0]["body"])) if found else None


def new_token(provider: str) -> str:
    """A token that looks like the provider's own; Unipile's one key opens all accounts."""
    if provider == "unipile":
        return "unipile-key-of-the-sandbox"
    if provider == "smartlead":
        return f"{uuid.uuid4()}_{secrets.token_hex(4)[:7]}"
    if provider == "slack":
        return f"xoxb-sandbox-{secrets.token_hex(12)}"
    if provider == "openai":
        return f"sk-sandbox-{secrets.token_hex(16)}"
    return (
        f"pit-{secrets.token_hex(16)}"
        if provider == "ghl"
        else f"{secrets.randbelow(90) + 10}|{secrets.token_urlsafe(30)}"
    )


def forget(key: str) -> None:
    """Empty an account: records, deliveries, log of requests. The account and its counters stay."""
    with store.writing() as db:
        for table in ("records", "deliveries", "requests"):
            db.execute(f"DELETE FROM {table} WHERE account = ?", [key])  # noqa: S608 (names from the line above)
