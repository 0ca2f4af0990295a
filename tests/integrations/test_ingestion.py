"""Kept deliveries are applied, done again on request, and forgotten in time (spec 02)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from inbox.models import Message
from integrations import ingestion, registry
from integrations.errors import Malformed
from integrations.events import LeadUnsubscribed, MessageReceived
from integrations.models import Connection, WebhookEvent
from integrations.registry import Applied
from leads.models import Lead
from tests.integrations.deliveries import connect, deliver, kept, sample
from zrg.jobs import running
from zrg.jobs.models import Lane, Status
from zrg.lib.ids import uuid7

pytestmark = pytest.mark.usefixtures("unipile_secret")


@pytest.fixture
def handled(monkeypatch):
    """Calls of a handler of replies that stands in for the inbox; `handled.answer` is what it answers or raises."""

    class Handled(list):
        answer: Applied | Exception = Applied()

        def __call__(self, event, delivery):
            self.append((event, delivery))
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    handler = Handled()
    monkeypatch.setitem(registry._handlers, MessageReceived, handler)
    return handler


def kept_one(client, workspace, provider="emailbison", name=""):
    connection = Connection.objects.filter(workspace=workspace, provider=provider).first()
    deliver(client, connection or connect(workspace, provider), sample(provider, name))
    return WebhookEvent.objects.latest("pk")


def run():
    running.drain(WebhookEvent, Lane.FIRST)
    running.drain(WebhookEvent, Lane.BULK)


def commits_are_set_by() -> tuple[str, str]:
    """Whether this session's commits wait for the disk, and who said so."""
    with database.cursor() as cursor:
        cursor.execute("SELECT setting, source FROM pg_settings WHERE name = 'synchronous_commit'")
        return cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_only_what_can_be_applied_again_does_not_wait_for_the_disk(client, harbor, monkeypatch):
    """ADR 9: the transaction that applies a delivery, and nothing else of its worker's session."""
    seen, save, usual = [], running.save_outcomes, commits_are_set_by()

    def handle(event, delivery):
        seen.append(commits_are_set_by())
        return Applied()

    def save_outcomes(jobs):
        seen.append(commits_are_set_by())
        save(jobs)

    monkeypatch.setitem(registry._handlers, MessageReceived, handle)
    monkeypatch.setattr(running, "save_outcomes", save_outcomes)
    kept_one(client, harbor)
    run()
    assert usual[1] != "session"
    assert seen == [("off", "session"), usual]


def test_a_worker_that_met_empty_tables_finds_by_keys_still_when_they_are_full(client, harbor):
    """Its plans are made once, and a table without rows is quickest read from end to end."""
    with database.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead; ANALYZE leads_leadidentity")
    event = kept_one(client, harbor)
    for _ in range(8):  # the server keeps a plan from the sixth time on
        ingestion.apply(event)
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT name, parameter_types::text[] FROM pg_prepared_statements "
            "WHERE statement LIKE '%%named.owners%%' AND generic_plans > 0"
        )
        plans = []
        for name, types in cursor.fetchall():
            nothing = ", ".join(f"NULL::{kind}" for kind in types)
            cursor.execute(f"EXPLAIN EXECUTE {name} ({nothing})")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert plans
    assert not [plan for plan in plans if "Seq Scan" in plan]


def test_a_delivery_reaches_the_one_handler_of_its_event(client, harbor, handled):
    event, lead_id = kept_one(client, harbor), uuid7()
    handled.answer = Applied(lead_id, "duplicate")
    run()
    ((received, delivery),) = handled
    assert isinstance(received, MessageReceived)
    assert (delivery.workspace, delivery.connection, delivery.provider) == (harbor, event.connection, "emailbison")
    assert delivery.received_at == event.received_at
    event.refresh_from_db()
    assert (event.status, event.lead_id, event.reason) == (Status.SUCCEEDED, lead_id, "duplicate")


def test_a_reply_becomes_a_lead_with_its_message_and_replaying_it_changes_nothing(client, harbor, alice):
    event = kept_one(client, harbor)
    run()
    event.refresh_from_db()
    assert (event.status, event.last_error) == (Status.SUCCEEDED, "")
    lead, message = Lead.objects.get(), Message.objects.get()
    assert (event.lead_id, lead.email, message.emailbison_reply_id) == (lead.pk, "ann@buyer.example", "9001")

    assert ingestion.replay(WebhookEvent.objects.all(), by=alice).queued == 1
    run()
    event.refresh_from_db()
    assert event.status == Status.SUCCEEDED
    assert Lead.objects.get().updated_at == lead.updated_at
    assert Message.objects.get().created_at == message.created_at


def test_what_fails_halfway_leaves_nothing_behind_and_is_tried_again(client, harbor, monkeypatch):
    def fail_late(event, delivery):
        connect(delivery.workspace, "clay", external_id="")
        raise RuntimeError("later")

    monkeypatch.setitem(registry._handlers, MessageReceived, fail_late)
    event = kept_one(client, harbor)
    run()
    event.refresh_from_db()
    assert (event.status, event.attempts) == (Status.PENDING, 1)
    assert not Connection.objects.filter(provider="clay").exists()


def test_an_archived_workspace_gets_nothing_more(client, harbor, handled):
    event = kept_one(client, harbor)
    harbor.archived_at = timezone.now()
    harbor.save()
    run()
    event.refresh_from_db()
    assert (event.status, event.reason) == (Status.SUCCEEDED, "workspace_archived")
    assert handled == []


def test_a_connection_that_was_removed_meanwhile_does_not_lose_its_replies(client, harbor, handled):
    event = kept_one(client, harbor)
    Connection.objects.all().delete()
    run()
    ((_, delivery),) = handled
    assert (delivery.workspace, delivery.connection) == (harbor, None)
    event.refresh_from_db()
    assert event.status == Status.SUCCEEDED


def test_an_event_nobody_needs_says_so(client, harbor, monkeypatch):
    monkeypatch.delitem(registry._handlers, LeadUnsubscribed, raising=False)
    event = kept_one(client, harbor, name="lead_unsubscribed")
    run()
    event.refresh_from_db()
    assert (event.status, event.reason) == (Status.SUCCEEDED, "nobody_needs_LeadUnsubscribed")


def test_an_ignored_event_keeps_its_reason(client, harbor):
    event = kept_one(client, harbor, "unipile", "message_received_group")
    run()
    event.refresh_from_db()
    assert (event.status, event.reason) == (Status.SUCCEEDED, "group_chat")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("account_status_credentials", Connection.Status.DISCONNECTED),
        ("account_status_stopped", Connection.Status.FAILING),
        ("account_status_ok", Connection.Status.OK),
        ("account_status_connecting", Connection.Status.UNCHECKED),
    ],
)
def test_the_provider_tells_how_the_account_is(client, harbor, name, status):
    event = kept_one(client, harbor, "unipile", name)
    run()
    assert Connection.objects.get().status == status
    event.refresh_from_db()
    assert event.status == Status.SUCCEEDED


def test_replaying_what_was_said_of_an_account_changes_nothing(client, harbor):
    gone = kept_one(client, harbor, "unipile", "account_status_credentials")
    kept_one(client, harbor, "unipile", "account_status_ok")
    run()
    before = Connection.objects.get()
    assert before.status == Connection.Status.OK
    ingestion.replay(WebhookEvent.objects.filter(pk=gone.pk), by=None)
    run()
    after, event = Connection.objects.get(), WebhookEvent.objects.get(pk=gone.pk)
    assert (event.status, event.reason) == (Status.SUCCEEDED, "no_news_of_the_account")
    assert (after.status, after.last_error_at, after.alerted_at) == (
        Connection.Status.OK,
        before.last_error_at,
        before.alerted_at,
    )


def test_a_payload_that_cannot_be_read_fails_at_once(client, harbor):
    event = kept_one(client, harbor)
    WebhookEvent.objects.update(payload={"data": {}})
    run()
    event.refresh_from_db()
    assert (event.status, event.attempts) == (Status.FAILED, 1)
    assert event.last_error.startswith("Malformed")


def test_a_blanked_payload_cannot_be_applied(client, harbor):
    event = kept_one(client, harbor)
    event.payload = None
    with pytest.raises(Malformed, match="blanked"):
        ingestion.apply(event)


# ── Replay ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED])
def test_what_is_done_or_has_failed_can_be_replayed_with_a_note(client, harbor, alice, handled, status):
    event = kept_one(client, harbor)
    WebhookEvent.objects.update(status=status, attempts=8, reason="x", last_error="y", finished_at=timezone.now())
    assert ingestion.replay(WebhookEvent.objects.all(), by=alice) == ingestion.Replayed(1)
    event.refresh_from_db()
    assert (event.status, event.attempts, event.reason, event.finished_at) == (Status.PENDING, 0, "", None)
    assert str(alice.pk) in event.last_error
    assert alice.email not in event.last_error
    run()
    assert len(handled) == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.PENDING, "waiting or running"),
        (Status.RUNNING, "waiting or running"),
        (Status.CANCELLED, "cancelled"),
    ],
)
def test_what_is_on_its_way_or_cancelled_is_not_replayed(client, harbor, alice, status, reason):
    event = kept_one(client, harbor)
    WebhookEvent.objects.update(status=status)
    replayed = ingestion.replay(WebhookEvent.objects.all(), by=alice)
    assert replayed.queued == 0
    assert reason in replayed.refused[event.pk]
    event.refresh_from_db()
    assert event.status == status


def test_what_was_blanked_is_refused_with_the_reason(client, harbor, alice):
    event = kept_one(client, harbor)
    WebhookEvent.objects.update(status=Status.SUCCEEDED, payload=None)
    replayed = ingestion.replay(WebhookEvent.objects.all(), by=alice)
    assert replayed == ingestion.Replayed(0, {event.pk: "Its payload has been blanked."})


# ── Retention ──────────────────────────────────────────────────────────────────
def test_payloads_are_blanked_some_days_after_success_and_only_then(client, harbor, settings):
    settings.WEBHOOK_PAYLOAD_DAYS = 3
    now, connection = timezone.now(), connect(harbor, "emailbison")
    cases = [
        (Status.SUCCEEDED, 3.1, True),
        (Status.SUCCEEDED, 2.9, False),
        (Status.FAILED, 30, False),
        (Status.PENDING, 30, False),
    ]
    for number, (status, days, _) in enumerate(cases):
        body = sample("emailbison")
        body["data"]["reply"]["id"] = number + 1
        deliver(client, connection, body)
        newest = WebhookEvent.objects.latest("pk")
        WebhookEvent.objects.filter(pk=newest.pk).update(status=status, finished_at=now - timedelta(days=days))
    assert ingestion.count_old_payloads(now) == 1
    assert ingestion.blank_old_payloads(now) == 1
    assert [event.payload is None for event in kept()] == [is_blanked for _, _, is_blanked in cases]
    assert ingestion.blank_old_payloads(now) == 0


def test_blanking_is_bounded_and_takes_the_oldest_first(client, harbor):
    now, connection = timezone.now(), connect(harbor, "emailbison")
    for number in range(3):
        body = sample("emailbison")
        body["data"]["reply"]["id"] = number + 1
        deliver(client, connection, body)
    for event in kept():
        finished = now - timedelta(days=10 + event.payload["data"]["reply"]["id"])
        WebhookEvent.objects.filter(pk=event.pk).update(status=Status.SUCCEEDED, finished_at=finished)
    assert ingestion.blank_old_payloads(now, limit=2) == 2
    assert [event.payload is None for event in kept()] == [False, True, True]
