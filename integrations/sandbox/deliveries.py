"""Webhooks on their way to the product: durable rows, delivered by a few threads, retried as each provider does.

Waiting times are compressed to seconds: what EmailBison spreads over a day is over in half a minute here.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import urllib3

from integrations.sandbox import faults, store
from integrations.sandbox.accounts import Account

log = logging.getLogger(__name__)

RETRIES: dict[str, tuple[float, ...]] = {
    "any_non_200": (1, 2, 4, 8, 15),  # EmailBison: up to five times within 24 hours
    "on_429": (1, 2, 3, 4, 5, 6),  # GoHighLevel app webhooks: every ten minutes, up to six times
    "non_2xx_thrice": (1, 2, 4),  # SmartLead, Instantly: up to three times with growing pauses
    "never": (),  # GoHighLevel workflow webhooks
}
TIMEOUT_S = 15.0
_THREADS = 6
_OUT_OF_ORDER_S = 0.4
_http = urllib3.PoolManager(maxsize=_THREADS, retries=False, timeout=TIMEOUT_S)
_news = threading.Condition()


@dataclass(frozen=True)
class Webhook:
    """One body for one address; a text goes out as it is (it may be signed)."""

    event: str
    url: str
    body: object
    headers: dict[str, str]
    retries: str


def queue(account: Account, webhooks: Iterable[Webhook]) -> list[int]:
    """Keep webhooks and wake the couriers; the ids of the deliveries. Faults of kind webhook apply here."""
    with store.writing():
        ids = [row_id for webhook in webhooks for row_id in _kept(account, webhook)]
    with _news:
        _news.notify_all()
    return ids


def _kept(account: Account, webhook: Webhook) -> list[int]:
    fault = faults.take(account, account.provider, faults.WEBHOOK)
    if fault is None:
        return [_insert(account, webhook)]
    if fault.kind == "duplicate":
        return [_insert(account, webhook, note="duplicate" if copy else "") for copy in range(max(fault.copies, 1))]
    if fault.kind == "dropped":
        return [_insert(account, webhook, state="dropped", note="dropped")]
    held = fault.delay_s if fault.delay_s is not None else 5.0
    if fault.kind == "out_of_order":
        held = (fault.delay_s or _OUT_OF_ORDER_S) * (fault.remaining or 1)  # the first of them waits longest
    return [_insert(account, webhook, delay_s=held, note=fault.kind)]


def _insert(account: Account, webhook: Webhook, *, state: str = "pending", delay_s: float = 0, note: str = "") -> int:
    now = time.time()
    sql = (
        "INSERT INTO deliveries (account, event, url, headers, body, retries, state, due_at, created_at, note) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
    body = webhook.body if isinstance(webhook.body, str) else serialised(webhook.body)
    headers = json.dumps(webhook.headers)
    values = (account.key, webhook.event, webhook.url, headers, body, webhook.retries, state, now + delay_s, now, note)
    return int(store.connection().execute(sql, values).lastrowid or 0)


def serialised(body: object) -> str:
    """The JSON text of a body, compact as providers send it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def resend(*, delivery_id: int | None = None, account: str = "", failed_only: bool = True) -> int:
    """Deliver again what failed (or one delivery whatever its state), as a person does on the provider's page."""
    states = ("failed", "dropped") if failed_only else ("failed", "dropped", "delivered")
    marks = ",".join("?" * len(states))
    sql = (
        "UPDATE deliveries SET state = 'pending', attempts = 0, due_at = ?, note = 'sent again' "  # noqa: S608 (marks)
        f"WHERE (? IS NULL OR id = ?) AND (? = '' OR account = ?) AND state IN ({marks})"
    )
    with store.writing() as db:
        again = db.execute(sql, (time.time(), delivery_id, delivery_id, account, account, *states)).rowcount
    with _news:
        _news.notify_all()
    return again


def start() -> None:
    """Take up what a stopped sandbox left behind and start the couriers (threads that end with the process)."""
    with store.writing() as db:
        db.execute("UPDATE deliveries SET state = 'pending' WHERE state = 'sending'")
    for index in range(_THREADS):
        threading.Thread(target=_courier, name=f"courier-{index}", daemon=True).start()


def _courier() -> None:
    while True:
        row = _claim()
        if row is None:
            _wait()
        else:
            _deliver(row)


def _claim() -> dict[str, object] | None:
    sql = (
        "UPDATE deliveries SET state = 'sending', attempts = attempts + 1 WHERE id = "
        "(SELECT id FROM deliveries WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, id LIMIT 1) RETURNING *"
    )
    now = time.time()
    if not store.rows("SELECT 1 FROM deliveries WHERE state = 'pending' AND due_at <= ? LIMIT 1", [now]):
        return None
    with store.writing() as db:
        row = db.execute(sql, [now]).fetchone()
    return dict(row) if row else None


def _wait() -> None:
    due = store.rows("SELECT min(due_at) AS at FROM deliveries WHERE state = 'pending'")[0]["at"]
    with _news:
        _news.wait(timeout=1.0 if due is None else min(max(due - time.time(), 0.005), 1.0))


def _deliver(row: dict[str, object]) -> None:
    headers = {"Content-Type": "application/json", **json.loads(str(row["headers"]))}
    status, error = None, ""
    try:
        answer = _http.request("POST", str(row["url"]), body=str(row["body"]).encode(), headers=headers, redirect=False)
        status = answer.status
    except urllib3.exceptions.HTTPError as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
    _finish(row, status, error)


def _finish(row: dict[str, object], status: int | None, error: str) -> None:
    """Note the answer; decide about another attempt by the provider's own rule."""
    retries, attempts = str(row["retries"]), int(str(row["attempts"]))
    is_done = status == 200 if retries == "any_non_200" else status is not None and 200 <= status < 300
    waits = RETRIES[retries]
    may_retry = attempts <= len(waits) and (
        retries in ("any_non_200", "non_2xx_thrice") or (retries == "on_429" and status == 429)
    )
    state = "delivered" if is_done else "pending" if may_retry else "failed"
    now = time.time()
    due = now + waits[attempts - 1] if state == "pending" else now
    sql = "UPDATE deliveries SET state = ?, due_at = ?, finished_at = ?, last_status = ?, last_error = ? WHERE id = ?"
    with store.writing() as db:
        db.execute(sql, (state, due, None if state == "pending" else now, status, error, row["id"]))


def listed(*, account: str = "", state: str = "", after: int = 0, limit: int = 100) -> list[dict[str, object]]:
    """The log, newest first, with bodies; `after` gives only later ids."""
    where = "(? = '' OR account = ?) AND (? = '' OR state = ?) AND id > ?"
    sql = f"SELECT * FROM deliveries WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 (constant)
    found = store.rows(sql, (account, account, state, state, after, limit))
    return [{**dict(row), "headers": json.loads(row["headers"]), "body": _read(row["body"])} for row in found]


def _read(body: str) -> object:
    """A body for reading: JSON, or the fields of a form."""
    try:
        return json.loads(body)
    except ValueError:
        return dict(parse_qsl(body))


def counts(account: str = "") -> dict[str, int]:
    """How many deliveries are in which state."""
    sql = "SELECT state, count(*) AS n FROM deliveries WHERE (? = '' OR account = ?) GROUP BY state"
    return {row["state"]: row["n"] for row in store.rows(sql, (account, account))}
