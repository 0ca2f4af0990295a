# ruff: noqa: E501  (word tables read best one entry to a line)
"""Recognising delivery reports and reading them (spec 03, "Hard bounce"): pure, no Django, no database, no clock.

Asked before anything else of an inbound e-mail: many reports carry auto-reply headers, and an out-of-office that is a
bounce would hold follow-ups for an address that is dead. A person who writes about a bounce is not one: besides words it
takes a mailer as the sender, a report header, or a report's fields.
"""

import re
from dataclasses import dataclass

from inbox.bounce_kinds import BounceKind, kind_of
from inbox.mail_headers import MailHeaders, bare_address
from inbox.optout.text import fold

__all__ = ["Bounce", "BounceKind", "classify_bounce"]

# Reports quote the mail they return after their own words; more than this is never needed.
_READ_CHARACTERS = 40_000

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|microsoftexchange[0-9a-f]{8,}|mail[-_.]?delivery[-_.]?(?:system|subsystem)?|bounces?|ndr)"
    r"(?:[+._-][^@]*)?(?:@|$)"
)
_NOBODY = ("mailer-daemon", "mailer_daemon", "mailerdaemon", "microsoftexchange")  # no person writes as these
_POSTMASTER = re.compile(
    r"^(?:postmaster|mailadmin|mail-?admin|noreply|no-reply|complaints|abuse|root|mailscanner|symantec\S*)(?:[+._-][^@]*)?@"
)
_ANSWERED = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr|rv|i|enc|antw|sv|vs|odp|pd)\s*:")
_REPORT_SUBJECT = re.compile(
    r"^\W*(?:undeliver(?:able|ed)|non[- ]?deliver|not deliver|delivery (?:status notification|failure|failed|has failed|delayed|incomplete|report|error)"
    r"|failed (?:delivery|mail)|failure notice|failure delivery|mail (?:delivery (?:failed|failure|system|subsystem|error)|system error|could not)|returned mail|return(?:ed)? to sender"
    r"|message (?:not delivered|blocked|delivery|undeliver|could not)|could not (?:send|deliver)|couldn't deliver|unable to deliver|delayed (?:mail|delivery)|delivery delay|warning: (?:could not|message)|bounced? (?:mail|message|email)"
    r"|address not found|rejected:|blocked:|\[?delivery failure"
    r"|unzustellbar|nicht zugestellt|nicht zustellbar|verzogert|zustellung (?:fehlgeschlagen|verzogert)|nachricht (?:konnte )?nicht|mailzustellung"
    r"|non remis|non distribu|echec de (?:la )?(?:remise|distribution)|message non|remise (?:differee|retardee)|retarde"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregad|no entregable|error (?:de|en la) entrega|mensaje no|fallo (?:de|en la) entrega|retrasad"
    r"|non recapit|mancat[ao] (?:recapito|consegna)|impossibile recapitare|mancata|ritardat"
    r"|nao entreg|nao e possivel entregar|nao foi possivel entregar|falha (?:na|de) entrega|mensagem nao|devolvid|atrasad"
    r"|onbestelbaar|niet bezorgd|vertraagd|niedostarcz|niedorecz|nie mozna dostarczyc|nie dostarczono|opoznion"
    r"|olevererbar|kunde inte leverer|gar inte att leverera|ej leverer|fordrojd|oleverbar)"
)
_REPORT_WORDS = re.compile(
    r"this is the mail (?:system|delivery)|i'm afraid i wasn't able to deliver|message (?:that )?you sent could not be delivered|could not be delivered to (?:one or more|all)"
    r"|(?:your )?message (?:to \S+ )?(?:wasn't|was not|couldn't be|could not be|can't be|cannot be|has not been|hasn't been|has been delayed|was rejected|has been blocked|is being delayed)"
    r"|delivery (?:to the following|has failed|failed|of the following|attempts|has been delayed)|following (?:addresses|recipients?|message).{0,60}(?:fail|error|not|problem)|remote (?:host|server) (?:said|returned|replied)|the response (?:from the remote server )?was|permanent (?:fatal )?errors?|transcript of session|undeliverable|generating server|reporting-mta|automatically (?:generated|created) by (?:mail delivery|the mail)|mail delivery (?:system|subsystem|software)"
    r"|address (?:couldn't be|not) found|an error occurred while trying to deliver|we (?:were unable|weren't able|couldn't) (?:to )?deliver|unable to deliver|delivery failure|returned to sender|sending it back"
    r"|(?:konnte|kann) nicht (?:zugestellt|ubermittelt)|nicht zugestellt werden|wurde nicht (?:zugestellt|gefunden)|fehler bei der zustellung"
    r"|n'a pas (?:pu )?etre (?:remis|distribue|envoye)|n'a pas ete remis|impossible de remettre|echec de la remise|n'ont pas pu"
    r"|no se (?:ha podido|pudo|puede) entregar|no se ha entregado|no (?:ha sido|fue) entregad|error al entregar"
    r"|non (?:e stato|puo essere|e stata) (?:possibile )?(?:recapitat|consegnat|inviat)|impossibile (?:recapitare|consegnare)|mancato recapito|non e stato possibile"
    r"|nao (?:foi|pode ser|foi possivel) (?:entreg|ser entregue)|nao foi entregue|falha na entrega"
    r"|kon(?:den)? niet (?:worden )?(?:bezorgd|afgeleverd)|niet (?:worden )?bezorgd|nie (?:mogla|moze|zostala|mozna) .{0,20}dostarcz|kunde inte levereras|gick inte att leverera"
)
_FIELDS = re.compile(
    r"^(?:final-recipient|original-recipient|diagnostic-code|reporting-mta|action|status|x-postfix-queue-id)[ \t]*:",
    re.M,
)
_DELIVERED = re.compile(r"^action[ \t]*:[ \t]*(?:deliver(?:ed|able)|relayed|expanded)", re.M)
_FAILED = re.compile(r"^action[ \t]*:[ \t]*(?:failed|delayed)", re.M)
_DELAYED = re.compile(
    r"^action[ \t]*:[ \t]*delayed|delivery status notification \(delay\)|still (?:being )?(?:retried|trying|try)|will (?:continue|keep) (?:to )?(?:try|retry|be retried|trying)"
    r"|has been delayed|no action is required on your part|delivery (?:is|has been)? ?delayed|you do not need to resend|delayed mail|will be retried|message delayed"
    r"|verzogert:|retarde :|retrasado:|ritardato:|atrasado:|vertraagd:",
    re.M,
)
# From here on the report repeats our own mail, whose words must not decide.
_OUR_MAIL = re.compile(
    r"^[\s\-_=*]*(?:this is a copy of (?:the|your) message|copy of (?:the|your) (?:original )?message|message headers follow|below this line is a copy).*$"
    r"|^[\s\-_=*]*(?:the )?(?:original|returned|undelivered) message (?:headers|follows|text)\b.*$"
    r"|^-{2,} ?(?:original|returned|ursprungliche|mensaje|message d'origine).*$"
    r"|^content-type: (?:message/rfc822|text/rfc822-headers).*$|^content-description: (?:undelivered message|undeliverable message).*$",
    re.M,
)
_REFUSAL = re.compile(
    r"^(?:diagnostic-code|remote-mta-reply)[ \t]*:.{0,600}(?:\n[ \t]+.{0,300}){0,6}"
    r"|(?:said|returned|replied|response was|responded with|error(?: message)?)[ ]?:?.{0,300}(?:\n.{0,200}){0,3}"
    r"|^.{0,120}\b[45]\d\d[ #-].{0,400}(?:\n[ \t]*[45]\d\d[ -].{0,300}){0,6}",
    re.M,
)
_BOOKKEEPING = re.compile(
    r"^(?:x-[\w-]+|arrival-date|reporting-mta|received|date|message-id|last-attempt-date|will-retry-until)[ \t]*:.*$",
    re.M,
)
_CODE = r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)"
_CODE_AFTER_REPLY = re.compile(rf"\b[45]\d\d[ -]+#?{_CODE}")
_CODE_FIELD = re.compile(rf"^status[ \t]*:[ \t]*{_CODE}", re.M)
_CODE_ANYWHERE = re.compile(rf"#?{_CODE}")
_REPLY = re.compile(r"(?<![\d.#-])([45]\d\d)(?=[ -][\d#a-z<(\"'])")
_ADDRESS = r"<?([\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})>?"
_RECIPIENT_FIELD = re.compile(
    rf"^(?:final|original)-recipient[ \t]*:[ \t]*(?:[\w-]+[ \t]*;)?[ \t]*{_ADDRESS}", re.I | re.M
)
_NAMED = re.compile(
    rf"(?:message to|delivered to|delivering to|deliver to|recipients?:?|address(?:es)?:?|following (?:address|recipient)\S*|destinataires?|empfanger|zugestellt|an|to|a|para)(?:[ \t:]+|[ \t:]*\n)\s{{0,4}}{_ADDRESS}",
    re.I,
)
_BEFORE_REASON = re.compile(
    rf"^[ \t]*{_ADDRESS}[ \t]*(?::|$|\(|\.\.\.|,? (?:host|was|could|couldn't|invalid))", re.I | re.M
)
_ANY_ADDRESS = re.compile(_ADDRESS)


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
    code, smtp = _code(report.words), _first(_REPLY, report.words)
    still_trying = bool(_DELAYED.search(report.subject) or _DELAYED.search(report.words)) and not _gave_up(report)
    refusal = "\n".join(found.group() for found in _REFUSAL.finditer(report.words))
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
    return " ".join(_BOOKKEEPING.sub("", text).split())


def _report(from_email: str, subject: str, text: str, headers: str) -> _Report:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    words = "\n".join(fold(line) for line in plain.split("\n"))
    cut = _OUR_MAIL.search(words)
    end = words.count("\n", 0, cut.start()) if cut else None
    return _Report(
        sender=bare_address(from_email),
        subject=fold(subject).strip(),
        words=words[: cut.start()] if cut else words,
        plain="\n".join(plain.split("\n")[:end]),
        headers=MailHeaders(headers),
    )


def _is_report(report: _Report) -> bool:
    if _DELIVERED.search(report.words) and not _FAILED.search(report.words):
        return False
    if _has_report_header(report.headers):
        return True
    mailer = bool(_DAEMON.match(report.sender))
    titled, worded = bool(_REPORT_SUBJECT.search(report.subject)), bool(_REPORT_WORDS.search(report.words))
    fields = len({found.group() for found in _FIELDS.finditer(report.words)})
    if mailer:
        return report.sender.startswith(_NOBODY) or titled or worded or fields > 0 or _has_code(report.words)
    if _ANSWERED.match(report.subject):
        return False  # a person who answers or forwards a report
    office = bool(_POSTMASTER.match(report.sender))
    return (
        fields >= 2 or (titled and (worded or fields > 0 or office)) or (office and worded and _has_code(report.words))
    )


def _has_report_header(headers: MailHeaders) -> bool:
    kind = headers.get("content-type")
    if "multipart/report" in kind:
        return "delivery-status" in kind or "report-type" not in kind
    return "x-failed-recipients" in headers or "x-ms-exchange-message-is-ndr" in headers


def _has_code(words: str) -> bool:
    return bool(_CODE_AFTER_REPLY.search(words) or _CODE_FIELD.search(words) or _REPLY.search(words))


def _gave_up(report: _Report) -> bool:
    return bool(
        re.search(
            r"^action[ \t]*:[ \t]*failed|\(failure\)|retry time(?:out)? ?(?:out )?exceeded|giving up|gave up",
            report.words + "\n" + report.subject,
            re.M,
        )
    )


def _code(words: str) -> str:
    """The most telling enhanced code: the remote server's, else the report's field, else any; x.0.0 says nothing."""
    found = [
        match.group(1)
        for pattern in (_CODE_AFTER_REPLY, _CODE_FIELD, _CODE_ANYWHERE)
        for match in pattern.finditer(words)
    ]
    codes = [code for code in found if not code.startswith("2")]
    telling = [code for code in codes if not code.endswith(".0.0")]
    return next(iter([*telling, *codes]), "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""


def _failed_recipient(report: _Report) -> str | None:
    named = _ANY_ADDRESS.search(report.headers.get("x-failed-recipients"))
    if named:
        return named.group(1).lower()
    for pattern in (_RECIPIENT_FIELD, _BEFORE_REASON, _NAMED, _ANY_ADDRESS):
        for found in pattern.finditer(report.plain):
            address = found.group(1).lower().strip(".")
            if address != report.sender and not _DAEMON.match(address) and not _POSTMASTER.match(address):
                return address
    return None
