"""What a lead's last message means (spec 05, "Sentiment")."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules import dates
from integrations.sandbox.openai.rules.words import meanings

PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{2,4}[ .-])\d{3,4}(?:[ .-]?\d{2,4}){1,2}(?!\w)"
    r"|\+\d{9,14}\b"
)
_SIGN_OFF = re.compile(
    r"(?im)^(?:-- ?|best|best regards|kind regards|regards|thanks|cheers|mit freundlichen.*|cordialement"
    r"|saludos)[,.!]?$"
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon)|hallo|guten tag|sehr geehrte[rs]?|bonjour|hola"
    r"|buenos días|ciao|buongiorno|olá|beste)\b[^.?!\n]{0,30}[,:!]?\n",
    re.IGNORECASE,
)
_ODD = re.compile(
    r"ignore (all|previous|the|your)|system prompt|as an ai|lawyer|legal action|gdpr|sue you|fraud", re.IGNORECASE
)
_REASONS = {
    "blacklist": "Asks not to be written to any more.",
    "out_of_office": "An absence note.",
    "automated_reply": "Written by a machine.",
    "follow_up": "Wants to hear from us later.",
    "not_interested": "Says no.",
    "objection": "Has a doubt that wants an answer.",
    "call_requested": "Asks to be called.",
    "meeting_requested": "Is ready to talk.",
    "info_requested": "Asks a question about the offer.",
    "interested": "Sounds interested.",
    "neutral": "Neither a yes nor a no.",
}


def classify(material: Material) -> dict[str, Any]:
    """Classification with its reason, confidence and dates."""
    text = cleaned(material.last_inbound)
    name, confidence = judged(text)
    away = dates.dates(text, today=material.today) if name == "out_of_office" else []
    defer = dates.later(text, today=material.today) if name == "follow_up" else None
    return {
        "classification": name,
        "confidence": confidence,
        "return_date": away[-1].isoformat() if away else None,
        "defer_until": defer.isoformat() if defer else None,
        "reason": _REASONS[name],
    }


def analyze(material: Material) -> dict[str, Any]:
    """The same and what else an inbox wants to know."""
    found, text = classify(material), cleaned(material.last_inbound)
    phone = PHONE.search(text)
    name = found["classification"]
    return {
        **found,
        "is_automated_reply": name in ("out_of_office", "automated_reply"),
        "cleaned_text": text,
        "mobile_number": phone[0].strip() if phone and name != "out_of_office" else None,
        "meeting_intent": name in ("meeting_requested", "call_requested"),
        "proposed_times": [match[0].strip() for match in dates.PROPOSED.finditer(text)][:5],
    }


def judged(text: str) -> tuple[str, float]:
    """The meaning and how sure: less where several meanings meet, or where the text is odd."""
    text = cleaned(text)
    found = meanings(text)
    if not found:
        return "neutral", 0.62 if text.strip() else 0.5
    name, sure = found[0]
    if name == "call_requested" and not PHONE.search(text) and any(other == "meeting_requested" for other, _ in found):
        name = "meeting_requested"  # “open to a quick call” names no number: a meeting
    rivals = {other for other, _ in found[1:]} - {"interested", "info_requested", "meeting_requested", name}
    sure -= 0.08 * min(len(rivals), 3)
    return name, round(sure - (0.35 if is_odd(text) else 0), 2)


def is_odd(text: str) -> bool:
    """Would a person rather read this first? Orders to a machine, threats."""
    return bool(_ODD.search(text))


def cleaned(text: str) -> str:
    """The message without greeting and signature."""
    end = _SIGN_OFF.search(text)
    kept = _GREETING.sub("", (text[: end.start()] if end else text).strip()).strip()
    return kept or text.strip()
