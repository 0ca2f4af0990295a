"""The sandbox's page lets a developer be the reviewer: read the message, press its button."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests

from inbox import review
from inbox.models import Draft, ReplySettings
from integrations.providers.slack.webhook import signature
from tests.slack.conftest import SECRET, Slack
from zrg.workspaces.models import User


def page_of(slack: Slack, person: User) -> str:
    (mine,) = [slack.sandbox.control("conversation", account=slack.key, lead=person.email)["person"]]
    answer = requests.get(slack.sandbox.url("/"), params={"lead": f"{slack.key}/{mine['id']}"}, timeout=10)
    assert answer.status_code == 200
    return answer.text


def test_a_reviewer_presses_the_button_on_the_page(
    slack: Slack, draft: Draft, sam: User, work: Callable[[], None]
) -> None:
    slack.join(sam)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam])
    review.request_review(draft)
    work()
    page = page_of(slack, sam)
    assert "It is $20 a month." in page
    assert "Approve &amp; Send" in page
    assert "Edit in dashboard" in page
    form = next(part for part in re.findall(r"<form.*?</form>", page, re.S) if 'value="approve_send"' in part)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    with slack.fault("dropped", "webhook"):
        pressed = requests.post(slack.sandbox.url("/page/act"), data=fields, timeout=10, allow_redirects=False)
    assert "done=" in pressed.headers["Location"]
    (request,) = slack.sandbox.deliveries(slack.key)
    assert slack.deliver(request).status_code == 200
    work()
    draft.refresh_from_db()
    assert draft.decided_by == sam


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (
            {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]},
            "invalid_blocks",
        ),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"text": "x", "channel": "C404"}, "channel_not_found"),
    ],
)
def test_the_sandbox_refuses_what_slack_refuses(
    slack: Slack, alice: User, settings: Any, order: dict[str, Any], error: str
) -> None:
    slack.sandbox.control("slack/channel", {"account": slack.key, "name": "replies"})
    told = {
        "channel": slack.sandbox.control("slack/channel", {"account": slack.key, "name": "replies"})["channel"]["id"]
    }
    headers = {"Authorization": f"Bearer {settings.SLACK_BOT_TOKEN}"}
    answer = requests.post(
        slack.sandbox.url("/slack/api/chat.postMessage"), json=told | order, headers=headers, timeout=10
    )
    assert (answer.status_code, answer.json()["ok"], answer.json()["error"]) == (200, False, error)


def test_what_the_sandbox_signs_is_what_the_product_checks(
    slack: Slack, draft: Draft, sam: User, work: Callable[[], None]
) -> None:
    slack.join(sam)
    ReplySettings.objects.get(workspace=draft.workspace).reviewers.set([sam])
    review.request_review(draft)
    work()
    (forged,) = slack.clicks(user=sam.email, secret="another")
    (late,) = slack.clicks(user=sam.email, age_s=600)
    assert [slack.deliver(one).status_code for one in (forged, late)] == [401, 401]
    assert forged["headers"]["X-Slack-Signature"] != signature(SECRET, "1", b"")
