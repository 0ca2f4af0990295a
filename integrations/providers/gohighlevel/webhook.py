"""GoHighLevel's webhooks: a workflow's standard body and a marketplace app's, at one endpoint. See README.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from integrations.errors import Malformed
from integrations.events import (
    Address,
    Attachment,
    CampaignRef,
    Channel,
    Event,
    MessageConfirmed,
    MessageReceived,
    Person,
)
from integrations.providers.fields import (
    Payload,
    attachments,
    first_of,
    identifier,
    labelled,
    moment,
    part,
    scalar,
    text,
    two_names,
)
from integrations.providers.gohighlevel import signature
from integrations.providers.incoming import Door, Headline, Incoming, Route, bearer

INBOUND = "InboundMessage"
OUTBOUND = "OutboundMessage"
_SMS = {
    "SMS",
    "TYPE_SMS",
    "TYPE_CAMPAIGN_SMS",
    "TYPE_CAMPAIGN_MANUAL_SMS",
    "TYPE_CUSTOM_SMS",
    "TYPE_CUSTOM_PROVIDER_SMS",
    "2",
}
_NO_TEXTS = {"1", "3", "10", "CALL", "EMAIL", "VOICEMAIL", "TYPE_CALL", "TYPE_EMAIL", "TYPE_VOICEMAIL"}
_SECRET = "secret"  # noqa: S105 -- the name of a field, not a secret


def is_app(payload: Payload) -> bool:
    """Whether a marketplace app sent this: its bodies name their type and location at the top, workflows do not."""
    return bool(text(payload, "type") and text(payload, "locationId")) and not part(payload, "location")


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed if two locations are named, or a message has no contact."""
    account = _location(payload, query)
    kind = _kind(payload)
    if kind not in _PARSERS:
        return Headline(kind[:60], account=account, ignored="unknown_event")
    contact = _contact_id(payload)
    if not contact:
        raise Malformed("contact_id is missing.")
    words = message_text(payload)
    ignored = "" if words or _attachments(payload) else "empty_message"
    found = _message_id(payload) or _delivery_id(payload)
    content = () if found else (kind, contact, " ".join(words.lower().split()))
    return Headline(kind, provider_id=found, content=content, account=account, ignored=ignored)


def _location(payload: Payload, query: Mapping[str, str]) -> str:
    named = [
        identifier(part(payload, "location"), "id"),
        identifier(payload, "locationId", "location_id"),
        scalar(query.get("locationId")),
    ]
    found = list(dict.fromkeys(name for name in named if name))
    if len(found) > 1:
        raise Malformed("Two different locations are named: in the body and in the URL or twice in the body.")
    return found[0] if found else ""


def _kind(payload: Payload) -> str:
    """InboundMessage or OutboundMessage for a text message of either kind of body; else what it calls itself.

    A workflow without a filter on the channel starts on e-mails and calls too: those are no text messages."""
    if not is_app(payload):
        message = part(payload, "message")
        kind = OUTBOUND if text(message, "direction").lower() == "outbound" else INBOUND
        sort = text(message, "type").upper()
        return f"{kind}:{sort}" if sort in _NO_TEXTS else kind
    kind = text(payload, "type")
    if kind not in _PARSERS:
        return kind
    channel = text(payload, "messageType", "messageTypeString").upper()
    if channel and channel not in _SMS:
        return f"{kind}:{channel}"
    return OUTBOUND if text(payload, "direction").lower() == "outbound" else kind


def message_text(payload: Payload) -> str:
    """The text of the SMS, trimmed (spec 02: message.body, else customData.Message; of an app its body)."""
    custom = part(payload, "customData")
    if is_app(payload):
        return text(payload, "body") or text(part(payload, "message"), "body")
    return text(part(payload, "message"), "body") or text(custom, "Message", "message")


def _contact_id(payload: Payload) -> str:
    return identifier(payload, "contact_id", "contactId") or identifier(part(payload, "contact"), "id")


def _message_id(payload: Payload) -> str:
    """Never the body's top-level `id`: where it is present, it is the contact's."""
    custom, message = part(payload, "customData"), part(payload, "message")
    return (
        identifier(payload, "messageId") or identifier(custom, "messageId", "message_id") or identifier(message, "id")
    )


def _delivery_id(payload: Payload) -> str:
    """An app's own number of the delivery: the same on each retry."""
    found = identifier(payload, "webhookId", "deliveryId") if is_app(payload) else ""
    return f"delivery-{found}" if found else ""


def _conversation_id(payload: Payload) -> str:
    custom = part(payload, "customData")
    return identifier(payload, "conversationId") or identifier(custom, "conversationId", "conversation_id")


def _attachments(payload: Payload) -> tuple[Attachment, ...]:
    return attachments(payload) or attachments(part(payload, "message"))


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a delivery means. Raises Malformed if it names no contact or is no message."""
    if event_type not in _PARSERS:
        raise Malformed(f"Unknown event {event_type}.")
    if not _contact_id(payload):
        raise Malformed("contact_id is missing.")
    return [_PARSERS[event_type](payload)]


def _received(payload: Payload) -> MessageReceived:
    return MessageReceived(
        channel=Channel.SMS,
        person=_person(payload, number=text(payload, "from")),
        text=message_text(payload),
        at=_at(payload),
        ids=_ids(payload),
        thread=_thread(payload),
        campaign=_campaign(payload),
        attachments=_attachments(payload),
    )


def _confirmed(payload: Payload) -> MessageConfirmed:
    return MessageConfirmed(
        channel=Channel.SMS,
        person=_person(payload, number=text(payload, "to")),
        text=message_text(payload),
        sender=Address(""),
        at=_at(payload),
        ids=_ids(payload),
        thread=_thread(payload),
        campaign=_campaign(payload),
    )


def _at(payload: Payload) -> datetime | None:
    message = part(payload, "message")
    return moment(payload, "dateAdded", "timestamp") if is_app(payload) else moment(message, "dateAdded")


def _ids(payload: Payload) -> dict[str, str]:
    found = _message_id(payload)
    return {"ghl_message": found} if found else {}


def _thread(payload: Payload) -> dict[str, str]:
    keys = {"contact_id": _contact_id(payload), "conversation_id": _conversation_id(payload)}
    return {name: value for name, value in keys.items() if value}


def _person(payload: Payload, *, number: str) -> Person:
    """Contact fields lie at the top of a workflow's body, custom fields under their labels ("Job Title")."""
    fields = labelled(payload)
    first, last = two_names(text(payload, "full_name", "fullName"))
    names = [
        ("ghl_contact", _contact_id(payload)),
        ("linkedin_url", first_of(fields, "linkedin", "linkedinurl", "linkedinprofile", "linkedinprofileurl")),
    ]
    return Person(
        names=tuple(name for name in names if name[1]),
        email=text(payload, "email"),
        phone=text(payload, "phone") or number,
        first_name=text(payload, "first_name", "firstName") or first,
        last_name=text(payload, "last_name", "lastName") or last,
        title=first_of(fields, "jobtitle", "title", "position"),
        company=first_of(fields, "companyname", "company", "businessname"),
        website=text(payload, "website"),
        state=text(payload, "state"),
        timezone=text(payload, "timezone"),
    )


def _campaign(payload: Payload) -> CampaignRef | None:
    """The SMS campaign: an object `campaign`, or fields that the workflow's author named so."""
    own = labelled(payload) | labelled(part(payload, "customData"))
    given = part(payload, "campaign")
    name = text(given, "name") or first_of(own, "campaignname", "smscampaignname", "smscampaign", "campaign")
    number = identifier(given, "id") or first_of(own, "campaignid", "smscampaignid") or name.lower()
    return CampaignRef("ghl_sms", number[:160], name) if number else None


def _signed(incoming: Incoming) -> bool:
    return signature.verified(incoming.headers, incoming.body)


def _must_be_signed(payload: Payload) -> bool:
    return signature.is_required() and is_app(payload)


def _secrets(headers: Mapping[str, str], payload: Payload) -> list[str]:
    """A workflow's simple webhook action can set no header, but custom data; the premium one both."""
    return [bearer(headers), text(part(payload, "customData"), _SECRET)]


def _kept(payload: Payload) -> Payload:
    custom = part(payload, "customData")
    if _SECRET not in custom:
        return payload
    return payload | {"customData": {name: value for name, value in custom.items() if name != _SECRET}}


_PARSERS: dict[str, Callable[[Payload], Event]] = {INBOUND: _received, OUTBOUND: _confirmed}

DOOR = Door(
    headline=headline,
    parse=parse,
    kept=_kept,
    routes=(Route.ACCOUNT,),
    signed=_signed,
    signed_with="GHL_WEBHOOK_PUBLIC_KEY",
    must_be_signed=_must_be_signed,
    secrets=_secrets,
    account_must_fit=True,
    overloaded=429,  # the only status after which HighLevel tries again
)
