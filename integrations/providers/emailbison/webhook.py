"""EmailBison's webhooks: what is read at the door, and what each event means. Unsigned; see README.md."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from integrations.errors import Malformed
from integrations.events import (
    AddressBounced,
    CampaignRef,
    Channel,
    Event,
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
    first_of,
    flag,
    identifier,
    moment,
    part,
    parts,
    plain,
    text,
    two_names,
)
from integrations.providers.incoming import Door, Headline, Route
from zrg.jobs.models import Lane

PLATFORM = "emailbison"
_BURSTS = {"EMAIL_SENT", "EMAIL_OPENED"}
_REPLIES = {"LEAD_REPLIED", "LEAD_INTERESTED", "UNTRACKED_REPLY_RECEIVED", "MANUAL_EMAIL_SENT"}


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed if the type, or of a known type the id, is missing."""
    event = part(payload, "event")
    kind = text(event, "type").upper()
    if not kind:
        raise Malformed("event.type is missing.")
    is_known = kind in _PARSERS
    return Headline(
        kind,
        provider_id=_provider_id(kind, part(payload, "data")) if is_known else "",
        account=identifier(event, "workspace_id"),
        host=_host(text(event, "instance_url")),
        workspace_name=text(event, "workspace_name"),
        lane=Lane.BULK if kind in _BURSTS else Lane.FIRST,
        ignored="" if is_known else "unknown_event",
    )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _provider_id(kind: str, data: Payload) -> str:
    reply = identifier(part(data, "reply"), "id", "uuid", "raw_message_id")
    if kind in _REPLIES:
        found, names = reply, "data.reply.id"
    else:
        occurrence = identifier(part(data, "campaign_event"), "id")
        mail = identifier(part(data, "scheduled_email"), "id")
        found = f"event-{occurrence}" if occurrence else f"mail-{mail}" if mail else reply
        names = "data.campaign_event.id and data.scheduled_email.id"
    if not found:
        raise Malformed(f"{names} missing in {kind}.")
    return found


def unwrap(payload: Payload) -> Payload:
    """Test events come wrapped in another `data`."""
    inner = part(payload, "data")
    return inner if "event" not in payload and isinstance(inner.get("event"), dict) else payload


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a delivery means. Raises Malformed if it is not one of EmailBison's."""
    data = part(unwrap(payload), "data")
    if not data or event_type not in _PARSERS:
        raise Malformed(f"No data in {event_type}." if event_type in _PARSERS else f"Unknown event {event_type}.")
    return [_PARSERS[event_type](data)]


def _received(data: Payload) -> MessageReceived | AddressBounced:
    reply = part(data, "reply")
    if text(reply, "folder").lower() == "bounced" and part(data, "lead"):
        return _bounced(data)
    return message_received(data)


def message_received(data: Payload) -> MessageReceived:
    """The reply of a delivery as a message; of an untracked one its writer is all we know of the person."""
    reply, lead = part(data, "reply"), part(data, "lead")
    sender = address(text(reply, "from_email_address"), text(reply, "from_name"))
    return MessageReceived(
        channel=Channel.EMAIL,
        person=_person(lead) if lead else _stranger(reply),
        text=body(reply, "text_body"),
        html=body(reply, "html_body"),
        subject=text(reply, "email_subject", "subject"),
        sender=sender,
        mailbox=text(part(data, "sender_email"), "email"),
        to=addresses(reply.get("to")) or addresses(reply.get("primary_to_email_address")),
        cc=addresses(reply.get("cc")),
        at=moment(reply, "date_received", "created_at"),
        ids=_reply_ids(reply),
        thread=_thread(data),
        headers=_headers(reply),
        campaign=_campaign(data),
        automated=flag(reply.get("automated_reply")),
        untracked=not lead,
        attachments=attachments(reply),
    )


def _interested(data: Payload) -> LeadInterested:
    at = moment(part(data, "campaign_event"), "created_at") or moment(part(data, "reply"), "date_received")
    reply = message_received(data) if part(data, "reply") else None
    person = _person(part(data, "lead")) if part(data, "lead") else _stranger(part(data, "reply"))
    return LeadInterested(person=person, at=at, campaign=_campaign(data), reply=reply)


def _sent(data: Payload) -> MessageSent:
    mail, sender = part(data, "scheduled_email"), part(data, "sender_email")
    return MessageSent(
        channel=Channel.EMAIL,
        person=_person(part(data, "lead")),
        html=body(mail, "email_body"),
        subject=text(mail, "email_subject"),
        sender=address(text(sender, "email"), text(sender, "name")),
        at=moment(mail, "sent_at") or moment(part(data, "campaign_event"), "created_at"),
        ids=_mail_ids(mail),
        thread=_thread(data),
        campaign=_campaign(data),
    )


def _confirmed(data: Payload) -> MessageConfirmed:
    reply, sender = part(data, "reply"), part(data, "sender_email")
    to = addresses(reply.get("to")) or addresses(reply.get("primary_to_email_address"))
    person = _person(part(data, "lead")) if part(data, "lead") else Person(email=to[0].email if to else "")
    return MessageConfirmed(
        channel=Channel.EMAIL,
        person=person,
        text=body(reply, "text_body"),
        html=body(reply, "html_body"),
        subject=text(reply, "email_subject", "subject"),
        sender=address(
            text(reply, "from_email_address") or text(sender, "email"), text(reply, "from_name") or text(sender, "name")
        ),
        to=to,
        cc=addresses(reply.get("cc")),
        at=moment(reply, "date_received", "created_at"),
        ids=_reply_ids(reply),
        thread=_thread(data),
        campaign=_campaign(data),
    )


def _opened(data: Payload) -> MessageOpened:
    at = moment(part(data, "campaign_event"), "created_at")
    return MessageOpened(person=_person(part(data, "lead")), at=at, ids=_mail_ids(part(data, "scheduled_email")))


def _bounced(data: Payload) -> AddressBounced:
    reply, person = part(data, "reply"), _person(part(data, "lead"))
    return AddressBounced(
        person=person,
        address=person.email,
        subject=text(reply, "email_subject", "subject"),
        text=body(reply, "text_body", "html_body"),
        sender=address(text(reply, "from_email_address"), text(reply, "from_name")),
        headers=_headers(reply),
        at=moment(reply, "date_received") or moment(part(data, "campaign_event"), "created_at"),
        ids=_mail_ids(part(data, "scheduled_email")) | _reply_ids(reply),
        campaign=_campaign(data),
    )


def _unsubscribed(data: Payload) -> LeadUnsubscribed:
    at = moment(part(data, "campaign_event"), "created_at")
    return LeadUnsubscribed(person=_person(part(data, "lead")), at=at, campaign=_campaign(data))


def _person(lead: Payload) -> Person:
    own = {plain(text(one, "name")): text(one, "value") for one in parts(lead, "custom_variables")}
    names = [("emailbison_lead", identifier(lead, "id"))]
    names.append(("linkedin_url", first_of(own, "linkedin", "linkedinurl", "linkedinprofile", "linkedinprofileurl")))
    return Person(
        names=tuple(name for name in names if name[1]),
        email=text(lead, "email"),
        phone=first_of(own, "phone", "phonenumber", "mobile", "mobilephone", "cellphone"),
        first_name=text(lead, "first_name"),
        last_name=text(lead, "last_name"),
        title=text(lead, "title"),
        company=text(lead, "company"),
        website=first_of(own, "website", "companywebsite", "domain"),
        state=first_of(own, "state", "region"),
        timezone=first_of(own, "timezone"),
    )


def _stranger(reply: Payload) -> Person:
    first, last = two_names(text(reply, "from_name"))
    return Person(email=text(reply, "from_email_address"), first_name=first, last_name=last)


def _campaign(data: Payload) -> CampaignRef | None:
    campaign = part(data, "campaign")
    number = identifier(campaign, "id")
    return CampaignRef(PLATFORM, number, text(campaign, "name")) if number else None


def _thread(data: Payload) -> dict[str, str]:
    keys = {
        "reply_id": identifier(part(data, "reply"), "id"),
        "sender_email_id": identifier(part(data, "sender_email"), "id"),
    }
    return {name: value for name, value in keys.items() if value}


def _reply_ids(reply: Payload) -> dict[str, str]:
    return _present(emailbison_reply=identifier(reply, "id"), rfc=text(reply, "raw_message_id")[:400])


def _mail_ids(mail: Payload) -> dict[str, str]:
    return _present(emailbison_scheduled=identifier(mail, "id"), rfc=text(mail, "raw_message_id")[:400])


def _present(**ids: str) -> dict[str, str]:
    return {kind: value for kind, value in ids.items() if value}


def _headers(reply: Payload) -> str:
    """The mail's headers as text, where the instance sends them: as text, as a list or as an object."""
    value = reply.get("headers")
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text(value, name)}" for name in value)
    if isinstance(value, list):
        return "\n".join(f"{text(line, 'name')}: {text(line, 'value')}" for line in value if isinstance(line, dict))
    return value if isinstance(value, str) else ""


_PARSERS = {
    "LEAD_REPLIED": _received,
    "LEAD_INTERESTED": _interested,
    "UNTRACKED_REPLY_RECEIVED": _received,
    "EMAIL_SENT": _sent,
    "EMAIL_OPENED": _opened,
    "EMAIL_BOUNCED": _bounced,
    "LEAD_UNSUBSCRIBED": _unsubscribed,
    "MANUAL_EMAIL_SENT": _confirmed,
}

DOOR = Door(headline=headline, parse=parse, unwrap=unwrap, routes=(Route.CLIENT, Route.ACCOUNT, Route.NAME))
