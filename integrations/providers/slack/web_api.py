"""Slack's Web API (README.md): success is `ok`, not the HTTP status; limits per method and channel.

One token speaks here, a workspace's own or the global one; `account` says whose it is and only names the limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from integrations import throttling, transport
from integrations.answers import SUCCESS, Answer, pause
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.models import Provider as Kind
from integrations.providers.fields import Payload, text
from integrations.throttling import Limit

# Calls a minute that Slack promises per method and workspace.
LIMITS: dict[str, Limit] = {
    "auth.test": Limit(200, per_s=60),
    "conversations.list": Limit(20, per_s=60),
    "users.lookupByEmail": Limit(50, per_s=60),
    "conversations.open": Limit(50, per_s=60),
    "chat.postMessage": Limit(200, per_s=60),
    "chat.update": Limit(50, per_s=60),
}
READS = frozenset({"conversations.list", "users.lookupByEmail"})
# "About one a second" with short bursts: the bucket gives one at once and one more each second.
PER_CHANNEL = Limit(2, per_s=1)

# What each call is named in logs, and in the sandbox's faults.
OPERATIONS: dict[str, str] = {
    "auth.test": "account",
    "conversations.list": "channels",
    "users.lookupByEmail": "lookup",
    "conversations.open": "open",
    "chat.postMessage": "send",
    "chat.update": "update",
}

TOKEN_TROUBLE = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
    }
)
PASSES = frozenset(
    {
        "fatal_error",
        "internal_error",
        "rate_limited",
        "ratelimited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
MAY_HAVE_HAPPENED = frozenset({"internal_error", "fatal_error", "request_timeout"})


@dataclass(frozen=True, slots=True)
class WebApi:
    """Slack as one token sees it."""

    token: str
    account: str
    connection_id: str = ""

    def call(self, method: str, *, sends: bool = False, **arguments: Any) -> Payload:
        """The answer of one method, where it says `ok`. `sends`: it writes something new to a person.

        New messages in one channel are held to about one a second.
        Raises TryLater (nothing was done), Refused (`code` is Slack's own word), NeedsAttention (the token or a scope),
        OutcomeUnknown for `sends`."""
        if not self.token:
            raise NeedsAttention("Slack has no bot token. Set one.")
        self._wait_for_turn(method, channel=str(arguments.get("channel", "")) if sends else "")
        answer = transport.call(
            "GET" if method in READS else "POST",
            f"{settings.SLACK_BASE_URL}/{method}",
            provider=Kind.SLACK,
            operation=OPERATIONS[method],
            connection_id=self.connection_id,
            own_hosts={urlsplit(settings.SLACK_BASE_URL).hostname or ""},
            headers=self._headers(method),
            params={name: str(value) for name, value in arguments.items()} if method in READS else None,
            json=None if method in READS or not arguments else arguments,
            sends=sends,
            expect=SUCCESS | {429},
        )
        return self._understood(method, answer, sends=sends)

    def _headers(self, method: str) -> dict[str, str]:
        told = {"Authorization": f"Bearer {self.token}"}
        return told if method in READS else {**told, "Content-Type": "application/json; charset=utf-8"}

    def _wait_for_turn(self, method: str, *, channel: str) -> None:
        wait = throttling.take(f"slack:{self.account}:{method}", [LIMITS[method]])
        if not wait and channel:
            wait = throttling.take(f"slack:{self.account}:in:{channel}", [PER_CHANNEL])
        if wait:
            raise TryLater("Slack takes no more calls for the moment.", retry_after=wait)

    def _understood(self, method: str, answer: Answer, *, sends: bool) -> Payload:
        body: Payload = answer.json if isinstance(answer.json, dict) else {}
        if answer.is_success and body.get("ok") is True:
            return body
        error = text(body, "error") or ("ratelimited" if answer.status == 429 else "")
        if answer.status == 429 or error in {"ratelimited", "rate_limited"}:
            wait = pause(answer.headers, now=timezone.now())
            throttling.block(f"slack:{self.account}:{method}", wait)
            raise TryLater("Slack asks to try again later.", retry_after=wait)
        raise problem(error, needed=text(body, "needed"), sends=sends)


def problem(error: str, *, needed: str = "", sends: bool = False) -> ProviderError:
    """What an error of Slack's means. Pure."""
    if error == "missing_scope":
        what = f"the scope {needed}" if needed else "a scope"
        return NeedsAttention(
            f"The Slack app lacks {what}. Add it under OAuth & Permissions and install the app again."
        )
    if error in TOKEN_TROUBLE:
        return NeedsAttention(
            f"Slack does not accept the bot token ({error}). Install the app again and set its token."
        )
    if not error:
        return _unclear("Slack answered with something that cannot be read.", sends=sends)
    if error in PASSES:
        return _unclear(f"Slack has a problem ({error}).", sends=sends and error in MAY_HAVE_HAPPENED)
    return Refused(f"Slack refused: {error}.", code=error)


def _unclear(words: str, *, sends: bool) -> ProviderError:
    return OutcomeUnknown(words) if sends else TryLater(words)
