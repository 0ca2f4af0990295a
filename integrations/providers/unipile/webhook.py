"""Unipile's webhooks (v1): LinkedIn messages and the state of accounts. See README.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings

from integrations.errors import Malformed
from integrations.events import (
    AccountStatus,
    Address,
    Channel,
    Event,
    Ignored,
    MessageConfirmed,
    MessageReceived,
    Person,
)
from integrations.providers.fields import (
    Payload,
    attachments,
    body,
    flag,
    identifier,
    moment,
    part,
    parts,
    text,
    two_names,
)
from integrations.providers.incoming import BadSignature, Door, Headline, Incoming, Route, is_same
from integrations.providers.unipile import meanings

MESSAGE = "message_received"
STATUS = "account_status"
_STATUS_WINDOW = timedelta(seconds=5)  # short: OK, CREDENTIALS and OK again within a minute are three pieces of news
_STATES = {
    "OK": "ok",
    "CREATION_SUCCESS": "ok",
    "RECONNECTED": "ok",
    "SYNC_SUCCESS": "ok",
    "CREDENTIALS": "disconnected",
    "DELETED": "disconnected",
    "ERROR": "failing",
    "STOPPED": "failing",
    "PERMISSIONS": "failing",
}


def headline(payload: Payload, query: Mapping[str, str]) -> Headline:
    """Raises Malformed if the account, or of a message its id, is missing."""
    status = part(payload, "AccountStatus")
    account = identifier(status or payload, "account_id")
    if not account:
        raise Malformed("account_id is missing.")
    if status:
        said = text(status, "message").upper()
        return Headline(STATUS, content=(account, said), window=_STATUS_WINDOW, account=account)
    kind = text(payload, "event").lower()
    if not kind:
        raise Malformed("event is missing.")
    if kind != MESSAGE:
        return Headline(kind[:60], account=account, ignored="unknown_event")
    message = identifier(payload, "message_id")
    if not message:
        raise Malformed("message_id is missing.")
    return Headline(kind, provider_id=message, account=account)


def parse(event_type: str, payload: Payload) -> list[Event]:
    """What a delivery means. Raises Malformed if it is none of Unipile's or nobody wrote it."""
    if event_type == STATUS:
        return [_status(part(payload, "AccountStatus"))]
    if event_type != MESSAGE:
        raise Malformed(f"Unknown event {event_type}.")
    return [_message(payload)]


def _status(status: Payload) -> AccountStatus:
    said = text(status, "message").upper()
    words = meanings.stopped(said) if said in meanings.STOPPED else meanings.SIGN_IN_AGAIN.get(said, said[:60])
    return AccountStatus(state=_STATES.get(said, "unknown"), detail=words)


def _message(payload: Payload) -> Event:
    if flag(payload.get("is_group")):
        return Ignored("group_chat")
    if flag(payload.get("is_event")) or text(payload, "message_type").upper() not in {"", "MESSAGE", "INMAIL"}:
        return Ignored("chat_event")
    if not body(payload, "message") and not attachments(payload):
        return Ignored("empty_message")
    return _confirmed(payload) if is_own(payload) else _received(payload)


def is_own(payload: Payload) -> bool:
    """Whether the account's owner wrote it, by API or on the phone: by the writer's id, else by `is_sender`."""
    writer = text(part(payload, "sender"), "attendee_provider_id")
    owner = text(part(payload, "account_info"), "user_id")
    return writer == owner if writer and owner else flag(payload.get("is_sender"))


def _received(payload: Payload) -> MessageReceived:
    sender = part(payload, "sender")
    return MessageReceived(
        channel=Channel.LINKEDIN,
        person=_person(sender),
        text=body(payload, "message"),
        subject=text(payload, "subject"),
        sender=Address("", text(sender, "attendee_name")),
        at=moment(payload, "timestamp"),
        ids=_ids(payload),
        thread=_thread(payload),
        attachments=attachments(payload),
    )


def _confirmed(payload: Payload) -> MessageConfirmed | Ignored:
    other = _other(payload)
    if not other:
        return Ignored("nobody_but_us")
    return MessageConfirmed(
        channel=Channel.LINKEDIN,
        person=_person(other),
        text=body(payload, "message"),
        subject=text(payload, "subject"),
        sender=Address("", text(part(payload, "sender"), "attendee_name")),
        at=moment(payload, "timestamp"),
        ids=_ids(payload),
        thread=_thread(payload),
    )


def _other(payload: Payload) -> Payload:
    """The person at the other end of our own message: the first attendee that is not us."""
    ours = {
        text(part(payload, "account_info"), "user_id"),
        text(part(payload, "sender"), "attendee_provider_id"),
    }
    others = (one for one in parts(payload, "attendees") if text(one, "attendee_provider_id") not in ours)
    return next(others, {})


def _person(attendee: Payload) -> Person:
    specifics, profile = part(attendee, "attendee_specifics"), text(attendee, "attendee_profile_url")
    public = text(attendee, "attendee_public_identifier")
    if not profile and public:
        profile = f"https://www.linkedin.com/in/{public}"
    names = [("linkedin_member", identifier(attendee, "attendee_provider_id")), ("linkedin_url", profile)]
    is_company = flag(specifics.get("is_company")) or "/company/" in _path(profile)
    first, last = ("", "") if is_company else two_names(text(attendee, "attendee_name"))
    return Person(
        names=tuple(name for name in names if name[1]),
        first_name=first,
        last_name=last,
        title=text(specifics, "occupation"),
        company=text(attendee, "attendee_name") if is_company else "",
        is_company_page=is_company,
    )


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.lower() + "/"
    except ValueError:
        return ""


def _ids(payload: Payload) -> dict[str, str]:
    return {"unipile_message": found} if (found := identifier(payload, "message_id")) else {}


def _thread(payload: Payload) -> dict[str, str]:
    keys = ("chat_id", "account_id", "provider_chat_id")
    return {name: found for name in keys if (found := identifier(payload, name))}


def _signed(incoming: Incoming) -> bool:
    """Unipile has one secret for all accounts, in the header we gave it when the webhook was made."""
    expected = settings.UNIPILE_WEBHOOK_SECRET.strip()
    if not expected:
        raise BadSignature("LinkedIn webhooks are switched off: UNIPILE_WEBHOOK_SECRET is not set.")
    given = [incoming.headers.get(name, "") for name in ("Unipile-Auth", "X-Webhook-Secret")]
    if not any([is_same(one, expected) for one in given]):  # noqa: C419 -- all are compared, whichever fits
        raise BadSignature("The Unipile-Auth header is missing or wrong.")
    return True


DOOR = Door(
    headline=headline,
    parse=parse,
    routes=(Route.ACCOUNT,),
    signed=_signed,
    signed_with="UNIPILE_WEBHOOK_SECRET",
    unknown_account="unknown_account",
)
