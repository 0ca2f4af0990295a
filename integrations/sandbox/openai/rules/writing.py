"""Drafts: short, in the persona's voice, made only of what the call gives (spec 06, "How")."""

from __future__ import annotations

import re
from typing import Any

from integrations.sandbox.openai.material import Material
from integrations.sandbox.openai.rules import dates
from integrations.sandbox.openai.rules.dates import CLOCK
from integrations.sandbox.openai.rules.knowing import answers, told
from integrations.sandbox.openai.rules.phrases import OCCASIONS, phrase, topics
from integrations.sandbox.openai.rules.sentiment import judged
from integrations.sandbox.openai.rules.signing import URL
from integrations.sandbox.openai.rules.words import language_of

_SMS_LONGEST = 320
_NOTE_LONGEST = 300
_OFFERED = re.compile(r"^Offer these times[^:]*:\s*")
_SHORTER = re.compile(r"\b(short(er)?|brief(er)?|kürzer|plus court)\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")


def email(material: Material) -> dict[str, Any]:
    """The body: greeting, answer, times or a question, signature."""
    hello = greeting(material)
    said = " ".join([_after(hello, opening(material), material, is_new_line=True), *_answer(material)])
    asked = offer(material) or ("" if _is_short(material) else question(material))
    return {"body": "\n\n".join(filter(None, [hello, said, asked, signature(material)]))}


def sms(material: Material) -> dict[str, Any]:
    """One text of at most 320 characters: what does not fit is left out whole."""
    return {"text": _short(material, _SMS_LONGEST, greeting(material))}


def linkedin(material: Material) -> dict[str, Any]:
    """One message that would fit a connection request, too; no signature."""
    return {"text": _short(material, _NOTE_LONGEST, greeting(material))}


def greeting(material: Material) -> str:
    """As the system text says, else by first name."""
    said = material.said("Begin with", "A greeting only", "Greeting").splitlines()
    if said and "{" not in said[0]:
        return said[0]
    language = language_of(material.last_inbound)
    name = material.first_name
    return phrase(language, "hello", name=name) if name else phrase(language, "hello_all")


def signature(material: Material) -> str:
    """As the system text says; the persona's name where it says none."""
    return material.said("End with", "Signature") or material.persona


def opening(material: Material) -> str:
    """One sentence that takes up what the lead wrote."""
    language, kind = language_of(material.last_inbound), occasion(material)
    named = topics(material.last_inbound, language) if kind == "info" else ""
    return phrase(language, "info_about", topics=named) if named else phrase(language, kind)


def occasion(material: Material) -> str:
    """What kind of answer it is: by the text, else by the tag that somebody set."""
    tag = material.fact("Tag of the last reply").lower().replace(" ", "_").replace("information", "info")
    return OCCASIONS.get(judged(material.last_inbound)[0]) or OCCASIONS.get(tag, "neutral")


def question(material: Material) -> str:
    """The next open question of ours, else one that fits."""
    language, asked = language_of(material.last_inbound), _lines(material.block("questions"))
    ours = next((line for line in asked if line.endswith("?") and language_of(line) == language), "")
    kind = occasion(material)
    if kind == "follow_up":
        knows_when = dates.later(material.last_inbound, today=material.today)
        return phrase(language, "ask_before_then" if knows_when else "ask_follow_up")
    return ours if ours and kind not in ("objection", "call") else phrase(language, f"ask_{kind}")


def times(material: Material) -> list[str]:
    """The offered times, verbatim."""
    lines = [_OFFERED.sub("", line) for line in _lines(material.block("scheduling")) if not line.startswith("How:")]
    return [time.strip() for line in lines for time in line.split(";") if CLOCK.search(time) and not URL.search(time)]


def offer(material: Material) -> str:
    """The times to choose from, and the link if one was given; empty where nothing was."""
    language, given = language_of(material.last_inbound), times(material)
    link = URL.search(material.block("scheduling"))
    parts = [phrase(language, "times"), *(f"- {time}" for time in given)] if given else []
    if link:
        parts.append(phrase(language, "link", url=link[0]))
    return "\n".join(parts)


def _answer(material: Material) -> list[str]:
    """What we know of what was asked; that we don't know, where a question stays open."""
    language, kind = language_of(material.last_inbound), occasion(material)
    if kind in ("follow_up", "call"):
        return []
    found = [part for part in answers(material) if language_of(part) == language][: 1 if _is_short(material) else 2]
    if found or kind not in ("info", "interested"):
        return found
    if kind == "info" and topics(material.last_inbound, language):
        return [phrase(language, "unknown")]
    ours = [part for name in ("offer", "knowledge") for part in told(material.block(name))]
    return [part for part in ours if language_of(part) == language][:1] or [phrase(language, "unknown")]


def _after(hello: str, sentence: str, material: Material, *, is_new_line: bool) -> str:
    """After “Hi Ann,” a sentence goes on in small letters: always in German, elsewhere only on the same line."""
    goes_on = hello.endswith(",") and (not is_new_line or language_of(material.last_inbound) == "de")
    return sentence[:1].lower() + sentence[1:] if goes_on else sentence


def _is_short(material: Material) -> bool:
    """Did a colleague ask for less?"""
    return bool(_SHORTER.search(material.block("instruction")))


def _short(material: Material, longest: int, hello: str) -> str:
    language, given = language_of(material.last_inbound), times(material)
    last = f"{phrase(language, 'times')} {' / '.join(given[:2])}" if given else question(material)
    parts = [hello, _after(hello, opening(material), material, is_new_line=False), *_answer(material)[:1], last]
    while len(" ".join(parts)) > longest and len(parts) > 2:
        parts.pop(-2)
    return " ".join(parts if len(" ".join(parts)) <= longest else parts[:1])[:longest]


def _lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := _BULLET.sub("", raw).strip())]
