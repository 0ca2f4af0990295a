"""Replies so short and plain that no model is needed to read them (spec 05, "Fast paths"; 06, legacy gate). Pure.

The whole reply must be one of these: a phrase among other words says less than it seems to.
"""

from __future__ import annotations

import re
import unicodedata

_MOST_CHARS = 80
_NOISE = re.compile(r"[^\w\s']+|_")
_NAME = re.compile(r"^(?:hi|hello|hey|hallo|hola|bonjour|ciao|hej|olá|dear)\s+\w+\s+")

_NOT_INTERESTED = frozenset(
    """
    not interested|no interest|not interested thanks|not interested thank you|no thanks|no thank you|no thx|nope
    thanks but no thanks|thank you but no thank you|thanks but not interested|thank you but not interested
    not interested at all|i'm not interested|im not interested|i am not interested|we are not interested
    we're not interested|were not interested|not for us|not for me|pass|we'll pass|i'll pass|hard pass|no
    not interested at this time thanks|sorry not interested|no thanks not interested|not interested sorry
    kein interesse|nein danke|kein bedarf|kein interesse danke|danke kein interesse|wir haben kein interesse
    danke kein bedarf|nein|ich habe kein interesse
    pas intéressé|pas intéressée|pas interessé|non merci|pas intéressé merci|nous ne sommes pas intéressés
    je ne suis pas intéressé|je ne suis pas intéressée|non
    no gracias|no me interesa|no nos interesa|no me interesa gracias|no estoy interesado|no estoy interesada
    no estamos interesados|no grazie|non mi interessa|non ci interessa|non sono interessato|non siamo interessati
    geen interesse|nee bedankt|nee dank je|niet geïnteresseerd|geen interesse bedankt|nee
    não obrigado|não obrigada|não tenho interesse|não temos interesse|sem interesse
    inte intresserad|nej tack|inte intresserade|nej|nie dziękuję|nie jestem zainteresowany|nie jesteśmy zainteresowani
    """.replace("\n", "|").split("|")
)
_ACKNOWLEDGED = frozenset(
    """
    thanks|thank you|thx|ty|ok|okay|k|got it|noted|great|great thanks|perfect|perfect thanks|sounds good|cool|cheers
    thanks a lot|thank you so much|thank you very much|many thanks|ok thanks|ok thank you|okay thanks|will do|received
    understood|appreciate it|much appreciated|all good|no problem|sure|👍|👌|🙏|thanks got it|got it thanks|noted thanks
    danke|vielen dank|alles klar|ok danke|super danke|passt|merci|merci beaucoup|d'accord|ok merci|parfait
    gracias|muchas gracias|ok gracias|vale|perfecto|grazie|grazie mille|va bene|ok grazie|perfetto
    bedankt|dank je|dank u|oké|prima|obrigado|obrigada|muito obrigado|tack|tack så mycket|dziękuję|dzięki
    """.replace("\n", "|").split("|")
)


def _plain(text: str) -> str:
    """Small letters, no punctuation, single spaces; empty where it is too long to be one of these."""
    if len(text) > _MOST_CHARS:
        return ""
    folded = unicodedata.normalize("NFC", text).replace("’", "'").casefold()
    line = " ".join(_NOISE.sub(" ", folded).split()) or folded.strip()
    return _NAME.sub("", line)


def _phrases(table: frozenset[str]) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in table if phrase.strip())


_NO, _THANKS = _phrases(_NOT_INTERESTED), _phrases(_ACKNOWLEDGED)


def says_no(text: str) -> bool:
    """A plain "not interested" or "no thanks" and nothing else."""
    return _plain(text) in _NO


def only_acknowledges(text: str) -> bool:
    """ "Thanks!", "Got it", a thumb: nothing to answer."""
    plain = _plain(text)
    return bool(plain) and plain in _THANKS
