"""What a call gives to work with: fenced blocks of its input, the transcript, the voice in the system text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

_BLOCK = re.compile(r"<<data (?P<name>\w+) (?P<nonce>\w+)>>\n(?P<text>.*?)\n?<<end (?P=name) (?P=nonce)>>", re.DOTALL)
_ENTRY = re.compile(
    r"^--- (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d) UTC \| (?P<way>IN|OUT) \| (?P<channel>\w+) \| (?P<who>[^|\n]*)"
    r"(?:\| ?(?P<subject>.*))?$",
    re.MULTILINE,
)
_NOTHING = "(nothing)"
_LABEL = r"(?im)^(?:.{{0,80}}\. )?[ \t*\-#]*{name}[^:\n]{{0,40}}:[ \t*]*"
_NEXT = re.compile(r"^[ \t*\-#]*(?:[A-Z][\w \-]{2,40}:(?:\s|$)|Between them\b)")
_WRITES_AS = re.compile(r"\bYou write as (?P<name>.+?) of (?P<company>.+?)\.(?=\s|$)")
_TODAY = re.compile(r"\bToday is (\d{4}-\d\d-\d\d)\b")
_FACT = r"(?m)^{name}: (.+)$"
_QUOTED = re.compile(
    r"(?im)^(?:>.*|on .{5,120} wrote:|am .{5,120} schrieb.*:|le .{5,120} a écrit ?:|-{2,} ?original.*)$"
)


@dataclass(frozen=True)
class Entry:
    """One message of the transcript."""

    at: datetime
    is_inbound: bool
    channel: str
    who: str
    subject: str
    text: str


@dataclass(frozen=True)
class Material:
    """Everything one call says. `instructions` is ours; what the blocks hold may be anybody's."""

    instructions: str
    input: str

    @cached_property
    def blocks(self) -> dict[str, str]:
        """Name → text; a block that says it is empty is empty."""
        found = {match["name"]: match["text"].strip() for match in _BLOCK.finditer(self.input)}
        return {name: "" if text == _NOTHING else text for name, text in found.items()}

    def block(self, name: str) -> str:
        """One block's text, empty if it was not sent."""
        return self.blocks.get(name, "")

    @cached_property
    def transcript(self) -> list[Entry]:
        """The messages, oldest first."""
        text = self.block("transcript")
        heads = list(_ENTRY.finditer(text))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        return [_entry(head, text[head.end() : end].strip()) for head, end in zip(heads, ends, strict=True)]

    @cached_property
    def last_inbound(self) -> str:
        """What the lead wrote last, without what it quotes."""
        whole = self.block("last_inbound") or next(
            (one.text for one in reversed(self.transcript) if one.is_inbound), ""
        )
        quote = _QUOTED.search(whole)
        kept = whole[: quote.start()].strip() if quote else whole
        return kept or whole

    @cached_property
    def today(self) -> date:
        """The day of the last message: dates in it count from there, today or in a year."""
        if self.transcript:
            return self.transcript[-1].at.date()
        told = _TODAY.search(self.instructions)
        return date.fromisoformat(told[1]) if told else datetime.now(UTC).date()

    @cached_property
    def lead_name(self) -> str:
        """The name of who is answering, empty if unknown."""
        known = self.fact("Answering now") or self.fact("Name")
        return known or next((one.who for one in reversed(self.transcript) if one.is_inbound and one.who), "")

    @property
    def first_name(self) -> str:
        """As one would greet; empty for an address or a company."""
        first = self.lead_name.split(" ")[0].strip(",.")
        return first if first.isalpha() and first[:1].isupper() else ""

    def fact(self, name: str) -> str:
        """A line such as `Title: CFO` of what is known of the lead."""
        found = re.search(_FACT.format(name=re.escape(name)), self.block("lead"))
        return found[1].strip() if found else ""

    @property
    def persona(self) -> str:
        """Who writes, by the system text."""
        found = _WRITES_AS.search(self.instructions)
        return found["name"] if found else ""

    def said(self, *names: str) -> str:
        """What a line of the system text says after such a label, with the lines below it; the first that is there."""
        for name in names:
            if text := _below_label(self.instructions, name):
                return text
        return ""


def _entry(head: re.Match[str], text: str) -> Entry:
    at = datetime.strptime(head["at"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    subject = (head["subject"] or "").strip()
    return Entry(at, head["way"] == "IN", head["channel"], head["who"].strip(), subject, text)


def _below_label(text: str, name: str) -> str:
    found = re.search(_LABEL.format(name=re.escape(name)), text)
    if not found:
        return ""
    lines = text[found.end() :].splitlines() or [""]
    kept = [lines[0].strip()] if lines[0].strip() else []
    for line in lines[1:]:
        if not line.strip() or _NEXT.match(line):
            break
        kept.append(line.strip())
    return "\n".join(kept).strip('"“”')
