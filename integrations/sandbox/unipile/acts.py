"""What happens on LinkedIn without the product: leads write and accept, the owner uses the phone, sign-ins expire."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.store import Record
from integrations.sandbox.unipile import events, records

_DEGREES = {"1": records.FIRST, "2": records.SECOND, "3": "THIRD_DEGREE", "0": "OUT_OF_NETWORK"}
_STATES = ("CREDENTIALS", "STOPPED", "ERROR", "DELETED", "CONNECTING")


def person(given: Given) -> Record:
    """Make somebody, or change who is there (found by `lead` or `public_identifier`); `degree` 1, 2, 3 or 0 (out of
    network). `email` and `phone` only join them with the same person of other accounts on the page."""
    account = given.account("unipile")
    name = given.text("lead") or given.text("public_identifier")
    known = records.member(account, name) if name else None
    fields = {
        "headline": given.text("headline"),
        "network_distance": _degree(given) if given.text("degree") else "",
        "_email": given.text("email").lower(),
        "_phone": given.text("phone"),
    }
    if known:
        changed = {name: value for name, value in fields.items() if value}
        return {"person": store.save(account.key, "member", {**known, **changed})}
    identity = {"id": given.text("provider_id"), "public_identifier": given.text("public_identifier").lower()}
    made = records.new_member(account, given.needed("first_name"), given.text("last_name"), **identity, **fields)
    return {"person": made}


def message(given: Given) -> Record:
    """The lead writes; who has never been written to becomes a relation by that."""
    account = given.account("unipile")
    who = _near(account, _found(account, given))
    return _written(account, who, given.needed("text"), is_own=False, via="lead")


def own_message(given: Given) -> Record:
    """The account's owner writes on the phone."""
    account = given.account("unipile")
    who = _near(account, _found(account, given))
    return _written(account, who, given.needed("text"), is_own=True, via="hand")


def accept(given: Given) -> Record:
    """The lead accepts the open connection request: its note becomes the first message of a chat."""
    account = given.account("unipile")
    who = _found(account, given)
    request = records.open_request(account, who)
    if request is None:
        raise BadOrder("There is no open connection request to this person.")
    store.save(account.key, "invitation", {**request, "_open": 0})
    who = _near(account, who)
    told: Record = {"deliveries": []}
    if note := request["invitation_text"]:
        told = _written(account, who, note, is_own=True, via="api")
    return {**told, "deliveries": [*told["deliveries"], *events.new_relation(account, who)]}


def disconnect(given: Given) -> Record:
    """The account stops working: `status` CREDENTIALS (default), STOPPED, ERROR, DELETED or CONNECTING."""
    account, status = given.account("unipile"), given.text("status", "CREDENTIALS").upper()
    if status not in _STATES:
        raise BadOrder(f"status must be one of {', '.join(_STATES)}.")
    records.set_state(account, status)
    return {"status": status, "deliveries": events.account_status(account, status)}


def reconnect(given: Given) -> Record:
    """Somebody signs in again: RECONNECTED, then OK."""
    account = given.account("unipile")
    records.set_state(account, records.OK)
    told = [number for status in ("RECONNECTED", "OK") for number in events.account_status(account, status)]
    return {"status": records.OK, "deliveries": told}


def _written(account: Account, who: Record, text: str, *, is_own: bool, via: str) -> Record:
    chat = records.chat_with(account, who)
    row = records.new_message(account, chat, text, is_own=is_own, via=via)
    told = events.message(account, chat, row)
    return {"message": store.public(row), "chat": store.public(chat), "deliveries": told}


def _near(account: Account, who: Record) -> Record:
    if who["network_distance"] == records.FIRST:
        return who
    return store.save(account.key, "member", {**who, "network_distance": records.FIRST})


def _degree(given: Given) -> str:
    if given.text("degree") not in _DEGREES:
        raise BadOrder("degree must be 1, 2, 3 or 0 (out of network).")
    return _DEGREES[given.text("degree")]


def _found(account: Account, given: Given) -> Record:
    found = records.member(account, given.needed("lead"))
    if found is None:
        raise BadOrder(
            "There is no such person. Give their member id or public id as lead, or make them with `person`."
        )
    return found


ACTS: dict[str, Callable[[Given], Record]] = {
    "person": person,
    "message": message,
    "own-message": own_message,
    "accept": accept,
    "disconnect": disconnect,
    "reconnect": reconnect,
}
