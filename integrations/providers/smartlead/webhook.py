"""SmartLead's webhooks. Beware: `from_email` is our mailbox, `to_email` the prospect. See README.md."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from integrations.errors import Malformed
from integrations.events import (
    Address,
    AddressBounced,
    CampaignRef,
    Channel,
    Event,
    Ignored,
    LeadInterested,
    LeadUnsubscribed,
    MessageConfirmed,
    MessageOpened,
    MessageReceived,
    MessageSent,
    Person,
)
from integrations.providers.fields import (
    Payload,
    address,
    addresses,
    attachments,
    body,
    identifier,
    moment,
    part,
    text,
    two_names,
)
from integrations.providers.incoming import Door, Headline, Route, bearer
from zrg.jobs.models import Lane

PLATFORM = "smartlead"
ALIASES = {
    "EMAIL_REPLIED": "EMAIL_REPLY",
    "FIRST_EMAIL_SENT": "EMAIL_SENT",  # comes beside EMAIL_SENT for the same mail: one event, one key
    "EMAIL_OPENED": "EMAIL_OPEN",
    "EMAIL_BOUNCED": "EMAIL_BOUNCE",
    "EMAIL_UNSUBSCRIBED": "LEAD_UNSUBSCRIBED",
    "UNTRACKED_REPLY": "UNTRACKED_REPLIES",
}
_BURSTS = {"EMAIL_SENT", "EMAIL_OPEN"}
_INTERESTED = {"interested"}


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed if the type is missing, or of a known type everything that could name the lead."""
    kind = text(payload, "event_type", "event").upper()
    if not kind:
        raise Malformed("event_type is missing.")
    kind = ALIASES.get(kind, kind)
    if kind not in _PARSERS:
        return Headline(kind[:60], ignored="unknown_event")
    if not _address_of_lead(payload) and not _lead_id(payload):
        raise Malformed(f"{kind} names no lead: sl_lead_email, to_email and sl_email_lead_id are missing.")
    lane = Lane.BULK if kind in _BURSTS else Lane.FIRST
    return Headline(kind, provider_id=_provider_id(kind, payload), lane=lane)


def _provider_id(kind: str, payload: Payload) -> str:
    """Retries repeat the body and nothing else names the event. `stats_id` is the outbound mail: several replies to it
    share it, so it never stands alone for a reply."""
    if kind in {"EMAIL_REPLY", "UNTRACKED_REPLIES"}:
        return _message_id(payload, "reply_message") or _fingerprint(payload, "reply_message")
    if kind == "LEAD_UNSUBSCRIBED":
        return f"{text(payload, 'campaign_id')}:{_address_of_lead(payload).lower()}"
    if kind == "LEAD_CATEGORY_UPDATED":
        return f"{text(payload, 'campaign_id')}:{_fingerprint(payload, 'reply_message')}:{_category(payload)}"
    sent = _message_id(payload, "sent_message")
    mail = f"{text(payload, 'stats_id')}:{sent}" if text(payload, "stats_id") or sent else ""
    mail = mail or _fingerprint(payload, "sent_message")
    return f"{mail}:{text(payload, 'event_timestamp')}" if kind == "EMAIL_OPEN" else mail


def _fingerprint(payload: Payload, message: str) -> str:
    lead = _lead_id(payload) or _address_of_lead(payload).lower()
    words = body(part(payload, message), "text", "html") or body(payload, "reply_body", "preview_text", "visible_text")
    said = "\n".join([text(payload, "campaign_id"), lead, text(payload, "event_timestamp"), words])
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a delivery means. Raises Malformed if it is none of SmartLead's or names no lead."""
    if event_type not in _PARSERS:
        raise Malformed(f"Unknown event {event_type}.")
    if not _address_of_lead(payload) and not _lead_id(payload):
        raise Malformed(f"{event_type} names no lead.")
    return [_PARSERS[event_type](payload)]


def _received(payload: Payload) -> MessageReceived:
    reply = part(payload, "reply_message")
    return MessageReceived(
        channel=Channel.EMAIL,
        person=_person(payload),
        text=body(reply, "text") or ("" if body(reply, "html") else body(payload, "preview_text")),
        html=body(reply, "html") or body(payload, "reply_body"),
        subject=text(payload, "subject"),
        sender=_who_answered(payload),
        mailbox=text(payload, "from_email"),
        to=addresses(text(payload, "from_email")),
        cc=addresses(payload.get("cc_emails") or reply.get("cc")),
        at=moment(reply, "time") or moment(payload, "time_replied", "event_timestamp"),
        ids=_ids(payload, "reply_message"),
        thread=_thread(payload),
        campaign=_campaign(payload),
        attachments=attachments(reply),
    )


def _untracked(payload: Payload) -> MessageReceived:
    reply, sender = part(payload, "reply_message"), _untracked_sender(payload)
    first, last = two_names(sender.name)
    return MessageReceived(
        channel=Channel.EMAIL,
        person=Person(email=sender.email, first_name=first, last_name=last),
        text=body(reply, "text") or body(payload, "visible_text"),
        html=body(reply, "html"),
        subject=text(payload, "subject"),
        sender=sender,
        to=_detail(payload, "recipient_detail"),
        cc=addresses(payload.get("cc")),
        at=moment(reply, "time") or moment(payload, "event_timestamp"),
        ids=_ids(payload, "reply_message"),
        untracked=True,
        attachments=attachments(reply),
    )


def _sent(payload: Payload) -> MessageSent:
    sent = part(payload, "sent_message")
    return MessageSent(
        channel=Channel.EMAIL,
        person=_person(payload),
        text=body(sent, "text"),
        html=body(sent, "html") or body(payload, "custom_email_message", "sent_message_body"),
        subject=text(payload, "subject", "custom_subject"),
        sender=Address(text(payload, "from_email")),
        at=moment(sent, "time") or moment(payload, "time_sent", "event_timestamp"),
        ids=_ids(payload, "sent_message"),
        thread=_thread(payload),
        campaign=_campaign(payload),
    )


def _confirmed(payload: Payload) -> MessageConfirmed:
    sent = part(payload, "sent_message")
    return MessageConfirmed(
        channel=Channel.EMAIL,
        person=_person(payload),
        text=body(sent, "text"),
        html=body(sent, "html") or body(payload, "sent_message_body", "reply_body"),
        subject=text(payload, "subject"),
        sender=Address(text(payload, "from_email")),
        to=addresses(text(payload, "to_email")),
        cc=addresses(payload.get("cc_emails")),
        at=moment(sent, "time") or moment(payload, "event_timestamp"),
        ids=_ids(payload, "sent_message"),
        thread=_thread(payload),
        campaign=_campaign(payload),
    )


def _opened(payload: Payload) -> MessageOpened:
    at = moment(payload, "event_timestamp", "time_opened")
    return MessageOpened(person=_person(payload), at=at, ids=_ids(payload, "sent_message"))


def _bounced(payload: Payload) -> AddressBounced:
    bounce = part(payload, "bounce_message")
    return AddressBounced(
        person=_person(payload),
        address=text(payload, "to_email") or _address_of_lead(payload),
        subject=text(bounce, "subject") or text(payload, "subject"),
        text=body(bounce, "text", "html") or body(payload, "bounce_reply_email", "bounce_reply_email_preview"),
        at=moment(bounce, "time") or moment(payload, "event_timestamp", "created_at"),
        ids=_ids(payload, "sent_message"),
        campaign=_campaign(payload),
    )


def _unsubscribed(payload: Payload) -> LeadUnsubscribed:
    return LeadUnsubscribed(person=_person(payload), at=moment(payload, "event_timestamp"), campaign=_campaign(payload))


def _category_updated(payload: Payload) -> LeadInterested | Ignored:
    if _category(payload) not in _INTERESTED:
        return Ignored("another_category")
    return LeadInterested(person=_person(payload), at=moment(payload, "event_timestamp"), campaign=_campaign(payload))


def _category(payload: Payload) -> str:
    lead_data = part(payload, "lead_data")
    found = text(part(payload, "lead_category"), "new_name") or text(lead_data, "category")
    return (found or text(part(lead_data, "category"), "name")).lower()


def _address_of_lead(payload: Payload) -> str:
    """The canonical address; `to_email` may be the alias or colleague that answered, but names somebody."""
    lead = text(part(payload, "lead"), "email") or text(part(payload, "lead_data"), "email")
    correspondence = text(part(payload, "leadCorrespondence"), "targetLeadEmail")
    found = text(payload, "sl_lead_email") or correspondence or lead or text(payload, "to_email", "lead_email")
    return found or _untracked_sender(payload).email


def _lead_id(payload: Payload) -> str:
    return identifier(payload, "sl_email_lead_id", "lead_id") or identifier(part(payload, "lead"), "id")


def _person(payload: Payload) -> Person:
    email, answering, lead = _address_of_lead(payload), text(payload, "to_email"), part(payload, "lead")
    is_lead = not answering or answering.lower() == email.lower()
    first, last = two_names(text(payload, "to_name", "lead_name")) if is_lead else ("", "")
    number = _lead_id(payload)
    return Person(
        names=(("smartlead_lead", number),) if number else (),
        email=email,
        phone=text(lead, "phone_number", "phone"),
        first_name=text(lead, "first_name") or first,
        last_name=text(lead, "last_name") or last,
        company=text(lead, "company_name"),
        website=text(lead, "website"),
    )


def _who_answered(payload: Payload) -> Address:
    answering = text(part(payload, "leadCorrespondence"), "replyReceivedFrom")
    to = text(payload, "to_email")
    email = answering or to or _address_of_lead(payload)
    return address(email, text(payload, "to_name") if email.lower() == to.lower() else "")


def _untracked_sender(payload: Payload) -> Address:
    return next(iter(_detail(payload, "sender_detail")), Address(""))


def _detail(payload: Payload, name: str) -> tuple[Address, ...]:
    """`sender_detail` and `recipient_detail`: an object, a list of them or a text."""
    return addresses(payload.get(name))


def _campaign(payload: Payload) -> CampaignRef | None:
    number = identifier(payload, "campaign_id")
    return CampaignRef(PLATFORM, number, text(payload, "campaign_name")) if number else None


def _message_id(payload: Payload, message: str) -> str:
    """Nested first, the deprecated flat field second."""
    return identifier(part(payload, message), "message_id") or identifier(payload, "message_id")


def _ids(payload: Payload, message: str) -> dict[str, str]:
    found = _message_id(payload, message)
    return {"smartlead_message": found, "rfc": found} if found else {}


def _thread(payload: Payload) -> dict[str, str]:
    """What an answer needs: the outbound mail (`stats_id`) and the message that is answered."""
    reply = part(payload, "reply_message")
    keys = {
        "campaign_id": identifier(payload, "campaign_id"),
        "stats_id": identifier(payload, "stats_id"),
        "message_id": _message_id(payload, "reply_message" if reply else "sent_message"),
        "time": text(reply, "time") or text(payload, "time_replied"),
        "lead_id": _lead_id(payload),
    }
    return {name: value for name, value in keys.items() if value}


def _secrets(headers: Mapping[str, str], payload: Payload) -> list[str]:
    return [bearer(headers), headers.get("X-Smartlead-Secret", ""), text(payload, "secret_key")]


def _kept(payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if name != "secret_key"}


_PARSERS: dict[str, Callable[[Payload], Event]] = {
    "EMAIL_REPLY": _received,
    "EMAIL_SENT": _sent,
    "EMAIL_OPEN": _opened,
    "EMAIL_BOUNCE": _bounced,
    "LEAD_UNSUBSCRIBED": _unsubscribed,
    "UNTRACKED_REPLIES": _untracked,
    "LEAD_CATEGORY_UPDATED": _category_updated,
    "MANUAL_REPLY_SENT": _confirmed,
}

DOOR = Door(headline=headline, parse=parse, kept=_kept, routes=(Route.CLIENT,), secrets=_secrets, needs_secret=True)
