"""Text made safe by construction (spec 03): everything is escaped, then only what we know becomes markup.

What a lead or a provider wrote reaches a page through `rendered` and no other way; provider HTML never does.
"""

from __future__ import annotations

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

LABEL_LENGTH = 200

_LINK = re.compile(
    rf"\[(?P<label>[^\[\]\n]{{1,{LABEL_LENGTH}}})\]\((?P<target>(?:https?://|www\.)[^\s<>\"()]+(?:\([^\s<>\"()]*\)[^\s<>\"()]*)*)\)"
    r"|(?P<url>https?://[^\s<>\"]+)",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’”»…*_"
_OPENING = {")": "(", "]": "[", "}": "{"}
_BREAK = re.compile(r"\r\n?|\n")


def rendered(text: str) -> SafeString:
    """HTML of plain text: http(s) addresses and [label](address) are links in a new tab, line breaks are `<br>`."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        parts += [_plain(text[end : found.start()]), _linked(found)]
        end = found.end()
    parts.append(_plain(text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every part was escaped


def _plain(text: str) -> str:
    return _BREAK.sub("<br>", escape(text))


def _linked(found: re.Match[str]) -> str:
    if found["label"]:
        return _anchor(_absolute(found["target"]), found["label"])
    url, rest = _without_trailing(found["url"])
    return _anchor(url, url) + _plain(rest) if url.partition("//")[2] else _plain(found["url"])


def _absolute(target: str) -> str:
    return f"https://{target}" if target[:4].lower() == "www." else target


def _anchor(url: str, label: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)}</a>'


def _without_trailing(url: str) -> tuple[str, str]:
    """The address and the punctuation after it; a closing bracket belongs to it only if it was opened inside."""
    end = len(url)
    count = {bracket: url.count(bracket) for bracket in "()[]{}"}
    while end:
        last = url[end - 1]
        if last in _OPENING and count[last] > count[_OPENING[last]]:
            count[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end], url[end:]
