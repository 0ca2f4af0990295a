"""The strict JSON schema of an answer, from its pydantic model (providers/openai.md, "Strict schema rules"). Pure."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel

# Not all of them are known to be taken; ranges are checked by pydantic when the answer is here.
_DROPPED = frozenset(
    {
        "title",
        "default",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "pattern",
        "format",
        "multipleOf",
    }
)


@cache
def strict(model: type[BaseModel]) -> dict[str, Any]:
    """Every property required, nothing else allowed, no defaults. The root is an object."""
    return _strict(model.model_json_schema())


def _strict(node: Any, *, is_names: bool = False) -> Any:
    if isinstance(node, list):
        return [_strict(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _strict(value, is_names=not is_names and key in {"properties", "$defs"})
        for key, value in node.items()
        if is_names or key not in _DROPPED
    }
    if not is_names and kept.get("type") == "object":
        kept["additionalProperties"] = False
        kept["required"] = list(kept.get("properties", {}))
    return kept
