"""Lead memory (spec 05): what the conversation says beyond the lead's facts, in its own sentences."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules import words
from integrations.sandbox.openai.rules.dates import PROPOSED

_MEANT = {name: pattern for name, pattern, _ in words.MEANINGS}
_FACT = re.compile(
    r"\b(we|our (team|company|people)|i) (are|is|have|has|use|run|work with|am|employ)\b|\b\d+ (people|employees"
    r"|seats|sites|locations|users|staff)\b|\bwir (haben|sind|nutzen)\b|\bnous (avons|sommes|utilisons)\b"
    r"|\b(tenemos|somos|usamos)\b",
    re.IGNORECASE,
)
_PROMISE = re.compile(
    r"\b(i|we)(('| wi)ll| will) (send|share|check|come back|follow|get|call|let you)\b|\bich schicke\b", re.IGNORECASE
)
_ZONE = re.compile(r"\b(EST|EDT|ET|CST|CDT|CT|MST|MDT|MT|PST|PDT|PT|GMT|BST|CET|CEST)\b")
_ZONES = {
    **dict.fromkeys(("EST", "EDT", "ET"), "America/New_York"),
    **dict.fromkeys(("CST", "CDT", "CT"), "America/Chicago"),
    **dict.fromkeys(("MST", "MDT", "MT"), "America/Denver"),
    **dict.fromkeys(("PST", "PDT", "PT"), "America/Los_Angeles"),
    **dict.fromkeys(("GMT", "BST"), "Europe/London"),
    **dict.fromkeys(("CET", "CEST"), "Europe/Berlin"),
}
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_MOST, _LONGEST = 5, 200


def remember(material: Material) -> dict[str, Any]:
    """The six lists of a memory; nothing that nobody wrote."""
    theirs = [part for one in material.transcript if one.is_inbound for part in sentences(one.text)]
    theirs += [part for part in sentences(material.last_inbound) if part not in theirs]
    ours = [part for one in material.transcript if not one.is_inbound for part in sentences(one.text)]
    zone = _ZONE.search(" ".join(theirs))
    return {
        "objections": _those(theirs, _MEANT["objection"]),
        "constraints": _those(theirs, _MEANT["follow_up"]),
        "promises": _those(ours, _PROMISE),
        "offered_slots": [part for part in ours if PROPOSED.search(part)][-_MOST:],
        "facts": _those(theirs, _FACT),
        "time_zone": _ZONES[zone[1]] if zone else None,
    }


def sentences(text: str) -> list[str]:
    """A text's sentences, without bullets and empty lines."""
    return [part.strip(" \t-*•>") for part in _END.split(text) if part.strip(" \t-*•>")]


def _those(parts: list[str], pattern: re.Pattern[str]) -> list[str]:
    kept = [part[:_LONGEST] for part in parts if pattern.search(part)]
    return list(dict.fromkeys(kept))[-_MOST:]
