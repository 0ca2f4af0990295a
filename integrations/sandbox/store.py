"""The sandbox's memory: one SQLite file, so that a restart keeps the providers' history.

Records are JSON documents of one account and kind, found by a few of their fields; accounts, deliveries, faults and the
log of requests are tables of their own (see `schema.sql`). Keys that begin with `_` are ours and never go on the wire.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import string
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

Record = dict[str, Any]

_SCHEMA = Path(__file__).with_name("schema.sql")
_FIELD = re.compile(r"^[A-Za-z_]+$")
_writing = threading.RLock()  # SQLite has one writer; waiting here is cheaper than its busy loop
_local = threading.local()
_prepared: set[Path] = set()


def connection() -> sqlite3.Connection:
    """This thread's connection; the file and its tables are made on first use."""
    path = settings.DATA_DIR / "sandbox.sqlite3"
    if getattr(_local, "path", None) != path:
        _local.path, _local.connection, _local.depth = path, _opened(path), 0
    return _local.connection


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(path, timeout=30, isolation_level=None)
    opened.row_factory = sqlite3.Row
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=NORMAL")  # a killed process loses nothing; only a power cut could
    with _writing:
        if path not in _prepared:
            opened.executescript(_SCHEMA.read_text())
            _prepared.add(path)
    return opened


@contextmanager
def writing() -> Iterator[sqlite3.Connection]:
    """One transaction for everything inside; nested uses join the outer one."""
    with _writing:
        db = connection()
        if _local.depth:
            yield db
            return
        db.execute("BEGIN IMMEDIATE")
        _local.depth = 1
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        else:
            db.execute("COMMIT")
        finally:
            _local.depth = 0


def rows(sql: str, values: Iterable[object] = ()) -> list[sqlite3.Row]:
    """Everything a SELECT finds."""
    return connection().execute(sql, tuple(values)).fetchall()


def number(account: str, kind: str, *, first: int = 1) -> int:
    """The next number of this kind in this account.

    Counted per account, so two accounts use the same ids (ids are unique per workspace only), and never given twice,
    not even after a reset: the product may remember them.
    """
    sql = (
        "INSERT INTO counters (account, kind, value) VALUES (?, ?, ?) "
        "ON CONFLICT (account, kind) DO UPDATE SET value = value + 1 RETURNING value"
    )
    with writing() as db:
        return int(db.execute(sql, (account, kind, first)).fetchone()["value"])


def random_id(length: int = 20) -> str:
    """Letters and digits, as GoHighLevel makes its ids."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def add(account: str, kind: str, record: Record) -> Record:
    """Keep a new record; it must carry its `id`."""
    with writing() as db:
        sql = "INSERT INTO records (account, kind, id, body) VALUES (?, ?, ?, ?)"
        db.execute(sql, (account, kind, str(record["id"]), _written(record)))
    return record


def save(account: str, kind: str, record: Record) -> Record:
    """Write a changed record back."""
    with writing() as db:
        sql = "UPDATE records SET body = ? WHERE account = ? AND kind = ? AND id = ?"
        db.execute(sql, (_written(record), account, kind, str(record["id"])))
    return record


def get(account: str, kind: str, record_id: object) -> Record | None:
    """One record, or None."""
    sql = "SELECT body FROM records WHERE account = ? AND kind = ? AND id = ?"
    found = rows(sql, (account, kind, str(record_id)))
    return json.loads(found[0]["body"]) if found else None


def find(
    account: str,
    kind: str,
    *,
    search: str = "",
    below: int | None = None,
    limit: int = -1,
    offset: int = 0,
    oldest_first: bool = False,
    **fields: Any,
) -> list[Record]:
    """Records whose fields equal the given ones and whose text contains `search`; newest first.

    `below` gives only numeric ids under it, for paging by cursor.
    """
    where, values = _where(account, kind, search, fields)
    if below is not None:
        where, values = f"{where} AND CAST(id AS INTEGER) < ?", [*values, below]
    order = "" if oldest_first else " DESC"
    sql = f"SELECT body FROM records WHERE {where} ORDER BY seq{order} LIMIT ? OFFSET ?"  # noqa: S608 -- our own names
    return [json.loads(row["body"]) for row in rows(sql, [*values, limit, offset])]


def first(account: str, kind: str, **fields: Any) -> Record | None:
    """The newest record with these fields, or None."""
    found = find(account, kind, limit=1, **fields)
    return found[0] if found else None


def count(account: str, kind: str, *, search: str = "", **fields: Any) -> int:
    """How many records `find` would give without a limit."""
    where, values = _where(account, kind, search, fields)
    return int(rows(f"SELECT count(*) AS n FROM records WHERE {where}", values)[0]["n"])  # noqa: S608 -- our own names


def remove(account: str, kind: str, record_id: object) -> None:
    """Forget one record."""
    with writing() as db:
        db.execute("DELETE FROM records WHERE account = ? AND kind = ? AND id = ?", (account, kind, str(record_id)))


def public(record: Record) -> Record:
    """The record as the provider shows it: without our own keys."""
    return {key: value for key, value in record.items() if not key.startswith("_")}


def _where(account: str, kind: str, search: str, fields: Record) -> tuple[str, list[object]]:
    """Conditions of a look-up. The expressions match the indexes of `schema.sql` letter by letter."""
    parts = ["account = ?", "kind = ?"]
    values: list[object] = [account, kind]
    for field, value in fields.items():
        if not _FIELD.match(field):
            raise ValueError(field)
        parts.append(f"json_extract(body, '$.{field}') IS ?")
        values.append(value)
    if search:
        parts.append("instr(lower(body), lower(?)) > 0")
        values.append(search)
    return " AND ".join(parts), values


def _written(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
