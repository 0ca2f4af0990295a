"""What does not leave, for the front page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from inbox.models import Message
from zrg.web.admin_display import list_url

COUNTED_UP_TO = 10_000

# The condition of the index messages_on_their_way, word for word: nothing but that index is read.
_FIGURES = """
SELECT count(*) FILTER (WHERE delivery = 'failed'),
       count(*) FILTER (WHERE delivery = 'unconfirmed'),
       count(*) FILTER (WHERE delivery = 'unconfirmed' AND look_ups >= 3),
       count(*) FILTER (WHERE delivery = 'sending' AND provider_asked_at < now() - interval '10 minutes'),
       count(*) FILTER (WHERE delivery = 'held'),
       count(*) FILTER (WHERE delivery IN ('queued', 'scheduled')),
       count(*) FILTER (WHERE delivery IN ('queued', 'scheduled') AND created_at < now() - interval '1 hour')
  FROM (SELECT delivery, look_ups, provider_asked_at, created_at FROM "inbox_message"
         WHERE delivery IN ('queued', 'scheduled', 'held', 'sending', 'unconfirmed', 'failed') LIMIT %s) moving
"""


@dataclass(frozen=True, slots=True)
class SendFigure:
    """A number with its meaning."""

    name: str
    count: int
    tone: str
    says: str
    url: str


def figures() -> list[SendFigure]:
    """Seven numbers, one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [COUNTED_UP_TO])
        failed, unconfirmed, unknown, stuck, held, waiting, late = cursor.fetchone()
    return [
        _figure("Not sent", failed, "danger", "The text is kept; somebody sends it again.", delivery__exact="failed"),
        _figure(
            "Not confirmed",
            unconfirmed,
            "warn",
            "Left without an answer; being looked up.",
            delivery__exact="unconfirmed",
        ),
        _figure("Somebody must decide", unknown, "danger", "Three look-ups found nothing.", trouble="unknown"),
        _figure("Stuck while sending", stuck, "danger", "Since more than 10 minutes.", trouble="stuck"),
        _figure(
            "Held",
            held,
            "warn",
            "Do not disturb, for 72 hours at most; or LinkedIn's limit of the day.",
            delivery__exact="held",
        ),
        _figure("Waiting to leave", waiting, "plain", "Undo time, or scheduled.", trouble="waiting"),
        _figure("Waiting for an hour", late, "danger", "Is a worker of the queue “reply” running?", trouble="late"),
    ]


def _figure(name: str, count: int, tone: str, says: str, **filters: Any) -> SendFigure:
    return SendFigure(name, count, tone if count else "ok", says, list_url(Message, **filters))
