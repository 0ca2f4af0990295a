"""A message as it is read, and its HTML. That is put together here instead of in a template, as the HTML of the list's
rows is: a conversation has up to 40 messages, and the template engine alone took a seventh of its page. Every text of a
lead or a person is escaped. What became of a message that has not left (buttons, countdown) is rare, and stays a
template (inbox/_delivery.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from uuid import UUID
from zlib import crc32

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_LETTER = (
    '<li class="msg {look}" id="{key}" data-v="{version}"><article aria-label="{label}"><header class="msg-head">'
    '<span class="ch-{channel}"><svg class="i" aria-hidden="true"><use href="#i-{glyph}"/></svg>'
    '<span class="vh">{channel_name}</span></span>'
    '<b class="cut" dir="auto">{author}</b>{machine}{note}{mark}{opened}{sent}'
    '<time datetime="{iso}" title="{when_in_full}">{clock}</time></header>{subject}{body}{foot}'
)
_BY_AI = '<span class="by-ai h"><svg class="i" aria-hidden="true"><use href="#i-spark"/></svg>{}</span>'
_BY_MACHINE = '<span class="muted">{}</span>'
_NOTE = '<span class="cut">{}</span>'
_MARK = '<span class="pill is-{}">{}</span>'
_SEEN = (
    '<span class="seen h" title="{0}"><svg class="i" aria-hidden="true"><use href="#i-{1}"/></svg>'
    '<span class="vh">{0}</span></span>'
)
_NO_TEXT = '<p class="body muted">No text.</p>'
_ORIGINAL = (
    '<details class="quote"><summary title="Show quoted text and original"><svg class="i" aria-hidden="true">'
    '<use href="#i-more"/></svg><span class="vh">Show quoted text and original</span></summary>'
    '<div class="original" hx-get="{0}" hx-trigger="toggle from:closest details once" hx-swap="innerHTML" '
    'hx-push-url="false" hx-target="this"><a class="link-btn" href="{0}">Open the original</a></div></details>'
)
_CLIP = '<svg class="i" aria-hidden="true"><use href="#i-clip"/></svg>'
_LINK = '<a class="file h" href="{}" target="_blank" rel="noopener noreferrer">{}{} <small>{}</small></a>'
_FILE = '<span class="file h">{}{} <small>{}</small></span>'
_COPIES = '<small class="copies">Cc {}</small>'
_END = mark_safe("</article></li>")


@dataclass(frozen=True)
class File:
    name: str
    url: str
    size: str


@dataclass(frozen=True)
class Letter:
    """One message."""

    id: UUID
    inbound: bool
    glyph: str
    channel: str
    channel_name: str
    author: str
    note: str
    machine: str
    subject: str
    html: SafeString
    clock: str
    at: datetime
    when_in_full: str
    opened: str
    mark: tuple[str, str] | None
    copies: str
    files: list[File]
    has_original: bool
    delivery: str
    error: str
    undo_until: str
    held_until: str
    is_given_up: bool  # looked for at the provider often enough: a person decides now
    is_new: bool
    kind = "message"

    @property
    def key(self) -> str:
        return f"m-{self.id}"

    @property
    def iso(self) -> str:
        return self.at.isoformat()

    @property
    def look(self) -> str:
        if self.inbound:
            return "is-in is-new" if self.is_new else "is-in"
        return f"is-out is-{self.delivery}"

    @property
    def is_on_its_way(self) -> bool:
        """It has not left, or nobody knows: what became of it stands below."""
        return not self.inbound and self.delivery != "sent"

    @property
    def markup(self) -> SafeString:
        return _html(self)

    @property
    def end(self) -> SafeString:
        return _END

    @property
    def is_ai(self) -> bool:
        """A machine wrote it, or its draft."""
        return "AI" in self.machine

    @property
    def label(self) -> str:
        """How the message is called for a reader that cannot see it."""
        return f"{self.channel_name} from {self.author}, {self.clock}{', new' if self.is_new else ''}"

    @property
    def version(self) -> int:
        return crc32(repr(self).encode())


def _html(letter: Letter) -> SafeString:
    """One list item up to its `_END`, before which stands what became of the message."""
    html = _LETTER.format(
        look=letter.look,
        key=letter.key,
        version=letter.version,
        label=escape(letter.label),
        channel=escape(letter.channel),
        glyph=letter.glyph,
        channel_name=letter.channel_name,
        author=escape(letter.author),
        machine=(_BY_AI if letter.is_ai else _BY_MACHINE).format(escape(letter.machine)) if letter.machine else "",
        note=_NOTE.format(escape(letter.note)) if letter.note else "",
        mark=_MARK.format(letter.mark[1], letter.mark[0]) if letter.mark else "",
        opened=_SEEN.format(f"Opened {letter.opened}", "eye") if letter.opened else "",
        sent=_SEEN.format("Sent", "check") if letter.delivery == "sent" else "",
        iso=letter.iso,
        when_in_full=letter.when_in_full,
        clock=letter.clock,
        subject=f'<p class="subject">{escape(letter.subject)}</p>' if letter.subject else "",
        body=f'<p class="body">{conditional_escape(letter.html)}</p>' if letter.html else _NO_TEXT,
        foot=_foot(letter),
    )
    return mark_safe(html)  # noqa: S308 -- every text was escaped, the body where zrg.web.rendering did not make it safe


def _foot(letter: Letter) -> str:
    parts = [_ORIGINAL.format(_original_href(letter.id))] if letter.has_original else []
    parts += map(_file, letter.files)
    if letter.copies:
        parts.append(_COPIES.format(escape(letter.copies)))
    return f'<footer class="msg-foot h">{"".join(parts)}</footer>' if parts else ""


def _file(file: File) -> str:
    name, size = escape(file.name), escape(file.size)
    return _LINK.format(escape(file.url), _CLIP, name, size) if file.url else _FILE.format(_CLIP, name, size)


def _original_href(message_id: UUID) -> str:
    before, after = _around_id()
    return f"{before}{message_id}{after}"


@cache
def _around_id() -> tuple[str, str]:
    """The address of an original up to the message's id, and after it: worked out once."""
    nobody = UUID(int=0)
    before, _, after = reverse("inbox:original", args=[nobody]).partition(str(nobody))
    return before, after
