"""The first sentence of the front page: what is wrong now, worst first, each with where to go (spec 13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from integrations.models import Connection
from zrg import health
from zrg.web.admin_display import count_of, list_url


@dataclass(frozen=True, slots=True)
class Problem:
    """A sentence and its link."""

    tone: str
    text: str
    url: str


def problems(found: dict[str, Any]) -> list[Problem]:
    """From the figures of the page, and from the probes of the broker and of beat."""
    all_of_them = [
        *_services(),
        *_queues(found),
        *_providers(found),
        *_webhooks(found),
        *_sends(found),
        *_sweeps(found),
    ]
    return sorted(all_of_them, key=lambda problem: problem.tone != "danger")


def _services() -> list[Problem]:
    runs = reverse("admin:jobs_functionrun_changelist")
    return [Problem("danger", told, runs) for check in (health.broker, health.beat) if (told := check())]


def _queues(found: dict[str, Any]) -> list[Problem]:
    late = [
        Problem("danger", f"{lane.due:,} wait in “{lane.queue}” ({lane.name}), the first for {lane.oldest}.", lane.url)
        for lane in found["lanes"]
        if lane.tone == "danger"
    ]
    stuck = [
        Problem("danger", f"{queue.name}: one has been running for {queue.longest}.", queue.running_url)
        for queue in found["failures"]
        if queue.stuck
    ]
    dead = [
        Problem("warn", f"{queue.failed:,} failed: {queue.name.lower()}.", queue.failed_url)
        for queue in found["failures"]
        if queue.failed
    ]
    return [*late, *stuck, *dead]


def _providers(found: dict[str, Any]) -> list[Problem]:
    down = sum(provider.down for provider in found["providers"])
    if not down:
        return []
    names = ", ".join(provider.name for provider in found["providers"] if provider.down)
    are = "connection is" if down == 1 else "connections are"
    return [Problem("danger", f"{down} {are} down: {names}.", list_url(Connection, down="yes"))]


def _webhooks(found: dict[str, Any]) -> list[Problem]:
    return [
        Problem("warn", f"Webhooks of {away['provider']}{away['whose']} are refused. {away['why']}", away["url"])
        for away in found["ignored"]
        if away["refused"]
    ]


def _sends(found: dict[str, Any]) -> list[Problem]:
    return [
        Problem(figure.tone, f"{count_of(figure.count, 'message')}: {figure.name.lower()}.", figure.url)
        for figure in found["sends"]
        if figure.tone == "danger"
    ]


def _sweeps(found: dict[str, Any]) -> list[Problem]:
    gone = [sweep.name for sweep in found["sweeps"] if sweep.missing]
    schedules = reverse("admin:django_celery_beat_periodictask_changelist")
    told = [Problem("danger", f"No schedule starts {', '.join(gone)}.", schedules)] if gone else []
    return told + [
        Problem("danger", f"The sweep {sweep.name}: {sweep.state.lower()}.", sweep.url)
        for sweep in found["sweeps"]
        if sweep.tone == "danger"
    ]
