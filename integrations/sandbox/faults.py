"""Faults on demand: what the provider shall do wrong, to which operation, how many times."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.sandbox import store
from integrations.sandbox.accounts import Account

# What a provider can do wrong; what only one of them can is on its side (sides.py).
ANSWERS = {
    "error_500": "an internal error, nothing done",
    "rate_limited": "429, nothing done",
    "no_answer": "done, then the line goes dead: closed at once, or silent for delay_s",
    "malformed": "done, but the answer is no JSON",
    "slow": "done, after delay_s (2)",
    "drip": "done, the answer comes in drops over delay_s (2)",
    "refused": "a permanent refusal (400, with `message`), nothing done",
    "unauthorized": "401 though the token is right",
    "success_false": "200 that says no: success: false (EmailBison, SmartLead) or error (Instantly), nothing done",
    "dnd": "400: do-not-disturb is on (GoHighLevel)",
    "hang_up": "the line is closed before anything is done",
}
WEBHOOKS = {
    "duplicate": "delivered `copies` (2) times",
    "out_of_order": "held back, so that the `times` webhooks arrive in reverse order",
    "delayed": "held back for delay_s (5)",
    "dropped": "never delivered",
}
KINDS = ANSWERS | WEBHOOKS
WEBHOOK = "webhook"  # the operation of everything that is delivered to us


@dataclass(frozen=True)
class Fault:
    """One planned misbehaviour. `operation` may be `*` (every API call), `remaining` None (until removed)."""

    id: int
    provider: str
    account: str
    operation: str
    kind: str
    remaining: int | None
    delay_s: float | None
    copies: int
    message: str


def plan(
    *,
    provider: str,
    operation: str,
    kind: str,
    account: str = "",
    times: int | None = None,
    delay_s: float | None = None,
    copies: int = 2,
    message: str = "",
) -> Fault:
    """Add a fault; webhook kinds always go to the operation `webhook`."""
    operation = WEBHOOK if kind in WEBHOOKS else operation
    sql = (
        "INSERT INTO faults (provider, account, operation, kind, remaining, delay_s, copies, message) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *"
    )
    with store.writing() as db:
        return Fault(
            **dict(db.execute(sql, (provider, account, operation, kind, times, delay_s, copies, message)).fetchone())
        )


def take(account: Account | None, provider: str, operation: str) -> Fault | None:
    """The oldest fault that fits this call, used up by one; None if all is well.

    A call without an account (wrong token) meets only faults that name no account.
    """
    wanted = (operation,) if operation == WEBHOOK else (operation, "*")
    if not store.rows("SELECT 1 FROM faults LIMIT 1"):
        return None  # the usual case costs no write
    with store.writing() as db:
        sql = (
            "SELECT * FROM faults WHERE provider IN (?, '*') AND account IN (?, '') AND operation IN (?, ?) "
            "AND (remaining IS NULL OR remaining > 0) ORDER BY id LIMIT 1"
        )
        key = account.key if account else ""
        row = db.execute(sql, (provider, key, wanted[0], wanted[-1])).fetchone()
        if row is None:
            return None
        db.execute("UPDATE faults SET remaining = remaining - 1 WHERE id = ?", [row["id"]])
        db.execute("DELETE FROM faults WHERE remaining <= 0")
    return Fault(**dict(row))


def planned() -> list[Fault]:
    """Everything still to go wrong."""
    return [Fault(**dict(row)) for row in store.rows("SELECT * FROM faults ORDER BY id")]


def lift(*, fault_id: int | None = None, provider: str = "", account: str = "") -> int:
    """Remove one fault, those of a provider or account, or all; how many."""
    with store.writing() as db:
        sql = "DELETE FROM faults WHERE (? IS NULL OR id = ?) AND (? = '' OR provider = ?) AND (? = '' OR account = ?)"
        return db.execute(sql, (fault_id, fault_id, provider, provider, account, account)).rowcount
