"""Answers in the form of any strict schema: what a rule wanted where it fits, else something deterministic. Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from integrations.sandbox.openai.strictness import resolve

Schema = dict[str, Any]
_DEEP = 5
_MISSING = object()
_WORDS = ("ready", "noted", "steady", "clear", "plain", "early", "open", "local")
_FORMATS = {
    "date": "2026-03-02",
    "date-time": "2026-03-02T14:05:00Z",
    "time": "14:05:00Z",
    "duration": "P1D",
    "email": "ann@buyer.example.com",
    "hostname": "buyer.example.com",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "uuid": "0190a4c2-7b1e-7c3a-9f21-5d0c2f4e8a17",
}
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
    (list, "array"),
    (dict, "object"),
)


def fitted(schema: Schema, wanted: Any, *, seed: str) -> Any:
    """A value of this schema: `wanted` property by property as far as it fits, the rest made from the seed."""
    return _Fitting(schema, seed).fit(schema, wanted, "$", 0)


def takes(schema: Schema, value: Any) -> bool:
    """Is the value of this schema?"""
    return _Fitting(schema, "").takes(schema, value)


class _Fitting:
    def __init__(self, root: Schema, seed: str) -> None:
        self.root = root
        self.seed = seed
        self.makers: dict[str, Callable[[Schema, str, int], Any]] = {
            "object": self._object,
            "array": self._array,
            "string": self._string,
            "integer": self._number,
            "number": self._number,
            "boolean": self._boolean,
            "null": self._null,
        }

    def fit(self, node: Schema, wanted: Any, path: str, depth: int) -> Any:
        node = self._resolved(node)
        if wanted is not _MISSING and self.takes(node, wanted):
            return wanted
        objects = [one for one in map(self._resolved, node.get("anyOf", [node])) if "object" in _kinds(one)]
        if not isinstance(wanted, dict) or not objects:
            return self.make(node, path, depth)
        return {
            name: self.fit(entry, wanted.get(name, _MISSING), f"{path}.{name}", depth + 1)
            for name, entry in objects[0].get("properties", {}).items()
        }

    def takes(self, node: Schema, value: Any) -> bool:
        node = self._resolved(node)
        if "anyOf" in node and not any(self.takes(choice, value) for choice in node["anyOf"]):
            return False
        if ("const" in node and node["const"] != value) or ("enum" in node and value not in node["enum"]):
            return False
        kind, kinds = _kind(value), _kinds(node)
        if kinds and kind not in kinds and not (kind == "integer" and "number" in kinds):
            return False
        if kind in ("integer", "number"):
            return _in_range(node, value)
        return _of_length(node, value) if kind == "string" else self._holds(node, value)

    def _holds(self, node: Schema, value: Any) -> bool:
        if isinstance(value, list):
            counted = node.get("minItems", 0) <= len(value) <= node.get("maxItems", math.inf)
            return counted and all(self.takes(node.get("items", {}), entry) for entry in value)
        if isinstance(value, dict) and "properties" in node:
            entries = node["properties"]
            return set(value) == set(entries) and all(self.takes(entries[name], value[name]) for name in entries)
        return True

    def make(self, node: Schema, path: str, depth: int) -> Any:
        """Any value of this schema; the deeper, the plainer, so that recursive schemas end."""
        node = self._resolved(node)
        if "anyOf" in node:
            return self.make(self._choice(node["anyOf"], path, depth), path, depth + 1)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return node["enum"][self._pick(path, len(node["enum"]))]
        kinds = _kinds(node) or ["string"]
        if "null" in kinds and (depth > _DEEP or self._pick(f"{path}?", 3) == 0):
            return None
        kind = next((one for one in kinds if one != "null"), "null")
        return self.makers[kind](node, path, depth)

    def _choice(self, choices: list[Schema], path: str, depth: int) -> Schema:
        if depth <= _DEEP:
            return choices[self._pick(path, len(choices))]
        weights = {"null": 0, "array": 2, "object": 3}
        return min(choices, key=lambda one: max((weights.get(k, 1) for k in _kinds(self._resolved(one))), default=1))

    def _object(self, node: Schema, path: str, depth: int) -> dict[str, Any]:
        entries = node.get("properties", {})
        return {name: self.make(entry, f"{path}.{name}", depth + 1) for name, entry in entries.items()}

    def _array(self, node: Schema, path: str, depth: int) -> list[Any]:
        least = int(node.get("minItems", 0))
        most = min(int(node.get("maxItems", least + 2)), least + 2)
        count = least if depth > _DEEP else least + self._pick(path, most - least + 1)
        return [self.make(node.get("items", {}), f"{path}[{index}]", depth + 1) for index in range(count)]

    def _boolean(self, node: Schema, path: str, depth: int) -> bool:
        return self._pick(path, 2) == 1

    def _null(self, node: Schema, path: str, depth: int) -> None:
        return None

    def _string(self, node: Schema, path: str, depth: int) -> str:
        if node.get("format") in _FORMATS:
            return _FORMATS[node["format"]]
        word = _WORDS[self._pick(path, len(_WORDS))]
        least, most = int(node.get("minLength", 0)), node.get("maxLength")
        word = word.ljust(least, "o")
        return word if most is None else word[: int(most)]

    def _number(self, node: Schema, path: str, depth: int) -> float:
        """A multiple of the step inside the bounds; some number above where there are none."""
        step = node.get("multipleOf", 1 if "integer" in _kinds(node) else 0.25)
        low = max(node.get("minimum", -math.inf), node.get("exclusiveMinimum", -math.inf))
        high = min(node.get("maximum", math.inf), node.get("exclusiveMaximum", math.inf))
        low = low if low > -math.inf else min(0, high - 10 * step)
        first = math.ceil(low / step)
        room = int(min((high - first * step) / step, 10))
        for index in [first + self._pick(path, max(room, 0) + 1), *range(first, first + max(room, 0) + 1)]:
            if _in_range(node, index * step):
                return index * step
        return (low + high) / 2  # a range narrower than the step: no integer, so any number inside

    def _pick(self, path: str, choices: int) -> int:
        digest = hashlib.sha256(f"{self.seed}\0{path}".encode()).digest()
        return int.from_bytes(digest[:4]) % choices

    def _resolved(self, node: Schema) -> Schema:
        seen = 0
        while "$ref" in node and seen < 20:
            node, seen = resolve(str(node["$ref"]), self.root) or {}, seen + 1
        return node


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _kinds(node: Schema) -> list[str]:
    kinds = node.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _in_range(node: Schema, value: float) -> bool:
    above = value >= node.get("minimum", -math.inf) and value > node.get("exclusiveMinimum", -math.inf)
    below = value <= node.get("maximum", math.inf) and value < node.get("exclusiveMaximum", math.inf)
    step = node.get("multipleOf")
    return above and below and (step is None or math.isclose(value / step, round(value / step), abs_tol=1e-9))


def _of_length(node: Schema, value: str) -> bool:
    return bool(node.get("minLength", 0) <= len(value) <= node.get("maxLength", math.inf))
