"""A campaign's mailing: one lead, several, or as many invented ones as are asked for. The same for every platform."""

from __future__ import annotations

from collections.abc import Callable

from integrations.sandbox import store
from integrations.sandbox.given import BadOrder, Given
from integrations.sandbox.store import Record

_AT_ONCE = 500


def mail_each(given: Given, send: Callable[[str], tuple[Record, list[int]]]) -> tuple[list[Record], list[int]]:
    """Call `send` for every address ordered (`lead_email`, `lead_emails` or `count`): what was made, and the numbers of
    the deliveries. Raises BadOrder where none is named."""
    emails = given.words("lead_emails") or given.words("lead_email")
    emails += [f"lead{number}@bulk.example.com" for number in range(1, (given.number("count", 0) or 0) + 1)]
    if not emails:
        raise BadOrder("Give lead_email, lead_emails or count.")
    made: list[Record] = []
    told: list[int] = []
    for start in range(0, len(emails), _AT_ONCE):
        with store.writing():  # a pack at a time, so that others get their turn
            for email in emails[start : start + _AT_ONCE]:
                one, ids = send(email)
                made.append(one)
                told += ids
    return made, told
