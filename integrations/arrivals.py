"""Letting deliveries in (spec 02): find the workspace, authenticate, keep one row, answer. Nothing else happens here.

The order of answers is the specification's; each step either passes or turns the delivery away. At most three
statements: the look-up of the workspace, and the insert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, DataError, InterfaceError
from django.db import connection as database
from django.utils import timezone

from integrations import ingestion, json_bodies, providers, routing, turned_away
from integrations.credentials import unseal
from integrations.errors import Malformed
from integrations.providers.fields import Payload
from integrations.providers.incoming import BadSignature, Door, Headline, Incoming, is_same
from integrations.routing import Found, NoWorkspace, OtherPlatform, TwoWorkspaces, UnknownWorkspace
from integrations.turned_away import Reason

log = structlog.get_logger(__name__)

LARGEST_BODY = 2 * 1024 * 1024
DEEPEST_NESTING = 250
SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105 -- the name of a header, not a secret


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller is told."""

    status: int
    body: dict[str, Any]


class TurnedAway(Exception):
    """The delivery goes no further; `answer` says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(status, {"error": reason})


class NotProved(TurnedAway):
    """401: whoever sent it did not show what this connection or provider asks for."""

    def __init__(self, why: Reason, reason: str) -> None:
        super().__init__(401, reason)
        self.why = why


class NotForUs(Exception):
    """Authentic as far as it matters, and nothing to be done: 200, so that nobody sends it again."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.answer = Answer(200, {"success": True, "ignored": True, "reason": reason})


def receive(provider: str, incoming: Incoming, *, now: datetime | None = None) -> Answer:
    """Let one delivery in or turn it away. `now` is the time of arrival. Never raises for anything a caller sends; with
    the database away it is tried once more on a fresh connection, then the provider is asked to come again."""
    door = providers.door(provider)
    database.health_check_done = True  # type: ignore[attr-defined]  # saves a round trip: a connection that died is replaced by the second try
    for _ in range(2):
        try:
            return _let_in(provider, door, incoming, now or timezone.now())
        except (TurnedAway, NotForUs) as outcome:
            log.info("webhook_not_kept", provider=provider, status=outcome.answer.status, reason=str(outcome))
            return outcome.answer
        except DataError as error:  # PostgreSQL's own limits, such as a number too long for jsonb
            log.warning("webhook_cannot_be_kept", provider=provider, error=type(error).__name__)
            return Answer(400, {"error": "The body cannot be stored."})
        except (DatabaseError, InterfaceError, ImproperlyConfigured) as error:
            log.error("webhook_cannot_be_kept_now", provider=provider, error=type(error).__name__)
            routing.forget()
            database.close()
    return Answer(door.overloaded, {"error": "Not possible at the moment. Please send it again."})


@dataclass(frozen=True, slots=True)
class _Case:
    """A delivery that could be read, and what it says of itself."""

    provider: str
    door: Door
    incoming: Incoming
    payload: Payload
    headline: Headline
    is_signed: bool


def _let_in(provider: str, door: Door, incoming: Incoming, now: datetime) -> Answer:
    if len(incoming.body) > LARGEST_BODY:
        raise TurnedAway(413, "The body is larger than 2 MiB.")
    case = _read_case(provider, door, incoming, now)
    if door.ignores_first and case.headline.ignored:
        raise NotForUs(case.headline.ignored)
    found = _admitted(case, now)
    if case.headline.ignored:
        raise NotForUs(case.headline.ignored)
    is_new = ingestion.keep(found, case.headline, door.kept(case.payload), now=now)
    return Answer(200, {"success": True} if is_new else {"success": True, "duplicate": True})


def _read_case(provider: str, door: Door, incoming: Incoming, now: datetime) -> _Case:
    """Signature, body, ids: all that needs no workspace."""
    try:
        is_signed = door.signed(incoming)
    except BadSignature as bad:
        turned_away.note(None, provider, Reason.BAD_SIGNATURE, now=now)
        raise NotProved(Reason.BAD_SIGNATURE, str(bad)) from None
    payload = door.unwrap(_payload(door, incoming.body))
    if not is_signed and door.must_be_signed(payload):
        turned_away.note(None, provider, Reason.BAD_SIGNATURE, now=now)
        raise NotProved(Reason.BAD_SIGNATURE, "The signature is missing.")
    try:
        headline = door.headline(payload, incoming.query)
    except Malformed as missing:
        raise TurnedAway(400, str(missing)) from None
    return _Case(provider, door, incoming, payload, headline, is_signed)


def _payload(door: Door, body: bytes) -> Payload:
    try:
        return read(door.json_of(body))
    except Malformed as malformed:
        raise TurnedAway(400, str(malformed)) from None


def _admitted(case: _Case, now: datetime) -> Found:
    """The connection that lets the delivery in. Nobody is turned away because of what was true two seconds ago."""
    found = _find(case, now)
    refusal = _refusal(case, found)
    if refusal and found.is_remembered:
        found = _find(case, now, anew=True)
        refusal = _refusal(case, found)
    if isinstance(refusal, NotProved):
        turned_away.note(found.workspace_id, case.provider, refusal.why, now=now)
    else:
        _note_proved(case, found, now)
    if refusal:
        raise refusal
    return found


def _find(case: _Case, now: datetime, *, anew: bool = False) -> Found:
    try:
        return routing.find(case.provider, case.door, case.headline, case.incoming, anew=anew)
    except OtherPlatform as other:
        turned_away.note(other.workspace_id, case.provider, Reason.PROVIDER_MISMATCH, now=now)
        raise NotForUs("provider_mismatch") from None
    except (NoWorkspace, TwoWorkspaces) as unclear:
        raise TurnedAway(400, str(unclear)) from None
    except UnknownWorkspace:
        if case.door.unknown_account:
            raise NotForUs(case.door.unknown_account) from None
        raise TurnedAway(404, "No workspace is connected to this.") from None


def _refusal(case: _Case, found: Found) -> TurnedAway | NotForUs | None:
    refusal = None if case.is_signed else _unproved(case, found)
    return refusal or (NotForUs("workspace_archived") if found.is_archived else None)


def _unproved(case: _Case, found: Found) -> NotProved | None:
    """What is wrong with its secret, where the connection has one. A provider that must bring one may do with the token
    of its URL only as long as none is set."""
    expected = _secret(found.sealed_credentials)
    if not expected:
        why = "This connection has no webhook secret. Set one, or use its URL with the token."
        return NotProved(Reason.SECRET_NOT_SET, why) if case.door.needs_secret and not found.by_token else None
    headers = case.incoming.headers
    given = [headers.get(SECRET_HEADER, ""), *case.door.secrets(headers, case.payload)]
    if any([is_same(one, expected) for one in given]):  # noqa: C419 -- all are compared, whichever fits
        return None
    why = Reason.SECRET_WRONG if any(given) else Reason.SECRET_MISSING
    return NotProved(why, "The webhook secret is missing or wrong.")


def _note_proved(case: _Case, found: Found, now: datetime) -> None:
    """What was turned away before is over."""
    if found.is_troubled:
        turned_away.note_let_in(found.workspace_id, case.provider, now=now)
    if found.is_troubled_unsigned and case.is_signed:
        turned_away.note_let_in(None, case.provider, now=now)


@lru_cache(maxsize=2048)
def _secret(sealed: str) -> str:
    """The webhook secret of sealed credentials; decrypting them for each delivery would cost more than all the rest."""
    return unseal(sealed).get("webhook_secret", "").strip()


# ── Bodies ─────────────────────────────────────────────────────────────────────
def read(body: bytes) -> Payload:
    """The JSON object of a body, fit to be stored (integrations/json_bodies.py). Raises TurnedAway."""
    try:
        found = json_bodies.loads(body)
    except ValueError:
        raise TurnedAway(400, "The body is not JSON.") from None
    if not isinstance(found, dict):
        raise TurnedAway(400, "The body is not a JSON object.")
    _check_depth(found)
    return found


def _check_depth(payload: Payload) -> None:
    try:
        orjson.dumps(payload)  # its own limit is DEEPEST_NESTING and a little; numbers beyond 64 bits it cannot write
    except TypeError:
        if _depth(payload) > DEEPEST_NESTING:
            raise TurnedAway(400, "The body is nested too deeply.") from None


def _depth(payload: Payload) -> int:
    level: list[Any] = [payload]
    depth = 0
    while level and depth <= DEEPEST_NESTING:
        inner = [item.values() if isinstance(item, dict) else item for item in level]
        level = [item for items in inner for item in items if isinstance(item, dict | list)]
        depth += 1
    return depth
