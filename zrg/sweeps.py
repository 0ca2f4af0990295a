"""The sweeps there are: what runs by the clock, in which stages, on whose budget (spec 04, 13)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog
from django.conf import settings
from django.utils import timezone

from inbox import drafts
from inbox.models import MessageJob
from integrations import chat, health, ingestion
from integrations.errors import OutcomeUnknown
from integrations.models import WebhookEvent
from leads.models import PrivacySettings
from notifications import health_alerts
from zrg.ai import retention, spending
from zrg.ai.models import KnowledgeJob
from zrg.jobs import pruning, queues, running, stale, sweeping, waking
from zrg.jobs.models import DurableJob, Lane
from zrg.jobs.sweeping import Budget, Counters, Limit, Sweep, SweepContext

log = structlog.get_logger(__name__)

RECHECK_AT_ONCE = 5
RECHECK_MS = 30_000  # a provider that is away costs its time-out for each connection
ALERTS_AT_ONCE = 20
KNOWLEDGE_AT_ONCE = 5
KNOWLEDGE_MS = 10_000


def background_jobs(context: SweepContext) -> None:
    """What the broker lost or delayed: stale rows come back, then events, message jobs and a few pages to read;
    whatever is due beyond this sweep's share is the workers', who are told once more."""
    context.stage("stale", partial(_bring_back_stale, context))
    context.stage(
        "webhook_events",
        partial(_drain, context, WebhookEvent, context.limit("webhookEventLimit")),
        budget_ms=settings.WEBHOOK_EVENT_CRON_TIME_BUDGET_MS,
    )
    context.stage(
        "message_jobs",
        partial(_drain, context, MessageJob, context.limit("backgroundJobLimit")),
        budget_ms=settings.BACKGROUND_JOB_CRON_TIME_BUDGET_MS,
    )
    context.stage("knowledge_jobs", partial(_drain, context, KnowledgeJob, KNOWLEDGE_AT_ONCE), budget_ms=KNOWLEDGE_MS)
    context.stage("left_to_workers", partial(_wake_workers, context))
    context.stage("failing_connections", partial(_recheck_connections, context, health.recheck), budget_ms=RECHECK_MS)
    context.stage(
        "healthy_connections", partial(_recheck_connections, context, health.check_healthy), budget_ms=RECHECK_MS
    )
    context.stage("health_alerts", partial(_tell_health_alerts, context))
    context.stage("drafts", partial(_expire_drafts, context))
    context.stage("budget_alerts", partial(_tell_budgets, context))


def payload_retention(context: SweepContext) -> None:
    """Raw payloads are blanked some days after their event succeeded (spec 02); the sweeps' ledger is kept a month."""
    context.stage("payloads", partial(_blank_payloads, context))
    context.stage("ledger", lambda _: pruning.count_old() if context.dry_run else pruning.prune_ledger())


def ai_retention(context: SweepContext) -> None:
    """What was asked of models, with its text, is kept as each workspace says (spec 05); the days' sums stay. Raw
    payloads, too: an outside scheduler has this one address for both (spec 13), and blanking twice costs nothing."""
    context.stage("interactions", partial(_prune_interactions, context))
    context.stage("payloads", partial(_blank_payloads, context))


def register_all() -> None:
    """Fill the table of zrg/jobs/sweeping.py; zrg/wiring.py calls it."""
    sweeping.register(
        Sweep(
            name="background-jobs",
            run=background_jobs,
            period_s=60,
            enabled_setting="CRON_BACKGROUND_JOBS_ENABLED",
            budget_ms=lambda: settings.WEBHOOK_EVENT_CRON_TIME_BUDGET_MS + settings.BACKGROUND_JOB_CRON_TIME_BUDGET_MS,
            limits=(
                Limit("webhookEventLimit", setting="WEBHOOK_EVENT_CRON_LIMIT"),
                Limit("backgroundJobLimit", setting="BACKGROUND_JOB_CRON_LIMIT"),
            ),
        )
    )
    sweeping.register(
        Sweep(
            name="payload-retention",
            run=payload_retention,
            period_s=24 * 60 * 60,
            enabled_setting="CRON_PAYLOAD_RETENTION_ENABLED",
            budget_ms=lambda: 10 * 60 * 1000,
        )
    )
    sweeping.register(
        Sweep(
            name="ai-retention",
            run=ai_retention,
            period_s=24 * 60 * 60,
            enabled_setting="CRON_AI_RETENTION_ENABLED",
            budget_ms=lambda: 10 * 60 * 1000,
        )
    )


# ── Stages ─────────────────────────────────────────────────────────────────────
def _bring_back_stale(context: SweepContext, _budget: Budget) -> Counters:
    counters: Counters = {}
    for model in queues.queue_models():
        with context.unit():
            found = stale.count_stale(model) if context.dry_run else stale.bring_back(model)
            counters[str(model._meta.model_name)] = {"returned": found.returned, "failed": found.failed}
    return counters


def _drain(context: SweepContext, model: type[DurableJob], limit: int, budget: Budget) -> Counters:
    """Replies first; a lost connection costs a try, not the stage."""
    if context.dry_run:
        return {"due": sum(depth.due for depth in queues.depths() if depth.label == model._meta.label)}
    done = 0
    for lane in Lane.values:
        empty = False
        while not empty and done < limit and budget.time_left():
            with context.unit():
                ran = running.drain(model, lane, for_seconds=budget.time_left(), at_most=limit - done)
                done, empty = done + ran, not ran
    return {"done": done, "stopped_early": not budget.time_left()}


def _wake_workers(context: SweepContext, _budget: Budget) -> Counters:
    due = [depth for depth in queues.depths() if depth.due]
    if not context.dry_run:
        for depth in due:
            model = next(model for model in queues.queue_models() if model._meta.label == depth.label)
            waking.wake(model, depth.lane)
    return {f"{depth.queue}/{depth.label}": depth.due for depth in due}


def _recheck_connections(context: SweepContext, check: Callable[..., dict[str, int]], budget: Budget) -> Counters:
    """A few a minute: what failed comes back by itself, what is well is known to be so."""
    if context.dry_run or not budget.time_left():
        return {}
    return dict(check(limit=RECHECK_AT_ONCE, may_go_on=budget.time_left))


def _tell_health_alerts(context: SweepContext, budget: Budget) -> Counters:
    """The operators are told of connections that stopped working, through Slack (spec 12)."""
    if context.dry_run or not budget.time_left():
        return {"due": health_alerts.count_due()}
    return dict(health_alerts.tell_due(limit=ALERTS_AT_ONCE))


def _blank_payloads(context: SweepContext, budget: Budget) -> Counters:
    now = timezone.now()
    if context.dry_run:
        return {"old": ingestion.count_old_payloads(now)}
    blanked, found = 0, 1
    while found and budget.time_left():
        with context.unit():
            found = ingestion.blank_old_payloads(now)
            blanked += found
    return {"blanked": blanked}


def _expire_drafts(context: SweepContext, budget: Budget) -> Counters:
    """Drafts nobody decided about in 14 days (a sequence's in 7)."""
    if context.dry_run:
        return {"due": drafts.count_due()}
    expired, found = 0, 1
    while found and budget.time_left():
        with context.unit():
            found = drafts.expire_due()
            expired += found
    return {"expired": expired}


def _prune_interactions(context: SweepContext, budget: Budget) -> Counters:
    days = dict(PrivacySettings.objects.values_list("workspace_id", "ai_retention_days"))
    if context.dry_run:
        return {"old": sum(retention.count_old(workspace, days=kept) for workspace, kept in days.items())}
    deleted = 0
    for workspace, kept in days.items():
        found = 1
        while found and budget.time_left():
            with context.unit():
                found = retention.prune(workspace, days=kept)
                deleted += found
    return {"deleted": deleted, "stopped_early": not budget.time_left()}


def _tell_budgets(context: SweepContext, _budget: Budget) -> Counters:
    """A budget that is (nearly) spent is told where health alerts go; without such a place only the pages show it."""
    if context.dry_run:
        return {}
    counters: Counters = {}
    with context.unit():
        counters["passed"] = spending.note_marks()
    if chat.can_alert():
        with context.unit():
            counters["told"] = spending.tell_marks(_alert_once, limit=ALERTS_AT_ONCE)
    return counters


def _alert_once(text: str) -> None:
    """One that may have arrived counts as told: nobody is alerted twice."""
    try:
        chat.alert(text)
    except OutcomeUnknown as unknown:
        log.warning("alert_unconfirmed", error=str(unknown))
