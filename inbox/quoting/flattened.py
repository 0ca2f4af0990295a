"""Puts the line breaks back where a platform delivered a mail as one long line. Pure.

Only the places are restored that tell the reply from its history.
"""

import re

MOST_BREAKS = 4
SHORTEST = 60
MOST_TRIES = 20
LONGEST_VALUE = 200

WROTE = re.compile(
    r"\s((?:On|Le|El|Il|Em|Am|Op|Den)\s[^<>\n]{6,80}<[^<>\s]{3,100}>\)?,?"
    r"(?:\s(?:wrote|a écrit|escribió|ha scritto|escreveu))?\s?:)(?=\s)"
)
LABELS = (
    ("From:", "Sent:", "To:", "Subject:"),
    ("From:", "Date:", "To:", "Subject:"),
    ("Von:", "Gesendet:", "An:", "Betreff:"),
    ("De :", "Envoyé :", "À :", "Objet :"),
    ("De:", "Enviado:", "Para:", "Asunto:"),
    ("De:", "Enviado el:", "Para:", "Asunto:"),
    ("De:", "Enviada em:", "Para:", "Assunto:"),
    ("Da:", "Inviato:", "A:", "Oggetto:"),
    ("Van:", "Verzonden:", "Aan:", "Onderwerp:"),
)


def with_breaks(text: str) -> str:
    """Return `text` with breaks before an attribution or header block inside a line."""
    if len(text) < SHORTEST or text.count("\n") > MOST_BREAKS:
        return text
    text = WROTE.sub(r"\n\1\n", text, count=1)
    for labels in LABELS:
        text = _with_block(text, labels)
    return text


def _with_block(text: str, labels: tuple[str, ...]) -> str:
    """Break before each label of the first header block that stands inside a line."""
    start = 0
    for _ in range(MOST_TRIES):
        start = text.find(f" {labels[0]} ", start)
        if start < 0:
            break
        places = _places(text, start, labels)
        if places:
            places[0] = text.rfind(f" {labels[0]} ", start, places[1])
            return _broken(text, places)
        start += 1
    return text


def _places(text: str, start: int, labels: tuple[str, ...]) -> list[int]:
    """Where the labels stand, in order and near each other; empty if one is missing."""
    places = [start]
    for label in labels[1:]:
        place = text.find(f" {label} ", places[-1] + 1, places[-1] + LONGEST_VALUE)
        if place < 0:
            return []
        places.append(place)
    block = text[start : places[-1]]
    return places if "\n" not in block and any(character.isdigit() for character in block) else []


def _broken(text: str, places: list[int]) -> str:
    pieces = [text[: places[0]]]
    for place, after in zip(places, [*places[1:], len(text)], strict=True):
        pieces.append(text[place + 1 : after])
    return "\n".join(pieces)
