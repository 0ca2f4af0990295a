"""Recognising delivery reports and reading them (spec 03, "Hard bounce"): pure, no Django, no database, no clock.

Asked before anything else of an inbound e-mail: many reports carry auto-reply headers, and a bounce taken for an
out-of-office would hold follow-ups for a dead address. A person who writes about a bounce is not one: besides words it
takes a mailer as the sender, a report header, or a report's fields.
"""

import re
from dataclasses import dataclass

from inbox import bounce_shapes as shapes
from inbox.bounce_kinds import BounceKind, kind_of
from inbox.mail_headers import MailHeaders, bare_address
from inbox.optout.text import fold

__all__ = ["Bounce", "BounceKind", "classify_bounce"]

# Reports quote the mail they return after their own words; more than this is never needed.
_READ_CHARACTERS = 40_000


@dataclass(frozen=True)
class Bounce:
    """One delivery report. `still_trying`: a delay notice, the sending server has not given up; do not count it."""

    kind: BounceKind
    failed_recipient: str | None
    status_code: str | None
    reason: str
    still_trying: bool = False


@dataclass(frozen=True)
class _Report:
    sender: str
    subject: str  # folded
    words: str  # folded, our own mail cut off
    plain: str  # as it came, cut off at the same line
    headers: MailHeaders


def classify_bounce(*, from_email: str, subject: str, text: str, headers: str = "") -> Bounce | None:
    """Read a delivery report; None when the mail is not one. `headers` is the raw header block, when known.

    Never raises; reads at most the first 40,000 characters.
    """
    report = _report(from_email, subject, text[:_READ_CHARACTERS], headers[:_READ_CHARACTERS])
    if not _is_report(report):
        return None
    code, smtp = _code(report.words), _first(shapes.REPLY, report.words)
    still_trying = _is_delayed(report)
    refusal = "\n".join(found.group() for found in shapes.REFUSAL.finditer(report.words))
    kind, why = kind_of(
        code=code, smtp=smtp, refusal=_flat(refusal), everything=_flat(f"{report.subject}\n{report.words}")
    )
    if still_trying:
        kind, why = BounceKind.SOFT, "delayed, the server keeps trying"
    reply = " ".join(part for part in (smtp, code) if part)
    return Bounce(
        kind=kind,
        failed_recipient=_failed_recipient(report),
        status_code=code or None,
        reason=f"{why} ({reply})" if reply else why,
        still_trying=still_trying,
    )


def _flat(text: str) -> str:
    """One line without the report's book-keeping fields (a "queue id" is no queue that is full)."""
    return " ".join(shapes.BOOKKEEPING.sub("", text).split())


def _report(from_email: str, subject: str, text: str, headers: str) -> _Report:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    words = "\n".join(fold(line) for line in plain.split("\n"))
    cut = shapes.OUR_MAIL.search(words)
    end = words.count("\n", 0, cut.start()) if cut else None
    return _Report(
        sender=bare_address(from_email),
        subject=fold(subject).strip(),
        words=words[: cut.start()] if cut else words,
        plain="\n".join(plain.split("\n")[:end]),
        headers=MailHeaders(headers),
    )


def _is_report(report: _Report) -> bool:
    if shapes.DELIVERED.search(report.words) and not shapes.FAILED.search(report.words):
        return False
    if _has_report_header(report.headers):
        return True
    mailer = bool(shapes.DAEMON.match(report.sender))
    titled, worded = bool(shapes.REPORT_SUBJECT.search(report.subject)), bool(shapes.REPORT_WORDS.search(report.words))
    fields = len({found.group() for found in shapes.FIELDS.finditer(report.words)})
    if mailer:
        return report.sender.startswith(shapes.NOBODY) or titled or worded or fields > 0 or _has_code(report.words)
    if shapes.ANSWERED.match(report.subject):
        return False  # a person who answers or forwards a report
    office = bool(shapes.POSTMASTER.match(report.sender))
    return (
        fields >= 2 or (titled and (worded or fields > 0 or office)) or (office and worded and _has_code(report.words))
    )


def _has_report_header(headers: MailHeaders) -> bool:
    kind = headers.get("content-type")
    if "multipart/report" in kind:
        return "delivery-status" in kind or "report-type" not in kind
    return "x-failed-recipients" in headers or "x-ms-exchange-message-is-ndr" in headers


def _has_code(words: str) -> bool:
    return bool(shapes.CODE_AFTER_REPLY.search(words) or shapes.CODE_FIELD.search(words) or shapes.REPLY.search(words))


def _is_delayed(report: _Report) -> bool:
    said = f"{report.subject}\n{report.words}"
    return bool(shapes.DELAYED.search(said)) and not shapes.GAVE_UP.search(said)


def _code(words: str) -> str:
    """The most telling enhanced code: the remote server's, else the report's field, else any; x.0.0 says nothing."""
    found = [
        match.group(1)
        for pattern in (shapes.CODE_AFTER_REPLY, shapes.CODE_FIELD, shapes.CODE_ANYWHERE)
        for match in pattern.finditer(words)
    ]
    codes = [code for code in found if not code.startswith("2")]
    telling = [code for code in codes if not code.endswith(".0.0")]
    return next(iter([*telling, *codes]), "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""


def _failed_recipient(report: _Report) -> str | None:
    named = shapes.ANY_ADDRESS.search(report.headers.get("x-failed-recipients"))
    if named:
        return named.group(1).lower()
    for pattern in (shapes.RECIPIENT_FIELD, shapes.BEFORE_REASON, shapes.NAMED, shapes.ANY_ADDRESS):
        for found in pattern.finditer(report.plain):
            address = found.group(1).lower().strip(".")
            if address != report.sender and not shapes.DAEMON.match(address) and not shapes.POSTMASTER.match(address):
                return address
    return None
