"""What the guides for operators say to type, to set and to call is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from tests.architecture.test_env_example_agrees import offered
from zrg.doctor.examination import CHECKS
from zrg.jobs import sweeping

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ["README.md", *(f"docs/{name}.md" for name in ("admin", "ai", "deployment", "runbook", "slack"))]


def found(guide: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / guide).read_text()))


def commands(guide: str) -> Iterator[tuple[str, list[str]]]:
    """Each `manage.py …` with its options."""
    for line in found(guide, r"manage\.py ([a-z][^`'\n|]*)"):
        yield line.split()[0], re.findall(r"--[a-z-]+", line)


@pytest.mark.parametrize("guide", [*GUIDES, "docs/sandbox.md"])
def test_commands_are_there_with_their_options(guide: str) -> None:
    for name, options in commands(guide):
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        assert set(options) <= parser._option_string_actions.keys(), name


def test_checks_that_are_named_are_made() -> None:
    named = found("docs/runbook.md", r"--skip ([a-z-]+)")
    for together in found("docs/runbook.md", r"\(checks? ([^)]+)\)"):
        named |= set(re.findall(r"\*([a-z-]+)\*", together))
    assert len(named) > 4
    assert named <= {check.name for check in CHECKS}


@pytest.mark.parametrize("guide", GUIDES)
def test_addresses_that_are_to_be_called_are_somebodys(guide: str) -> None:
    for path in found(guide, r"`(?:POST )?(/[a-z/-]+[a-z]/?)[`?]"):
        match = resolve(path)
        assert match.view_name != "cron:start" or match.kwargs["name"] in sweeping.known()


@pytest.mark.parametrize("guide", GUIDES)
def test_variables_that_are_named_can_be_set(guide: str) -> None:
    assert found(guide, r"`\$?([A-Z]+(?:_[A-Z]+)+)[=`]") <= set(offered())
