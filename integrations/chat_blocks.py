"""Parts of a Slack message (Block Kit), within Slack's limits whatever they are given. Pure.

What comes from leads and people goes through `escape`: a lead who writes <!channel> alerts nobody (slack contract).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

Block = dict[str, Any]

SECTION_CHARS = 3_000
FIELD_CHARS = 2_000
BUTTON_CHARS = 75
VALUE_CHARS = 2_000
ID_CHARS = 255
URL_CHARS = 3_000
TEXT_CHARS = 4_000  # what an update takes; a new message would take more
MOST_BLOCKS = 50
MOST_FIELDS = 10

_HALF_ENTITY = re.compile(r"&[a-z]{0,3}$")
_ELLIPSIS = "…"


def escape(text: str) -> str:
    """Text as mrkdwn that shows exactly it: no mention, no link, no channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; never ends within an escaped character."""
    if len(text) <= limit:
        return text
    return _HALF_ENTITY.sub("", text[: limit - 1]).rstrip() + _ELLIPSIS


def quoted(text: str) -> str:
    """Escaped text as a quotation, line by line."""
    return "\n".join(f">{line}" for line in escape(text).splitlines())


def link(url: str, words: str) -> str:
    """A link with a text of its own."""
    return f"<{quote(url, safe=':/?&=#%')}|{escape(words)}>"


def section(mrkdwn: str, *, block_id: str = "") -> Block:
    """A paragraph of escaped mrkdwn, cut to what Slack takes."""
    block: Block = {"type": "section", "text": _mrkdwn(cut(mrkdwn, SECTION_CHARS))}
    return {**block, "block_id": block_id[:ID_CHARS]} if block_id else block


def sections(mrkdwn: str, *, most: int) -> list[Block]:
    """A long text in up to `most` paragraphs, broken at line ends where there are any; cut after the last."""
    found: list[Block] = []
    rest = mrkdwn
    while rest and len(found) < most - 1 and len(rest) > SECTION_CHARS:
        at = rest.rfind("\n", SECTION_CHARS // 2, SECTION_CHARS)
        head = rest[:at] if at > 0 else _HALF_ENTITY.sub("", rest[: SECTION_CHARS - 10])
        found.append(section(head))
        rest = rest[len(head) :].lstrip("\n")
        rest = f">{rest}" if mrkdwn.startswith(">") and rest and not rest.startswith(">") else rest
    return [*found, section(rest)] if rest else found


def fields(facts: dict[str, str]) -> Block:
    """Label and value in two columns; values are escaped here."""
    shown = [f"*{escape(label)}*\n{escape(value)}" for label, value in facts.items() if value]
    return {"type": "section", "fields": [_mrkdwn(cut(one, FIELD_CHARS)) for one in shown[:MOST_FIELDS]]}


def context(mrkdwn: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [_mrkdwn(cut(mrkdwn, FIELD_CHARS))]}


def actions(block_id: str, *buttons: Block) -> Block:
    """Buttons in a row."""
    return {"type": "actions", "block_id": block_id[:ID_CHARS], "elements": list(buttons)}


def button(words: str, *, action_id: str, value: str = "", url: str = "", style: str = "") -> Block:
    """One button. Raises ValueError where a value or address is too long: cut, it would mean something else."""
    if len(value) > VALUE_CHARS or len(url) > URL_CHARS:
        raise ValueError(f"The button {action_id} carries too much.")
    told = {"value": value, "url": url, "style": style}
    plain = {"type": "plain_text", "text": cut(words, BUTTON_CHARS)}
    return {"type": "button", "action_id": action_id, "text": plain} | {name: v for name, v in told.items() if v}


def _mrkdwn(text: str) -> Block:
    """`verbatim`: Slack makes no links and mentions of its own out of it."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
