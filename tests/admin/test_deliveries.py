"""Webhook deliveries: finding them, reading them, doing them again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.models import WebhookEvent
from tests.admin import rows
from tests.admin.doing import ask, confirm, list_of, page_of, told
from tests.admin.rows import SECRET
from tests.factories import leads as lead_factory
from zrg.jobs.models import Status
from zrg.workspaces.models import User, Workspace


@pytest.fixture
def failed(harbor: Workspace) -> WebhookEvent:
    return rows.delivery(harbor, number=1, status=Status.FAILED, connection=rows.connection(harbor))


def shown(answer: object) -> set[int]:
    return {row.pk for row in answer.context["cl"].result_list}  # type: ignore[attr-defined]


def test_an_action_asks_first_with_the_count(desk: Client, harbor: Workspace, failed: WebhookEvent) -> None:
    other = rows.delivery(harbor, number=2, status=Status.FAILED)
    answer = ask(desk, "retry", failed, other)
    assert "Retry failed: 2" in answer.text
    assert "webhook events" in answer.text
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_retry_gives_failed_rows_their_attempts_again(desk: Client, harbor: Workspace, failed: WebhookEvent) -> None:
    done = rows.delivery(harbor, number=2, status=Status.SUCCEEDED)
    answer = confirm(desk, "retry", failed, done)
    failed.refresh_from_db()
    done.refresh_from_db()
    assert (failed.status, failed.attempts) == (Status.PENDING, 0)
    assert done.status == Status.SUCCEEDED
    assert told(answer) == "1 retried. 1 was left alone (not failed)."


def test_replay_takes_finished_ones_and_says_why_not_others(desk: Client, harbor: Workspace) -> None:
    done = rows.delivery(harbor, number=2, status=Status.SUCCEEDED)
    blank = rows.delivery(harbor, number=3, status=Status.SUCCEEDED, payload=None)
    answer = confirm(desk, "replay", done, blank)
    done.refresh_from_db()
    assert done.status == Status.PENDING
    assert told(answer) == "1 replayed. 1 left alone: Its payload has been blanked."


def test_cancel_leaves_what_runs_to_its_worker(desk: Client, harbor: Workspace, failed: WebhookEvent) -> None:
    running = rows.delivery(harbor, number=4, status=Status.RUNNING)
    confirm(desk, "cancel", failed, running)
    failed.refresh_from_db()
    running.refresh_from_db()
    assert (failed.status, running.status) == (Status.CANCELLED, Status.RUNNING)


def test_a_whole_filtered_selection_is_replayed(desk: Client, harbor: Workspace) -> None:
    made = [rows.delivery(harbor, number=number, status=Status.FAILED) for number in range(60)]
    kept = rows.delivery(harbor, number=99, status=Status.FAILED, last_error="another story")
    query = "?status__exact=FAILED&error=no such campaign"
    asked = ask(desk, "replay", made[0], query=query, select_across="1")
    assert "Replay: 60" in asked.text
    confirm(desk, "replay", made[0], query=query, select_across="1")
    assert WebhookEvent.objects.filter(status=Status.PENDING).count() == 60
    kept.refresh_from_db()
    assert kept.status == Status.FAILED


def test_the_page_of_one_offers_what_applies(desk: Client, harbor: Workspace, failed: WebhookEvent) -> None:
    done = rows.delivery(harbor, number=2, status=Status.SUCCEEDED)
    assert "/retry-this/" in desk.get(page_of(failed)).text
    assert "/retry-this/" not in desk.get(page_of(done)).text
    address = page_of(failed).replace("/change/", "/retry-this/")
    assert "Retry failed: 1" in desk.get(address).text
    failed.refresh_from_db()
    assert failed.status == Status.FAILED  # asking changes nothing
    assert desk.post(address, {"confirmed": "1"}).url == page_of(failed)
    failed.refresh_from_db()
    assert failed.status == Status.PENDING


def test_support_may_not_retry(client: Client, susi: User, failed: WebhookEvent) -> None:
    client.force_login(susi)
    confirm(client, "retry", failed)
    assert client.post(page_of(failed).replace("/change/", "/retry-this/"), {"confirmed": "1"}).status_code == 403
    failed.refresh_from_db()
    assert failed.status == Status.FAILED


def test_the_payload_is_shown_without_secrets(desk: Client, failed: WebhookEvent) -> None:
    page = desk.get(page_of(failed)).text
    assert "Sounds good" in page
    assert "secret_key" in page
    assert SECRET not in page


def test_a_payload_is_hidden_while_secrets_cannot_be_read(desk: Client, failed: WebhookEvent, settings: object) -> None:
    settings.CREDENTIALS_KEYS = ["b3RoZXItdGVzdC1rZXktb2YtMzItYnl0ZXMtbG9uZyE="]  # type: ignore[attr-defined]
    page = desk.get(page_of(failed)).text
    assert "cannot be masked" in page
    assert "Sounds good" not in page


def test_the_lead_is_one_click_away(desk: Client, harbor: Workspace) -> None:
    ann = lead_factory.lead(harbor)
    event = rows.delivery(harbor, number=2, lead_id=ann.pk)
    assert page_of(ann) in desk.get(page_of(event)).text


@pytest.mark.parametrize("what", ["pk", "lead_id", "correlation_id", "beginning"])
def test_search_finds_a_delivery_by_what_one_has_in_hand(what: str, desk: Client, harbor: Workspace) -> None:
    ann = lead_factory.lead(harbor)
    rows.delivery(harbor, number=7)
    event = rows.delivery(
        harbor, number=2, lead_id=ann.pk, correlation_id="abcdef1234567890", dedupe_key="emailbison:9"
    )
    term = event.dedupe_key[:12] if what == "beginning" else getattr(event, what)
    assert shown(desk.get(list_of(WebhookEvent), {"q": term})) == {event.pk}


@pytest.mark.parametrize("term", ["\x00", "999999999999999999999999", "%", "'; --", "nothing like it"])
def test_an_odd_search_finds_nothing_and_breaks_nothing(term: str, desk: Client, failed: WebhookEvent) -> None:
    answer = desk.get(list_of(WebhookEvent), {"q": term})
    assert answer.status_code == 200
    assert term == "\x00" or not shown(answer)


def test_filters_answer_what_is_due_stuck_or_tried_again(desk: Client, harbor: Workspace) -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    due = rows.delivery(harbor, number=1, status=Status.PENDING, run_at=hour_ago)
    later = rows.delivery(
        harbor, number=2, status=Status.PENDING, run_at=timezone.now() + timedelta(hours=1), attempts=2
    )
    stuck = rows.delivery(harbor, number=3, status=Status.RUNNING, locked_at=hour_ago)
    rows.delivery(harbor, number=4, status=Status.RUNNING)
    found = {
        state: shown(desk.get(list_of(WebhookEvent), {"state": state})) for state in ("due", "later", "again", "stuck")
    }
    assert found == {"due": {due.pk}, "later": {later.pk}, "again": {later.pk}, "stuck": {stuck.pk}}


def test_the_list_is_narrowed_to_one_workspace_and_a_time(
    desk: Client, harbor: Workspace, elsewhere: Workspace
) -> None:
    mine = rows.delivery(harbor, number=1)
    rows.delivery(elsewhere, number=1)
    old = rows.delivery(harbor, number=2, received_at=timezone.now() - timedelta(days=2))
    since = timezone.now() - timedelta(hours=1)
    query = {"workspace__id__exact": harbor.pk}
    assert shown(desk.get(list_of(WebhookEvent), query)) == {mine.pk, old.pk}
    query |= {"received_at_from_0": f"{since:%Y-%m-%d}", "received_at_from_1": f"{since:%H:%M:%S}"}
    assert shown(desk.get(list_of(WebhookEvent), query)) == {mine.pk}


def test_counts_stop_at_two_thousand(desk: Client, harbor: Workspace) -> None:
    now = timezone.now()
    given = {"workspace": harbor, "provider": "ghl", "event_type": "x", "payload": None, "received_at": now}
    WebhookEvent.objects.bulk_create([WebhookEvent(**given, dedupe_key=f"n:{number}") for number in range(2_010)])
    answer = desk.get(list_of(WebhookEvent))
    assert "2,000+" in answer.text
    assert len(desk.get(list_of(WebhookEvent), {"p": "40"}).context["cl"].result_list) == 50


def test_deliveries_are_never_edited_or_removed(desk: Client, failed: WebhookEvent) -> None:
    assert desk.post(page_of(failed), {"status": "SUCCEEDED"}).status_code == 403
    assert desk.post(page_of(failed).replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(list_of(WebhookEvent)).text
