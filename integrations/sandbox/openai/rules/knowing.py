"""Finding the sentences of our knowledge that answer what the lead asked: by the words they share."""

from __future__ import annotations

import re

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules.remembering import sentences

_WORD = re.compile(r"[^\W\d_]{4,}")
_PLAIN = frozenset(
    _WORD.findall(
        "about after again also been before being could does doing from have into just like many more most much only "
        "other over said same send should some such than thank thanks that their them then there these they this those "
        "very want were what when where which while will with would your yours tell know please quick need help work "
        "works make team"
    )
)
_MEANS = {
    "cost": "price",
    "costs": "price",
    "pricing": "price",
    "prices": "price",
    "charge": "price",
    "fee": "price",
    "fees": "price",
}
_LONGEST = 260
_LABEL = re.compile(r"^(What we offer|What it achieves|Website): ")


def answers(material: Material, *, most: int = 2) -> list[str]:
    """Sentences of the knowledge and the offer, verbatim, that share words with the lead's message; best first."""
    asked = _words(material.last_inbound)
    ours = [part for name in ("knowledge", "offer") for part in told(material.block(name))]
    scored = [(len(asked & _words(part)), -index, part) for index, part in enumerate(dict.fromkeys(ours))]
    best = sorted((one for one in scored if one[0]), reverse=True)[:most]
    return [part for score, _, part in best if best[0][0] <= 2 * score]


def told(text: str) -> list[str]:
    """Whole sentences of ours, without labels; headings and fragments say nothing by themselves."""
    kept = [_LABEL.sub("", line) for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [part for part in sentences("\n".join(kept)) if part[-1] in ".!" and 15 <= len(part) <= _LONGEST]


def _words(text: str) -> set[str]:
    """The telling words, plurals as singulars."""
    words = {word.lower() for word in _WORD.findall(text)} - _PLAIN
    return {_MEANS.get(word) or word.removesuffix("s") for word in words}
