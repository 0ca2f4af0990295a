"""Contract samples bent into what no provider ever meant to send.

Drawn from a table instead of grown from nothing: it costs a tenth, and the edges are met every time.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.integrations.deliveries import sample, samples

# Whatever JSON can say, and some that it cannot: NUL, half an emoji, NaN, numbers without end; what reads as something.
_WORDS = ["null", "NaN", "1e400", "0", "+", "@", "%s", "{", "<p>", "2025-01-01", "25:61", "http://[", "javascript:0"]
_ADDRESSES = ["a@b.example", "<a@b.example>", "a@b.example, c@d.example", "’; DROP TABLE"]
_EDGES = ["", " ", "\x00", "a\x00b", "\ud800", "\udfff x", "\u202e", "\r\nTo: x", "é" * 300, "x" * 5_000]
_NUMBERS = [0, -1, 7, 1.5, -0.0, 1e308, 2**63, 2**64, -(2**200), 10**4_000, float("nan"), float("inf")]
_HOLLOW = [[], [[]], [None], [{}], ["a@b.example"], [0] * 40, {}, {"": None}, {"id": {}}, {"id": [], "email": 7}]
_ODD = st.sampled_from([None, True, False, *_NUMBERS, *_WORDS, *_ADDRESSES, *_EDGES, *_HOLLOW]).map(deepcopy)

names = st.sampled_from(["", "id", "data", "a\x00b", "\ud800", "x" * 300]) | st.text(max_size=8)
anything = _ODD | st.integers() | st.text(max_size=12) | st.lists(_ODD, max_size=3) | st.dictionaries(names, _ODD)


@st.composite
def bent(draw: st.DrawFn, provider: str, *, wrapped: bool = True) -> dict[str, Any]:
    """A contract sample with some of its fields, at any depth, replaced by anything or gone."""
    chosen = [name for name in samples(provider) if wrapped or "wrapped" not in name]
    body = sample(provider, draw(st.sampled_from(chosen)))
    for _ in range(draw(st.integers(1, 6))):
        _bend(draw, body)
    return body


def _bend(draw: st.DrawFn, inner: Any) -> None:
    while isinstance(inner, dict) and inner:
        name = draw(st.sampled_from(sorted(inner)))
        if isinstance(inner[name], dict) and inner[name] and draw(st.booleans()):
            inner = inner[name]
            continue
        if draw(st.integers(0, 4)):
            inner[name] = draw(anything)
        else:
            del inner[name]
        return
