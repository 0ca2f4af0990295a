"""What the webhook door asks of a provider's `webhook.py`; the door itself is integrations/arrivals.py.

A provider must say how a delivery is read at the door (`headline`) and what it means (`parse`), and by what the
workspace is found. It may change what is kept, check a signature that needs no workspace, and name further places
where a caller may put the connection's secret.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from integrations.events import Event
from integrations.providers.fields import Payload
from zrg.jobs.models import Lane

_BEARER = re.compile(r"Bearer\s+(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A delivery as it came, before anybody believed it. Header names are looked up without regard to case."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a delivery says of itself: enough to find its workspace and to tell it from every other."""

    event_type: str  # in the provider's own words, aliases resolved; of an unknown kind: as it was sent
    provider_id: str = ""  # stable over retries, unique within connection and event type
    content: tuple[str, ...] = ()  # instead of an id: what a hash is made of, together with the time of arrival
    window: timedelta = timedelta(minutes=1)  # with `content`: the same in this and the one before is one delivery
    account: str = ""  # external id of the connection it is for
    host: str = ""  # the instance of the provider it comes from
    workspace_name: str = ""
    workspace_id: str = ""  # of something we signed ourselves
    lane: Lane = Lane.FIRST
    ignored: str = ""  # why it is not kept: unknown_event, empty_message


class Route(StrEnum):
    """By what a plain URL finds its workspace (a URL with a token needs none of these)."""

    CLIENT = "clientId"
    ACCOUNT = "account"
    NAME = "workspace name"
    WORKSPACE = "workspace"  # its id, in something we signed: there need be no connection


class BadSignature(Exception):
    """Whoever sent this is not the provider; the text says what is missing and holds nothing secret."""


def bearer(headers: Mapping[str, str]) -> str:
    """The token of `Authorization: Bearer`; "" if there is none."""
    found = _BEARER.fullmatch(headers.get("Authorization", "").strip())
    return found.group(1).strip() if found else ""


def is_same(given: str, expected: str) -> bool:
    """Whether a secret fits, in constant time. A header's bytes reach us read as Latin-1, so a secret with other
    letters is compared both as its text and as those bytes."""
    wanted, text = expected.strip().encode(), given.strip()
    as_text = hmac.compare_digest(text.encode("utf-8", "replace"), wanted)
    as_bytes = hmac.compare_digest(text.encode("latin-1", "replace"), wanted)
    return bool(wanted) and (as_text | as_bytes)


def as_it_is(payload: Payload) -> Payload:
    """Nothing to change."""
    return payload


def whole(body: bytes) -> bytes:
    """The body is the JSON."""
    return body


@dataclass(frozen=True, slots=True)
class Door:
    """How one provider's deliveries are let in."""

    # must
    headline: Callable[[Payload, Mapping[str, str]], Headline]  # (payload, query); raises Malformed: an id is missing
    parse: Callable[[str, Payload], list[Event]]  # (event type, kept payload); pure; raises Malformed
    routes: tuple[Route, ...]  # tried in this order
    # may
    json_of: Callable[[bytes], bytes] = whole  # where in the body the JSON is; raises Malformed
    unwrap: Callable[[Payload], Payload] = as_it_is  # the payload out of its wrapping
    kept: Callable[[Payload], Payload] = as_it_is  # what is stored of it: no secrets
    signed: Callable[[Incoming], bool] = field(default=lambda _: False)  # True: proved; raises BadSignature
    signed_with: str = ""  # the setting that holds what signatures are checked with
    must_be_signed: Callable[[Payload], bool] = field(default=lambda _: False)
    secrets: Callable[[Mapping[str, str], Payload], list[str]] = field(default=lambda _headers, _payload: [])
    needs_secret: bool = False
    account_must_fit: bool = False  # a token of another account than the payload names: 400
    unknown_account: str = ""  # answer 200 "ignored" with this reason instead of 404
    ignores_first: bool = False  # what is ignored is said before the workspace is looked for
    is_silent: bool = False  # success is answered with an empty body
    overloaded: int = 503  # the answer that makes this provider try again
