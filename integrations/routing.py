"""Which workspace is a delivery for? By the token of its URL, else by what the URL and the body name (spec 02)."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings

from integrations.models import EMAIL_PLATFORMS, Connection, IgnoredDeliveries
from integrations.providers.incoming import Door, Headline, Incoming, Route
from zrg.lib.rows import prepared
from zrg.workspaces.models import Workspace

log = structlog.get_logger(__name__)

REMEMBERED_FOR_S = 2.0
_MOST_REMEMBERED = 1000
_PLATFORMS = [kind.value for kind in EMAIL_PLATFORMS]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TABLES = {
    "connection": f'"{Connection._meta.db_table}"',
    "workspace": f'"{Workspace._meta.db_table}"',
    "ignored": f'"{IgnoredDeliveries._meta.db_table}"',
}
# Whether deliveries were turned away before, of this workspace or with nobody's signature: a few rows, read along.
_TROUBLED = (
    "EXISTS (SELECT FROM {ignored} i WHERE i.workspace_id = w.id AND i.provider = {provider}), "
    "EXISTS (SELECT FROM {ignored} i WHERE i.workspace_id IS NULL AND i.provider = {provider})"
)
_COLUMNS = (
    "w.id, w.archived_at IS NOT NULL, {troubled}, c.id, c.provider, c.external_id, c.host, c.credentials, c.namespace"
).format(troubled=_TROUBLED.format(provider="c.provider", **_TABLES))

# Written out: this is the hot path of every webhook, and one statement is all it may cost.
_CONNECTION = (
    "SELECT {columns} FROM {connection} c JOIN {workspace} w ON w.id = c.workspace_id WHERE c.provider = %s AND "
)
_BY_TOKEN = (_CONNECTION + "c.webhook_token = %s").format(columns=_COLUMNS, **_TABLES)
_BY_ACCOUNT = (_CONNECTION + "c.external_id = %s").format(columns=_COLUMNS, **_TABLES)
_WORKSPACE = (  # with its e-mail platform, of which it has one or none
    "SELECT {columns} FROM {workspace} w "
    "LEFT JOIN {connection} c ON c.workspace_id = w.id AND c.provider = ANY(%s::text[]) WHERE "
)
_BY_CLIENT = (_WORKSPACE + "w.id = %s").format(columns=_COLUMNS, **_TABLES)
_ITSELF = "SELECT w.id, w.archived_at IS NOT NULL, {troubled} FROM {workspace} w WHERE "
_BY_ID = (_ITSELF + "w.id = %s").format(troubled=_TROUBLED.format(provider="%s", **_TABLES), **_TABLES)
_BY_NAME = (_WORKSPACE + "lower(w.name) = lower(%s) LIMIT 2").format(columns=_COLUMNS, **_TABLES)


@dataclass(frozen=True, slots=True)
class Found:
    """What a delivery is for, nearly always a connection; `by_token`: its URL could not be guessed."""

    workspace_id: UUID
    is_archived: bool
    is_troubled: bool  # deliveries were turned away for it before (integrations/turned_away.py)
    is_troubled_unsigned: bool  # and of this provider because of a signature
    connection_id: UUID | None  # None: it came with the workspace's id, through no connection of its own
    provider: str
    external_id: str
    host: str
    sealed_credentials: str
    namespace: str = ""  # the account's
    is_of_another: bool = False  # the delivery names another account than the connection's
    by_token: bool = False
    is_remembered: bool = False  # not looked up just now: a refusal based on it must be checked again


class NoWorkspace(Exception):
    """Nothing in URL and body names a workspace; the text says what could."""


class TwoWorkspaces(Exception):
    """URL and body name different ones."""


class UnknownWorkspace(Exception):
    """What is named is nobody's."""


class OtherPlatform(Exception):
    """The workspace is known, but its e-mail platform is another one, or none."""

    def __init__(self, workspace_id: UUID) -> None:
        super().__init__(workspace_id)
        self.workspace_id = workspace_id


def find(provider: str, door: Door, headline: Headline, incoming: Incoming, *, anew: bool = False) -> Found:
    """The connection of this provider that the delivery is for. Raises NoWorkspace, TwoWorkspaces, UnknownWorkspace,
    OtherPlatform. What was found is remembered for two seconds (`anew`: look all the same): in a burst the look-up
    would cost as much as the insert; what was not found is looked up each time."""
    client = incoming.query.get("clientId", "")
    said = (headline.account, headline.workspace_name, headline.host, headline.workspace_id)
    key = (provider, incoming.token, client, *said)
    known = _remembered.get(key)
    if known and known[0] > time.monotonic() and not anew:
        return known[1]
    _remembered.pop(key, None)
    found = _look_up(provider, door, headline, incoming)
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = (time.monotonic() + REMEMBERED_FOR_S, replace(found, is_remembered=True))
    return found


_remembered: dict[tuple[str, ...], tuple[float, Found]] = {}


def forget(**_: object) -> None:
    """Look everything up again: a connection or workspace was changed (also a signal receiver)."""
    _remembered.clear()


def _look_up(provider: str, door: Door, headline: Headline, incoming: Incoming) -> Found:
    if incoming.token:
        return _by_token(provider, door, headline, incoming)
    named = [(route, value) for route in door.routes if (value := _named(route, headline, incoming.query))]
    if not named:
        names = ", ".join(door.routes)
        raise NoWorkspace(
            f"Nothing names the workspace ({names}). A URL with the connection's token needs nothing else."
        )
    for route, value in named:
        found = _by_route(provider, route, value, headline)
        if found is not None:
            return found
    raise UnknownWorkspace


def _by_route(provider: str, route: Route, value: str, headline: Headline) -> Found | None:
    if route is Route.CLIENT:
        return _by_client(provider, value, headline)
    return _by_id(provider, value) if route is Route.WORKSPACE else _by_body(provider, route, value, headline)


def _by_id(provider: str, value: str) -> Found | None:
    rows = _rows(_BY_ID, [provider, provider, _uuid(value)])
    if not rows:
        return None
    workspace_id, is_archived, is_troubled, is_unsigned = rows[0]
    return Found(workspace_id, is_archived, is_troubled, is_unsigned, None, provider, "", "", "")


def _named(route: Route, headline: Headline, query: Mapping[str, str]) -> str:
    if route is Route.CLIENT:
        return query.get("clientId", "").strip()
    told = {
        Route.ACCOUNT: headline.account,
        Route.WORKSPACE: headline.workspace_id,
        Route.NAME: headline.workspace_name,
    }
    return told[route]


def _by_token(provider: str, door: Door, headline: Headline, incoming: Incoming) -> Found:
    rows = _rows(_BY_TOKEN, [provider, incoming.token]) if _TOKEN.fullmatch(incoming.token) else []
    if not rows:
        raise UnknownWorkspace
    found = replace(_found(rows[0], headline), by_token=True)
    client = incoming.query.get("clientId", "").strip()
    if client and _uuid(client) != found.workspace_id:
        raise TwoWorkspaces("The URL's token belongs to another workspace than clientId.")
    if headline.account and found.external_id and headline.account != found.external_id:
        _other_account(door, found)
    return found


def _other_account(door: Door, found: Found) -> None:
    """The token decides (spec 02: it selects the workspace by itself), unless the account is part of the address."""
    if door.account_must_fit:
        raise TwoWorkspaces("The URL's token belongs to another account than the body names.")
    if door.unknown_account:
        raise UnknownWorkspace
    log.warning("webhook_account_differs", provider=found.provider, connection=str(found.connection_id))


def _by_client(provider: str, client: str, headline: Headline) -> Found:
    """What the URL says goes before everything in the body: an unknown id is not made up for by a known name."""
    workspace_id = _uuid(client)
    rows = _rows(_BY_CLIENT, [_PLATFORMS, workspace_id]) if workspace_id else []
    if not rows:
        raise UnknownWorkspace
    return _on_platform(provider, rows[0], headline)


def _by_body(provider: str, route: Route, value: str, headline: Headline) -> Found | None:
    """By the account's id, else by a name that only one workspace has, whatever its case."""
    if route is Route.ACCOUNT:
        rows = [row for row in _rows(_BY_ACCOUNT, [provider, value]) if _is_its_host(row[7], headline)]
        if len(rows) > 1:  # the same number at two instances, and the body does not say at which
            log.warning("webhook_account_not_unique", provider=provider)
        return _found(rows[0], headline) if len(rows) == 1 else None
    rows = _rows(_BY_NAME, [_PLATFORMS, value])
    if len(rows) > 1:
        log.warning("webhook_workspace_name_not_unique", provider=provider)
    return _on_platform(provider, rows[0], headline) if len(rows) == 1 else None


def _on_platform(provider: str, row: tuple[Any, ...], headline: Headline) -> Found:
    if row[5] != provider:
        raise OtherPlatform(row[0])
    return _found(row, headline)


def _found(row: tuple[Any, ...], headline: Headline) -> Found:
    found = Found(*row)
    is_named = bool(headline.host and headline.account and found.external_id)
    is_own = headline.account == found.external_id and _is_its_host(found.host, headline)
    return replace(found, is_of_another=is_named and not is_own)


def _is_its_host(host: str, headline: Headline) -> bool:
    """Account numbers are unique within an instance only: another instance's workspace 7 is not ours. Where both sides
    are known and differ, it is nobody's. The sandbox plays every host from one address."""
    return bool(settings.SANDBOX_URL) or not host or not headline.host or host.lower() == headline.host.lower()


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with prepared() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
