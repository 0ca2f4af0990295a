"""Keeping what providers deliver, applying it, doing it again, forgetting it (spec 02).

A delivery is a row before it is acknowledged. Applying it parses the payload into events of our own words and hands
each to the one handler that zrg/wiring.py names for it, in one transaction: done as a whole or not at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from psycopg.pq import TransactionStatus

from integrations import accounts, health, namespaces, outgoing, providers
from integrations.errors import Malformed, ProviderError
from integrations.events import AccountStatus, Event, Ignored, MessageReceived
from integrations.models import WebhookEvent
from integrations.providers.fields import Payload
from integrations.providers.incoming import Headline
from integrations.registry import Applied, Delivery, handler_for
from integrations.routing import Found
from zrg.jobs.enqueueing import insert_new
from zrg.jobs.models import MAY_BECOME, Status
from zrg.jobs.waking import wake_on_commit
from zrg.lib.logs import current_correlation_id
from zrg.workspaces.models import User

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
LONGEST_KEY = 400  # the column's length
REASON_CHARS = 200


# ── Keeping ────────────────────────────────────────────────────────────────────
def keep(found: Found, headline: Headline, payload: Payload, *, now: datetime) -> bool:
    """Keep one delivery and have it applied; False if the same one was kept before, whatever became of it."""
    if found.is_of_another:
        found = replace(found, namespace=accounts.met(found, host=headline.host, external_id=headline.account))
    row = WebhookEvent(
        workspace_id=found.workspace_id,
        connection_id=found.connection_id,
        provider=found.provider,
        event_type=headline.event_type,
        payload=payload,
        received_at=now,
        namespace=found.namespace,
        lane=headline.lane,
        dedupe_key=dedupe_key(found, headline, now=now),
        run_at=now,
        max_attempts=MAX_ATTEMPTS,
        correlation_id=current_correlation_id(),
        created_at=now,
        updated_at=now,
    )
    if headline.provider_id:
        return insert_new(row)
    before, after = (dedupe_key(found, headline, now=now + step) for step in (-headline.window, headline.window))
    return _insert_unless(row, before=before, after=after)


def dedupe_key(found: Found, headline: Headline, *, now: datetime) -> str:
    """provider : connection (or workspace) : event type : provider id, all in the account's namespace; of a delivery
    without an id, a hash of its content and the window of time it came in. An id that does not fit the column is
    replaced by its hash."""
    scope = f"{found.provider}:{found.connection_id or found.workspace_id}:{headline.event_type}:"
    scope = namespaces.within(found.namespace, scope)
    if headline.provider_id:
        key = scope + headline.provider_id
        return key if len(key) <= LONGEST_KEY else scope + _hash(headline.provider_id)
    window = int(now.timestamp() // headline.window.total_seconds())
    return f"{scope}{_hash(chr(0).join(headline.content))}@{window}"


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _insert_unless(row: WebhookEvent, *, before: str, after: str) -> bool:
    """Insert unless the same came in this window of time or the one before; nor in the one after, because of two that
    meet at the turn of a window the later may be first here. They wait for each other: one lock is common to both."""
    with transaction.atomic(), database.cursor() as cursor:
        first, second = sorted([row.dedupe_key, after])
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)), pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [first, second],
        )
        return insert_new(row, unless=[before, after])


# ── Applying ───────────────────────────────────────────────────────────────────
def apply(row: WebhookEvent) -> None:
    """Do what a delivery asks for; sets `lead_id` and `reason` on the row (the runner saves them). Running it again
    changes nothing. Raises Malformed, which fails the row at once, and whatever a handler raises."""
    if row.payload is None:
        raise Malformed("The payload has been blanked: there is nothing left to apply.")
    delivery = _delivery(row)
    row.reason = "workspace_archived" if delivery.workspace.archived_at else ""
    if row.reason:
        return
    told = providers.door(row.provider).parse(row.event_type, row.payload)
    told = [_completed(event, row) for event in told]  # before the transaction: it may call the provider
    events = [namespaces.inside(event, row.namespace) for event in told]
    with transaction.atomic():
        _quickly()
        outcomes = [_apply(event, delivery) for event in events]
        _require_whole()
    row.lead_id = next((outcome.lead_id for outcome in outcomes if outcome.lead_id), None)
    row.reason = ", ".join(dict.fromkeys(outcome.reason for outcome in outcomes if outcome.reason))[:REASON_CHARS]


def _quickly() -> None:
    """This transaction's commit does not wait for the disk. The row's outcome, saved after it by the same session,
    does, and covers it: what a crash takes back before that is applied once more (ADR 9). Not behind a pooler, where
    a session may be another one than it was.

    And nothing is looked for but a few rows by their keys. Its statements are planned once for a session
    (`rows.prepared`): made when the tables were empty, a plan would read through all that has come since."""
    if not settings.DATABASE_PREPARE:
        return
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off; SET LOCAL enable_seqscan = off")


def _require_whole() -> None:
    """Raise where the transaction cannot be committed any more: an error of the database that somebody caught has
    undone it, and COMMIT would only say so in a word that nobody reads."""
    if database.needs_rollback or database.connection.info.transaction_status != TransactionStatus.INTRANS:
        raise TransactionManagementError("The transaction was undone by an error that was caught.")


def _completed(event: Event, row: WebhookEvent) -> Event:
    """A reply with what its webhook leaves out; one that the provider does not tell more of now is filed as it is, and
    so is what another account than the connected one said."""
    connection = row.connection
    if connection is None or connection.namespace != row.namespace or not isinstance(event, MessageReceived):
        return event
    try:
        return outgoing.completed(connection, event)
    except ProviderError as error:
        log.warning("reply_filed_without_details", provider=connection.provider, error=type(error).__name__)
        return event


def _delivery(row: WebhookEvent) -> Delivery:
    workspace = row.connection.workspace if row.connection else row.workspace
    return Delivery(workspace=workspace, connection=row.connection, provider=row.provider, received_at=row.received_at)


def _apply(event: Event, delivery: Delivery) -> Applied:
    if isinstance(event, Ignored):
        return Applied(reason=event.reason)
    if isinstance(event, AccountStatus):
        return _apply_status(event, delivery)
    handle = handler_for(type(event))
    return Applied(reason=f"nobody_needs_{type(event).__name__}") if handle is None else handle(event, delivery)


def _apply_status(event: AccountStatus, delivery: Delivery) -> Applied:
    if delivery.connection is None:
        return Applied(reason="connection_gone")
    is_news = health.note_account_status(delivery.connection, event, at=delivery.received_at)
    return Applied(reason=f"account_{event.state}" if is_news else "no_news_of_the_account")


# ── Doing it again ─────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Replayed:
    """How many will be applied again, and why the others (by id) will not."""

    queued: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def replay(events: QuerySet[WebhookEvent], *, by: User | None) -> Replayed:
    """Have finished or failed deliveries applied once more, from their first attempt. What succeeded before changes
    nothing downstream: everything there is recorded by the provider's ids."""
    now, queued, refused = timezone.now(), 0, {}
    for row in events.only("pk", "status", "lane", "payload").iterator(chunk_size=500):
        reason = _why_not(row)
        if reason:
            refused[row.pk] = reason
        elif _back_to_pending(row, by=by, now=now):
            queued += 1
        else:
            refused[row.pk] = "It changed meanwhile."
    return Replayed(queued, refused)


def _why_not(row: WebhookEvent) -> str:
    if row.status in {Status.PENDING, Status.RUNNING}:
        return "It is waiting or running already."
    if Status.PENDING not in MAY_BECOME[Status(row.status)]:
        return "It was cancelled."
    return "Its payload has been blanked." if row.payload is None else ""


def _back_to_pending(row: WebhookEvent, *, by: User | None, now: datetime) -> bool:
    note = f"Replayed by {f'user {by.pk}' if by else 'the system'} at {now:%Y-%m-%d %H:%M:%S} UTC."
    changed = WebhookEvent.objects.filter(pk=row.pk, status=row.status, payload__isnull=False).update(
        status=Status.PENDING,
        run_at=now,
        attempts=0,
        waits=0,
        waiting_since=None,
        finished_at=None,
        reason="",
        last_error=note,
        updated_at=now,
    )
    if changed:
        wake_on_commit(WebhookEvent, row.lane)
    return bool(changed)


# ── Forgetting ─────────────────────────────────────────────────────────────────
def blank_old_payloads(now: datetime, limit: int = 5000) -> int:
    """Blank the payloads of at most `limit` deliveries that succeeded more than WEBHOOK_PAYLOAD_DAYS before `now`,
    oldest first; their number. Failed ones keep theirs: it is what a retry needs."""
    oldest = _old(now).order_by("finished_at").values("pk")[:limit]
    return _old(now).filter(pk__in=oldest).update(payload=None, updated_at=now)


def count_old_payloads(now: datetime) -> int:
    """How many `blank_old_payloads` would blank without a limit."""
    return _old(now).count()


def _old(now: datetime) -> QuerySet[WebhookEvent]:
    before = now - timedelta(days=settings.WEBHOOK_PAYLOAD_DAYS)
    return WebhookEvent.objects.filter(status=Status.SUCCEEDED, payload__isnull=False, finished_at__lt=before)
