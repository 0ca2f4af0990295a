"""The first look at everything a lead sends, before any model (spec 03 "Opt-out and suppression", 05 "Sentiment" 2, 3).

Pure: no Django, no database, no clock. One message in, one verdict out, in the order that matters: a bounce is not a
person and carries auto-reply headers; a person's opt-out beats everything else; what a machine writes is set aside.
"""

from dataclasses import dataclass
from enum import StrEnum

from inbox.autoreply import AutoReply, AutoReplyKind, classify_auto_reply
from inbox.bounces import Bounce, BounceKind, classify_bounce
from inbox.optout import OptOut, detect_opt_out
from inbox.sms_keywords import SmsKeyword, sms_keyword

__all__ = [
    "AutoReply",
    "AutoReplyKind",
    "Bounce",
    "BounceKind",
    "OptOut",
    "SmsKeyword",
    "Verdict",
    "VerdictKind",
    "check_inbound",
    "classify_auto_reply",
    "classify_bounce",
    "detect_opt_out",
    "sms_keyword",
]

SMS, EMAIL = "sms", "email"


class VerdictKind(StrEnum):
    """What a message is before anybody reads it for its meaning."""

    BOUNCE = "bounce"
    OPT_OUT = "opt_out"
    SMS_START = "sms_start"
    SMS_HELP = "sms_help"
    OUT_OF_OFFICE = "out_of_office"
    AUTOMATED = "automated"
    OUR_SIDE = "our_side"  # said where the lead is known (inbox/inbound.py): somebody of ours wrote
    NONE = "none"


# Written by machines, or by our own side: nobody of the lead's waits for an answer.
NOT_A_REPLY = frozenset({VerdictKind.BOUNCE, VerdictKind.OUT_OF_OFFICE, VerdictKind.AUTOMATED, VerdictKind.OUR_SIDE})


@dataclass(frozen=True)
class Verdict:
    """One decision and why; at most one of the findings is set (a keyword STOP sets `sms_keyword`, not `opt_out`)."""

    kind: VerdictKind
    reason: str
    bounce: Bounce | None = None
    opt_out: OptOut | None = None
    auto_reply: AutoReply | None = None
    sms_keyword: SmsKeyword | None = None


def check_inbound(
    *, channel: str, from_email: str, subject: str, body: str, whole: str = "", headers: str = ""
) -> Verdict:
    """Decide what an inbound message is. `channel` is "sms", "email" or "linkedin".

    `body` holds the sender's own words, `whole` the text before quotes were removed (a delivery report's fields look
    like quotes), `headers` the raw header block or "".
    """
    if channel == EMAIL:
        bounce = classify_bounce(from_email=from_email, subject=subject, text=whole or body, headers=headers)
        if bounce:
            return Verdict(VerdictKind.BOUNCE, bounce.reason, bounce=bounce)
    if channel == SMS and (keyword := sms_keyword(body)):
        return _keyword_verdict(keyword)
    auto_reply = classify_auto_reply(subject=subject, text=body, headers=headers)
    opt_out = detect_opt_out(subject=subject, body=body, channel=channel)
    if opt_out and not (auto_reply and _only_machine_talk(opt_out)):
        return Verdict(VerdictKind.OPT_OUT, opt_out.reason, opt_out=opt_out)
    if auto_reply:
        return Verdict(VerdictKind(auto_reply.kind.value), auto_reply.reason, auto_reply=auto_reply)
    return Verdict(VerdictKind.NONE, "nothing that stops it")


_BY_KEYWORD = {
    SmsKeyword.STOP: VerdictKind.OPT_OUT,
    SmsKeyword.START: VerdictKind.SMS_START,
    SmsKeyword.HELP: VerdictKind.SMS_HELP,
}


def _keyword_verdict(keyword: SmsKeyword) -> Verdict:
    return Verdict(_BY_KEYWORD[keyword], f"the carrier keyword {keyword.upper()}", sms_keyword=keyword)


def _only_machine_talk(opt_out: OptOut) -> bool:
    """In an automatic mail the footer's word or its notice is not the lead's; "remove me from your list" is."""
    return not opt_out.is_explicit
