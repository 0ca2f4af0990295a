"""Writing to our own people in Slack: reviewers by the global bot, operators by the incoming webhook (spec 01).

Every verb raises only the errors of integrations/errors.py. Never call one inside a transaction. Texts in `text` and in
mrkdwn blocks must be escaped (integrations/chat_blocks.py).
"""

from __future__ import annotations

import hashlib

import redis
import structlog
from django.conf import settings
from django.core.cache import cache

from integrations.buttons import APPROVE, DASHBOARD, ReviewButton
from integrations.providers.slack.adapter import Blocks, Posted, check_hook, global_bot, post_to_hook

__all__ = [
    "APPROVE",
    "DASHBOARD",
    "Blocks",
    "Posted",
    "ReviewButton",
    "alert",
    "can_alert",
    "check_hook",
    "dm",
    "find_user",
    "is_configured",
    "update",
]

log = structlog.get_logger(__name__)

FOUND_FOR_S = 60 * 60
NOT_FOUND_FOR_S = 5 * 60  # somebody who is invited just now should not wait an hour
DM_FOR_S = 24 * 60 * 60


def is_configured() -> bool:
    """Whether people can be written to at all: the global bot has a token."""
    return bool(settings.SLACK_BOT_TOKEN)


def find_user(email: str) -> str | None:
    """The Slack user with this e-mail; None if Slack knows none, or only one that was switched off. Remembered for an
    hour, over all processes."""
    key = _key("user", email.strip().lower())
    known = _remembered(key)
    if known is not None:
        return known or None
    found = global_bot().find_user(email.strip())
    _remember(key, found or "", FOUND_FOR_S if found else NOT_FOUND_FOR_S)
    return found


def dm(slack_user: str, *, text: str, blocks: Blocks) -> Posted:
    """Write to a person. After OutcomeUnknown the message may be there: it must not be written again."""
    key = _key("dm", slack_user)
    channel = _remembered(key)
    if not channel:
        channel = global_bot().open_dm(slack_user)
        _remember(key, channel, DM_FOR_S)
    return global_bot().post(channel, body=text, blocks=blocks)


def update(channel: str, ts: str, *, text: str, blocks: Blocks) -> None:
    """Replace what a message of ours says; twice is once."""
    global_bot().update(channel, ts, body=text, blocks=blocks)


def can_alert() -> bool:
    """Whether operators can be told: SLACK_WEBHOOK_URL is set."""
    return bool(settings.SLACK_WEBHOOK_URL)


def alert(text: str) -> None:
    """Tell the operators through SLACK_WEBHOOK_URL. `text` is escaped mrkdwn. What was written cannot be changed, and
    after OutcomeUnknown it may be there."""
    post_to_hook(settings.SLACK_WEBHOOK_URL, text)


# ── What we know of Slack, kept in Redis; without it every question is asked anew ──
def _key(what: str, value: str) -> str:
    """Without the address itself, and another one for another token."""
    plain = f"{settings.SLACK_BOT_TOKEN}:{value}"
    return f"slack-{what}:{hashlib.sha256(plain.encode()).hexdigest()}"


def _remembered(key: str) -> str | None:
    try:
        value = cache.get(key)
    except redis.RedisError as error:
        log.warning("slack_without_memory", error=type(error).__name__)
        return None
    return value if isinstance(value, str) else None


def _remember(key: str, value: str, seconds: int) -> None:
    try:
        cache.set(key, value, timeout=seconds)
    except redis.RedisError as error:
        log.warning("slack_without_memory", error=type(error).__name__)
