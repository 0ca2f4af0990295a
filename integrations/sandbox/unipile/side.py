"""Unipile for the control API and the page."""

from __future__ import annotations

from integrations.sandbox import store
from integrations.sandbox.accounts import Account
from integrations.sandbox.given import Given
from integrations.sandbox.sides import Letter, Person, Side
from integrations.sandbox.store import Record
from integrations.sandbox.unipile import acts, records

_FAR = {"SECOND_DEGREE": "not connected", "THIRD_DEGREE": "not connected", "OUT_OF_NETWORK": "out of the network"}


def set_up(account: Account, given: Given) -> None:
    """Nothing: people come as they write or are made."""


def person(account: Account, name: str) -> Person | None:
    """Somebody by member id, public id or the joining e-mail."""
    found = records.member(account, name) or store.first(account.key, "member", _email=name.lower())
    return _person(account, found) if found else None


def people(account: Account, limit: int, search: str) -> list[Person]:
    """The newest first."""
    return [_person(account, one) for one in store.find(account.key, "member", limit=limit, search=search)]


def letters(account: Account, who: Person) -> list[Letter]:
    """Messages and open connection requests, oldest first."""
    said = [_letter(account, row) for row in store.find(account.key, "message", oldest_first=True, _lead=who.id)]
    asked = store.find(account.key, "invitation", invited_user_id=who.id, _open=1)
    return sorted([*said, *(_request(account, row) for row in asked)], key=lambda letter: letter.at)


def sent(account: Account, limit: int) -> list[Letter]:
    """What the product sent, newest first."""
    said = [_letter(account, row) for row in store.find(account.key, "message", limit=limit, _via="api")]
    asked = [_request(account, row) for row in store.find(account.key, "invitation", limit=limit, _open=1)]
    return sorted([*said, *asked], key=lambda letter: letter.at, reverse=True)


def _person(account: Account, who: Record) -> Person:
    blocked = _FAR.get(who["network_distance"], "")
    return Person(account.key, who["id"], records.full_name(who), who["_email"], who["_phone"], blocked)


def _letter(account: Account, row: Record) -> Letter:
    who = store.get(account.key, "member", row["_lead"])
    name = records.full_name(who) if who else row["_lead"]
    return Letter(
        account=account.key,
        channel="linkedin",
        id=row["id"],
        at=row["timestamp"],
        direction="out" if row["is_sender"] else "in",
        via=row["_via"],
        sender=account.name if row["is_sender"] else name,
        to=[row["_lead"]] if row["is_sender"] else [],
        subject=row["subject"] or "",
        text=row["text"],
        lead=row["_lead"],
        thread=row["chat_id"],
    )


def _request(account: Account, row: Record) -> Letter:
    return Letter(
        account=account.key,
        channel="linkedin",
        id=row["id"],
        at=row["parsed_datetime"],
        direction="out",
        via="api",
        sender=account.name,
        to=[row["invited_user_id"]],
        subject="",
        text=row["invitation_text"],
        lead=row["invited_user_id"],
        state="connection request",
    )


SIDE = Side("unipile", "LinkedIn (Unipile)", "linkedin", acts.ACTS, set_up, people, letters, sent, person)
