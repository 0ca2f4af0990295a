"""Block Kit's limits: one that is broken fails the whole message. Pure."""

from __future__ import annotations

from typing import Any

_SECTION, _FIELD, _BUTTON, _VALUE, _ID, _URL, _HEADER = 3000, 2000, 75, 2000, 255, 3000, 150
_MOST_BLOCKS, _MOST_FIELDS, _MOST_ACTIONS, _MOST_CONTEXT = 50, 10, 25, 10


def fault_in(blocks: Any) -> str:
    """What is wrong with a message's blocks; empty if nothing is."""
    if not isinstance(blocks, list) or any(not isinstance(block, dict) for block in blocks):
        return "blocks is no list of objects"
    if len(blocks) > _MOST_BLOCKS:
        return f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(set(ids)) != len(ids):
        return "a block_id twice"
    return next((fault for block in blocks if (fault := _in_block(block))), "")


def _in_block(block: dict[str, Any]) -> str:
    if len(block.get("block_id", "")) > _ID:
        return "block_id too long"
    look = {"section": _in_section, "actions": _in_actions, "context": _in_context, "header": _in_header}
    return look[block["type"]](block) if block.get("type") in look else "" if block.get("type") == "divider" else "type"


def _in_section(block: dict[str, Any]) -> str:
    fields = block.get("fields", [])
    if "text" not in block and not fields:
        return "a section without text"
    if "text" in block and not 0 < len(block["text"].get("text", "")) <= _SECTION:
        return "text of a section"
    if len(fields) > _MOST_FIELDS or any(not 0 < len(one.get("text", "")) <= _FIELD for one in fields):
        return "fields of a section"
    return ""


def _in_context(block: dict[str, Any]) -> str:
    elements = block.get("elements", [])
    return "" if 0 < len(elements) <= _MOST_CONTEXT and all(one.get("text") for one in elements) else "context"


def _in_header(block: dict[str, Any]) -> str:
    return "" if 0 < len(block.get("text", {}).get("text", "")) <= _HEADER else "header"


def _in_actions(block: dict[str, Any]) -> str:
    elements = block.get("elements", [])
    if not 0 < len(elements) <= _MOST_ACTIONS:
        return "elements of actions"
    return next((fault for one in elements if (fault := _in_button(one))), "")


def _in_button(button: dict[str, Any]) -> str:
    limits = {"value": _VALUE, "action_id": _ID, "url": _URL}
    if not 0 < len(button.get("text", {}).get("text", "")) <= _BUTTON:
        return "text of a button"
    return next((f"{name} of a button" for name, most in limits.items() if len(button.get(name, "")) > most), "")
