"""Text as the search compares it: in lower case, without accents, in ASCII whatever its script (ADR 12)."""

from __future__ import annotations

import pgtrigger
from django.db.models import Func, TextField
from django.db.models.functions import Coalesce


class Folded(Func):
    """`leads_folded` of the database (migration 0009 says how). Rows hold what it made of them, and an index holds it
    of every other address: what it does must never change. Other rules are a function of another name."""

    function = "leads_folded"
    arity = 1
    output_field = TextField()


_TEXT = " || ' ' || ".join(f'NEW."{name}"' for name in ("first_name", "last_name", "email", "phone", "company"))

# What a lead is searched by. ASCII, as most leads are, is folded by being in lower case. Anything else is folded when
# it is written, not when it is compared: a page of a common name compares thousands.
SEARCHED_TEXT = Coalesce("folded_text", "search_text")
FOLD = pgtrigger.Trigger(
    name="fold",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("first_name", "last_name", "email", "phone", "company"),
    condition=pgtrigger.Condition(f'octet_length({_TEXT}) > length({_TEXT}) OR NEW."folded_text" IS NOT NULL'),
    func=f'NEW."folded_text" := NULLIF(leads_folded({_TEXT}), lower({_TEXT})); RETURN NEW;',
)
