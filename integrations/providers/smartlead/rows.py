"""SmartLead's conversations in our words. Pure. A row of the history means what the same mail in a webhook means."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.events import MessageConfirmed, MessageReceived
from integrations.providers.base import CLOCK_SKEW, HistoryEvent, Outgoing, Receipt
from integrations.providers.fields import Payload, body, identifier, moment, part, parts, text, two_names
from integrations.providers.sameness import as_html, begins_alike, own_words
from integrations.providers.smartlead import webhook

_MARKUP = re.compile(r"<[a-zA-Z!/][^>]*>")
_MEANS = {"REPLY": "EMAIL_REPLY", "SENT": "MANUAL_REPLY_SENT"}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One lead in one campaign: what SmartLead calls a thread. `address` is the lead's, where it is known."""

    campaign_id: str
    lead_id: str
    address: str = ""


def conversations(lead: Payload) -> list[Conversation]:
    """The conversations of a lead as `GET /leads/` shows it, the newest campaign first; none of an unknown one."""
    number, address = identifier(lead, "id"), text(lead, "email")
    campaigns = [identifier(row, "campaign_id") for row in parts(lead, "lead_campaign_data")]
    found = [Conversation(campaign, number, address) for campaign in dict.fromkeys(campaigns) if campaign and number]
    return sorted(found, key=lambda one: (len(one.campaign_id), one.campaign_id), reverse=True)


def answered_conversations(listed: Payload) -> list[Conversation]:
    """The rows of the master inbox, in its order."""
    found = [
        Conversation(
            identifier(row, "campaign_id", "email_campaign_id"),
            identifier(row, "email_lead_id", "lead_id", "sl_email_lead_id"),
            text(row, "lead_email", "email"),
        )
        for row in parts(listed, "data")
    ]
    return [one for one in found if one.campaign_id and one.lead_id]


def messages(listed: Any) -> list[Payload]:
    """The rows of a message history, newest first, under either of its two names."""
    found = parts(part(listed), "history") or parts(part(listed), "messages")
    return sorted(found, key=lambda row: said_at(row) or _LONG_AGO, reverse=True)


def said_at(row: Payload) -> datetime | None:
    """When a row came in or went out, UTC."""
    return moment(row, "time", "created_at")


def row_id(row: Payload) -> str:
    """The mail's Message-ID, by which webhooks name it too."""
    return identifier(row, "message_id")


def _is_sent(row: Payload) -> bool:
    return text(row, "type").upper() == "SENT"


# ── Writing ────────────────────────────────────────────────────────────────────
def html_of(outgoing: Outgoing) -> str:
    """What goes out."""
    return outgoing.html or as_html(outgoing.text)


def answered(listed: Sequence[Payload], message_id: str) -> Payload:
    """The row that is answered: the one of this id, else the newest of the lead, else the newest; {} without any."""
    named = next((row for row in listed if message_id and row_id(row) == message_id), None)
    theirs = next((row for row in listed if not _is_sent(row)), None)
    return named or theirs or next(iter(listed), {})


def letter(outgoing: Outgoing, row: Payload) -> dict[str, Any]:
    """The body of the call that answers `row`; what the history does not show is taken from the thread."""
    thread = outgoing.thread
    known = {
        "email_stats_id": thread.get("stats_id", "") or text(row, "stats_id"),
        "reply_message_id": text(row, "message_id") or thread.get("message_id", ""),
        "reply_email_time": text(row, "time", "created_at") or thread.get("time", ""),
        "reply_email_body": _body(row),
        **_recipients(outgoing),
    }
    filled = {name: value for name, value in known.items() if value}
    return {**filled, "email_body": html_of(outgoing), "add_signature": False}


def _recipients(outgoing: Outgoing) -> dict[str, str]:
    """One recipient and copies as text; without `to` SmartLead writes to the lead."""
    to, *others = outgoing.to or (None,)
    first, last = two_names(to.name) if to else ("", "")
    copies = ",".join(dict.fromkeys(one.email for one in (*others, *outgoing.cc) if one))
    return {"to_email": to.email if to else "", "to_first_name": first, "to_last_name": last, "cc": copies}


def receipt(row: Payload, where: Conversation) -> Receipt:
    """Of a mail that is in the history as sent."""
    found = row_id(row)
    thread = {
        "campaign_id": where.campaign_id,
        "lead_id": where.lead_id,
        "stats_id": text(row, "stats_id"),
        "message_id": found,
    }
    ids = {"smartlead_message": found, "rfc": found} if found else {}
    return Receipt(ids=ids, thread={name: value for name, value in thread.items() if value}, at=said_at(row))


def is_this(row: Payload, outgoing: Outgoing, *, since: datetime, known: Collection[str]) -> bool:
    """Whether a row is what `outgoing` became: sent since then, by hand or API, with the same words."""
    at = said_at(row)
    if not _is_sent(row) or row_id(row) in known or (at and at < since - CLOCK_SKEW):
        return False
    ours = own_words(html_of(outgoing))
    return begins_alike(ours, own_words(_body(row)))


# ── Reading ────────────────────────────────────────────────────────────────────
def event(row: Payload, listed: Any, where: Conversation) -> HistoryEvent | None:
    """A row as an event; None for campaign mails (they have a step's number), which the webhooks tell of."""
    kind = _MEANS.get(text(row, "type").upper())
    if kind is None or (_is_sent(row) and text(row, "email_seq_number")):
        return None
    lead = where.address or text(part(listed), "to")
    message = {"message_id": row.get("message_id"), "time": text(row, "time", "created_at"), **_bodies(row)}
    payload = {
        "campaign_id": where.campaign_id,
        "sl_email_lead_id": where.lead_id,
        "sl_lead_email": lead,
        "from_email": text(part(listed), "from"),
        "to_email": text(row, "to") if _is_sent(row) else text(row, "from") or lead,
        "stats_id": row.get("stats_id"),
        "subject": row.get("subject"),
        "cc_emails": row.get("cc"),
        "sent_message" if _is_sent(row) else "reply_message": message,
    }
    if not lead and not where.lead_id:
        return None
    found = webhook.parse(kind, payload)[0]
    return found if isinstance(found, MessageReceived | MessageConfirmed) else None


def _body(row: Payload) -> str:
    return body(row, "email_body", "body")


def _bodies(row: Payload) -> dict[str, str]:
    """The one body as text or HTML. What we sent ends where the quotation begins; what came is cut by its reader."""
    found = _body(row)
    if not _MARKUP.search(found):
        return {"text": found}
    return {"html": found, **({"text": own_words(found).strip()} if _is_sent(row) else {})}
