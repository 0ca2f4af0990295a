"""What stays of a text once everything that may not be in it is cut out, sentence by sentence. Pure.

A text that no model could mend is not shown with what is wrong in it: no draft ever contains that. What is left is for
a person to complete; if nothing sensible is left, there is no draft.
"""

from __future__ import annotations

import re

from inbox.drafting.guards import Allowed, problems

LEAST_WORDS = 6
_ROUNDS = 3
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=\S)|\n+")


def without_problems(text: str, allowed: Allowed) -> str:
    """The text without the sentences and lines that hold a problem; empty if too little is left."""
    for _ in range(_ROUNDS):
        if not problems(text, allowed):
            return text if len(text.split()) >= LEAST_WORDS else ""
        text = _kept(text, allowed)
    return text if not problems(text, allowed) and len(text.split()) >= LEAST_WORDS else ""


def _kept(text: str, allowed: Allowed) -> str:
    paragraphs = (
        " ".join(piece for piece in _SENTENCE.split(line) if piece.strip() and not _is_bad(piece, allowed))
        for line in text.split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).strip()


def _is_bad(piece: str, allowed: Allowed) -> bool:
    """Not for its length: that is the whole text's."""
    return any(found.kind not in {"length", "empty"} for found in problems(piece, allowed))
