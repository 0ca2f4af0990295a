"""Secrets never render: what an admin page shows of other people's JSON goes through here first (spec 15)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

MASK = "········"
_SECRET_NAME = re.compile(
    r"secret|token|passw|api[_-]?key|apikey|access[_-]?key|private[_-]?key|signing|authorization|credential|cookie"
    r"|signature|bearer|hmac|jwt|^(x-)?(api)?-?key$",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    r"(?i)(\b(?:bearer|basic)\s+|[?&;\s](?:api_?key|key|token|access_token|secret|sig|signature|password)=)[^\s&\"'<>]+"
)
LEAST_SECRET = 6  # a shorter known secret would blank ordinary words
SHOWN_CHARS = 100_000


def masked(value: Any, *, known: Collection[str] = (), name: str = "") -> Any:
    """The same JSON without secrets: every value under a secret-looking name, secrets within addresses, and every
    occurrence of a `known` one (a connection's own)."""
    if _SECRET_NAME.search(name) and value not in (None, "", True, False):
        return MASK
    if isinstance(value, dict):
        return {str(key): masked(inner, known=known, name=str(key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [masked(inner, known=known, name=name) for inner in value]
    if isinstance(value, str):
        return _masked_text(value, known)
    return value


def _masked_text(text: str, known: Collection[str]) -> str:
    for secret in known:
        if len(secret) >= LEAST_SECRET:
            text = text.replace(secret, MASK)
    return _IN_TEXT.sub(lambda found: found.group(1) + MASK, text)


def json_block(value: Any, *, known: Collection[str] = ()) -> SafeString:
    """JSON, indented and masked, as a block of a page."""
    if value is None or value == {}:
        return format_html('<span class="zrg-soft">{}</span>', "Nothing kept.")
    text = json.dumps(masked(value, known=known), indent=2, ensure_ascii=False, sort_keys=False, default=str)
    return format_html('<pre class="zrg-code" tabindex="0">{}</pre>', text[:SHOWN_CHARS])
