"""Recognises header blocks ("From: … Sent: … To: … Subject: …") and the rules above them. Pure."""

import re

from inbox.quoting import elements, languages
from inbox.quoting.parts import Line

MOST_LINES = 25
MOST_CONTINUED = 10


def _labels() -> dict[str, set[str]]:
    """Label → what it can name; some words name two things in two languages."""
    kinds: dict[str, set[str]] = {}
    table = {
        "from": languages.FROM,
        "sent": languages.SENT,
        "to": languages.TO,
        "subject": languages.SUBJECT,
        "other": languages.OTHER,
    }
    for kind, words in table.items():
        for word in words.split("|"):
            kinds.setdefault(word.casefold(), set()).add(kind)
    return kinds


LABELS = _labels()
HEADER_MARKS = {elements.HISTORY, elements.HEADER}
BEGINNINGS = {"from", "sent", "to", "subject"}
LABEL = re.compile(r"[\s*_|]*([^\W\d_][^:：*\n]{0,39}?)[\s*_]*[:：][\s*_|]*(.*)")
RULE = re.compile(r"[\s>]*(?:_{5,}|-{5,}|={5,}|\*{5,}|─{3,}|—{3,})\s*")
TITLE = re.compile(
    rf"[\s>*]*[-_=*]{{2,}}\s*(?:{languages.ORIGINAL}|{languages.FORWARDED})\b.{{0,60}}|"
    rf"\W*(?:{languages.ANSWER_ABOVE})\W*",
    re.I,
)
ASKS_ABOVE = re.compile(rf"\W*(?:{languages.ANSWER_ABOVE})\W*", re.I)
FORWARD = re.compile(rf"{languages.FORWARDED}", re.I)
BARE_TITLE = re.compile(rf"\W{{0,3}}(?:.{{0,25}}\s)?(?:{languages.FORWARDED})\s*(?:[-_=]+|:)?\s*", re.I)
DASHED_WORDS = re.compile(r"\s*-{4,}\s?[^-]{3,40}\s?-{4,}\s*")
ADDRESS_OR_YEAR = re.compile(r"@|\b(?:19|20)\d\d\b|\d{1,2}[:.]\d\d|\d{1,2}[./]\d{1,2}[./]\d{2}")
DATED = re.compile(r"\b(?:19|20)\d\d\b.{0,40}\d{1,2}[:.]\d\d|\d{1,2}[:.]\d\d.{0,40}\b(?:19|20)\d\d\b")
WRAPPED = (",", ";", "<", "&")


def header_block_at(lines: list[Line], first: int) -> int | None:
    """Return the line after the header block that begins on line `first`, or None.

    A block names sender, and two more of date, recipient and subject (one more under a rule such
    as "-----Original Message-----"), and shows an address or a date: "From: Rotterdam / To: Basel"
    is a lead's own list.
    """
    kinds: set[str] = set()
    shows_mail = False
    after = first
    continued = 0
    for number in range(first, min(first + MOST_LINES, len(lines))):
        if (lines[number].marks ^ lines[first].marks) & HEADER_MARKS:
            break  # The client draws the block's edge here.
        named, value = _label(lines[number])
        if named:
            if number > first and named == {"from"} <= kinds and lines[number - 1].is_blank:
                return None  # The block begins here; what stands above it is the lead's.
            kinds.add(_new_kind(named, kinds))
            shows_mail = shows_mail or bool(ADDRESS_OR_YEAR.search(value))
            after, continued = number + 1, 0
            continue
        if number == first or not _may_continue(lines, number, after, continued):
            break
        if lines[number].is_blank and not {"from", "sent"} & _label(lines[first])[0]:
            break  # "To: Hamburg" and an empty line above a block are the lead's.
        shows_mail = shows_mail or bool(ADDRESS_OR_YEAR.search(lines[number].text[:200]))
        continued += 1
    titled = has_title_above(lines, first)
    if "from" in kinds and len(BEGINNINGS & kinds) >= (2 if titled else 3) and shows_mail:
        return after
    return _foreign_block(lines, first) if titled else None


def _foreign_block(lines: list[Line], first: int) -> int | None:
    """Below a title or a rule: four labelled lines in any language, an address, a date."""
    after = first
    while after < len(lines) and after - first < 8 and LABEL.match(lines[after].text[:400]):
        after += 1
    block = [line.text for line in lines[first:after]]
    mailed = any("@" in text for text in block) and any(DATED.search(text) for text in block)
    return after if len(block) >= 4 and mailed else None


def begins_block(line: Line) -> bool:
    """True if a header block could begin on this line."""
    named, _ = _label(line)
    return bool(BEGINNINGS & named)


def is_below_title(lines: list[Line], number: int) -> bool:
    """True for a labelled line, in whatever language, right below a title or a rule."""
    return bool(LABEL.match(lines[number].text[:400])) and has_title_above(lines, number)


def is_title(line: Line) -> bool:
    """True for "-----Original Message-----" and its like, in any language we know."""
    if not 0 < len(line.text) <= 120:
        return False
    return bool(TITLE.fullmatch(line.text))


def asks_for_answers_above(line: Line) -> bool:
    """True for "Please type your reply above this line", by which help desks begin the mails they write."""
    return len(line.text) <= 120 and bool(ASKS_ABOVE.fullmatch(line.text))


def is_forward(line: Line) -> bool:
    """True if a title says that what follows was forwarded."""
    return bool(FORWARD.search(line.text)) and (is_title(line) or _is_bare_title(line))


def is_rule(line: Line) -> bool:
    """True for a line drawn with dashes, underscores and the like."""
    return bool(RULE.fullmatch(line.text))


def has_title_above(lines: list[Line], first: int) -> bool:
    """True if the nearest line above is a rule or a title."""
    for line in reversed(lines[max(0, first - 3) : first]):
        if not line.is_blank:
            return is_rule(line) or is_title(line) or bool(DASHED_WORDS.fullmatch(line.text))
    return False


def beginning_with_titles(lines: list[Line], first: int) -> int:
    """Go up over the rules and titles that stand right above a header block."""
    for above in range(first - 1, max(first - 6, -1), -1):
        line = lines[above]
        if line.is_blank:
            continue
        if not (is_rule(line) or is_title(line) or _is_bare_title(line)):
            break
        first = above
    return first


def _is_bare_title(line: Line) -> bool:
    text = line.text
    return len(text) <= 80 and bool(DASHED_WORDS.fullmatch(text) or BARE_TITLE.fullmatch(text))


def _label(line: Line) -> tuple[set[str], str]:
    match = LABEL.match(line.text[:400])
    if match is None:
        return set(), ""
    label = " ".join(match.group(1).casefold().split())
    return LABELS.get(label, set()), match.group(2)


def _new_kind(named: set[str], kinds: set[str]) -> str:
    """Of a word with two meanings take one the block does not have yet."""
    return min(named - kinds or named)


def _may_continue(lines: list[Line], number: int, after: int, continued: int) -> bool:
    """A wrapped recipient or subject, or one empty line between two labels."""
    line = lines[number]
    if line.depth != lines[after - 1].depth or continued >= MOST_CONTINUED:
        return False
    upcoming = lines[number + 1] if number + 1 < len(lines) else None
    if line.is_blank:
        return upcoming is not None and bool(_label(upcoming)[0]) and not lines[number - 1].is_blank
    previous = lines[number - 1].text
    if previous.endswith((":", "：")) and _label(lines[number - 1])[0]:
        return True
    return previous.endswith(WRAPPED) or "@" in line.text or line.text.startswith("<")
