"""Recognises the line(s) that introduce history: "On … Tom Reed <tom@…> wrote:". Pure.

A lead can write such words too ("On Monday he wrote:"), so a verb alone never counts: it takes a
date with a time, or an address, in the places where clients put them — or a quote mark below.
"""

import re

from inbox.quoting import languages
from inbox.quoting.headers import is_title
from inbox.quoting.parts import Line

Found = re.Match[str] | None

MOST_LINES = 4
LONGEST = 400
LONGEST_STUB = 120

_ADDRESS = r"[<(\[]\s*(?:mailto:)?[^\s<>()\[\]]+@[^\s<>()\[\]]+"
ADDRESS = re.compile(_ADDRESS)
ENDS_WITH_ADDRESS = re.compile(_ADDRESS + r"\s*(?:[>)\]]\s*)+,?\s*$")
NAME_AND_ADDRESS = re.compile(r"\"?(?:[^\W\d_][\w'’.-]*,?\s){1,5}\"?\s?<[^\s<>]+@[^\s<>]+>")
QUOTING = re.compile(
    r"(?:zitat von|quoting|citando a|citando|cytowanie|citerar|cytat z)\s.{1,60}<[^\s<>]+@[^\s<>]+>", re.I
)
ONLY_A_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){0,3}")
TIME = re.compile(r"\b\d{1,2}\s?[:.hH時时]\s?\d{2}\b|\d{1,2}\s?[:.]\d{2}|\b\d{1,2}\s?(?:am|pm)\b", re.I)
DATE = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d\d){1,2}\b|(?:19|20)\d\d\s?[年년]")
VERB = re.compile(rf"(?<![^\W_])(?:{languages.WROTE})(?!\w)|写道|寫道|のメール|작성", re.I)
VERB_BEFORE_NAME = re.compile(rf"(?:{languages.NAME_FOLLOWS})\Z", re.I)
BEGINNING = re.compile(
    rf"(?:-{{2,}}\s*)?(?:(?:{languages.BEGINS})\s|(?:{languages.WEEKDAYS})[.,]?\s|\W*(?:\d{{4}}|\d{{1,2}}[./:年-]\s?\d|\d{{1,2}}\.?\s(?:de\s)?[^\W\d_]{{3}})|在|于|於)",
    re.I,
)
# A date right after a beginning: the upper line of an attribution that was wrapped.
DATED_BEGINNING = re.compile(rf"(?:(?:{languages.BEGINS})\s+)?(?:(?:{languages.WEEKDAYS})[.,]*\s)?.{{0,16}}\d", re.I)
FORWARD_WORDS = re.compile(rf"(?:{languages.FORWARDED})", re.I)
DASHES = re.compile(r"^[\s*_-]+|[\s*_-]+$")
ENDED = re.compile(r"(?:[^\W\d_]{5}[.…]|[!?。！？])$")
NEW_SENTENCE = re.compile(r"[^\W\d_]{3}[.!?]\s+[^\W\d_a-zà-ÿ]")
SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")


def attribution_at(lines: list[Line], last: int) -> int | None:
    """Return the first line of the attribution that ends on line `last`, or None.

    Only lines as little quoted as the last one, without an empty one between, belong to it.
    """
    if not _may_end(lines[last]):
        return None
    quoted_below = _is_quoted_below(lines, last)
    joined = ""
    for first in range(last, max(last - MOST_LINES, -1), -1):
        line = lines[first]
        if line.is_blank or line.depth != lines[last].depth or (joined and ENDED.search(line.text)):
            break
        joined = f"{line.text} {joined}".strip()
        if len(joined) > LONGEST:
            break
        if is_attribution(joined, quoted_below=quoted_below):
            return _wrapped_beginning(lines, first, joined)
    return None


def is_attribution(text: str, *, quoted_below: bool = False) -> bool:
    """True if `text` is an attribution and nothing else."""
    zoho = text.startswith("--") and text.endswith("--")
    text = DASHES.sub("", text)
    ends = text.endswith((":", "：")) or zoho
    body = text.rstrip(":： ")
    dated, timed, addressed = DATE.search(body), TIME.search(body), ADDRESS.search(body)
    verb = _closing_verb(body)
    if not ends:
        return bool(verb and verb.end() == len(body) and dated and timed and addressed)
    if verb is not None and addressed and (dated or timed or _is_name_and_address(body, verb)):
        return True
    if QUOTING.fullmatch(body) or _is_name_and_moment(body, verb):
        return True
    if not BEGINNING.match(text):
        return quoted_below and _is_plain_introduction(body, verb, addressed)
    if verb is not None and dated and timed and DATED_BEGINNING.match(body) and not NEW_SENTENCE.search(body):
        return True
    if dated and timed and ENDS_WITH_ADDRESS.search(body):
        return True
    return quoted_below and _is_plain_introduction(body, verb, addressed)


def _is_plain_introduction(body: str, verb: Found, addressed: Found) -> bool:
    """Right above a quote mark a name and a verb, or an address, are enough."""
    if len(body) > LONGEST_STUB * 2:
        return False
    short = len(body.split()) <= 8
    return bool((verb and short) or addressed or FORWARD_WORDS.search(body))


def _is_name_and_address(body: str, verb: re.Match[str]) -> bool:
    """True for "Tom Reed <tom@…> wrote:", which has no date."""
    return verb.end() == len(body) and bool(NAME_AND_ADDRESS.fullmatch(body[: verb.start()].strip(" ,")))


def _is_name_and_moment(body: str, verb: re.Match[str] | None) -> bool:
    """True for "Tom Reed wrote on 03/03/2025 10:12:" and nothing around it."""
    if verb is None or not ONLY_A_NAME.fullmatch(body[: verb.start()].strip()):
        return False
    tail = body[verb.end() :]
    name = body[: verb.start()].split()
    moment = len(tail) <= 40 and DATE.search(tail) and TIME.search(tail)
    return bool(moment) and all(word[0].isupper() for word in name)


def _closing_verb(body: str) -> re.Match[str] | None:
    """The last "wrote", if only a name, an address or a date stands behind it."""
    verb = None
    for verb in VERB.finditer(body):  # noqa: B007 the last one is wanted
        pass
    if verb is None:
        return None
    tail = body[verb.end() :].strip(" ,")
    if not tail or ENDS_WITH_ADDRESS.search(tail):
        return verb
    if len(tail) <= 80 and (TIME.search(tail) or DATE.search(tail)):
        return verb
    named = VERB_BEFORE_NAME.search(verb.group()) and len(tail.split()) <= 5
    return verb if named else None


def _wrapped_beginning(lines: list[Line], first: int, joined: str) -> int:
    """Go up to the line the attribution began on, when it was wrapped before the name."""
    if DATE.search(joined):
        return first
    for above in range(first - 1, max(first - MOST_LINES, -1), -1):
        line = lines[above]
        if line.is_blank or line.depth != lines[first].depth or line.text.endswith(SENTENCE_END):
            break
        if len(line.text) <= LONGEST_STUB and _is_complete(line.text):
            return above
    return first


def _is_complete(text: str) -> bool:
    """True if `text` begins as attributions do, a date included."""
    text = DASHES.sub("", text)
    return bool(BEGINNING.match(text) and DATED_BEGINNING.match(text))


def _may_end(line: Line) -> bool:
    """A cheap look at the end of a line before any pattern is tried."""
    if not 0 < len(line.text) <= LONGEST:
        return False
    text = line.text.rstrip("-*_ ")
    return text.endswith((":", "：")) or bool(VERB.search(text[-20:]))


def _is_quoted_below(lines: list[Line], last: int) -> bool:
    """True if quote marks follow that do not bring an introduction of their own."""
    for line in lines[last + 1 : last + 4]:
        if line.depth > lines[last].depth:
            return not is_attribution(line.text) and not is_title(line)
        if not line.is_blank:
            return False
    return False
