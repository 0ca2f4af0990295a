"""What OpenAI refuses in a strict schema (its contract, "Structured output"). Pure."""

from __future__ import annotations

from typing import Any

_REFUSED = ("default", "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "patternProperties")
_DEEPEST = 10


def objection(schema: object) -> str:
    """Why the schema is no strict one; empty if it is."""
    if not isinstance(schema, dict):
        return "schema must be an object."
    root = _resolved(schema, schema)
    if root.get("type") != "object" or "anyOf" in schema:
        return "schema must be a JSON Schema of 'type: \"object\"', got another."
    return _wrong(schema, schema, "root", 0)


def _wrong(node: Any, root: dict[str, Any], path: str, depth: int) -> str:
    if not isinstance(node, dict):
        return f"In context={path}, a schema must be an object."
    if depth > _DEEPEST:
        return f"In context={path}, the schema exceeds {_DEEPEST} levels of nesting."
    for name in _REFUSED:
        if name in node:
            return f"In context={path}, '{name}' is not permitted."
    if "$ref" in node and _resolved(node, root) is node:
        return f"In context={path}, reference {node['$ref']!r} can't be resolved."
    return _wrong_object(node, path) or _wrong_inside(node, root, path, depth)


def _wrong_object(node: dict[str, Any], path: str) -> str:
    kinds = node.get("type")
    if kinds != "object" and not (isinstance(kinds, list) and "object" in kinds):
        return ""
    if node.get("additionalProperties") is not False:
        return f"In context={path}, 'additionalProperties' is required to be supplied and to be false."
    names, required = list(node.get("properties", {})), node.get("required")
    missing = [name for name in names if name not in (required or [])]
    if missing or not isinstance(required, list):
        lack = f" Missing {missing[0]!r}." if missing else ""
        return (
            f"In context={path}, 'required' is required to be supplied and to be an array including every key in "
            f"properties.{lack}"
        )
    return next((f"In context={path}, unknown required {name!r}." for name in required if name not in names), "")


def _wrong_inside(node: dict[str, Any], root: dict[str, Any], path: str, depth: int) -> str:
    for name, entry in node.get("properties", {}).items():
        if why := _wrong(entry, root, f"{path}.{name}", depth + 1):
            return why
    for name, entry in node.get("$defs", {}).items():
        if why := _wrong(entry, root, f"{path}.$defs.{name}", depth):
            return why
    for index, entry in enumerate(node.get("anyOf", [])):
        if why := _wrong(entry, root, f"{path}.anyOf.{index}", depth):
            return why
    if "items" in node:
        return _wrong(node["items"], root, f"{path}.items", depth + 1)
    kinds = node.get("type")
    if kinds == "array" or (isinstance(kinds, list) and "array" in kinds):
        return f"In context={path}, an array needs 'items'."
    return ""


def resolve(reference: str, root: dict[str, Any]) -> dict[str, Any] | None:
    """The schema a `$ref` of this document means; None if there is none."""
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        if part:
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found if isinstance(found, dict) and reference.startswith("#") else None


def _resolved(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    return (resolve(str(node["$ref"]), root) or node) if "$ref" in node else node
