"""Takes an inbound e-mail apart: the lead's own words, their signature, the history. Pure.

Spec 03: "quoted history and signature are separated from the reply … never lose the lead's words:
when unsure keep more". Both parts of a mail are read: the HTML knows what its client marked as
quoted, the text is what people and models read.
"""

from dataclasses import replace

from inbox.html_text import join_lines, unseen_links
from inbox.quoting import choosing
from inbox.quoting.labelling import kinds_of
from inbox.quoting.parts import Kind, Line, ReplyParts
from inbox.quoting.reading import is_html, lines_of_html, lines_of_text


def split_reply(*, text: str, html: str) -> ReplyParts:
    """Return the reply, the signature and the history of a mail; either part may be empty.

    Never raises, is deterministic and takes time linear in the input. If nothing of the lead's
    own is found, `reply` is the whole text and `unsplit` is True.
    """
    if is_html(text):
        text, html = "", html if html.strip() else text
    from_text = _parts(lines_of_text(text)) if text.strip() else None
    from_html = _parts(lines_of_html(html)) if html.strip() else None
    chosen = _better(from_text, from_html)
    links = from_html.links if from_html else ()
    return replace(chosen, links=tuple(unseen_links(chosen.reply, links)))


def _better(from_text: ReplyParts | None, from_html: ReplyParts | None) -> ReplyParts:
    if from_text and from_html:
        return choosing.better(from_text, from_html)
    return from_text or from_html or ReplyParts(reply="")


def _parts(lines: list[Line]) -> ReplyParts:
    kinds = kinds_of(lines)
    whole = join_lines(line.raw for line in lines).strip()
    reply = _of_kind(Kind.OWN, lines, kinds)
    if not reply:
        return ReplyParts(reply=whole, unsplit=True)
    links = (link for line, kind in zip(lines, kinds, strict=True) if kind is Kind.OWN for link in line.links)
    return ReplyParts(
        reply=reply,
        signature=_of_kind(Kind.SIGNATURE, lines, kinds),
        quoted=_of_kind(Kind.QUOTED, lines, kinds),
        links=tuple(links),
    )


def _of_kind(wanted: Kind, lines: list[Line], kinds: list[Kind]) -> str:
    """Join the lines of one kind; an empty line stands where others were taken out between."""
    found: list[str] = []
    for line, kind in zip(lines, kinds, strict=True):
        if kind is wanted:
            found.append(line.raw)
        elif found and found[-1]:
            found.append("")
    return join_lines(found).strip()
