"""What comes in and how the providers are, for the front page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
import structlog
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from integrations import remedies
from integrations.models import Connection, IgnoredDeliveries, Provider, WebhookEvent
from integrations.turned_away import Reason
from zrg.jobs.models import Lane
from zrg.lib import metrics
from zrg.web.admin_display import list_url

log = structlog.get_logger(__name__)

MINUTES = 60
COUNTED_UP_TO = 50_000  # deliveries of the last hour that are counted; a burst beyond shows as “at least”

_PER_MINUTE = """
SELECT date_trunc('minute', received_at), lane, count(*) FROM (
    SELECT received_at, lane FROM "integrations_webhookevent"
     WHERE received_at > %s ORDER BY received_at DESC LIMIT %s) newest
 GROUP BY 1, 2
"""

Status = Connection.Status


@dataclass(frozen=True, slots=True)
class Bar:
    """A minute: heights in percent of the highest, and what it says on hover."""

    replies: float
    bursts: float
    says: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """Webhooks of the last hour."""

    bars: list[Bar]
    total: str
    highest: int
    last_minute: int
    url: str


def per_minute() -> Traffic:
    """Deliveries kept in each of the last 60 minutes; one query over at most 50,000 index entries."""
    now = timezone.now().replace(second=0, microsecond=0)
    first = now - timedelta(minutes=MINUTES - 1)
    counts = _counts(first)
    minutes = [first + timedelta(minutes=step) for step in range(MINUTES)]
    highest = max((sum(counts[minute].values()) for minute in minutes), default=0)
    total = sum(sum(counts[minute].values()) for minute in minutes)
    return Traffic(
        bars=[_bar(minute, counts[minute], highest) for minute in minutes],
        total=f"{total:,}{'+' if total >= COUNTED_UP_TO else ''}",
        highest=highest,
        last_minute=sum(counts[now - timedelta(minutes=1)].values()),
        url=list_url(WebhookEvent, **_since(first)),
    )


def _counts(first: datetime) -> dict[datetime, dict[int, int]]:
    counts: dict[datetime, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_PER_MINUTE, [first, COUNTED_UP_TO])
        for minute, lane, count in cursor.fetchall():
            counts[minute][lane] = count
    return counts


def _bar(minute: datetime, by_lane: dict[int, int], highest: int) -> Bar:
    replies, bursts = by_lane.get(Lane.FIRST, 0), by_lane.get(Lane.BULK, 0)
    share = 100 / highest if highest else 0
    said = f"{timezone.localtime(minute):%H:%M}: {replies} replies and the like, {bursts} in bursts"
    return Bar(round(replies * share, 1), round(bursts * share, 1), said)


def _since(first: datetime) -> dict[str, str]:
    """The address's form of "received from"."""
    local = timezone.localtime(first)
    return {"received_at_from_0": f"{local:%Y-%m-%d}", "received_at_from_1": f"{local:%H:%M:%S}"}


@dataclass(frozen=True, slots=True)
class ProviderFigure:
    """A provider's connections, and our calls to it since the counters began."""

    name: str
    connections: int
    down: int
    troubled: int
    calls: str
    errors: str
    tone: str
    url: str
    down_url: str


def providers() -> list[ProviderFigure]:
    """The providers that anybody is connected to; one query and one look into Redis."""
    hour_ago = timezone.now() - timedelta(hours=1)
    rows = Connection.objects.filter(workspace__archived_at=None).values("provider").order_by("provider")
    down = Q(status__in=[Status.FAILING, Status.DISCONNECTED])
    counted = rows.annotate(
        all=Count("pk"),
        down=Count("pk", filter=down),
        unchecked=Count("pk", filter=Q(status=Status.UNCHECKED)),
        troubled=Count("pk", filter=Q(last_error_at__gt=hour_ago)),
    )
    calls = _calls()
    return [_provider(dict(row), calls.get(row["provider"], {})) for row in counted]


def _provider(row: dict[str, Any], calls: dict[str, float]) -> ProviderFigure:
    kind, total = row["provider"], sum(calls.values())
    failed = sum(count for status, count in calls.items() if not status.startswith(("2", "3")))
    worst = Status.FAILING if row["down"] else ""
    return ProviderFigure(
        name=Provider(kind).label,
        connections=row["all"],
        down=row["down"],
        troubled=row["troubled"],
        calls=f"{int(total):,}" if total else "–",
        errors=f"{100 * failed / total:.1f} %" if total else "–",
        tone="danger" if row["down"] else "warn" if row["troubled"] or row["unchecked"] else "ok",
        url=list_url(Connection, provider__exact=kind),
        down_url=list_url(Connection, provider__exact=kind, **({"down": "yes"} if worst else {})),
    )


def _calls() -> dict[str, dict[str, float]]:
    """Provider → status → calls, of all processes; empty while Redis is away."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    try:
        families = metrics.collect()
    except redis.RedisError as error:
        log.warning("metrics_unreachable", error=type(error).__name__)
        return found
    for family in families:
        if family.name == metrics.PROVIDER_CALLS.name:
            for sample in family.samples:
                found[sample.labels["provider"]][sample.labels["status"]] = sample.value
    return found


def ignored() -> list[dict[str, Any]]:
    """Deliveries turned away in the last day, the newest counters first; one query on a small table."""
    since = timezone.now() - timedelta(days=1)
    rows = IgnoredDeliveries.objects.filter(last_at__gt=since).select_related("workspace").order_by("-last_at")[:6]
    return [_ignored(row) for row in rows]


def _ignored(row: IgnoredDeliveries) -> dict[str, Any]:
    told = remedies.told(row, timezone.get_current_timezone())
    whose = {"workspace__id__exact": row.workspace_id} if row.workspace_id else {"provider__exact": row.provider}
    return {
        "whose": f" for {row.workspace.name}" if row.workspace else "",
        "provider": row.get_provider_display(),
        "why": told.why,
        "to_do": told.to_do,
        "refused": row.reason != Reason.PROVIDER_MISMATCH,
        "count": row.count,
        "last": row.last_at,
        "url": list_url(IgnoredDeliveries, **whose),
    }
