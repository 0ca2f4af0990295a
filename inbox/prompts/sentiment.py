"""Reading a reply: what it means, and what it says about times (spec 05, "Sentiment")."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field

from zrg.ai.prompts import Prompt, Snippet, Tokens, register

ANALYZE, CLASSIFY = "sentiment.email_inbox_analyze.v1", "sentiment.classify.v1"


class Classification(StrEnum):
    """What a reply can be; anything else a model says does not fit and is asked again."""

    MEETING_REQUESTED = "meeting_requested"
    CALL_REQUESTED = "call_requested"
    INFO_REQUESTED = "info_requested"
    INTERESTED = "interested"
    FOLLOW_UP = "follow_up"
    OBJECTION = "objection"
    NOT_INTERESTED = "not_interested"
    OUT_OF_OFFICE = "out_of_office"
    AUTOMATED_REPLY = "automated_reply"
    BLACKLIST = "blacklist"
    NEUTRAL = "neutral"


class Reading(BaseModel):
    """The short classifier's answer. Dates are YYYY-MM-DD or null."""

    classification: Classification
    confidence: float = Field(ge=0, le=1)
    return_date: str | None
    defer_until: str | None
    reason: str


class EmailReading(Reading):
    """The answer to the inbox analysis of an e-mail."""

    is_automated_reply: bool
    cleaned_text: str
    mobile_number: str | None
    meeting_intent: bool
    proposed_times: list[str]


_KINDS = """What the classifications mean, the first that fits counts:
- blacklist: asks never to be written to again, threatens, or says the address is not for this.
- automated_reply: written by a machine (ticket opened, mailbox not monitored).
- out_of_office: an absence note. return_date is the day they are back, if they name one.
- call_requested: wants to be phoned, now or at a number; not merely a "quick call next week" (that is a meeting).
- meeting_requested: wants to meet, asks for times, proposes some, or is open to a call at some time.
- info_requested: asks about the offer, price, proof or how it works, or wants material.
- interested: positive without asking for anything yet.
- follow_up: not now, later. defer_until is the first day to write again, if they name one ("March" is its first day).
- objection: a reason against it that could be answered (has a supplier, too expensive, wrong size).
- not_interested: declines.
- neutral: none of these."""

register(
    Snippet("sentiment_kinds", _KINDS, title="What the classifications mean"),
    Prompt(
        key=ANALYZE,
        task="classify",
        feature="sentiment",
        title="Read an e-mail reply",
        effort="none",
        timeout_s=15,
        tokens=Tokens(scale=0.4, least=500, most=1_500, retry_most=3_000),
        variables=("company", "today"),
        data=("transcript", "last_inbound"),
        text="""You read replies to business e-mails that {{ company }} sends. Today is {{ today }}.
Judge the newest message of the other side; the transcript is context.

{{> sentiment_kinds }}

confidence is how sure you are, from 0 to 1; below 0.6 a person looks at it.
cleaned_text is the newest message without greetings, signature and quotes.
mobile_number is a phone number they ask to be called at, else null.
proposed_times are times they propose, in their own words. reason is one short sentence.""",
    ),
    Prompt(
        key=CLASSIFY,
        task="classify",
        feature="sentiment",
        title="Read a reply (short)",
        effort="none",
        timeout_s=10,
        tokens=Tokens(scale=0.2, least=300, most=800, retry_most=1_600),
        variables=("company", "today"),
        data=("transcript", "last_inbound"),
        text="""You read replies to messages that {{ company }} sends to business contacts. Today is {{ today }}.
Judge the newest message of the other side; the transcript is context.

{{> sentiment_kinds }}

confidence is how sure you are, from 0 to 1. reason is one short sentence.""",
    ),
)
