"""The event target behind `inbox.html_text`: open elements in, visible lines out. Pure."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


UNSEEN = _tags(
    "head style script title template noscript object embed iframe svg math audio video select "
    "textarea button datalist map"
)
BLOCKS = _tags(
    "address article aside body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul "
    "blockquote caption summary details"
)
SPACED = _tags("p ul ol table pre blockquote h1 h2 h3 h4 h5 h6 dl")
VOID = _tags("br hr img input meta link area base col wbr source track param")
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
FOLDED = re.compile(r"max-height\s*:\s*0(?![.\d]*[1-9])", re.I)
PREFORMATTED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
TIGHT = re.compile(r"margin(?:-bottom)?\s*:\s*0(?:\.0+)?(?:in|cm|pt|px)?\s*(?:;|$|!)", re.I)
SPACES = re.compile(r"[ \t\r\n\f\v]+")
LISTS = {"ul", "ol"}
DEEPEST_INDENT = 6
LONGEST_TARGET = 2000


@dataclass(frozen=True, slots=True)
class HtmlLine:
    """A visible line, the marks of the elements around its beginning and the links on it."""

    text: str
    marks: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet."""

    tag: str
    unseen: bool
    marks: frozenset[str]
    preformatted: bool
    spaced: bool = False
    target: str = ""
    label: list[str] = field(default_factory=list)
    number: int = 0


class HtmlReader:
    """Collects visible lines from the events of a parser (`start`, `data`, `end`, `close`)."""

    def __init__(self, mark: Callable[[str, Mapping[str, str]], str | None], *, rule: str) -> None:
        self._mark = mark
        self._rule = rule
        self._open: list[_Open] = [_Open("", False, frozenset(), False)]
        self._names: Counter[str] = Counter()
        self._lists: list[_Open] = []
        self._anchor: _Open | None = None
        self._lines: list[HtmlLine] = []
        self._line: list[str] = []
        self._line_marks: frozenset[str] = frozenset()
        self._links: list[str] = []
        self._prefix = ""
        self._break_due = self._gap_due = self._space_due = self._cell_due = False
        self._row_began_at = -1
        self._marks_at_stop: frozenset[str] = frozenset()
        self.elements = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        tag, attributes = tag.lower(), dict(attributes)
        self.elements += 1
        if "@" in tag:
            # An address in angle brackets that its writer forgot to escape.
            self._write(f"<{tag}>")
            return
        element = self._opened(tag, attributes)
        if tag not in VOID:
            self._open.append(element)
            self._names[tag] += 1
        if not element.unseen:
            self._enter(element, attributes)

    def end(self, tag: str) -> None:
        tag = tag.lower()
        if not self._names[tag]:
            return
        while len(self._open) > 1:
            element = self._open.pop()
            self._names[element.tag] -= 1
            if not element.unseen:
                self._leave(element)
            if element.tag == tag:
                return

    def data(self, data: str) -> None:
        here = self._open[-1]
        if here.unseen:
            return
        if not here.preformatted:
            self._flow(data)
            return
        for position, part in enumerate(data.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
            if position:
                self._end_line(even_empty=True)
            if part:
                self._write(part)

    def comment(self, text: str) -> None:
        """Comments are not seen."""

    def close(self) -> None:
        self._break()

    def stop(self) -> None:
        """Remember where we are: `finished` is given what was not parsed any more."""
        self._marks_at_stop = self._open[-1].marks

    def finished(self, rest: str = "") -> list[HtmlLine]:
        """Return the lines, then `rest` as one; call once, after the parser is done."""
        self._end_line()
        if rest:
            self._lines.append(HtmlLine(rest, self._marks_at_stop))
        return self._lines

    def _opened(self, tag: str, attributes: Mapping[str, str]) -> _Open:
        around = self._open[-1]
        style = (attributes.get("style") or "") if attributes else ""
        unseen = around.unseen or tag in UNSEEN or (bool(attributes) and _is_hidden(attributes, style))
        name = None if unseen else self._mark(tag, attributes)
        marks = around.marks | {name} if name else around.marks
        kept = around.preformatted or tag == "pre" or bool(style and PREFORMATTED.search(style))
        spaced = tag in SPACED and not self._lists and _is_spaced(tag, attributes, style)
        return _Open(tag, unseen, marks, kept, spaced)

    def _enter(self, element: _Open, attributes: Mapping[str, str]) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._break(gap=element.spaced)
        if tag == "br":
            self._end_line(even_empty=True)
        elif tag == "hr":
            self._end_line()
            self._lines.append(HtmlLine(self._rule, element.marks))
        elif tag == "img":
            self._picture(attributes)
        elif tag == "a":
            self._begin_link(element, attributes)
        elif tag in LISTS:
            element.number = _first_number(attributes)
            self._lists.append(element)
        elif tag == "li":
            self._begin_item()
        elif tag == "tr":
            self._end_line()
            self._row_began_at = -1
        elif tag in ("td", "th"):
            self._begin_cell()

    def _leave(self, element: _Open) -> None:
        if element is self._anchor:
            self._end_link(element)
        if element.tag in LISTS and self._lists and self._lists[-1] is element:
            self._lists.pop()
        if element.tag in BLOCKS:
            self._break(gap=element.spaced)
        if element.tag == "tr":
            self._gap_due = False

    def _begin_cell(self) -> None:
        if len(self._lines) == self._row_began_at and self._line:
            self._cell_due = True
        else:
            self._break()

    def _begin_item(self) -> None:
        parent = self._lists[-1] if self._lists else None
        bullet = "- "
        if parent is not None and parent.tag == "ol":
            bullet = f"{parent.number}. "
            parent.number += 1
        self._prefix = "  " * min(max(len(self._lists) - 1, 0), DEEPEST_INDENT) + bullet

    def _begin_link(self, element: _Open, attributes: Mapping[str, str]) -> None:
        target = (attributes.get("href") or "").strip()
        if target.lower().startswith(("http://", "https://", "mailto:")) and not SPACES.search(target):
            element.target = target[:LONGEST_TARGET]
            self._anchor = element

    def _end_link(self, element: _Open) -> None:
        self._anchor = None
        label = "".join(element.label).strip()
        target = element.target
        if target.lower().startswith("mailto:"):
            target = target[len("mailto:") :].partition("?")[0]
        else:
            self._links.append(target)
        if not _same_address(label, target) and "@" not in label:
            self._write(f" ({target})" if label else target)

    def _picture(self, attributes: Mapping[str, str]) -> None:
        said = (attributes.get("data-emoji") or attributes.get("alt") or "").strip()
        size = (attributes.get("width"), attributes.get("height"))
        in_link = self._anchor is not None and "1" not in size
        if said and (len(said) <= 3 or "data-emoji" in attributes or in_link):
            self._write(said)

    def _flow(self, data: str) -> None:
        """Add running text: any run of blanks is one space, none at the edges of a line."""
        text = SPACES.sub(" ", data.replace("\u00ad", ""))
        if text.startswith(" "):
            self._space_due = True
        body = text.strip(" ")
        if body:
            self._write(body)
            self._space_due = text.endswith(" ")

    def _write(self, text: str) -> None:
        if self._break_due and not self._cell_due:
            self._end_line()
        if not self._line:
            self._begin_line()
        elif self._cell_due:
            self._line.append(" | ")
        elif self._space_due:
            self._line.append(" ")
            if self._anchor is not None:
                self._anchor.label.append(" ")
        self._break_due = self._cell_due = self._space_due = False
        self._line.append(text)
        if self._anchor is not None:
            self._anchor.label.append(text)

    def _begin_line(self) -> None:
        if self._gap_due and self._lines and self._lines[-1].text:
            self._lines.append(HtmlLine("", self._lines[-1].marks & self._open[-1].marks))
        self._gap_due = False
        self._line_marks = self._open[-1].marks
        if self._row_began_at < 0:
            self._row_began_at = len(self._lines)
        if self._prefix:
            self._line.append(self._prefix)
            self._prefix = ""

    def _break(self, *, gap: bool = False) -> None:
        """A block begins or ends: what follows is another line, after an empty one with `gap`."""
        begins_row = self._row_began_at < 0 and self._names["tr"]
        self._gap_due = self._gap_due or (gap and not begins_row)
        self._space_due = False
        if self._line and len(self._lines) == self._row_began_at and self._names["tr"]:
            self._break_due = True  # A cell of one paragraph may share its line with the next cell.
        else:
            self._end_line()

    def _end_line(self, *, even_empty: bool = False) -> None:
        if self._line or even_empty:
            text = "".join(self._line).replace("\u00a0", " ").rstrip()
            marks = self._line_marks if self._line else self._open[-1].marks
            self._lines.append(HtmlLine(text, marks, tuple(self._links)))
            self._links = []
        self._line = []
        self._break_due = self._cell_due = self._space_due = False


def _is_hidden(attributes: Mapping[str, str], style: str) -> bool:
    if "hidden" in attributes:
        return True
    if not style:
        return False
    return bool(HIDING.search(style) or (FOLDED.search(style) and "overflow" in style.lower()))


def _is_spaced(tag: str, attributes: Mapping[str, str], style: str) -> bool:
    if tag != "p" or not attributes:
        return True
    return "mso" not in (attributes.get("class") or "").lower() and not TIGHT.search(style)


def _first_number(attributes: Mapping[str, str]) -> int:
    start = (attributes.get("start") or "").strip()
    return int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1


def _same_address(label: str, target: str) -> bool:
    return label.rstrip("/").lower() == target.rstrip("/").lower()
