"""HTML of an e-mail read as text: links keep their targets, lists and tables stay readable. Pure.

The parser is lxml's event interface: it is linear, has no nesting limit (a tree of the same
parser silently drops what lies deeper than 256 elements) and repairs whatever it is fed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from inbox.html_reader import HtmlLine, HtmlReader

RULE = "_" * 32
MAX_LINKS = 10


@dataclass(frozen=True, slots=True)
class _Nothing:
    """Marks no element: the answer when nobody asks for marks."""

    def __call__(self, tag: str, attributes: Mapping[str, str]) -> str | None:
        return None


def html_lines(html: str, mark: Callable[[str, Mapping[str, str]], str | None] | None = None) -> list[HtmlLine]:
    """Return the visible lines of `html`, each with the marks of the elements around it.

    `mark(tag, attributes)` names an element the caller wants to recognise, or returns None.
    Never raises; time and memory grow linearly with the input.
    """
    reader = HtmlReader(mark or _Nothing(), rule=RULE)
    source = html.replace("\0", "").encode("utf-8", "replace")
    if not source.strip():
        return []
    parser = etree.HTMLParser(target=reader, huge_tree=True, encoding="utf-8")
    try:
        parser.feed(source)
        parser.close()
    except etree.LxmlError:
        # Nothing in it was markup the parser could start on; what was read so far stands.
        return reader.finished()
    return reader.finished()


def html_to_text(html: str) -> str:
    """Return what a person sees of `html`, links as `label (https://…)`. Never raises."""
    return join_lines(line.text for line in html_lines(html))


def join_lines(lines) -> str:
    """Join lines; several empty ones in a row become one, none at the edges."""
    kept: list[str] = []
    for line in lines:
        if line.strip() or (kept and kept[-1]):
            kept.append(line.rstrip())
    while kept and not kept[-1]:
        kept.pop()
    return "\n".join(kept)


def links_only_in_html(text: str, html: str) -> list[str]:
    """Return up to ten http(s) targets of `html` that `text` does not show, in order, each once."""
    return unseen_links(text, (link for line in html_lines(html) for link in line.links))


def unseen_links(text: str, links) -> list[str]:
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
