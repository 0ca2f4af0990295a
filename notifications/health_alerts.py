"""Telling the operators, through SLACK_WEBHOOK_URL, that a connection stopped working (spec 01, 12).

At most one message per connection in 24 hours: that a failure is worth one is decided where it is noted
(integrations/health.py), in the transaction that keeps the row here. The sweep tells it. A row is marked before Slack
is asked and never told again after that, unless Slack certainly did not take it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations import chat
from integrations.chat_blocks import cut, escape, link
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.models import Connection
from notifications.models import HealthAlert, NotificationSettings

log = structlog.get_logger(__name__)

State = HealthAlert.State

GIVE_UP_AFTER = timedelta(hours=24)
AGAIN_AFTER = timedelta(minutes=2)
AGAIN_AFTER_TROUBLE = timedelta(hours=1)  # with the address itself: a person must put it right
ANSWERS_WITHIN = timedelta(minutes=5)
LONGEST = 3_000


def keep(connection: Connection, *, reason: str) -> HealthAlert:
    """Note that the operators are to be told of a failure, in the caller's transaction."""
    return HealthAlert.objects.create(
        workspace_id=connection.workspace_id,
        connection=connection,
        provider=connection.get_provider_display(),
        reason=reason[:500],
    )


def note_recovery(connection: Connection) -> None:
    """It works again: an alert that was not told yet says so, and no second message follows."""
    open_ones = HealthAlert.objects.filter(connection=connection, recovered_at=None)
    open_ones.update(recovered_at=timezone.now())


def tell_due(*, limit: int = 20) -> dict[str, int]:
    """Tell at most `limit` alerts that are due; how many ended how, for the ledger. Raises nothing of Slack's."""
    now = timezone.now()
    counts = {"unknown": _stranded(now).update(state=State.UNKNOWN, note="It was being told when a process ended.")}
    for pk in HealthAlert.objects.filter(_due(now)).order_by("due_at").values_list("pk", flat=True)[:limit]:
        if (alert := _claimed(pk)) is not None:
            ended = _tell(alert)
            counts[ended] = counts.get(ended, 0) + 1
    return {name: count for name, count in counts.items() if count}


def count_due() -> int:
    """How many would be told now."""
    return HealthAlert.objects.filter(_due(timezone.now())).count()


def _due(now: datetime) -> Q:
    return Q(state=State.WAITING, due_at__lte=now)


def _stranded(now: datetime) -> QuerySet[HealthAlert]:
    return HealthAlert.objects.filter(state=State.SENDING, asked_at__lt=now - ANSWERS_WITHIN)


def _claimed(pk: int) -> HealthAlert | None:
    """The alert, marked as being told and committed as such; None where another process has it."""
    mine = HealthAlert.objects.filter(pk=pk, state=State.WAITING)
    if not mine.update(state=State.SENDING, asked_at=timezone.now(), tries=F("tries") + 1):
        return None
    return HealthAlert.objects.select_related("workspace", "connection").get(pk=pk)


def _tell(alert: HealthAlert) -> str:
    if unwanted := _why_not(alert):
        return _ended(alert, State.SKIPPED, unwanted)
    try:
        chat.alert(words(alert))
    except OutcomeUnknown as unknown:
        return _ended(alert, State.UNKNOWN, str(unknown))
    except TryLater as later:
        pause = timedelta(seconds=later.retry_after) if later.retry_after else AGAIN_AFTER
        return _later(alert, later, pause)
    except (NeedsAttention, Refused) as trouble:
        return _later(alert, trouble, AGAIN_AFTER_TROUBLE)
    return _ended(alert, State.TOLD, "")


def _why_not(alert: HealthAlert) -> str:
    """Why nobody is told; empty where they are."""
    if not chat.can_alert():
        return "SLACK_WEBHOOK_URL is not set."
    if alert.workspace.archived_at:
        return "The workspace is archived."
    wanted = NotificationSettings.objects.filter(workspace=alert.workspace_id).values_list("slack_alerts", flat=True)
    return "Slack alerts are switched off in this workspace." if wanted.first() is False else ""


def _later(alert: HealthAlert, error: ProviderError, pause: timedelta) -> str:
    """Nothing was told: again after a pause, for a day."""
    now = timezone.now()
    if now - alert.failed_at > GIVE_UP_AFTER:
        return _ended(alert, State.FAILED, str(error))
    HealthAlert.objects.filter(pk=alert.pk).update(state=State.WAITING, due_at=now + pause, note=str(error)[:300])
    log.warning("health_alert_waits", alert=alert.pk, error=type(error).__name__)
    return "waiting"


def _ended(alert: HealthAlert, state: HealthAlert.State, note: str) -> str:
    HealthAlert.objects.filter(pk=alert.pk).update(state=state, note=note[:300])
    log.info("health_alert_ended", alert=alert.pk, state=state.value)
    return str(state)


def words(alert: HealthAlert) -> str:
    """What the message says, in Slack's mrkdwn: which workspace, which account, why, and what to do."""
    where = f"*{escape(alert.workspace.name)}*: the {escape(alert.provider)} connection"
    if alert.recovered_at:
        return f"{where} failed at {alert.failed_at:%H:%M} UTC and works again since {alert.recovered_at:%H:%M} UTC."
    page = f"{settings.PUBLIC_URL}/?view=settings&clientId={alert.workspace_id}&settingsTab=integrations"
    return cut(f"{where} stopped working.\n{escape(alert.reason)}\n", LONGEST) + link(page, "Open its settings")
