"""The door for clicks (spec 02, slack contract): who is let in, what is kept, what is only acknowledged."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from integrations.buttons import APPROVE, BadButton, ReviewButton, read
from integrations.models import WebhookEvent
from integrations.providers.slack.webhook import DOOR, signature
from tests.slack.conftest import ENDPOINT, SECRET
from zrg.workspaces.models import User, Workspace


@pytest.fixture(autouse=True)
def _secret(settings: Any) -> None:
    settings.SLACK_SIGNING_SECRET = SECRET


@pytest.fixture
def button(harbor: Workspace) -> ReviewButton:
    return ReviewButton(uuid.uuid4(), uuid.uuid4(), harbor.pk, version=1, thread_version=2)


def click(value: str = "", **changes: Any) -> dict[str, Any]:
    """A block_actions payload as the contract shows it."""
    action = {"type": "button", "action_id": APPROVE, "block_id": "b", "action_ts": "1503436000.123", "value": value}
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "acme"},
        "enterprise": None,
        "token": "old",
        "user": {"id": "U2", "name": "ann"},
        "container": {"type": "message", "message_ts": "1503435956.000247", "channel_id": "D1"},
        "channel": {"id": "D1"},
        "trigger_id": "12.34",
        "response_url": "https://hooks.slack.com/actions/T1/1/xyz",
        "message": {"text": "secret words of a lead", "ts": "1503435956.000247"},
        "actions": [action],
    } | changes


def post(client: Client, payload: Any, *, secret: str = SECRET, age: int = 0, **headers: str) -> HttpResponse:
    raw = payload if isinstance(payload, str) else urlencode({"payload": json.dumps(payload)})
    sent_at = str(int(time.time()) - age)
    signed = {
        "X-Slack-Request-Timestamp": sent_at,
        "X-Slack-Signature": signature(secret, sent_at, raw.encode()),
    } | headers
    given = {name: value for name, value in signed.items() if value}
    return client.post(ENDPOINT, raw, content_type="application/x-www-form-urlencoded", headers=given)


def reasons(logs: list[Any]) -> list[str]:
    return [line["reason"] for line in logs if line["event"] == "webhook_not_kept"]


def test_a_signed_click_is_kept_and_acknowledged_with_nothing_but_200(client: Client, button: ReviewButton) -> None:
    response = post(client, click(button.sealed()))
    assert (response.status_code, response.content) == (200, b"")
    event = WebhookEvent.objects.get()
    assert (event.provider, event.event_type, event.connection_id) == ("slack", APPROVE, None)
    assert event.workspace_id == button.workspace_id
    assert event.dedupe_key.endswith("T1:1503435956.000247:U2:1503436000.123:approve_send")


def test_the_contracts_own_example_of_a_signature_fits() -> None:
    body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J"
    given = signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body)
    assert given.startswith("v0=")
    assert len(given) == 67
    assert given != signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420619", body)


def test_nothing_that_was_said_and_nothing_that_opens_a_door_is_stored(client: Client, button: ReviewButton) -> None:
    post(client, click(button.sealed()))
    stored = json.dumps(WebhookEvent.objects.get().payload)
    assert "secret words" not in stored
    assert "hooks.slack.com" not in stored
    assert "old" not in stored


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"age": 301}, "five minutes"),
        ({"age": -330}, "five minutes"),  # from the future: on a busy machine some of it passes on the way
        ({"secret": "another"}, "does not fit"),
        ({"X-Slack-Signature": ""}, "missing"),
        ({"X-Slack-Request-Timestamp": ""}, "missing"),
        ({"X-Slack-Request-Timestamp": "yesterday"}, "missing"),
        ({"X-Slack-Signature": "v0=ünicode"}, "does not fit"),
    ],
)
def test_who_is_not_slack_is_turned_away(
    client: Client, button: ReviewButton, given: dict[str, Any], words: str
) -> None:
    response = post(client, click(button.sealed()), **given)
    assert response.status_code == 401
    assert words in response.json()["error"]
    assert not WebhookEvent.objects.exists()


def test_four_minutes_are_not_too_old(client: Client, button: ReviewButton) -> None:
    assert post(client, click(button.sealed()), age=240).status_code == 200


@pytest.mark.parametrize("secret", ["", SECRET])
def test_without_a_secret_nobody_is_let_in(client: Client, button: ReviewButton, settings: Any, secret: str) -> None:
    settings.SLACK_SIGNING_SECRET = ""
    response = post(client, click(button.sealed()), secret=secret)
    assert response.status_code == 401
    assert "SLACK_SIGNING_SECRET is not set" in response.json()["error"]


@pytest.mark.parametrize(
    "raw", ["", "payload=", "other=1", "payload={", "payload=[1]", "payload=%ff%fe", '{"type":"block_actions"}']
)
def test_a_body_that_cannot_be_read_is_400(client: Client, db: None, raw: str) -> None:
    response = post(client, raw)
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.mark.parametrize("missing", ["team", "user", "container"])
def test_a_click_by_nobody_on_nothing_is_400(client: Client, button: ReviewButton, missing: str) -> None:
    payload = click(button.sealed(), **{missing: {}})
    payload.pop("message")
    assert post(client, payload).status_code == 400


def test_a_larger_body_than_two_mebibytes_is_413(client: Client, db: None) -> None:
    assert post(client, "payload=" + "x" * (2 * 1024 * 1024)).status_code == 413


def test_the_same_click_is_kept_once_and_another_moment_is_another_click(client: Client, button: ReviewButton) -> None:
    assert [post(client, click(button.sealed())).status_code for _ in range(3)] == [200] * 3
    assert WebhookEvent.objects.count() == 1
    again = click(button.sealed())
    again["actions"][0]["action_ts"] = "1503436000.124"
    post(client, again)
    post(client, again | {"user": {"id": "U3"}})
    assert WebhookEvent.objects.count() == 3


def forged(button: ReviewButton) -> dict[str, str]:
    sealed = button.sealed()
    return {
        "not_signed": "draft:42",
        "empty": "",
        "cut": sealed[:-1],
        "another_draft": sealed.replace(sealed[:8], "AAAAAAAA"),
        "another_purpose": signing.dumps({"draft_id": str(button.draft_id)}, salt="something else"),
        "half": signing.dumps({"draft_id": str(button.draft_id)}, salt="zrg.slack.review"),
    }


@pytest.mark.parametrize("how", ["not_signed", "empty", "cut", "another_draft", "another_purpose", "half"])
def test_a_value_we_did_not_sign_is_acknowledged_and_ignored(client: Client, button: ReviewButton, how: str) -> None:
    value = forged(button)[how]
    with capture_logs() as logs:
        response = post(client, click(value))
    assert (response.status_code, response.content) == (200, b"")
    assert reasons(logs) == ["value_not_signed"]
    assert not WebhookEvent.objects.exists()
    with pytest.raises(BadButton):
        read(value)


def test_a_link_that_was_opened_is_acknowledged_and_ignored(client: Client, db: None) -> None:
    payload = click()
    payload["actions"][0] |= {"action_id": "view_dashboard"}
    with capture_logs() as logs:
        assert post(client, payload).content == b""
    assert reasons(logs) == ["link_opened"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"type": "view_submission"}, "unknown_event"),
        ({"type": "block_actions", "actions": []}, "unknown_action"),
        ({"type": "block_actions", "actions": [{"action_id": "something"}]}, "unknown_action"),
    ],
)
def test_what_else_slack_sends_is_acknowledged_and_ignored(
    client: Client, db: None, payload: dict[str, Any], reason: str
) -> None:
    with capture_logs() as logs:
        assert post(client, payload).status_code == 200
    assert reasons(logs) == [reason]
    assert not WebhookEvent.objects.exists()


def test_a_workspace_that_is_gone_or_archived_is_ignored(client: Client, harbor: Workspace) -> None:
    gone = ReviewButton(uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), version=1, thread_version=1)
    archived = ReviewButton(uuid.uuid4(), uuid.uuid4(), harbor.pk, version=1, thread_version=1)
    harbor.archived_at = timezone.now()
    harbor.save()
    with capture_logs() as logs:
        assert [post(client, click(one.sealed())).status_code for one in (gone, archived)] == [200, 200]
    assert reasons(logs) == ["unknown_workspace", "workspace_archived"]
    assert not WebhookEvent.objects.exists()


def test_a_click_costs_two_statements(client: Client, button: ReviewButton, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        post(client, click(button.sealed()))


def test_a_click_that_was_kept_means_what_was_signed(button: ReviewButton) -> None:
    payload = DOOR.kept(click(button.sealed()))
    (event,) = DOOR.parse(APPROVE, payload)
    assert (event.draft_id, event.lead_id, event.version) == (button.draft_id, button.lead_id, 1)  # type: ignore[union-attr]
    assert (event.slack_user, event.channel, event.ts) == ("U2", "D1", "1503435956.000247")  # type: ignore[union-attr]


def test_the_address_takes_no_token(client: Client, alice: User) -> None:
    assert client.post(f"{ENDPOINT}/some-token-of-a-connection").status_code == 404
