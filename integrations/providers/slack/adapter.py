"""Slack: messages to people and channels of an agency's Slack, as its bot. Quirks: README.md beside this file.

A connection's own token writes to the workspace's channels; the global SLACK_BOT_TOKEN writes to reviewers. Both go
through `Bot`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from integrations import transport
from integrations.answers import SUCCESS
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused, TryLater
from integrations.models import Connection
from integrations.models import Provider as Kind
from integrations.providers.base import Health, Provider
from integrations.providers.fields import Payload, flag, part, parts, text
from integrations.providers.slack.web_api import WebApi

HOOKS_HOST = "hooks.slack.com"
_NOBODY = frozenset({"users_not_found", "user_not_found"})
_DEAD_HOOK = frozenset({403, 404, 410})
_MOST_PAGES = 50

Blocks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours: its identity at Slack."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class SlackChannel:
    """A channel that the token sees; a private one only where the bot was invited."""

    id: str
    name: str
    is_private: bool
    is_member: bool


@dataclass(frozen=True, slots=True)
class Whose:
    """The Slack workspace and the bot of a token: names and ids."""

    team: str
    team_id: str
    bot: str
    bot_user_id: str


@dataclass(frozen=True, slots=True)
class Bot:
    """What the product asks of Slack. Every verb raises only the errors of integrations/errors.py."""

    api: WebApi

    def who(self) -> Whose:
        """Whose token it is: a harmless call that proves it. Raises NeedsAttention where it is a person's."""
        answer = self.api.call("auth.test")
        if not text(answer, "bot_id"):
            raise NeedsAttention("This Slack token is a person's. Enter the bot's: it begins with xoxb-.")
        return Whose(text(answer, "team"), text(answer, "team_id"), text(answer, "user"), text(answer, "user_id"))

    def channels(self) -> list[SlackChannel]:
        """Public channels, and private ones the bot is in; not archived ones."""
        return [
            SlackChannel(text(row, "id"), text(row, "name"), flag(row.get("is_private")), flag(row.get("is_member")))
            for row in self._channel_rows()
        ]

    def _channel_rows(self) -> Iterator[Payload]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = self.api.call(
                "conversations.list",
                types="public_channel,private_channel",
                exclude_archived="true",
                limit="200",
                cursor=cursor,
            )
            yield from parts(answer, "channels")
            cursor = text(part(answer, "response_metadata"), "next_cursor")
            if not cursor:
                return

    def find_user(self, email: str) -> str | None:
        """The Slack user with this e-mail; None if there is none or the account was switched off."""
        try:
            user = part(self.api.call("users.lookupByEmail", email=email), "user")
        except Refused as refused:
            if refused.code in _NOBODY:
                return None
            raise
        return None if flag(user.get("deleted")) else text(user, "id") or None

    def open_dm(self, slack_user: str) -> str:
        """The channel between the bot and a person; the same one every time."""
        channel = text(part(self.api.call("conversations.open", users=slack_user), "channel"), "id")
        if not channel:
            raise TryLater("Slack did not say which conversation it opened.")
        return channel

    def post(self, channel: str, *, body: str, blocks: Blocks) -> Posted:
        """Write a message. There is no key against doubles: after OutcomeUnknown it must not be written again."""
        answer = self.api.call(
            "chat.postMessage",
            sends=True,
            channel=channel,
            text=body,
            blocks=list(blocks),
            unfurl_links=False,
            unfurl_media=False,
        )
        if not (ts := text(answer, "ts")):
            raise OutcomeUnknown("Slack did not say which message it made.")
        return Posted(text(answer, "channel") or channel, ts)

    def update(self, channel: str, ts: str, *, body: str, blocks: Blocks) -> None:
        """Replace a message of ours; twice is once."""
        self.api.call("chat.update", channel=channel, ts=ts, text=body, blocks=list(blocks))


class Slack(Provider):
    """A workspace's own bot token."""

    kind = Kind.SLACK
    is_tried_first = True

    def base_url(self) -> str:
        return str(settings.SLACK_BASE_URL)

    def own_hosts(self) -> Collection[str]:
        return {urlsplit(settings.SLACK_BASE_URL).hostname or ""}

    def headers(self, operation: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._token()}"}

    def health(self) -> Health:
        whose = self.bot.who()
        facts = {"account": whose.team, "team_id": whose.team_id, "bot_user_id": whose.bot_user_id}
        return Health(Connection.Status.OK, f"Connected to the Slack workspace “{whose.team}” as {whose.bot}.", facts)

    @property
    def bot(self) -> Bot:
        """The verbs, with this connection's token and limits."""
        return Bot(WebApi(self._token(), account=str(self.connection.pk), connection_id=str(self.connection.pk)))

    def _token(self) -> str:
        if not (token := self.connection.credentials.get("api_key")):
            raise NeedsAttention("The field “Bot token” of the Slack connection is empty.")
        return token


def global_bot() -> Bot:
    """The bot of SLACK_BOT_TOKEN. Raises NeedsAttention, at the call, while it is not set."""
    return Bot(WebApi(settings.SLACK_BOT_TOKEN, account="global"))


def post_to_hook(url: str, words: str) -> None:
    """Write through an incoming webhook, whose address is its secret and whose answers are plain text.

    Raises TryLater, Refused, NeedsAttention (the address is dead, or none of Slack's), OutcomeUnknown."""
    check_hook(url)
    answer = transport.call(
        "POST",
        url,
        provider=Kind.SLACK,
        operation="hook",
        connection_id="",
        own_hosts={HOOKS_HOST},
        headers={"Content-Type": "application/json; charset=utf-8"},
        json={"text": words},
        sends=True,
        expect=SUCCESS | _DEAD_HOOK,
        may_be_text=True,
    )
    if answer.status in _DEAD_HOOK:
        raise NeedsAttention(f"The Slack webhook is gone or forbidden ({answer.status}). Make a new one in Slack.")


def check_hook(url: str) -> None:
    """Raise NeedsAttention unless the address can be one of Slack's incoming webhooks, or the sandbox's."""
    parts_of = urlsplit(url)
    sandbox = settings.SANDBOX_URL
    if sandbox and not settings.PRODUCTION and url.startswith(f"{sandbox}/slack/services/"):
        return
    if (parts_of.scheme, parts_of.netloc) != ("https", HOOKS_HOST) or not parts_of.path.startswith("/services/"):
        raise NeedsAttention(f"SLACK_WEBHOOK_URL must begin with https://{HOOKS_HOST}/services/.")
