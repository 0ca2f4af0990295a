"""What an operator may set is written down in .env.example, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / ".env.example"
_LINE = re.compile(r"^#?\s?([A-Z][A-Z0-9_]+)=", re.M)

READ_ELSEWHERE = {"WEB_WORKERS", "WEB_THREADS", "ZRG_HOST", "LOG_LEVEL"}
"""Read by `make up` and the image, not (only) by zrg/settings.py."""


def read_by_settings() -> set[str]:
    """The names in `env.text("NAME", …)` and its like."""
    tree = ast.parse((ROOT / "zrg" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    ours = [call for call in calls if isinstance(call.func.value, ast.Name) and call.func.value.id == "env"]  # type: ignore[attr-defined]
    return {str(call.args[0].value) for call in ours if call.args and isinstance(call.args[0], ast.Constant)}


def documented() -> set[str]:
    return set(_LINE.findall(EXAMPLE.read_text()))


def test_the_settings_are_found() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "CRON_SECRET", "LOG_JSON"} <= read_by_settings()


def test_every_variable_that_is_read_is_in_the_example() -> None:
    assert read_by_settings() - documented() == set()


def test_every_variable_of_the_example_is_read() -> None:
    assert documented() - read_by_settings() - READ_ELSEWHERE == set()


def test_the_example_holds_no_secret() -> None:
    """A value is shown only where it protects nothing."""
    lines = [
        line
        for line in EXAMPLE.read_text().splitlines()
        if re.match(r"^[A-Z0-9_]*(SECRET|KEY|TOKEN|PASSWORD)[A-Z0-9_]*=", line)
    ]
    assert [line for line in lines if line.partition("=")[2].strip().strip('"')] == []
