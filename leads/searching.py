"""What finds a lead: parts of its names, its company, its addresses and numbers, whatever their case and accents.

One piece for everybody who searches leads: the inbox (in a workspace), the operations' admin (in all of them).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from uuid import UUID

from django.db import connection
from django.db.models import CharField, F, Q, Value
from django.db.models.lookups import Contains

from leads import normalizing
from leads.models import SEARCHED_TEXT, Folded, LeadIdentity
from zrg.workspaces.models import Workspace

MOST_WORDS = 6
_MOST_ALTERNATES = 500
_NUMBER = re.compile(r"[\d\s().+/-]{4,}")
_LOOKED_UP = re.compile(r"[a-z0-9]{3}")  # has a trigram; folded text is ASCII


@dataclass(frozen=True)
class Sought:
    """What somebody looks for, folded as the texts are that it is compared with: every word, or one of the ways to
    write the number that all of it is."""

    words: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    @property
    def is_indexed(self) -> bool:
        """False: nothing of it has three letters or digits in a row, which is what the indexes know. Whoever asks then
        bounds how many leads are read."""
        return any(map(_LOOKED_UP.search, self.terms))

    @property
    def terms(self) -> list[str]:
        return [*self.words, *self.numbers]


def sought(text: str, *, region: str = "") -> Sought | None:
    """Read what was typed; None where nothing of it can be looked for. A number may be typed as people of the region
    dial it. No query, or one where there is more than ASCII in it."""
    text = _folded(text.replace("\x00", ""))
    words, numbers = tuple(text.split()[:MOST_WORDS]), _numbers(text, region)
    if numbers and not any(map(_LOOKED_UP.search, words)):
        words = ()
    return Sought(words, numbers) if words or numbers else None


def _folded(text: str) -> str:
    """ASCII is only put into lower case, there as here; anything else the database must say."""
    if text.isascii():
        return text.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT leads_folded(%s)", [text])
        return str(cursor.fetchone()[0])


def _numbers(text: str, region: str) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", text) if _NUMBER.fullmatch(text) else ""
    if len(digits) < 4:
        return ()
    whole = normalizing.phone(text, region).removeprefix("+")
    return (digits,) if digits in whole or not whole else (digits, whole)


def condition(about: Sought, *, workspace: Workspace | None = None) -> Q:
    """On leads: each word, or a number, is in the lead's own text or in another address or number of theirs. One query,
    for the latter. It does not narrow the leads to the workspace; it looks for less where that is known."""
    others = _with_alternates(about, workspace)
    hits = {term: Q(Contains(SEARCHED_TEXT, term)) | Q(pk__in=others.get(term, [])) for term in about.terms}
    numbers = [hits[number] for number in about.numbers]
    words = [reduce(and_, (hits[word] for word in about.words))] if about.words else []
    return reduce(or_, words + numbers)


def _with_alternates(about: Sought, workspace: Workspace | None) -> dict[str, list[UUID]]:
    """For each term the leads (at most 500) with it in an address or number that is not their primary one: those stand
    in no lead's own text."""
    names = LeadIdentity.objects.filter(primary=False, kind__in=["email", "phone"])
    names = names.filter(workspace=workspace) if workspace else names
    hits = {term: names.filter(Contains(Folded(F("value")), term)) for term in filter(_LOOKED_UP.search, about.terms)}
    parts = [of.values_list(Value(term, CharField()), "lead_id")[:_MOST_ALTERNATES] for term, of in hits.items()]
    found: dict[str, list[UUID]] = {}
    for term, lead in parts[0].union(*parts[1:], all=True) if parts else ():
        found.setdefault(term, []).append(lead)
    return found
