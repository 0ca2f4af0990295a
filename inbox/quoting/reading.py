"""Text or HTML of a mail → lines that know how deep they are quoted. Pure."""

import re
from html import unescape

from inbox.html_text import html_lines
from inbox.quoting import elements
from inbox.quoting.flattened import with_breaks
from inbox.quoting.parts import Line

# Zero-width and direction characters that clients sprinkle into attributions.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
QUOTE_MARKS = re.compile(r"[ \t]{0,3}((?:>[ \t]?)+)")
NOT_A_QUOTE = re.compile(r"(?:>|&gt;)\s*(?:[=~≈]?\s*[$€£]?\d|From\b)")
END_OF_ADDRESS = re.compile(r">\s*(?:\w{2,20}\s?){0,2}[:：]\s*$")
MOST_LINES = 20_000
LONGEST_LOOK = 1000
# RFC 3676: dash, dash, blank, alone on a line.
SIGNATURE_LINE = frozenset({elements.DELIMITER})
LINE_END = re.compile(r"\r\n|\r|\n|\u2028|\u2029|\x0b|\x0c|\x85")
LOOKS_LIKE_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|div|p|span|table|meta)\b", re.I)


def lines_of_text(text: str) -> list[Line]:
    """Return the lines of a text part; the raw text keeps its quote marks."""
    raws = LINE_END.split(with_breaks(text.replace("\0", "")), maxsplit=MOST_LINES)
    lines = [_text_line(raw) for raw in raws[:MOST_LINES]]
    # A mail longer than that is a machine's; its rest is kept in one piece.
    lines += [Line(rest, rest[:LONGEST_LOOK]) for rest in raws[MOST_LINES:]]
    return _without_false_marks(lines)


def lines_of_html(html: str) -> list[Line]:
    """Return the lines of an HTML part; elements that quote count as one quote mark."""
    lines = []
    seen = html_lines(html, elements.mark)
    for line in seen[:MOST_LINES]:
        read = _text_line(line.text)
        depth = read.depth + (elements.QUOTE in line.marks)
        lines.append(Line(read.raw, read.text, depth, line.marks | read.marks, line.links))
    if rest := "\n".join(line.text for line in seen[MOST_LINES:]):
        lines.append(Line(rest, rest[:LONGEST_LOOK]))
    return _without_false_marks(lines)


def is_html(text: str) -> bool:
    """True if a text part is HTML in truth, as some platforms deliver it."""
    return bool(LOOKS_LIKE_HTML.match(text)) and "</" in text


def _text_line(raw: str) -> Line:
    visible = INVISIBLE.sub("", raw).replace("\u00a0", " ").replace("\u3000", " ")
    if "&lt;" in visible or "&gt;" in visible:
        visible = unescape(visible)
    marks = QUOTE_MARKS.match(visible)
    if marks is None:
        drawn = SIGNATURE_LINE if raw.startswith("-- ") and not raw[3:].strip() else frozenset()
        return Line(raw.rstrip(), visible.strip(), marks=drawn)
    return Line(raw.rstrip(), visible[marks.end() :].strip(), marks.group(1).count(">"))


def _without_false_marks(lines: list[Line]) -> list[Line]:
    """Undo marks that quote nothing: "> 500 people", a store's ">From", a wrapped address."""
    for number, line in enumerate(lines):
        if not line.depth or not line.raw.lstrip().startswith((">", "&gt;")):
            continue
        if _is_false_mark(lines, number):
            lines[number] = Line(line.raw, line.raw.strip(), line.depth - 1, line.marks, line.links)
    return lines


def _is_false_mark(lines: list[Line], number: int) -> bool:
    raw = lines[number].raw.lstrip()
    above = lines[number - 1] if number else None
    below = lines[number + 1] if number + 1 < len(lines) else None
    if above is not None and not above.depth and "<" in above.text[-80:] and END_OF_ADDRESS.match(raw):
        return True
    alone = not (above and above.depth) and not (below and below.depth)
    announced = above is not None and above.text.endswith((":", "："))
    return alone and not announced and NOT_A_QUOTE.match(raw) is not None
