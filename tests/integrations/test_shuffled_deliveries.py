"""5,000 shuffled, duplicated, concurrent deliveries always give the same leads and messages.

The whole path: the door, the queue, the workers, the filing."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from inbox.models import Message, MessageJob
from integrations import arrivals
from integrations.models import WebhookEvent
from integrations.providers.incoming import Incoming
from leads.models import Campaign, Lead, LeadIdentity, MergeSuggestion, SoftBounce, SuppressionEntry, TimelineEvent
from tests.factories import traffic
from tests.factories.traffic import Accounts, Letter
from tests.integrations.deliveries import connect
from tests.together import together
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import Workspace

DELIVERIES, LEADS, THREADS, WORKERS = 5_000, 250, 8, 3
ACCOUNTS = Accounts(emailbison="7", ghl="loc_1")


def deliver_all(letters: list[Letter], tokens: dict[str, str]) -> None:
    """From eight threads at once, while three workers apply what has arrived."""
    delivered, broken = threading.Event(), threading.Event()

    def deliver(index: int) -> None:
        for letter in letters[index::THREADS]:
            incoming = Incoming(body=letter.body, headers={}, query={}, token=tokens[letter.provider])
            answer = arrivals.receive(letter.provider, incoming)
            assert answer.status == 200, answer

    def work(_index: int) -> None:
        while not broken.is_set() and (not delivered.wait(0.02) or waiting()):
            for lane in (Lane.FIRST, Lane.BULK):
                running.drain(WebhookEvent, lane, for_seconds=1)

    workers = threading.Thread(target=together, args=(WORKERS, work))
    workers.start()
    try:
        together(THREADS, deliver)
    except BaseException:
        broken.set()
        raise
    finally:
        delivered.set()
        workers.join()


def waiting() -> bool:
    """Are rows left? An opening that overtook its message need not wait any longer: everything has arrived."""
    WebhookEvent.objects.filter(status="PENDING", run_at__gt=timezone.now()).update(run_at=timezone.now())
    return WebhookEvent.objects.filter(status__in=["PENDING", "RUNNING"]).exists()


def snapshot() -> dict[str, Any]:
    """Everything that the deliveries made, without what is made anew each time (row ids, clock)."""
    lead_columns = (
        *("email", "phone", "first_name", "last_name", "title", "company", "status", "tag", "blacklist_reason"),
        *("preview", "last_message_at", "last_message_direction", "last_message_channel", "last_message_by"),
        *("last_inbound_at", "last_reply_at", "last_email_reply_at", "last_outbound_at", "has_email", "has_sms"),
        *("is_unread", "needs_reply", "thread_version", "current_replier_email", "campaign__name"),
    )
    message_columns = (
        *("dedupe_key", "lead__email", "direction", "channel", "body", "subject", "sent_at", "automated", "delivery"),
        *("opened_at", "campaign__name", "from_email", "emailbison_reply_id", "ghl_message_id", "rfc_message_id"),
    )
    return {
        "leads": _rows(Lead, *lead_columns),
        "identities": _rows(LeadIdentity, "kind", "value", "lead__email"),
        "messages": _rows(Message, *message_columns),
        "campaigns": _rows(Campaign, "external_id", "name"),
        "suppressed": _rows(SuppressionEntry, "family", "value", "lead__email"),
        "bounces": _rows(SoftBounce, "address", "dedupe_key"),
        "blacklisted": _rows(TimelineEvent.objects.filter(kind="blacklisted"), "lead__email", "text"),
        "suggestions": _rows(MergeSuggestion, "reason"),
        "jobs": _rows(MessageJob, "kind", "message__dedupe_key"),
    }


def _rows(rows: Any, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(getattr(rows, "objects", rows).values_list(*columns), key=repr)


@pytest.mark.django_db(transaction=True)
def test_shuffled_duplicated_concurrent_deliveries_always_give_the_same_world(harbor: Workspace) -> None:
    tokens = {provider: connect(harbor, provider).webhook_token for provider in ("emailbison", "ghl")}
    letters = traffic.stories(LEADS, ACCOUNTS)
    worlds = []
    for seed in (1, 2):
        deliver_all(traffic.duplicated(letters, to=DELIVERIES, rng=random.Random(seed)), tokens)
        assert WebhookEvent.objects.count() == len(letters)
        assert set(WebhookEvent.objects.values_list("status", flat=True)) == {"SUCCEEDED"}
        worlds.append(snapshot())
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE leads_lead, leads_campaign, leads_suppressionentry, leads_softbounce, "
                "integrations_webhookevent CASCADE"
            )
    assert len(worlds[0]["leads"]) == LEADS
    assert len(worlds[0]["messages"]) == len(traffic.messages(letters))
    for part, rows in worlds[0].items():
        assert rows == worlds[1][part], part
