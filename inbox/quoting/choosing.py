"""Which of a mail's two parts was taken apart better. Pure.

The text part is preferred: it is what the lead saw as plain words. The HTML wins where its marks
explain more, and only if no word of the lead is lost by it.
"""

import re
from collections import Counter
from dataclasses import replace

from inbox.quoting.parts import ReplyParts

WORD = re.compile(r"\w+")
ADDRESS = re.compile(r"[<(\[]?\b(?:https?://|mailto:|www\.)[^\s>)\]]*[>)\]]?", re.I)


def better(from_text: ReplyParts, from_html: ReplyParts) -> ReplyParts:
    """Return the one of the two that tells the lead's words best."""
    text_words, html_words = _words(from_text.reply), _words(from_html.reply)
    if text_words == html_words or not html_words:
        return from_text
    if _is_another_mail(from_text, html_words):
        return from_html
    if from_html.unsplit:
        return from_text
    only_in_text = Counter(text_words) - Counter(html_words)
    if from_text.unsplit or only_in_text:
        accounted = Counter(_words(from_html.quoted)) + Counter(_words(from_html.signature))
        return _cut_like(from_text, from_html) if not only_in_text - accounted else from_text
    return from_text if _text_explains(from_text, text_words, html_words) else from_html


def _is_another_mail(from_text: ReplyParts, html_words: list[str]) -> bool:
    """True if the text part is a stub such as "this mail needs HTML"."""
    everything = Counter(_words(" ".join((from_text.reply, from_text.signature, from_text.quoted))))
    missing = Counter(html_words) - everything
    return sum(missing.values()) * 2 > len(html_words)


def _text_explains(from_text: ReplyParts, text_words: list[str], html_words: list[str]) -> bool:
    """True if what the HTML kept beyond the text's reply is signature or carries quote marks."""
    marked = [line for line in from_text.quoted.splitlines() if line.lstrip().startswith(">")]
    explained = Counter(_words(from_text.signature)) + Counter(_words("\n".join(marked)))
    return not Counter(html_words) - Counter(text_words) - explained


def _cut_like(from_text: ReplyParts, from_html: ReplyParts) -> ReplyParts:
    """The text's reply cut after the last word of the HTML's; the HTML's words if they differ."""
    wanted = _words(from_html.reply)
    found = [match for _, match in zip(wanted, WORD.finditer(_masked(from_text.reply)), strict=False)]
    if [match.group().casefold() for match in found] != wanted:
        return from_html
    position = found[-1].end()
    rest = from_text.reply[position:]
    ending = re.match(r"[^\w\s]*(?:[ \t]*[^\w\s>_-]+)?", rest)
    position += ending.end() if ending else 0
    return replace(from_html, reply=from_text.reply[:position].strip())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(_masked(text))]


def _masked(text: str) -> str:
    """Blank out addresses, which the two parts write differently."""
    return ADDRESS.sub(lambda match: " " * len(match.group()), text)
