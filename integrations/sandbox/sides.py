"""What every provider's folder offers to the control API and the page, and the one table of providers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from integrations.sandbox.accounts import Account
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.store import Record

# The folder `integrations/sandbox/<folder>` speaks for the provider; its addresses are under `/<provider>/`.
PROVIDERS = {
    "emailbison": "emailbison",
    "ghl": "ghl",
    "smartlead": "smartlead",
    "instantly": "instantly",
    "unipile": "unipile",
    "slack": "slack",
    "openai": "openai",
}


@dataclass(frozen=True)
class Person:
    """A lead as one account knows it. `blocked` says what the provider won't send any more."""

    account: str
    id: str
    name: str
    email: str
    phone: str
    blocked: str = ""


@dataclass(frozen=True)
class Button:
    """A button below a message; one with a `url` leads there, the others are clicked."""

    text: str
    action: str
    url: str = ""


@dataclass(frozen=True)
class Letter:
    """One message between a lead and the agency, seen from the provider's side.

    `direction` is the product's: `in` was written by the lead. `via` says who wrote it: lead, api (the product),
    campaign, hand (a person on the provider's own page). `at` is UTC; `thread` joins what a mail program joins.
    """

    account: str
    channel: str
    id: str
    at: str
    direction: str
    via: str
    sender: str
    to: list[str]
    subject: str
    text: str
    lead: str
    thread: str = ""
    cc: list[str] = field(default_factory=list)
    html: str = ""
    state: str = ""
    buttons: list[Button] = field(default_factory=list)


@dataclass(frozen=True)
class Side:
    """One provider: its acts, and its answers to "who is there?" and "what was written?".

    `faults` are those only it can have, `cannot` those it can't; `operations` are calls only it knows, and `operation`
    is how the order of a fault names one.
    """

    name: str
    label: str
    channel: str
    acts: Mapping[str, Callable[[Given], Record]]
    set_up: Callable[[Account, Given], None]
    people: Callable[[Account, int, str], list[Person]]
    letters: Callable[[Account, Person], list[Letter]]
    sent: Callable[[Account, int], list[Letter]]
    person: Callable[[Account, str], Person | None]
    has_leads: bool = True
    faults: Mapping[str, str] = field(default_factory=dict)
    cannot: frozenset[str] = frozenset()
    operations: tuple[str, ...] = ()
    operation: Callable[[str], str] = str


@cache
def side_of(provider: str) -> Side:
    """The provider's side, loaded on first use."""
    folder = PROVIDERS.get(provider)
    if folder is None:
        raise BadOrder(f"Unknown provider {provider!r}. Known: {', '.join(PROVIDERS)}.")
    side: Side = import_module(f"integrations.sandbox.{folder}.side").SIDE
    return side
