"""JSON as providers write it, fit to be stored: for what they send us (arrivals) and what they answer (transport).

PostgreSQL holds neither NUL characters nor halves of surrogate pairs; these come from texts cut in the middle of an
emoji, and a strict reader refuses the whole body for one of them. Pure.
"""

from __future__ import annotations

import json
from typing import Any

import orjson


def loads(body: bytes) -> Any:
    """The value of a JSON body, without what cannot be stored. Raises ValueError for what is no JSON."""
    try:
        found, is_clean = orjson.loads(body), b"\\u0000" not in body
    except orjson.JSONDecodeError:
        found, is_clean = None, False
    if is_clean:
        return found
    try:
        return _storable(_read_broken_text(body) if found is None else found)
    except RecursionError:
        raise ValueError("The body is nested too deeply.") from None


def _read_broken_text(body: bytes) -> Any:
    """What a stricter reader refused: only cut emoji and a byte order mark are forgiven."""
    return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)


def _refuse(_constant: str) -> None:
    raise ValueError("NaN and Infinity are no JSON.")


def _finite(number: str) -> float:
    value = float(number)
    if value in (float("inf"), float("-inf")):
        raise ValueError("The number is too large.")
    return value


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(item) for name, item in value.items()}
    return value
