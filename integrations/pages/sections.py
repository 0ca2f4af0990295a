"""The section that lists a workspace's accounts: which work, which do not and why, what is turned away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from integrations import remedies
from integrations.account_fields import FIELDS
from integrations.completeness import lacking
from integrations.models import Connection, Provider
from integrations.remedies import Told
from zrg.web import times
from zrg.web.settings_tabs import Section
from zrg.workspaces.models import Workspace

Status = Connection.Status

WHAT_FOR = {
    Provider.EMAILBISON: "E-mail",
    Provider.SMARTLEAD: "E-mail",
    Provider.INSTANTLY: "E-mail",
    Provider.GHL: "Text messages",
    Provider.UNIPILE: "LinkedIn messages",
    Provider.SLACK: "Alerts to your channels",
}
_MOST_TURNED_AWAY = 40  # a row per provider and reason: there are no more
_TONES = {Status.OK: "ok", Status.FAILING: "danger", Status.DISCONNECTED: "danger", Status.UNCHECKED: "warn"}


@dataclass(frozen=True, slots=True)
class Row:
    """A provider as the list shows it; `status` is empty where the workspace has no account there."""

    key: str
    name: str
    what_for: str
    href: str
    test_href: str = ""
    status: str = ""
    tone: str = ""
    account: str = ""
    since: str = ""
    trouble: str = ""
    turned_away: tuple[Told, ...] = ()


def _connections(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    now, mine = timezone.now(), {one.provider: one for one in Connection.objects.filter(workspace=workspace)}
    away = turned_away(workspace)
    kinds = sorted(FIELDS, key=list(WHAT_FOR).index)  # what does the same stands together
    rows = [_row(kind, mine.get(kind), workspace, now, away) for kind in kinds]
    return {"rows": sorted(rows, key=lambda row: not row.status)}


def turned_away(workspace: Workspace, **where: Any) -> tuple[Told, ...]:
    """The deliveries that were turned away for the workspace, and what to do about it."""
    rows = remedies.standing(workspace=workspace, **where)[:_MOST_TURNED_AWAY]
    return tuple(remedies.told(row, workspace.tzinfo) for row in rows)


def _row(
    kind: Provider, connection: Connection | None, workspace: Workspace, now: datetime, away: tuple[Told, ...]
) -> Row:
    plain = Row(
        key=kind.value,
        name=str(kind.label),
        what_for=WHAT_FOR[kind],
        href=address("account", workspace, kind),
        turned_away=tuple(told for told in away if told.provider == kind),
    )
    if connection is None:
        return plain
    worked = connection.last_success_at
    return replace(
        plain,
        test_href=address("test", workspace, kind),
        status=connection.get_status_display(),
        tone=_TONES[Status(connection.status)],
        account=connection.external_id or connection.config.get("account", ""),
        since=times.full(worked, workspace.tzinfo, now=now) if worked else "",
        trouble=trouble(connection),
    )


def trouble(connection: Connection) -> str:
    """What is wrong with it, in a sentence; empty where nothing is."""
    if fields := lacking(connection):
        return f"Missing: {', '.join(field.label for field in fields)}."
    return connection.last_error if connection.status in {Status.FAILING, Status.DISCONNECTED} else ""


def address(name: str, workspace: Workspace, kind: Provider) -> str:
    """The path of a page or an order about the workspace's account at a provider."""
    return reverse(f"connections:{name}", args=[workspace.pk, kind.value])


CONNECTIONS = Section(
    "integrations", "connections", "Connections", "integrations/settings_connections.html", _connections, is_secret=True
)
