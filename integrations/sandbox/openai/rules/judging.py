"""Checking a draft and deciding about it: verifier, gate, evaluator (spec 06)."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules.dates import CLOCK
from integrations.sandbox.openai.rules.phrases import PHRASES
from integrations.sandbox.openai.rules.remembering import sentences
from integrations.sandbox.openai.rules.sentiment import is_odd, judged
from integrations.sandbox.openai.rules.signing import EMAIL, URL

_PRICE = re.compile(r"(?:[$€£]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:USD|EUR|GBP|dollars|euros?|€|£)\b|\d+\s?%)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{?[^{}\n]*\}?\}|\[[A-Z][\w ]{1,30}\]|<[A-Za-z_ ]{2,30}>|\bXX+\b|\bTBD\b")
_FENCE = re.compile(r"<\s?<\s*(?:data|end)\b", re.IGNORECASE)
_KINDS = (
    ("a link that was not given", URL),
    ("an address that was not given", EMAIL),
    ("a price that was not given", _PRICE),
    ("a time that was not offered", CLOCK),
)
_NAMED = re.compile(r"[“\"‘']([^“”\"‘’']{2,200})[”\"’']")
_POLITE = re.compile(
    r"^\W*(thanks?( you)?|thx|ok(ay)?|great|cheers|got it|perfect|danke|merci|gracias|grazie)[\s!.]*$", re.IGNORECASE
)
_POSITIVE = ("info_requested", "interested", "meeting_requested")
_LONGEST = 2_000


def verify(material: Material) -> dict[str, Any]:
    """ok, or what is wrong and the draft without the sentences that are."""
    draft = material.block("draft")
    checked = [line.strip(" -*") for line in material.block("checks").splitlines() if line.strip(" -*")]
    found = [*checked, *problems(_unsigned(draft), material)]
    return {"ok": not found, "problems": found, "corrected": corrected(draft, material) if found else None}


def _unsigned(draft: str) -> str:
    """Without its signature, which the verifier is not told."""
    body, _, last = draft.strip().rpartition("\n\n")
    return body if body and not any(line.rstrip()[-1:] in (".", "!", "?") for line in last.splitlines()) else draft


def problems(draft: str, material: Material) -> list[str]:
    """What the draft says that neither our knowledge nor what we wrote before holds."""
    ours = [material.block(name) for name in ("offer", "knowledge", "scheduling", "questions")]
    ours += [one.text for one in material.transcript if not one.is_inbound]
    given = "\n".join([material.instructions, *ours])
    found = [
        f"{what}: {match[0].strip()}"
        for what, pattern in _KINDS
        for match in pattern.finditer(draft)
        if match[0].strip(" .,") not in given
    ]
    found += [f"a placeholder: {match[0]}" for match in _PLACEHOLDER.finditer(draft)]
    found += ["a mark of the input"] * bool(_FENCE.search(draft)) + ["too long"] * (len(draft) > _LONGEST)
    return found + ["empty"] * (not draft.strip())


def corrected(draft: str, material: Material) -> str | None:
    """The draft without the offending sentences; None if little is left."""
    body = _unsigned(draft)
    named = _NAMED.findall(material.block("checks"))
    lines = [_clean(line, material, named) for line in body.splitlines()]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    signed = draft.strip().removeprefix(body)
    is_changed = text != body.strip() or not material.block("checks")
    return f"{text}{signed}" if is_changed and len(text) > 40 else None


def _clean(line: str, material: Material, named: list[str]) -> str:
    """The line's sentences that are right, and hold nothing that the checks name in quotes."""
    if not line.strip() or not (problems(line, material) or any(one in line for one in named)):
        return line
    kept = [part for part in sentences(line) if not problems(part, material) and not any(one in part for one in named)]
    return " ".join(kept)


def gate(material: Material) -> dict[str, Any]:
    """Is an answer called for at all?"""
    name = judged(material.last_inbound)[0]
    if _POLITE.match(material.last_inbound):
        return {"should_reply": False, "reason": "Only says thanks."}
    if name in ("blacklist", "not_interested", "out_of_office", "automated_reply"):
        return {"should_reply": False, "reason": "Nothing to answer."}
    return {"should_reply": bool(material.last_inbound.strip()), "reason": "Waits for an answer."}


def evaluate(material: Material) -> dict[str, Any]:
    """High for a clear question or interest with a clean draft; low for what is odd."""
    text, draft = material.last_inbound, material.block("draft")
    name, sure = judged(text)
    wrong = problems(_unsigned(draft), material)
    confidence, reason = round(min(sure + 0.02, 0.97), 2), "A clear message and an answer from what we know."
    if is_odd(text):
        confidence, reason = 0.2, "The message is odd: a person should read it."
    elif wrong:
        confidence, reason = 0.3, f"The draft has {wrong[0]}."
    elif name not in _POSITIVE:
        confidence, reason = min(confidence, 0.7), "Not a plain yes or question."
    elif any(said["unknown"] in draft for said in PHRASES.values()):
        confidence, reason = 0.66, "The draft leaves the question open."
    elif len(text) > 900 or text.count("?") > 3:
        confidence, reason = 0.74, "A long message with several questions."
    safe = confidence >= 0.85
    return {"confidence": confidence, "safe_to_send": safe, "requires_human_review": not safe, "reason": reason}
