"""The words the guards speak: what may stand in a draft, and what was found that may not."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_FOUND = 80


class Kind(StrEnum):
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    TIME = "time"
    DATE = "date"
    PRICE = "price"
    PLACEHOLDER = "placeholder"
    SIGNATURE = "signature"
    FENCE = "fence"
    LENGTH = "length"
    EMPTY = "empty"
    MARKUP = "markup"
    PROMISE = "promise"


@dataclass(frozen=True)
class Allowed:
    """Everything a draft may draw on.

    `ours` is what the workspace itself wrote: settings, persona, knowledge, website, previous outbound messages. What
    only the lead wrote never belongs in it: a link or a number from there could be planted.
    """

    ours: tuple[str, ...] = ()
    offered_times: tuple[str, ...] = ()  # as they must stand in the draft, word for word
    lead_signature: tuple[str, ...] = ()  # its lines
    lead_contacts: tuple[str, ...] = ()  # addresses, numbers, profiles and links of the lead
    channel: str = "email"
    max_chars: int = 0  # 0: the channel's own limit
    our_names: tuple[str, ...] = ()  # who may sign


@dataclass(frozen=True)
class Problem:
    """One thing found in a draft, with a sentence for the person who reviews it."""

    kind: Kind
    found: str
    words: str


def problem(kind: Kind, found: str, words: str) -> Problem:
    """A problem whose `found` is one short line; `{}` in `words` stands for it."""
    short = " ".join(found.split())
    if len(short) > LONGEST_FOUND:
        short = short[: LONGEST_FOUND - 1] + "…"
    return Problem(kind, short, words.replace("{}", f"“{short}”"))
