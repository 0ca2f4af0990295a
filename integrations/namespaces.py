"""Whose number is it? EmailBison numbers leads, mails and campaigns within each account anew: lead 17 of one is not
lead 17 of another. Pure.

A workspace's first account of a provider keeps its numbers as they are; each further one has a namespace, which stands
before its numbers everywhere above this app: "2:17". They are put on where something comes in and taken off where
something goes out, so adapters know only their own account's, and the floors above only unique ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from integrations.events import CampaignRef, Event, MessageReceived, Person
from integrations.providers.base import Outgoing, Receipt

E = TypeVar("E", bound=Event)

THREAD_KEY = "namespace"  # of a message's thread: whose it is; no key for the first account

# The same in every account.
_OF_NO_ACCOUNT = {"linkedin_member", "linkedin_url", "rfc"}
_NUMBER = re.compile(r"(?:([0-9]+):)?(.*)", re.DOTALL)


def within(namespace: str, number: str) -> str:
    """An account's number as everybody but the provider writes it."""
    return f"{namespace}:{number}" if namespace and number else number


def is_own_thread(thread: Mapping[str, str], namespace: str) -> bool:
    """Whether an answer into this thread can go through the account."""
    return thread.get(THREAD_KEY, "") == namespace


# ── Coming in ──────────────────────────────────────────────────────────────────
def inside(event: E, namespace: str) -> E:
    """What an account told us, its numbers told apart from those of others."""
    if not namespace:
        return event
    parts = {name: put_on for name, put_on in _PUT_ON.items() if hasattr(event, name)}
    return replace(event, **{name: put_on(getattr(event, name), namespace) for name, put_on in parts.items()})


def receipt_inside(receipt: Receipt, namespace: str) -> Receipt:
    """The same of what became of a message of ours."""
    if not namespace:
        return receipt
    return replace(
        receipt,
        ids=_ids(receipt.ids, namespace),
        thread=_thread(receipt.thread, namespace),
        person_names=_names(receipt.person_names, namespace),
    )


def _person(person: Person, namespace: str) -> Person:
    return replace(person, names=_names(person.names, namespace))


def _names(names: Collection[tuple[str, str]], namespace: str) -> tuple[tuple[str, str], ...]:
    return tuple((kind, value if kind in _OF_NO_ACCOUNT else within(namespace, value)) for kind, value in names)


def _ids(ids: Mapping[str, str], namespace: str) -> dict[str, str]:
    return {kind: value if kind in _OF_NO_ACCOUNT else within(namespace, value) for kind, value in ids.items()}


def _thread(thread: Mapping[str, str], namespace: str) -> dict[str, str]:
    return {**thread, THREAD_KEY: namespace}


def _campaign(campaign: CampaignRef | None, namespace: str) -> CampaignRef | None:
    return campaign and replace(campaign, external_id=within(namespace, campaign.external_id))


def _reply(reply: MessageReceived | None, namespace: str) -> MessageReceived | None:
    return reply and inside(reply, namespace)


_PUT_ON: dict[str, Any] = {
    "person": _person,
    "ids": _ids,
    "thread": _thread,
    "campaign": _campaign,
    "reply": _reply,
}


# ── Going out ──────────────────────────────────────────────────────────────────
def outside(outgoing: Outgoing, namespace: str) -> Outgoing:
    """A message as the account's provider understands it, in a thread of that account."""
    thread = {name: value for name, value in outgoing.thread.items() if name != THREAD_KEY}
    return replace(outgoing, person=person_outside(outgoing.person, namespace), thread=thread)


def person_outside(person: Person, namespace: str) -> Person:
    """A person by the names the account has for them: numbers of other accounts are other people there."""
    names = ((kind, value if kind in _OF_NO_ACCOUNT else _own(value, namespace)) for kind, value in person.names)
    return replace(person, names=tuple((kind, value) for kind, value in names if value))


def numbers_outside(numbers: Collection[str], namespace: str) -> set[str]:
    """Of these numbers, those of the account, as it writes them."""
    return {own for number in numbers if (own := _own(number, namespace))}


@dataclass(frozen=True, slots=True)
class Known:
    """Asked with an account's own numbers whether one is among those we know."""

    numbers: Container[str]
    namespace: str

    def __contains__(self, number: object) -> bool:
        return within(self.namespace, str(number)) in self.numbers


def _own(number: str, namespace: str) -> str:
    """The number without its namespace; empty where it is another account's."""
    whose, bare = _NUMBER.fullmatch(number).groups()  # type: ignore[union-attr]  # matches every text
    return bare if (whose or "") == namespace else ""
