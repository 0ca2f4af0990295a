"""Texts on their way out and back: plain text as HTML, and whether two texts are one message. Pure."""

from __future__ import annotations

import html
import re

_QUOTED = re.compile(r"(?is)<blockquote.*|<div[^>]*class=[\"'][^\"']*gmail_quote.*")
_BREAK = re.compile(r"(?i)<br\s*/?>|</p>|</div>|</li>|</tr>|</h\d>")
_TAG = re.compile(r"(?is)<!--.*?-->|<(style|script)\b.*?</\1>|<[^>]+>")
_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff]+")


def as_html(text: str) -> str:
    """Plain text as HTML: everything escaped, blank lines part paragraphs, line ends become breaks."""
    lines = html.escape(text.replace("\r\n", "\n").strip(), quote=False)
    return "".join(f"<p>{part}</p>" for part in re.split(r"\n{2,}", lines)).replace("\n", "<br>")


def own_words(rich: str) -> str:
    """The text of an HTML mail without what it quotes; for comparing, not for showing."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", _QUOTED.sub("", rich))))


def is_same(ours: str, theirs: str) -> bool:
    """Whether two texts are one message: white space, entities and invisible characters change on the way."""
    return _bare(ours) == _bare(theirs) != ""


def begins_alike(ours: str, theirs: str) -> bool:
    """As `is_same`, and where theirs goes on after ours: with what a platform quotes below an answer.

    Rather a false yes than a false no: who misses his own message sends it a second time."""
    mine, found = _bare(ours), _bare(theirs)
    return mine != "" and (found == mine or found.startswith(f"{mine} "))


def _bare(text: str) -> str:
    return _SPACE.sub(" ", html.unescape(text)).strip().casefold()
