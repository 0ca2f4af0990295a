"""What Unipile's errors mean for us, by their `type` and not by the status: LinkedIn's limits come as 422. Pure."""

from __future__ import annotations

from datetime import datetime

from integrations.answers import Answer, pause, verdict
from integrations.errors import Disconnected, LimitReached, NeedsAttention, ProviderError, Refused, TryLater
from integrations.providers.fields import part, text
from zrg.lib.redaction import redact

# What Unipile says of an account, in words that tell what to do.
SIGN_IN_AGAIN = {
    "CREDENTIALS": "LinkedIn asks for a new sign-in. Reconnect the account in Unipile.",
    "DELETED": "The account was deleted in Unipile. Connect it anew and put in its new id.",
}
STOPPED = frozenset({"ERROR", "STOPPED", "PERMISSIONS"})


def stopped(state: str) -> str:
    """The words for a state of STOPPED."""
    return f"Unipile has stopped the account ({state}). See its dashboard."


# Statuses whose body says what is meant; 5xx is left to the transport, which knows what it means for a send.
TELLING = frozenset({400, 401, 403, 404, 409, 422, 429})

A_DAY_S = 24 * 3600.0
BACK_OFF_S = 15 * 60.0  # a 429 that names no time: LinkedIn's patience is longer than an API's
WORDS_CHARS = 300

LINKEDIN_LIMITS = frozenset({"cannot_resend_yet", "limit_exceeded", "cannot_resend_within_24hrs"})
SIGNED_OUT = frozenset(
    {"disconnected_account", "disconnected_feature", "expired_credentials", "multiple_sessions", "checkpoint_error"}
)
# Of the account, whoever the message is for.
ACCOUNT_TROUBLE = {
    "account_restricted": "LinkedIn has restricted the account: nothing is sent through it. Sign in there and see.",
    "action_required": "LinkedIn wants something done in the account. Sign in to LinkedIn and see.",
    "account_mismatch": "Unipile says that the account is another one than before. Reconnect it in Unipile.",
    "session_mismatch": "Unipile says that the account is another one than before. Reconnect it in Unipile.",
    "invalid_account": "Unipile does not know the account any more. Put in the account's new id.",
}
# Of this person or this text: permanent, in words for whoever wrote it.
REFUSED_WORDS = {
    "already_invited_recently": "A connection request to this person is open already, or was withdrawn less than about "
    "three weeks ago: LinkedIn takes no second one.",
    "cannot_invite_attendee": "LinkedIn does not let this account send this person a connection request.",
    "no_connection_with_recipient": "This person is not connected with the account, so LinkedIn takes no message.",
    "invalid_recipient": "LinkedIn does not know this profile.",
    "invalid_resource_identifier": "LinkedIn does not know this profile or chat.",
    "resource_not_found": "LinkedIn does not know this profile or chat.",
    "blocked_recipient": "This person has blocked the account on LinkedIn, or the account has blocked them.",
    "user_unreachable": "LinkedIn cannot reach this person.",
    "insufficient_credits": "The account has no InMail credits left.",
    "not_allowed_inmail": "LinkedIn takes no InMail to this person.",
}
CODES = {"invalid_message": "bad_input", "invalid_parameters": "bad_input", "content_too_large": "bad_input"}


def said(answer: Answer) -> str:
    """The type of an error without its prefix: "already_connected"; empty where there is none."""
    return text(part(answer.json), "type").removeprefix("errors/")


def problem(answer: Answer, *, label: str, sends: bool, now: datetime) -> ProviderError:
    """What an answer of the statuses TELLING means. `sends`: the call would have written to somebody."""
    kind, words = said(answer), _words(answer)
    if kind in LINKEDIN_LIMITS:
        return LimitReached("LinkedIn takes no more from this account for now.", retry_after=A_DAY_S)
    if answer.status == 429:
        return _asked_to_wait(answer, label=label, sends=sends, now=now)
    if kind in SIGNED_OUT:
        return Disconnected("LinkedIn has signed the account out. Reconnect it in Unipile.")
    if kind in ACCOUNT_TROUBLE:
        return NeedsAttention(ACCOUNT_TROUBLE[kind])
    if answer.status == 401:
        return NeedsAttention(f"{label} does not accept the credentials{words}: is UNIPILE_API_KEY right?")
    if kind in REFUSED_WORDS:
        return Refused(REFUSED_WORDS[kind])
    if answer.status in {400, 403, 404, 422}:
        return Refused(f"{label} refused{words or ' without a reason'}.", code=CODES.get(kind, "refused"))
    return verdict(answer, label=label, sends=sends, now=now)


def _asked_to_wait(answer: Answer, *, label: str, sends: bool, now: datetime) -> TryLater:
    names_a_time = any(name.lower() == "retry-after" for name in answer.headers)
    wait = pause(answer.headers, now=now) if names_a_time else BACK_OFF_S
    if sends:
        return LimitReached(f"{label} asks to send more slowly.", retry_after=wait)
    return TryLater(f"{label} asks to try again later (429).", retry_after=wait)


def _words(answer: Answer) -> str:
    """Unipile's own words behind a colon, short and without personal data."""
    body = part(answer.json)
    found = redact(text(body, "detail", "title"))[:WORDS_CHARS].strip().rstrip(".")
    return f": {found}" if found else ""
