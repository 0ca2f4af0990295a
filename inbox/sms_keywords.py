"""The words carriers act on themselves (CTIA): pure.

A keyword is the whole message, whatever its case and punctuation; inside a sentence it is just a word. YES is left out
on purpose: carriers take it as START only from a number that had opted out, and in a sales talk it is an answer. A lead
who opted out by STOP comes back with START or UNSTOP.
"""

import re
from enum import StrEnum

from inbox.optout.text import fold


class SmsKeyword(StrEnum):
    """What the carrier does with the word."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_MEANING = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), SmsKeyword.STOP),
    **dict.fromkeys(("start", "unstop"), SmsKeyword.START),
    **dict.fromkeys(("help", "info"), SmsKeyword.HELP),
}
_TWO_WORDS = {"stop all": "stopall", "opt out": "optout", "opt-out": "optout"}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def sms_keyword(body: str) -> SmsKeyword | None:
    """Return the carrier keyword the whole message is, else None."""
    if len(body) > 60:
        return None
    word = " ".join(_EDGES.sub("", fold(body)).split())
    return _MEANING.get(_TWO_WORDS.get(word, word))
