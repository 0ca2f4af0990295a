""".env.example names every setting an operator can change, and can be copied as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zrg.doctor import environment

ROOT = Path(__file__).resolve().parents[2]
READ = re.compile(r"""(?:\benv\.[a-z_]+|\benviron(?:ment)?\.get)\(\s*["']([A-Z][A-Z0-9_]+)["']""")
# For whoever works on ZRG, or set by its own commands.
OURS = {"SANDBOX_HOST", "NO_COLOR", "PATH", "FORCE"}
# Compose puts these into addresses.
OF_COMPOSE = {"POSTGRES_PASSWORD", "ZRG_DATABASE_PASSWORD", "VALKEY_PASSWORD"}


def offered() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def read() -> set[str]:
    packages = {path.parent for path in ROOT.glob("*/__init__.py")} - {ROOT / "tests", ROOT / "bench"}
    sources = [path for package in packages for path in package.rglob("*.py")]
    shell = set(re.findall(r"\$\{(WEB_[A-Z]+|PORT)\b", (ROOT / "docker" / "entrypoint").read_text()))
    return shell | {name for path in sources for name in READ.findall(path.read_text())}


def test_every_variable_that_is_read_is_in_the_example_and_no_other() -> None:
    assert set(offered()) - OF_COMPOSE == read() - OURS


def told(name: str) -> str:
    """What the example says of a variable: its value, and the comments above the group it stands in."""
    before = (ROOT / ".env.example").read_text().split(f"\n{name}=")[0].splitlines()
    while not before[-1].startswith("#"):
        before.pop()
    comments: list[str] = []
    while before and before[-1].startswith("#"):
        comments.insert(0, before.pop().removeprefix("# "))
    return " ".join([*comments, offered()[name]])


def defaults() -> Iterator[tuple[str, Any]]:
    """Variables and defaults as settings.py writes them; what is worked out, or holds beside the sandbox only, is not
    among them."""
    for call in ast.walk(ast.parse((ROOT / "zrg" / "settings.py").read_text())):
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("env."):
            given = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "default")]
            for node in given:
                yield from ((ast.literal_eval(call.args[0]), each) for each in literals(node))


def literals(node: ast.expr) -> Iterator[Any]:
    if isinstance(node, ast.IfExp):
        kept = [node.orelse] if "SANDBOX_URL" in ast.unparse(node.test) else [node.body, node.orelse]
        for each in kept:
            yield from literals(each)
    elif isinstance(node, ast.Constant) and node.value != "" and "is-unset" not in str(node.value):
        yield node.value


def is_told(name: str, default: Any) -> bool:
    if isinstance(default, bool):
        words = ["1", "on"] if default else ["0", "off"]
    else:
        words = [str(default), f"{str(default).split(',')[0]},…"]
    return any(re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", told(name)) for word in words)


def test_defaults_are_told_as_they_are() -> None:
    assert [(name, default) for name, default in defaults() if not is_told(name, default)] == []


def test_the_doctor_looks_at_secrets_that_somebody_reads() -> None:
    assert set(environment.SECRETS) <= set(offered())


def test_compose_reads_its_three_passwords() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker" / "compose.yaml").read_text())) >= OF_COMPOSE


@pytest.mark.parametrize(("name", "value"), offered().items())
def test_no_value_carries_a_comment_because_not_every_reader_cuts_it_off(name: str, value: str) -> None:
    assert "#" not in value
    assert value == value.strip()
