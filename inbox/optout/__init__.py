"""Opt-out as an intent (spec 03, "Opt-out and suppression"): pure, no Django, no database, no clock.

Callers: `inbox.safety`. A miss mails somebody who said no; a false hit silences a lead who said yes. Where a phrase can
mean both, the first is the worse, so doubt counts as an opt-out, except for the look-alikes the tables in
`tests/payloads/optout/` hold.
"""

from dataclasses import dataclass

from inbox.optout.detection import find
from inbox.optout.grammar import Intent

_WHY = {
    Intent.UNSUBSCRIBE: "asks to be unsubscribed",
    Intent.REMOVE: "asks to be removed",
    Intent.STOP: "asks us to stop",
    Intent.WISH: "wants to be off the list",
    Intent.REFUSAL: "forbids further contact",
    Intent.UNWANTED: "does not want to hear from us",
    Intent.COMPLAINT: "complains that an opt-out was ignored or consent never given",
    Intent.DATA: "asks for erasure, objects to processing or withdraws consent",
    Intent.THREAT: "threatens legal steps, a report or a block",
    Intent.HOSTILE: "tells us to go away",
    Intent.BARE: "says nothing but the word",
}
_REQUESTS = frozenset({Intent.UNSUBSCRIBE, Intent.REMOVE, Intent.DATA, Intent.BARE})


@dataclass(frozen=True)
class OptOut:
    """Why a message is an opt-out: the clause that says so, where it stands, the rule it met."""

    phrase: str
    rule: str  # "<language>.<intent>", such as "de.refusal"
    where: str  # "subject" or "body"
    reason: str

    is_explicit: bool  # "remove me", "delete this address": no footer or notice would say so

    @property
    def is_request(self) -> bool:
        """A plain "unsubscribe" or "take me off your list": no mail is called so, as one may be "Stop cold calling"."""
        return self.rule.rpartition(".")[2] in _REQUESTS


def detect_opt_out(*, subject: str, body: str, channel: str = "") -> OptOut | None:
    """Return the opt-out in a lead's own words (quotes already removed) or in the subject, else None.

    On the channel "sms", "stop texting me, e-mail me instead" is an opt-out (a carrier sees consent revoked); elsewhere
    it is a wish for another way. Never raises; linear in the length of the text.
    """
    for where, text in (("body", body), ("subject", subject)):
        if found := find(text, texts_count=channel == "sms"):
            return OptOut(
                phrase=found.phrase,
                rule=f"{found.language}.{found.intent}",
                where=where,
                reason=f"The {where} {_WHY[found.intent]}: “{found.phrase}”",
                is_explicit=found.is_explicit,
            )
    return None
