"""What Slack keeps of a workspace: people, channels, the bot's messages."""

from __future__ import annotations

import time
from typing import Any

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.store import Record


def user(account: Account, *, email: str, name: str) -> Record:
    """The person with this e-mail, made on first use."""
    email = email.strip().lower()
    if found := store.first(account.key, "user", email=email):
        return found
    handle = email.partition("@")[0]
    fresh: Record = {
        "id": f"U{store.number(account.key, 'user'):04}",
        "team_id": account.id,
        "name": handle,
        "deleted": False,
        "real_name": name or handle.title(),
        "tz": "America/New_York",
        "is_bot": False,
        "profile": {"email": email, "display_name": handle},
        "email": email,
    }
    return store.add(account.key, "user", fresh)


def public_user(row: Record) -> Record:
    """A person as the API shows them."""
    return {name: value for name, value in store.public(row).items() if name != "email"}


def dm_with(account: Account, person: Record) -> tuple[Record, bool]:
    """The bot's conversation with a person; True if it was open before."""
    if found := store.first(account.key, "channel", user=person["id"]):
        return found, True
    return store.add(account.key, "channel", _channel(f"D{person['id'][1:]}", user=person["id"])), False


def channel(account: Account, name: str, *, is_private: bool = False, is_member: bool = True) -> Record:
    """A channel by its name, made on first use."""
    number = store.number(account.key, "channel")
    fresh = _channel(f"C{number:04}", name=name, is_channel=True, is_private=is_private, is_member=is_member)
    return store.first(account.key, "channel", name=name) or store.add(account.key, "channel", fresh)


def _channel(channel_id: str, **more: Any) -> Record:
    return {"id": channel_id, "is_archived": False, "created": int(time.time()), **more}


def post(account: Account, channel_id: str, *, text: str, blocks: list[Any], hook: bool = False) -> Record:
    """Keep a message of the bot; its `ts` is its name."""
    row = {
        "id": next_ts(account),
        "channel": channel_id,
        "text": text,
        "blocks": blocks,
        "_updates": 0,
        "_hook": hook,
    }
    return store.add(account.key, "message", row)


def next_ts(account: Account) -> str:
    """A moment no other message or click of the account has."""
    return f"{int(time.time())}.{store.number(account.key, 'ts') % 1_000_000:06}"


def message(account: Account, channel_id: str, ts: str) -> Record | None:
    """A message by its identity."""
    found = store.get(account.key, "message", ts)
    return found if found and found["channel"] == channel_id else None


def shown(account: Account, row: Record) -> Record:
    """A message as the API and a click show it."""
    bot = {"bot_id": "B0001", "user": "U0BOT", "team": account.id}
    return {"type": "message", "ts": row["id"], "text": row["text"], "blocks": row["blocks"], **bot}


def buttons(row: Record) -> list[Record]:
    """What can be clicked in a message."""
    rows = [block for block in row["blocks"] if block.get("type") == "actions"]
    return [{**element, "block_id": block.get("block_id", "")} for block in rows for element in block["elements"]]


def words(row: Record) -> str:
    """A message as its reader sees it, in plain text."""
    lines: list[str] = []
    for block in row["blocks"]:
        if "text" in block:
            lines.append(block["text"]["text"])
        lines += [one["text"] for one in block.get("fields", ())]
        lines += [one["text"] for one in block.get("elements", ()) if isinstance(one.get("text"), str)]
    return unescaped("\n".join(lines) or row["text"])


def unescaped(text: str) -> str:
    """As Slack draws it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
