"""What the signature of the mail being answered tells (spec 06, "Signature context"): best effort, never in the way.

A model reads it where there is one, else a few rules that are certain. Either way only what stands in the mail is
kept, so that a draft knows the lead's details and the guards know what must not be carried over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from inbox.drafting.guarding import addresses
from inbox.drafting.guarding.folding import plain
from inbox.html_text import unseen_links
from inbox.models import Message
from inbox.prompts.signature import CONTEXT, SignatureAnswer
from inbox.quoting import contacts, split_reply
from inbox.quoting.labelling import kinds_of
from inbox.quoting.parts import Kind, ReplyParts
from inbox.quoting.reading import lines_of_html
from zrg.ai.running import run_structured

LONGEST_CANDIDATE = 5_000
MOST_SCHEDULING, MOST_OTHER, MOST_LINES = 5, 10, 10
LEAST_S, MOST_S = 1.0, 4.5
SHARE_OF_DRAFT = 0.15
_LONGEST_VALUE = 300
_TAIL_LINES = 20
_SCHEDULERS = re.compile(
    r"(?:^|[./])(?:calendly\.com|cal\.com|savvycal\.com|tidycal\.com|chilipiper\.com|zcal\.co|koalendar\.com|doodle\.com|"
    r"youcanbook\.me|oncehub\.com|meetings?\.\w|calendar\.(?:google|app)|outlook\.\w+\.com/book|bookings?\.\w|"
    r"book(?:ing|ings|-a-call|-a-meeting)?/|schedule/|meetings?/)",
    re.I,
)
_PROFILE = re.compile(r"linkedin\.\w{2,3}(?:\.\w{2})?/(?:in|pub)/", re.I)
_FAX = re.compile(r"\b(?:fax|telefax|f)\b\W", re.I)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class SignatureContext:
    """The signer's details as they stand in the mail; empty where it does not tell."""

    name: str = ""
    title: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    linkedin: str = ""
    scheduling_links: tuple[str, ...] = ()
    other_links: tuple[str, ...] = ()
    important_lines: tuple[str, ...] = ()
    confidence: str = "low"  # high | medium | low
    source: str = "none"  # model | rules | none: the mail shows no signature
    lines: tuple[str, ...] = field(default=(), repr=False)  # of the candidate, for Allowed.lead_signature

    @property
    def contacts(self) -> tuple[str, ...]:
        """Every address and number of the lead's, for Allowed.lead_contacts."""
        known = (self.email, self.phone, self.linkedin, *self.scheduling_links, *self.other_links)
        return tuple(value for value in known if value)

    def as_text(self) -> str:
        """The details as lines of "what: value", for a prompt's data; "" if there are none."""
        named = {
            "name": self.name,
            "title": self.title,
            "company": self.company,
            "e-mail": self.email,
            "phone": self.phone,
            "LinkedIn": self.linkedin,
            "their scheduling links": ", ".join(self.scheduling_links),
            "their other links": ", ".join(self.other_links),
            "noted": " / ".join(self.important_lines),
        }
        found = [f"{what}: {value}" for what, value in named.items() if value]
        return "\n".join([*found, f"confidence: {self.confidence}"]) if found else ""


def share(draft_timeout_s: float) -> float:
    """The seconds of a draft's time the signature may take: 15 %, between 1 and 4.5."""
    return min(max(draft_timeout_s * SHARE_OF_DRAFT, LEAST_S), MOST_S)


def read(message: Message, *, timeout_s: float) -> SignatureContext:
    """Read the signature of an inbound e-mail within `timeout_s` (held between 1 and 4.5), asking once.

    Never raises for model trouble: without an answer the rules read what is certain.
    """
    found = candidate(message.raw_text, message.raw_html)
    if not found:
        return SignatureContext()
    result = run_structured(
        CONTEXT,
        workspace=message.workspace,
        lead_id=message.lead_id,
        variables={"lead": _expected(message), "signature_candidate": found},
        schema=SignatureAnswer,
        timeout_s=min(max(timeout_s, LEAST_S), MOST_S),
        retries=False,
        source="draft",
    )
    return by_rules(found) if result.value is None else checked(result.value, found)


def candidate(raw_text: str, raw_html: str) -> str:
    """The closing, name, details and links at the end of the lead's own words, at most 5,000 characters.

    "" if the mail shows no signature at all.
    """
    parts = split_reply(text=raw_text, html=raw_html)
    if parts.unsplit:
        return ""  # The words may be ours.
    block = "\n".join(part for part in (_closing(parts), parts.signature) if part)
    links = unseen_links(block, _links_behind(raw_html))
    if not block and not any(_SCHEDULERS.search(link) for link in links):
        return ""
    listed = "Links:\n" + "\n".join(links) if links else ""
    return _clamped(block, listed)


def checked(answer: SignatureAnswer, candidate: str) -> SignatureContext:
    """What of a model's answer really stands in the candidate, within the limits of spec 06."""
    standing = addresses.known((candidate,))
    written = addresses.links(candidate)
    words = _spoken(candidate)
    linkedin = _as_written([answer.linkedin or ""], written)
    scheduling = _as_written(answer.scheduling_links, written)
    other = [link for link in _as_written(answer.other_links, written) if link not in {*scheduling, *linkedin}]
    return SignatureContext(
        name=_if_said(answer.name, words),
        title=_if_said(answer.title, words),
        company=_if_said(answer.company, words),
        email=answer.email.strip() if answer.email and answer.email.strip().casefold() in standing.emails else "",
        phone=_phone(answer.phone, candidate),
        linkedin=linkedin[0] if linkedin else "",
        scheduling_links=tuple(scheduling[:MOST_SCHEDULING]),
        other_links=tuple(other[:MOST_OTHER]),
        important_lines=tuple(filter(None, (_if_said(line, words) for line in answer.important_lines)))[:MOST_LINES],
        confidence=answer.confidence,
        source="model",
        lines=_lines(candidate),
    )


def by_rules(candidate: str) -> SignatureContext:
    """What is certain without a model: addresses, one number, links by their kind. Its confidence is low."""
    links = list(addresses.links(candidate).values())
    emails = sorted(addresses.known((candidate,)).emails)
    phones = [line for line in candidate.splitlines() if not _FAX.search(line)]
    profile = next((link for link in links if _PROFILE.search(link)), "")
    scheduling = [link for link in links if _SCHEDULERS.search(link)]
    other = [link for link in links if link not in scheduling and link != profile]
    return SignatureContext(
        email=emails[0] if len(emails) == 1 else "",
        phone=next(iter(addresses.phones("\n".join(phones))), "").strip(),
        linkedin=profile,
        scheduling_links=tuple(scheduling[:MOST_SCHEDULING]),
        other_links=tuple(other[:MOST_OTHER]),
        source="rules",
        lines=_lines(candidate),
    )


def _expected(message: Message) -> str:
    """Who should have signed: the current replier, else the lead."""
    lead = message.lead
    if lead.current_replier_email:
        return f"{lead.current_replier_name} <{lead.current_replier_email}>".strip()
    return f"{lead.name} <{lead.email}>".strip()


def _closing(parts: ReplyParts) -> str:
    """The lines from the closing on ("Best, Ann"), which the splitting leaves with the lead's words."""
    lines = [line.strip() for line in parts.reply.splitlines() if line.strip()]
    for place in range(max(0, len(lines) - _TAIL_LINES), len(lines)):
        if contacts.CLOSING.fullmatch(lines[place]) or contacts.CLOSING_WITH_NAME.fullmatch(lines[place]):
            return "\n".join(lines[place:])
    if parts.signature and lines and contacts.is_name(lines[-1]):
        return lines[-1]
    return ""


def _links_behind(raw_html: str) -> list[str]:
    """The targets of the lead's own lines and signature, not of the quoted history."""
    if not raw_html.strip():
        return []
    lines = lines_of_html(raw_html)
    pairs = zip(lines, kinds_of(lines), strict=True)
    return [link for line, kind in pairs if kind is not Kind.QUOTED for link in line.links]


def _clamped(block: str, listed: str) -> str:
    """Both within the limit; the links give way first, then the end of the block."""
    block = block[:LONGEST_CANDIDATE]
    room = LONGEST_CANDIDATE - len(block) - 1
    while listed and len(listed) > room:
        listed = listed.rpartition("\n")[0]
    return f"{block}\n{listed}".strip() if listed != "Links:" else block


def _as_written(links: Iterable[str], written: dict[str, str]) -> list[str]:
    found = (written.get(addresses.comparable(link)) for link in links)
    return list(dict.fromkeys(link for link in found if link))


def _phone(phone: str | None, candidate: str) -> str:
    """The number if the same digits stand in the candidate."""
    digits = re.sub(r"\D", "", phone or "")
    standing = {re.sub(r"\D", "", found) for found in addresses.phones(candidate)}
    return (phone or "").strip()[:_LONGEST_VALUE] if digits and digits in standing else ""


def _if_said(value: str | None, words: str) -> str:
    """The value if its words stand together in the candidate."""
    value = " ".join((value or "").split())[:_LONGEST_VALUE]
    return value if (spoken := _spoken(value).strip()) and f" {spoken} " in words else ""


def _spoken(text: str) -> str:
    return f" {' '.join(_WORD.findall(plain(text)))} "


def _lines(candidate: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in candidate.splitlines() if line.strip() and line.strip() != "Links:")
