"""Slack's Web API through the adapter: success is `ok`, and every error has one of four meanings (slack contract)."""

from __future__ import annotations

from typing import Any

import pytest

from integrations import chat, chat_blocks, connecting, health
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.models import Connection
from integrations.providers.slack.adapter import Slack as Adapter
from integrations.providers.slack.web_api import problem
from tests.slack.conftest import Slack
from zrg.workspaces.models import User, Workspace

BLOCKS = [chat_blocks.section("Hello")]


@pytest.fixture
def connection(slack: Slack, harbor: Workspace, settings: Any) -> Connection:
    secrets = {"api_key": settings.SLACK_BOT_TOKEN}
    return connecting.connect(workspace=harbor, provider="slack", secrets=secrets, by=None)


def test_a_connection_with_a_working_token_is_healthy(connection: Connection) -> None:
    found = health.test(connection)
    assert (found.status, found.text) == ("ok", "Connected to the Slack workspace “Agency” as zrg.")


def test_a_connection_with_a_wrong_token_fails_and_says_what_to_do(slack: Slack, connection: Connection) -> None:
    connection.credentials = {"api_key": "xoxb-wrong"}
    connection.save()
    found = health.test(connection)
    assert found.status == "failing"
    assert "invalid_auth" in found.text
    assert "wrong" not in found.text


def test_channels_are_read_page_by_page_and_foreign_private_ones_are_not_seen(
    slack: Slack, connection: Connection
) -> None:
    for name, more in (("replies", {}), ("secret", {"is_private": True, "is_member": False}), ("ops", {})):
        slack.sandbox.control("slack/channel", {"account": slack.key, "name": name, **more})
    assert [one.name for one in Adapter(connection).bot.channels()] == ["replies", "ops"]


def test_a_message_is_written_and_changed(slack: Slack, alice: User) -> None:
    slack.join(alice)
    user = chat.find_user(alice.email)
    assert user is not None
    posted = chat.dm(user, text="Hello", blocks=BLOCKS)
    chat.update(posted.channel, posted.ts, text="Done", blocks=[chat_blocks.section("Done")])
    (message,) = slack.written_to(alice)
    assert (message["text"], message["state"], message["id"]) == ("Done", "updated", posted.ts)


def test_the_channel_of_a_person_is_asked_for_once(slack: Slack, alice: User) -> None:
    slack.join(alice)
    user = chat.find_user(alice.email) or ""
    first = chat.dm(user, text="One", blocks=BLOCKS)
    with pytest.raises(TryLater) as limited:
        chat.dm(user, text="Two", blocks=BLOCKS)
    assert 0 < (limited.value.retry_after or 0) <= 1, "one message a second in a channel"
    assert len(slack.calls("open")) == 1
    assert first.channel.startswith("D")


@pytest.mark.parametrize(
    ("error", "sends", "meaning"),
    [
        ("invalid_auth", True, NeedsAttention),
        ("token_revoked", False, NeedsAttention),
        ("missing_scope", True, NeedsAttention),
        ("service_unavailable", True, TryLater),
        ("fatal_error", True, OutcomeUnknown),
        ("fatal_error", False, TryLater),
        ("internal_error", True, OutcomeUnknown),
        ("channel_not_found", True, Refused),
        ("", True, OutcomeUnknown),
        ("", False, TryLater),
    ],
)
def test_every_error_means_one_of_four(error: str, sends: bool, meaning: type[Exception]) -> None:
    assert type(problem(error, sends=sends)) is meaning


def test_a_missing_scope_is_named(slack: Slack, alice: User) -> None:
    slack.sandbox.account("slack", slack.team, scopes=["chat:write"])
    with pytest.raises(NeedsAttention, match=r"lacks the scope users:read\.email"):
        chat.find_user(alice.email)


def test_after_a_429_the_method_is_left_alone_as_long_as_slack_says(slack: Slack, alice: User) -> None:
    slack.join(alice)
    with slack.fault("rate_limited", "lookup", times=1), pytest.raises(TryLater) as first:
        chat.find_user(alice.email)
    with pytest.raises(TryLater):
        chat.find_user(alice.email)
    assert first.value.retry_after == 1
    assert len(slack.calls("lookup")) == 1, "not asked while it rests"
    chat.global_bot().who()


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ("error_500", OutcomeUnknown),
        ("no_answer", OutcomeUnknown),
        ("malformed", OutcomeUnknown),
        ("hang_up", OutcomeUnknown),
    ],
)
def test_a_message_whose_answer_is_lost_is_an_unknown_outcome(
    slack: Slack, alice: User, fault: str, meaning: type[Exception]
) -> None:
    slack.join(alice)
    user = chat.find_user(alice.email) or ""
    with slack.fault(fault, "send", times=1), pytest.raises(meaning):
        chat.dm(user, text="Hello", blocks=BLOCKS)


# ── The incoming webhook ───────────────────────────────────────────────────────
def test_an_alert_is_written_though_the_answer_is_no_json(slack: Slack, db: None) -> None:
    chat.alert("It *fails*.")
    assert slack.alerts() == ["It *fails*."]


def test_a_dead_webhook_needs_a_person(slack: Slack, db: None, settings: Any) -> None:
    settings.SLACK_WEBHOOK_URL = slack.sandbox.url("/slack/services/TNOBODY/B1/x")
    with pytest.raises(NeedsAttention, match="gone or forbidden"):
        chat.alert("Hello")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/T/B/x",
        "https://hooks.slack.com.evil.example/services/T/B/x",
        "https://hooks.slack.com@evil.example/services/T/B/x",
        "https://hooks.slack.com:8443/services/T/B/x",
        "https://hooks.slack.com/other",
        "http://127.0.0.1:6379/slack/services/T/B/x",
        "",
    ],
)
def test_an_alert_goes_to_slack_or_nowhere(settings: Any, url: str) -> None:
    settings.SLACK_WEBHOOK_URL = url
    with pytest.raises(NeedsAttention, match="must begin with https://hooks"):
        chat.alert("Hello")


# ── Blocks ─────────────────────────────────────────────────────────────────────
def test_text_is_escaped_and_never_cut_within_a_sign() -> None:
    escaped = chat_blocks.escape("<!channel> & co")
    assert escaped == "&lt;!channel&gt; &amp; co"
    for limit in range(1, len(escaped)):
        cut = chat_blocks.cut(escaped, limit)
        assert len(cut) <= limit
        assert not cut.removesuffix("…").endswith(("&", "&a", "&am", "&amp", "&l", "&lt", "&g", "&gt"))


@pytest.mark.parametrize("text", ["word " * 5_000, "&" * 5_000, "a\n" * 5_000, "x" * 50_000, "", "short"])
def test_a_long_text_is_told_in_paragraphs_slack_takes(text: str) -> None:
    blocks = chat_blocks.sections(chat_blocks.quoted(text), most=3)
    assert len(blocks) <= 3
    assert all(0 < len(block["text"]["text"]) <= chat_blocks.SECTION_CHARS for block in blocks)
    assert all(block["text"]["text"].startswith(">") for block in blocks)


def test_nothing_is_lost_between_paragraphs() -> None:
    text = "\n".join(f"line {number}" for number in range(900))
    blocks = chat_blocks.sections(chat_blocks.quoted(text), most=9)
    shown = "\n".join(block["text"]["text"] for block in blocks)
    assert shown.replace(">", "") == text


def test_a_button_that_carries_too_much_is_not_cut_to_mean_something_else() -> None:
    with pytest.raises(ValueError, match="too much"):
        chat_blocks.button("Approve", action_id="a", value="x" * 2_001)
