"""HTML of an e-mail read as text: links keep their targets, lists and tables stay readable. Pure.

The parser is lxml's event interface: it is linear, has no nesting limit (a tree of the same
parser silently drops what lies deeper than 256 elements) and repairs whatever it is fed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from html import unescape

from lxml import etree

from inbox.html_reader import SPACES, HtmlLine, HtmlReader

RULE = "_" * 32
MAX_LINKS = 10
# No mail has more; beyond, only the words of a hostile one are kept, in one line.
MOST_ELEMENTS = 50_000
CHUNK = 1 << 16
TAG = re.compile(r"<[^<>]*>")


def _no_mark(tag: str, attributes: Mapping[str, str]) -> str | None:
    """Marks no element: the answer when nobody asks for marks."""
    return None


def html_lines(html: str, mark: Callable[[str, Mapping[str, str]], str | None] | None = None) -> list[HtmlLine]:
    """Return the visible lines of `html`, each with the marks of the elements around it.

    `mark(tag, attributes)` names an element the caller wants to recognise, or returns None.
    Never raises; time and memory grow linearly with the input.
    """
    reader = HtmlReader(mark or _no_mark, rule=RULE)
    source = html.replace("\0", "").encode("utf-8", "replace")
    if not source.strip():
        return []
    parser = etree.HTMLParser(target=reader, huge_tree=True, encoding="utf-8")
    rest = _feed(parser, reader, source)
    try:
        parser.close()
    except etree.LxmlError:
        # Nothing in it was markup the parser could start on; what was read so far stands.
        return reader.finished(rest)
    return reader.finished(rest)


def _feed(parser: etree.HTMLParser, reader: HtmlReader, source: bytes) -> str:
    """Feed `source` until the reader has seen enough elements; return the words of what is left."""
    for begin in range(0, len(source), CHUNK):
        if reader.elements > MOST_ELEMENTS:
            reader.stop()
            _, _, rest = source[begin:].decode("utf-8", "replace").partition(">")
            return SPACES.sub(" ", unescape(TAG.sub(" ", rest))).strip()
        parser.feed(source[begin : begin + CHUNK])
    return ""


def html_to_text(html: str) -> str:
    """Return what a person sees of `html`, links as `label (https://…)`. Never raises."""
    return join_lines(line.text for line in html_lines(html))


def join_lines(lines: Iterable[str]) -> str:
    """Join lines; several empty ones in a row become one, none at the edges."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join(kept)


def unseen_links(text: str, links: Iterable[str]) -> list[str]:
    """Return up to ten of `links` whose address `text` does not contain, each once."""
    found: dict[str, str] = {}
    shown = text.lower()
    for link in links:
        address = _bare(link)
        if address and address not in found and address not in shown:
            found[address] = link
        if len(found) == MAX_LINKS:
            break
    return list(found.values())


def _bare(link: str) -> str:
    """`link` as people write it: no scheme, no closing slash, lower case."""
    return link.lower().partition("://")[2].rstrip("/")
