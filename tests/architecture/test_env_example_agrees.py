""".env.example names every setting an operator can change, and can be copied as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
    sources = [*(ROOT / "zrg").rglob("*.py"), *(ROOT / "integrations").rglob("*.py")]
    shell = set(re.findall(r"\$\{(WEB_[A-Z]+|PORT)\b", (ROOT / "docker" / "entrypoint").read_text()))
    return shell | {name for path in sources for name in READ.findall(path.read_text())}


def test_every_variable_that_is_read_is_in_the_example_and_no_other() -> None:
    assert set(offered()) - OF_COMPOSE == read() - OURS


def test_compose_reads_its_three_passwords() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker" / "compose.yaml").read_text())) >= OF_COMPOSE


@pytest.mark.parametrize(("name", "value"), offered().items())
def test_no_value_carries_a_comment_because_not_every_reader_cuts_it_off(name: str, value: str) -> None:
    assert "#" not in value
    assert value == value.strip()
