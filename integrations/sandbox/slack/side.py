"""Slack for the control API and the page: the agency's own people, who read what ZRG's bot writes and click."""

from __future__ import annotations

from integrations.sandbox import clock, store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import Given
from integrations.sandbox.sides import Button, Letter, Person, Side
from integrations.sandbox.slack import acts, records
from integrations.sandbox.store import Record


def set_up(account: Account, given: Given) -> None:
    """Let people in: `users` are e-mails."""
    for email in given.words("users"):
        records.user(account, email=email, name="")


def person(account: Account, name: str) -> Person | None:
    """Somebody by id or e-mail."""
    found = store.get(account.key, "user", name) or store.first(account.key, "user", email=name.lower())
    return _person(account, found) if found else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """Everybody in this Slack, in the order they joined."""
    rows = store.find(account.key, "user", limit=limit, search=search, oldest_first=True)
    return [_person(account, row) for row in rows]


def letters(account: Account, who: Person) -> list[Letter]:
    """What the bot wrote to somebody, oldest first."""
    dm = store.first(account.key, "channel", user=who.id)
    rows = store.find(account.key, "message", oldest_first=True, channel=dm["id"]) if dm else []
    return [_letter(account, row) for row in rows]


def sent(account: Account, limit: int) -> list[Letter]:
    """Everything the product wrote, newest first, alerts too."""
    return [_letter(account, row) for row in store.find(account.key, "message", limit=limit)]


def _person(account: Account, row: Record) -> Person:
    return Person(account.key, row["id"], row["real_name"], row["email"], "", "switched off" if row["deleted"] else "")


def _letter(account: Account, row: Record) -> Letter:
    channel = store.get(account.key, "channel", row["channel"]) or {}
    reader = store.get(account.key, "user", channel.get("user", "")) or {}
    return Letter(
        account=account.key,
        channel="slack",
        id=row["id"],
        at=clock.from_epoch(float(row["id"])),
        direction="out",
        via="api",
        sender="ZRG",
        to=[reader.get("email") or f"#{channel.get('name', '')}"],
        subject="",
        text=records.words(row),
        lead=reader.get("id", ""),
        thread=row["channel"],
        state="updated" if row["_updates"] else "",
        buttons=[_button(one) for one in records.buttons(row)],
    )


def _button(element: Record) -> Button:
    return Button(element["text"]["text"], element["action_id"], element.get("url", ""))


SIDE = Side(
    "slack",
    "Slack",
    "slack",
    acts.ACTS,
    set_up,
    people,
    letters,
    sent,
    person,
    cannot=frozenset({"dnd", "out_of_order"}),
    operations=("open", "update", "channels", "hook"),
)
