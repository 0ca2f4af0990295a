"""Instantly's webhooks: one flat object in which the lead's own variables share the name space. See README.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from integrations.errors import Malformed
from integrations.events import (
    Address,
    AddressBounced,
    CampaignRef,
    Channel,
    Event,
    LeadInterested,
    LeadUnsubscribed,
    MessageOpened,
    MessageReceived,
    MessageSent,
    Person,
)
from integrations.providers.fields import (
    Payload,
    addresses,
    body,
    first_of,
    identifier,
    labelled,
    moment,
    text,
)
from integrations.providers.incoming import Door, Headline, Route, bearer
from zrg.jobs.models import Lane

PLATFORM = "instantly"
ALIASES = {"email_open": "email_opened", "email_bounce": "email_bounced", "lead_unsubscribe": "lead_unsubscribed"}
_SYSTEM = {
    "timestamp",
    "event_type",
    "workspace",
    "campaign_id",
    "campaign_name",
    "lead_email",
    "email_account",
    "unibox_url",
    "step",
    "variant",
    "is_first",
    "email_id",
    "email_subject",
    "email_text",
    "email_html",
    "reply_text_snippet",
    "reply_subject",
    "reply_text",
    "reply_html",
}
_BURSTS = {"email_sent", "email_opened"}
_WITH_EMAIL_ID = {"reply_received", "auto_reply_received", "email_sent"}


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed if the type is missing, or of a known type the lead."""
    kind = text(payload, "event_type").lower()
    if not kind:
        raise Malformed("event_type is missing.")
    kind = ALIASES.get(kind, kind)
    if kind not in _PARSERS:
        return Headline(kind[:60], ignored="unknown_event")
    if not text(payload, "lead_email"):
        raise Malformed("lead_email is missing.")
    lane = Lane.BULK if kind in _BURSTS else Lane.FIRST
    return Headline(kind, provider_id=_provider_id(kind, payload), lane=lane)


def _provider_id(kind: str, payload: Payload) -> str:
    """The mail's id; without one its place in the campaign, and the time too where that does not tell events apart
    (whether a retry keeps the time is not documented)."""
    mail = identifier(payload, "email_id") if kind in _WITH_EMAIL_ID else ""
    if mail:
        return mail
    place = [text(payload, name) for name in ("campaign_id", "lead_email", "step", "variant")]
    return ":".join([*place, "" if kind == "email_sent" else text(payload, "timestamp")]).lower()


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a delivery means. Raises Malformed if it is none of Instantly's or names no lead."""
    if event_type not in _PARSERS:
        raise Malformed(f"Unknown event {event_type}.")
    if not text(payload, "lead_email"):
        raise Malformed("lead_email is missing.")
    return [_PARSERS[event_type](payload)]


def _received(payload: Payload) -> MessageReceived:
    """Who wrote is not in the payload (a colleague's answer carries the lead's address too): the sender is unknown."""
    html = body(payload, "reply_html")
    return MessageReceived(
        channel=Channel.EMAIL,
        person=_person(payload),
        text=body(payload, "reply_text") or ("" if html else body(payload, "reply_text_snippet")),
        html=html,
        subject=text(payload, "reply_subject"),
        mailbox=text(payload, "email_account"),
        to=addresses(text(payload, "email_account")),
        at=moment(payload, "timestamp"),
        ids=_ids(payload),
        thread=_thread(payload),
        campaign=_campaign(payload),
        automated=text(payload, "event_type").lower() == "auto_reply_received",
    )


def _sent(payload: Payload) -> MessageSent:
    return MessageSent(
        channel=Channel.EMAIL,
        person=_person(payload),
        text=body(payload, "email_text"),
        html=body(payload, "email_html"),
        subject=text(payload, "email_subject"),
        sender=Address(text(payload, "email_account")),
        at=moment(payload, "timestamp"),
        ids=_ids(payload),
        thread=_thread(payload),
        campaign=_campaign(payload),
    )


def _opened(payload: Payload) -> MessageOpened:
    return MessageOpened(person=_person(payload), at=moment(payload, "timestamp"), ids=_ids(payload))


def _bounced(payload: Payload) -> AddressBounced:
    """Instantly tells that, not why: no text of the bounce is in the payload."""
    return AddressBounced(
        person=_person(payload),
        address=text(payload, "lead_email"),
        subject=text(payload, "reply_subject", "email_subject"),
        text=body(payload, "reply_text", "reply_text_snippet"),
        at=moment(payload, "timestamp"),
        ids=_ids(payload),
        campaign=_campaign(payload),
    )


def _unsubscribed(payload: Payload) -> LeadUnsubscribed:
    return LeadUnsubscribed(person=_person(payload), at=moment(payload, "timestamp"), campaign=_campaign(payload))


def _interested(payload: Payload) -> LeadInterested:
    """A label: it comes after the reply and brings no message."""
    return LeadInterested(person=_person(payload), at=moment(payload, "timestamp"), campaign=_campaign(payload))


def _person(payload: Payload) -> Person:
    """System fields are never read as variables of the lead, whatever the lead's list calls its columns."""
    own = labelled({name: value for name, value in payload.items() if name not in _SYSTEM})
    profile = first_of(own, "linkedin", "linkedinurl", "linkedinprofile", "linkedinprofileurl")
    return Person(
        names=(("linkedin_url", profile),) if profile else (),
        email=text(payload, "lead_email"),
        phone=first_of(own, "phone", "phonenumber", "mobile"),
        first_name=first_of(own, "firstname"),
        last_name=first_of(own, "lastname"),
        title=first_of(own, "jobtitle", "title"),
        company=first_of(own, "companyname", "company"),
        website=first_of(own, "website", "companywebsite"),
        state=first_of(own, "state"),
        timezone=first_of(own, "timezone"),
    )


def _campaign(payload: Payload) -> CampaignRef | None:
    found = identifier(payload, "campaign_id")
    return CampaignRef(PLATFORM, found, text(payload, "campaign_name")) if found else None


def _ids(payload: Payload) -> dict[str, str]:
    found = identifier(payload, "email_id")
    return {"instantly_email": found} if found else {}


def _thread(payload: Payload) -> dict[str, str]:
    keys = {
        "email_id": identifier(payload, "email_id"),
        "eaccount": text(payload, "email_account"),
        "subject": text(payload, "reply_subject", "email_subject"),
    }
    return {name: value for name, value in keys.items() if value}


def _secrets(headers: Mapping[str, str], payload: Payload) -> list[str]:
    return [bearer(headers), headers.get("X-Instantly-Secret", "")]


_PARSERS: dict[str, Callable[[Payload], Event]] = {
    "reply_received": _received,
    "auto_reply_received": _received,
    "email_sent": _sent,
    "email_opened": _opened,
    "email_bounced": _bounced,
    "lead_unsubscribed": _unsubscribed,
    "lead_interested": _interested,
}

DOOR = Door(headline=headline, parse=parse, routes=(Route.CLIENT,), secrets=_secrets, needs_secret=True)
