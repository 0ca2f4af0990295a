"""Until when the model service offers a model. Pure.

Source: OpenAI's notes of deprecations, as the client library 3.52 carries them (`types/shared/chat_model.py`), read in
November 2026. A model that is not listed has no date yet, or is not OpenAI's.
"""

from __future__ import annotations

import re
from datetime import date

WARNS_BEFORE_DAYS = 30
# Named by the client library, and answered by nobody.
NEVER_WAS = frozenset({"gpt-5.1-mini"})
_ENDS: tuple[tuple[date, tuple[str, ...]], ...] = (
    (date(2026, 7, 23), ("gpt-5.1-codex", "gpt-5.1-chat-latest", "gpt-5-chat-latest")),
    (date(2026, 8, 10), ("gpt-5.2-chat-latest", "gpt-5.3-chat-latest")),
    (date(2026, 10, 23), ("gpt-4.1-nano", "o4-mini", "o3-mini", "o1", "gpt-4-turbo", "gpt-4", "gpt-3.5-turbo")),
    (date(2026, 12, 11), ("gpt-5", "gpt-5-mini", "gpt-5-nano", "o3")),
    (date(2027, 1, 14), ("gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini")),
    (date(2027, 4, 1), ("gpt-5.1", "gpt-5.4-nano")),
)
ENDS: dict[str, date] = {model: day for day, models in _ENDS for model in models}
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


def ends(model: str) -> date | None:
    """The day it is shut down, a dated snapshot with its model; None: none is known."""
    return ENDS.get(model) or ENDS.get(_SNAPSHOT.sub("", model))


def is_ending(model: str, *, today: date) -> bool:
    """It is shut down within WARNS_BEFORE_DAYS, or was."""
    day = ends(model)
    return day is not None and (day - today).days <= WARNS_BEFORE_DAYS
