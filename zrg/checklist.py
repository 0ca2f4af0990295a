"""The set-up checklist of a workspace (spec 01): what each feature still needs, asked of what gates it at run time.

Shown on the settings page and in the admin; each puts its own links to what a line is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from integrations import chat, remedies
from integrations.completeness import lacking, readable_secrets
from integrations.models import EMAIL_PLATFORMS, Connection, Provider
from integrations.pages.sections import address
from zrg.ai import running, spending
from zrg.web import settings_pages
from zrg.web.settings_tabs import Section
from zrg.workspaces.models import Workspace

Status = Connection.Status


class State(StrEnum):
    DONE = "done"
    TO_DO = "to do"
    UNUSED = "unused"  # works without; what is missed is said all the same


class About(StrEnum):
    """What a line leads to."""

    CONNECTION = "connection"  # `provider` says which
    PLATFORM = "platform"  # any e-mail platform
    TURNED_AWAY = "turned away"
    BUDGET = "budget"
    PEOPLE = "people"
    OPERATORS = "operators"  # a setting of the installation: nobody of the workspace can change it


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    state: State
    about: About
    to_do: str = ""
    provider: str = ""


_BESIDES = {Provider.GHL: "Text messages", Provider.UNIPILE: "LinkedIn messages"}


def lines(workspace: Workspace) -> list[Line]:
    """In the order in which one sets a workspace up."""
    connections = {connection.provider: connection for connection in workspace.connections.all()}
    return [
        *_platform(connections),
        *(_connection(connection) for connection in connections.values()),
        *_turned_away(workspace),
        *(_unused(kind) for kind in _BESIDES if kind not in connections),
        *_ai(workspace),
        _approval(),
        _people(workspace),
    ]


def _platform(connections: dict[str, Connection]) -> Iterator[Line]:
    if not any(kind in connections for kind in EMAIL_PLATFORMS):
        missed = "No e-mail platform is connected: e-mails are neither received nor answered."
        yield Line("E-mail", State.TO_DO, About.PLATFORM, missed)


def _connection(connection: Connection) -> Line:
    name, wrong = connection.get_provider_display(), _wrong(connection)
    if connection.provider in EMAIL_PLATFORMS:
        name = f"E-mail through {name}"
    title, state = (name, State.TO_DO) if wrong else (f"{name} works", State.DONE)
    return Line(title, state, About.CONNECTION, wrong, connection.provider)


def _wrong(connection: Connection) -> str:
    if readable_secrets(connection) is None:
        return "Its secrets cannot be read: an operator must check CREDENTIALS_KEYS."
    if fields := lacking(connection):
        return f"Missing: {', '.join(field.label for field in fields)}."
    if connection.status in {Status.FAILING, Status.DISCONNECTED}:
        return connection.last_error or "It does not work: test it."
    return "Not tested yet: test it." if connection.status == Status.UNCHECKED else ""


def _turned_away(workspace: Workspace) -> Iterator[Line]:
    for row in remedies.standing(workspace=workspace)[:5]:
        told = remedies.told(row, workspace.tzinfo)
        words = f"{told.what} {told.why} {told.to_do}"
        yield Line(f"Webhooks of {row.get_provider_display()}", State.TO_DO, About.TURNED_AWAY, words, row.provider)


def _unused(kind: Provider) -> Line:
    missed = f"Not connected: {_BESIDES[kind].lower()} are neither received nor sent."
    if kind == Provider.UNIPILE:
        missed = missed.replace("linkedin", "LinkedIn")
    return Line(_BESIDES[kind], State.UNUSED, About.CONNECTION, missed, kind)


def _ai(workspace: Workspace) -> Iterator[Line]:
    if not running.is_configured():
        missed = "OPENAI_API_KEY is not set: replies are sorted by rules alone, and nothing is drafted."
        yield Line("Reading replies and drafting", State.TO_DO, About.OPERATORS, missed)
    elif spending.is_reached(workspace):
        missed = "This month's budget is used up: nothing is sent by itself until the first."
        yield Line("Reading replies and drafting", State.TO_DO, About.BUDGET, missed)
    else:
        yield Line("Reading replies and drafting", State.DONE, About.BUDGET)


def _approval() -> Line:
    if chat.is_configured():
        return Line("Approval in Slack", State.DONE, About.OPERATORS)
    missed = "SLACK_BOT_TOKEN is not set: drafts that need a person wait in the inbox."
    return Line("Approval in Slack", State.UNUSED, About.OPERATORS, missed)


def _people(workspace: Workspace) -> Line:
    if workspace.memberships.exists():
        return Line("Somebody besides the owner works here", State.DONE, About.PEOPLE)
    return Line("People", State.TO_DO, About.PEOPLE, "Only the owner has access.")


# ── On the settings page ───────────────────────────────────────────────────────
def _section(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    found = lines(workspace)
    open_ones = [(line, _href(line, workspace)) for line in found if line.state is not State.DONE]
    return {
        "open_ones": sorted(open_ones, key=lambda one: one[0].state is State.UNUSED),
        "done": [line for line in found if line.state is State.DONE],
    }


def _href(line: Line, workspace: Workspace) -> str:
    """Where it is put right; empty where the workspace's own people cannot."""
    match line.about:
        case About.CONNECTION | About.TURNED_AWAY:
            return address("account", workspace, Provider(line.provider))
        case About.PLATFORM:
            return settings_pages.address(workspace, "integrations", "connections")
        case About.BUDGET:
            return settings_pages.address(workspace, "ai", "ai-limits")
        case _:
            return ""


SETUP = Section("general", "setup", "Set-up", "settings/setup.html", _section, is_secret=True)
