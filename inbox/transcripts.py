"""A conversation as a model reads it: oldest first, each message with its time, channel, direction and subject.

Form of an entry (the sandbox's model and the prompts rely on it):
`--- 2026-03-02 14:05 UTC | IN | email | Ann Lee | Re: Quick idea`, then the text. Clamped from the oldest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from inbox.models import Delivery, Message
from leads.models import Direction, Lead

FOR_SENTIMENT, FOR_DRAFTS, FOR_REGENERATING = 40, 40, 80
MOST_CHARS = 24_000
_MOST_OF_ONE = 6_000
_RULE = re.compile(r"^---", re.MULTILINE)
_SHOWN = (Delivery.RECEIVED, Delivery.SENT, Delivery.QUEUED, Delivery.SENDING, Delivery.SCHEDULED, Delivery.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The last messages of a lead, oldest first, and as one text."""

    messages: tuple[Message, ...]
    text: str

    @property
    def last_inbound(self) -> Message | None:
        return next((one for one in reversed(self.messages) if one.is_theirs), None)

    @property
    def ours(self) -> tuple[str, ...]:
        """What our side wrote."""
        return tuple(one.body for one in self.messages if not one.is_theirs)

    @property
    def theirs(self) -> tuple[str, ...]:
        """What the lead's side wrote, quotes and signatures included where they are known."""
        return tuple(one.raw_text or one.body for one in self.messages if one.is_theirs)


def of(lead: Lead, *, last: int) -> Transcript:
    """The lead's last messages. One query."""
    newest = Message.objects.filter(lead=lead, delivery__in=_SHOWN).exclude(automated="bounce")
    messages = tuple(reversed(newest.order_by("-sent_at", "-id").defer("raw_html")[:last]))
    return Transcript(messages, written(messages, lead=lead))


def written(messages: Sequence[Message], *, lead: Lead, most: int = MOST_CHARS) -> str:
    """As one text of at most `most` characters; what does not fit is left out from the oldest on."""
    entries: list[str] = []
    left = most
    for message in reversed(messages):
        entry = _entry(message, lead)
        left -= len(entry)
        if left < 0 and entries:
            break
        entries.append(entry)
    return "\n\n".join(reversed(entries))


def _entry(message: Message, lead: Lead) -> str:
    at = message.sent_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    side = "IN" if message.is_theirs else "OUT"
    head = [at, side, message.channel, _line(_author(message, lead)), _line(message.subject)]
    body = _RULE.sub("- - -", message.body[:_MOST_OF_ONE]).strip() or "(no text)"
    return f"--- {' | '.join(filter(None, head))}\n{body}"


def _author(message: Message, lead: Lead) -> str:
    if message.is_theirs:
        return message.from_name or lead.name
    if message.direction == Direction.IN:
        return f"{message.from_name or message.from_email} (our side)"
    return message.get_sent_by_display()


def _line(text: str) -> str:
    return " ".join(text.replace("|", "/").split())[:200]
