"""What happens in Slack without ZRG: people join, channels are made, somebody clicks."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.slack import events, records
from integrations.sandbox.store import Record

APPROVE = "approve_send"


def user(given: Given) -> Record:
    """A person with an e-mail joins; `deleted` switches the account off or on again."""
    account = given.account("slack")
    made = records.user(account, email=given.needed("email"), name=given.text("name"))
    made = store.save(account.key, "user", {**made, "deleted": given.flag("deleted")})
    return {"user": records.public_user(made)}


def channel(given: Given) -> Record:
    """A channel by name."""
    account = given.account("slack")
    is_private, is_member = given.flag("is_private"), given.flag("is_member", default=True)
    made = records.channel(account, given.needed("name"), is_private=is_private, is_member=is_member)
    return {"channel": store.public(made)}


def click(given: Given) -> Record:
    """Somebody clicks a button of a message: by default the newest one, as the person it was written to, on Approve.

    `times` is a double click: each has a moment of its own. `copies` delivers the same click again. `value`, `secret`
    and `age_s` let it be a forged or a late one."""
    account = given.account("slack")
    if not account.webhook_url:
        raise BadOrder("The account has no webhook_url: where are clicks to go?")
    message = _message(account, given)
    person = _person(account, given, message)
    button = _button(message, given)
    told: list[int] = []
    for _ in range(given.number("times", 1) or 1):
        body = events.payload(account, person, message, button)
        secret = given.fields.get("secret")
        told += events.send(
            account,
            body,
            times=given.number("copies", 1) or 1,
            age_s=given.number("age_s", 0) or 0,
            secret=None if secret is None else str(secret),
        )
    return {"message": store.public(message), "user": records.public_user(person), "deliveries": told}


def delete_message(given: Given) -> Record:
    """Somebody deletes a message of the bot."""
    account = given.account("slack")
    message = _message(account, given)
    store.remove(account.key, "message", message["id"])
    return {"message": store.public(message)}


def _message(account: Account, given: Given) -> Record:
    """By `ts`; else the newest to `user`; else the newest."""
    if ts := given.text("ts"):
        found = store.get(account.key, "message", ts)
    elif given.text("user") and not given.flag("foreign"):
        dm, _ = records.dm_with(account, _known(account, given))
        found = store.first(account.key, "message", channel=dm["id"])
    else:
        found = store.first(account.key, "message", _hook=False)
    if found is None:
        raise BadOrder("There is no such message.")
    return found


def _person(account: Account, given: Given, message: Record) -> Record:
    if given.text("user"):
        return _known(account, given)
    dm = store.get(account.key, "channel", message["channel"]) or {}
    found = store.get(account.key, "user", dm.get("user", ""))
    if found is None:
        raise BadOrder("Say which user clicks: an id or an e-mail.")
    return found


def _known(account: Account, given: Given) -> Record:
    name = given.needed("user")
    found = store.get(account.key, "user", name) or store.first(account.key, "user", email=name.lower())
    if found is None:
        raise BadOrder(f"There is no {name} in this Slack.")
    return found


def _button(message: Record, given: Given) -> Record:
    """The message's own button; a given `value` makes one where there is none, as an old screen would."""
    wanted = given.text("action_id", APPROVE)
    found = next((one for one in records.buttons(message) if one["action_id"] == wanted), None)
    if found is None and not given.text("value"):
        raise BadOrder(f"This message has no button {wanted}.")
    made = found or {"action_id": wanted, "block_id": "", "text": {"type": "plain_text", "text": wanted}}
    return {**made, "value": given.text("value")} if given.text("value") else made


ACTS: dict[str, Callable[[Given], Record]] = {
    "user": user,
    "channel": channel,
    "click": click,
    "delete-message": delete_message,
}
