"""One delivery is one row, however often, however late and however concurrently it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.test import Client

from integrations import arrivals
from integrations.models import WebhookEvent
from integrations.providers.incoming import Incoming
from tests.integrations.deliveries import (
    PROVIDERS,
    address_of,
    changed,
    connect,
    deliver,
    headers_of,
    kept,
    post,
    sample,
    without,
)
from zrg.jobs.models import Status

DUPLICATE = {"success": True, "duplicate": True}
NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("unipile_secret")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_second_delivery_is_answered_as_a_duplicate(client, harbor, provider):
    connection = connect(harbor, provider)
    assert deliver(client, connection).json() == {"success": True}
    assert deliver(client, connection).json() == DUPLICATE
    assert len(kept()) == 1


@pytest.mark.parametrize("status", [Status.FAILED, Status.SUCCEEDED, Status.CANCELLED, Status.RUNNING])
def test_a_redelivery_revives_nothing(client, harbor, status):
    connection = connect(harbor, "emailbison")
    deliver(client, connection)
    WebhookEvent.objects.update(status=status, attempts=8, last_error="it went wrong")
    assert deliver(client, connection).json() == DUPLICATE
    (event,) = kept()
    assert (event.status, event.attempts, event.last_error) == (status, 8, "it went wrong")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_ids_of_another_workspace_are_another_delivery(client, harbor, elsewhere, provider):
    deliver(client, connect(harbor, provider))
    other = connect(elsewhere, provider, external_id="9001" if provider != "unipile" else "acc_9")
    body = sample(provider)
    if provider == "ghl":
        body = changed(body, "location", "id", to="9001")
    elif provider == "unipile":
        body["account_id"] = "acc_9"
    url = f"{address_of(provider, elsewhere).partition('?')[0]}/{other.webhook_token}"
    assert post(client, url, body, headers_of(provider)).json() == {"success": True}
    assert {event.workspace for event in kept()} == {harbor, elsewhere}


@pytest.mark.parametrize(
    ("provider", "one", "other"),
    [
        ("emailbison", "lead_replied", "lead_interested"),  # one message, two events
        ("emailbison", "email_sent", "email_opened"),
        ("smartlead", "email_reply", "email_reply_of_a_colleague"),  # two replies to one mail share stats_id
        ("smartlead", "email_sent", "email_open"),
        ("smartlead", "email_sent", "email_bounce"),
        ("instantly", "lead_unsubscribed", "email_bounced"),
        ("ghl", "workflow_sms", "workflow_sms_with_ids"),
        ("ghl", "app_inbound_message", "app_outbound_message"),
        ("unipile", "account_status_ok", "account_status_credentials"),
    ],
)
def test_two_pieces_of_news_are_two_rows(client, harbor, provider, one, other):
    connection = connect(harbor, provider)
    for name in (one, other):
        assert deliver(client, connection, sample(provider, name)).json() == {"success": True}
    assert len(kept()) == 2


@pytest.mark.parametrize(
    ("provider", "one", "other"),
    [
        ("emailbison", "lead_replied", "test_event_wrapped_once_more"),
        ("smartlead", "email_sent", "first_email_sent"),
        ("smartlead", "email_reply", "email_replied_in_the_older_shape"),
        ("ghl", "workflow_sms_with_ids", "app_inbound_message"),  # a workflow and an app tell of the same SMS
    ],
)
def test_the_same_news_in_two_shapes_is_one_row(client, harbor, provider, one, other):
    connection = connect(harbor, provider)
    url = f"{address_of(provider, harbor).partition('?')[0]}/{connection.webhook_token}"
    assert post(client, url, sample(provider, one), headers_of(provider)).json() == {"success": True}
    assert post(client, url, sample(provider, other), headers_of(provider)).json() == DUPLICATE


def test_each_opening_is_news_of_its_own_at_smartlead(client, harbor):
    connection = connect(harbor, "smartlead")
    first = sample("smartlead", "email_open")
    again = first | {"event_timestamp": "2025-03-01T12:00:00.000+00:00"}
    assert [deliver(client, connection, body).json() for body in (first, again, first)] == [
        {"success": True},
        {"success": True},
        DUPLICATE,
    ]


def test_a_smartlead_reply_without_an_id_is_told_apart_by_its_words(client, harbor):
    connection = connect(harbor, "smartlead")
    bare = without(without(sample("smartlead"), "reply_message", "message_id"), "message_id")
    other = changed(bare, "reply_message", "text", to="On second thought, no")
    assert [deliver(client, connection, body).json() for body in (bare, bare, other)] == [
        {"success": True},
        DUPLICATE,
        {"success": True},
    ]


def test_instantly_mails_without_an_id_are_told_apart_by_their_place(client, harbor):
    connection = connect(harbor, "instantly")
    bare = without(sample("instantly", "email_sent"), "email_id")
    bodies = (bare, bare | {"timestamp": "2025-03-01T11:00:00.000Z"}, bare | {"step": 2})
    assert [deliver(client, connection, body).json() for body in bodies] == [
        {"success": True},
        DUPLICATE,
        {"success": True},
    ]


def test_an_id_too_long_for_the_key_is_hashed(client, harbor):
    connection = connect(harbor, "emailbison")
    long = changed(sample("emailbison"), "data", "reply", "id", to="9" * 1000)
    other = changed(sample("emailbison"), "data", "reply", "id", to="9" * 999 + "8")
    assert [deliver(client, connection, body).json() for body in (long, long, other)] == [
        {"success": True},
        DUPLICATE,
        {"success": True},
    ]
    place = sample("instantly", "email_opened", campaign_id="c" * 500)
    instantly_key = arrivals.providers.door("instantly").headline(place, {}).provider_id
    assert len(instantly_key) > 400


def test_a_place_too_long_for_the_key_is_hashed_too(client, harbor):
    connection = connect(harbor, "instantly")
    body = sample("instantly", "email_opened", campaign_id="c" * 500)
    assert [deliver(client, connection, body).json() for _ in range(2)] == [{"success": True}, DUPLICATE]
    assert len(kept()[0].dedupe_key) <= 400


# ── Workflow bodies without id and time ────────────────────────────────────────
def text_at(when: datetime, **changes) -> dict:
    body = sample("ghl", "workflow_sms", **changes)
    incoming = Incoming(body=arrivals.orjson.dumps(body), headers={}, query={})
    return arrivals.receive("ghl", incoming, now=when).body


@pytest.mark.parametrize(
    ("seconds", "is_duplicate"),
    [(0, True), (59, True), (60, True), (119, True), (120, False), (3600, False), (-1, True)],
)
def test_the_same_words_within_this_minute_and_the_one_before_are_one_sms(harbor, seconds, is_duplicate):
    connect(harbor, "ghl")
    assert text_at(NOON) == {"success": True}
    again = text_at(NOON + timedelta(seconds=seconds))
    assert again == (DUPLICATE if is_duplicate else {"success": True})


def test_a_delivery_just_before_the_turn_of_the_minute_is_found_after_it(harbor):
    connect(harbor, "ghl")
    assert text_at(NOON - timedelta(milliseconds=1)) == {"success": True}
    assert text_at(NOON) == DUPLICATE


def test_other_words_or_another_contact_are_another_sms(harbor):
    connect(harbor, "ghl")
    assert text_at(NOON) == {"success": True}
    assert text_at(NOON, message={"body": "Tuesday  WORKS"}) == DUPLICATE  # white space and case are not words
    assert text_at(NOON, message={"body": "Wednesday works"}) == {"success": True}
    assert text_at(NOON, contact_id="cnt_3") == {"success": True}


def test_states_of_an_account_in_quick_succession_are_all_kept(client, harbor):
    connect(harbor, "unipile")

    def told(name: str, seconds: int) -> dict:
        body = arrivals.orjson.dumps(sample("unipile", f"account_status_{name}"))
        incoming = Incoming(body=body, headers=headers_of("unipile"), query={})
        return arrivals.receive("unipile", incoming, now=NOON + timedelta(seconds=seconds)).body

    news = [told("ok", 0), told("credentials", 4), told("credentials", 5), told("ok", 20), told("credentials", 40)]
    assert [answer == {"success": True} for answer in news] == [True, True, False, True, True]


# ── At the same time ───────────────────────────────────────────────────────────
def at_once(calls: list) -> list[dict]:
    def run(call):
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_delivery_from_many_threads_is_one_row(harbor, provider):
    connection = connect(harbor, provider)
    answers = at_once([lambda: deliver(Client(), connection).json()] * 24)
    assert answers.count({"success": True}) == 1
    assert answers.count(DUPLICATE) == 23
    assert len(kept()) == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_words_from_both_sides_of_a_minutes_turn_are_one_row(harbor):
    connect(harbor, "ghl")
    for attempt in range(12):
        turn = NOON + timedelta(hours=attempt)
        moments = [turn - timedelta(milliseconds=1), turn] * 4
        answers = at_once([lambda when=when: text_at(when) for when in moments])
        assert answers.count({"success": True}) == 1, attempt
