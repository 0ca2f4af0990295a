"""What no person types into a message: markup, disguised letters, remains of the machine's own input and output."""

import re
import unicodedata
from collections.abc import Iterator

from inbox.drafting.guarding.findings import Kind, Problem, problem
from inbox.drafting.guarding.folding import INVISIBLE

_MARKUP = re.compile(
    r"\*\*|~~|`|(?<!\w)\*[^\s*][^*\n]{0,200}\*(?!\w)|(?<!\w)_[^\s_][^_\n]{0,200}_(?!\w)|^\s{0,3}#{1,6}\s|^\s{0,3}>|"
    r"^\s{0,3}(?:-{3,}|={3,}|\*{3,})\s*$|^\s{0,3}\|.{0,500}\||</?[a-z!][^<>]{0,500}>|<[a-z!/][^<>\n]{0,200}$|"
    r"&(?:[a-z]{2,10}|#x?[0-9a-f]{1,6});|\]\s?\(|\[/?[a-z]{1,10}=?\]",
    re.I | re.M,
)
_FENCE = re.compile(
    r"<<|>>|\b(?:data|end)\s(?:transcript|last_inbound|lead|memory|knowledge|strategy|draft|scheduling|questions|"
    r"instruction|offer|checks)\s[0-9a-f]{4,64}\b|\"\w{1,40}\"\s?:|^\s*[{\[]|\\[nrtu\"]|\|\s(?:in|out)\s\|\s(?:email|"
    r"sms|linkedin)\b|"
    r"<\|",
    re.I | re.M,
)
_MACHINE = re.compile(
    r"\b(?:as|i am|i'm|being) (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model|chatbot|"
    r"llm|virtual assistant)\b|"
    r"\b(?:als|en tant qu[e']|como|come|in qualita di|som|jako) ?(?:eine?n?|un[ae]?|uma?|en|een)? ?"
    r"(?:ki|ia|ai|sztuczna inteligencja|modelo de linguagem|modelo de lenguaje|modello linguistico|modele de langage|"
    r"taalmodel|sprakmodell|sprachmodell|model jezykowy|ki-\w{1,20}|ai-\w{1,20})\b|"
    r"\b(?:system|developer) (?:prompt|message|instructions?)\b|\bsystemprompt\b|\bprompt injection\b|"
    r"\b(?:my|your|the|previous|prior|above|earlier|all) (?:previous |prior )?instructions\b|\binstructed to\b|"
    r"\bignore (?:all |any |the )?(?:previous|prior|above|earlier)\b|\b(?:open ?ai|chat ?gpt|gpt-?\d|"
    r"knowledge cut-?off)\b|"
    r"\bhere(?:'s| is| are) (?:the|a|an|your|my) (?:\w+ ){0,3}(?:draft|reply|response|e-?mail|message|"
    r"version)\b\s*[:.]|"
    r"^\s*(?:sure|certainly|of course|absolutely)[!,.]? here(?:'s| is)\b|"
    r"^\s*(?:subject|betreff|objet|asunto|oggetto|onderwerp|assunto|amne|temat|to|cc|bcc|body|reply|draft|response|"
    r"note|"
    r"assistant|user|system|email|goal|archetype|confidence)\s?:|\bi (?:cannot|can't) (?:assist|help) with that\b",
    re.M,
)
_LETTERS_APART = re.compile(r"(?<!\w)(?:\w[ .\-_/*]{1,2}){4,40}\w(?!\w)")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\S+")
_EMOJI_JOINER = re.compile(
    r"(?<=[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f])\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])"
)
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_ALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u13a0-\u13ff\u2de0-\u2dff\ua640-\ua69f]")
_DRESSED = re.compile(
    r"[\u0250-\u02af\u1d00-\u1dbf\u2070-\u207f\u2090-\u209c\u2100-\u2115\u2117-\u2121\u2123-\u2138\u2150-\u218b"
    r"\u2460-\u24ff\u3200-\u33ff\ufb00-\ufb06\uff01-\uff5e\ua720-\ua7ff\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5]"
)
_ALLOWED_CONTROL = frozenset("\n\r\t")


def check(raw: str, light: str, plain: str) -> Iterator[Problem]:
    """Yield markup and disguises of `raw`, and what the model was given or said to itself."""
    yield from _hidden(raw)
    yield from _disguised(raw)
    for match in _MARKUP.finditer(light):
        yield problem(Kind.MARKUP, match.group() or "markup", "{} is markup; a message is plain text.")
    for match in _FENCE.finditer(light):
        yield problem(Kind.FENCE, match.group(), "{} looks like a remainder of the machine's input or output.")
    for match in _MACHINE.finditer(plain):
        yield problem(Kind.FENCE, match.group(), "{} is the machine talking about itself.")
    for match in _LETTERS_APART.finditer(plain):
        if any(char.isalpha() for char in match.group()):
            yield problem(Kind.MARKUP, match.group(), "{} sets letters apart.")


def _hidden(raw: str) -> Iterator[Problem]:
    raw = _EMOJI_JOINER.sub("", raw)
    if raw.isascii() and raw.isprintable():
        return
    for place, char in enumerate(raw):
        if _is_hidden(char) or (unicodedata.combining(char) and _is_loose(raw, place)):
            name = unicodedata.name(char, f"U+{ord(char):04X}").lower()
            yield problem(Kind.MARKUP, name, "There is a hidden character: {}.")
            return


def _is_hidden(char: str) -> bool:
    if char.isprintable() and char not in INVISIBLE:
        return False
    return char in INVISIBLE or (char not in _ALLOWED_CONTROL and unicodedata.category(char) not in {"Zs", "Zl", "Zp"})


def _is_loose(raw: str, place: int) -> bool:
    """A mark that no written letter takes: "e" with a stroke through it."""
    before = raw[place - 1] if place else " "
    return not before.isalpha() or (
        bool(_LATIN.match(before)) and len(unicodedata.normalize("NFC", before + raw[place])) > 1
    )


def _disguised(raw: str) -> Iterator[Problem]:
    if raw.isascii():
        return
    if match := _DRESSED.search(raw):
        yield problem(Kind.MARKUP, match.group(), "{} is a letter or a digit in disguise.")
    for match in _TOKEN.finditer(raw):
        token = match.group()
        if not token.isascii() and any(_is_mixed(part) for part in _parts(token)):
            yield problem(Kind.MARKUP, token, "{} mixes alphabets that look alike.")
            return


def _parts(token: str) -> list[str]:
    """Words; of an address the whole."""
    is_address = re.search(r"[^\W_][.@/。．｡][^\W_]", token)
    return [token] if is_address else _WORD.findall(token)


def _is_mixed(part: str) -> bool:
    return bool(_LATIN.search(part) and _ALIKE.search(part))
