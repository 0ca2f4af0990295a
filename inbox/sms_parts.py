"""How many parts an SMS is sent as: pure (GSM 03.38; each part is paid for)."""

from __future__ import annotations

from dataclasses import dataclass

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")  # each takes two places

GSM_ONE, GSM_MANY = 160, 153
UCS2_ONE, UCS2_MANY = 70, 67


@dataclass(frozen=True)
class Parts:
    """`left`: places free in the last part."""

    encoding: str
    parts: int
    left: int


def count(text: str) -> Parts:
    """Parts of a text; an empty one has none. A two-place character is never cut between two parts."""
    if all(letter in GSM or letter in EXTENDED for letter in text):
        widths, one, many, encoding = [2 if letter in EXTENDED else 1 for letter in text], GSM_ONE, GSM_MANY, "GSM-7"
    else:
        widths, one, many, encoding = (
            [2 if ord(letter) > 0xFFFF else 1 for letter in text],
            UCS2_ONE,
            UCS2_MANY,
            "UCS-2",
        )
    if not widths:
        return Parts(encoding, 0, one)
    if sum(widths) <= one:
        return Parts(encoding, 1, one - sum(widths))
    parts, used = 1, 0
    for width in widths:
        if used + width > many:
            parts, used = parts + 1, 0
        used += width
    return Parts(encoding, parts, many - used)
