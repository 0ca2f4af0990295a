"""The pinned requirements hold what the short lists ask for, on every Python and machine the README promises."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def names_in(file: str) -> set[str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    found = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if line and not line.startswith("-")]
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_package_asked_for_is_pinned(name: str) -> None:
    assert names_in(f"{name}.in") <= names_in(f"{name}.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pins_are_exact_and_made_for_every_python_from_3_11_0(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "--universal --python-version 3.11 " in text, "made with `make lock`"
    # Debian 12 has Python 3.11.2, where redis needs it; compiled for a later 3.11 alone it would be missing.
    assert "async-timeout" in text
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert [pin for pin in pins if "==" not in pin] == []


def test_what_both_lists_pin_they_pin_alike() -> None:
    def pins(file: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\n]+)", (ROOT / file).read_text(), re.MULTILINE))

    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: development[name] for name in runtime.keys() & development.keys()} == {
        name: runtime[name] for name in runtime.keys() & development.keys()
    }


def test_a_package_has_one_version_whatever_the_python() -> None:
    """Else another admin than the tested one would run on Python 3.12 and later."""
    for file in ("requirements.txt", "requirements-dev.txt"):
        names = re.findall(r"^([a-z0-9._-]+)==", (ROOT / file).read_text(), re.MULTILINE)
        assert sorted(set(names)) == sorted(names)


def test_the_reasons_name_every_package_asked_for_in_the_version_that_is_pinned() -> None:
    reasons, _, _measured = (ROOT / "docs" / "dependencies.md").read_text().partition(": measured")
    rows = re.findall(r"^\| ([\w, ()-]+) \| ([\w., ]+) \|", reasons, re.MULTILINE)
    told = {
        name.lower(): version
        for names, versions in rows
        for name, version in zip(re.sub(r" \(.*\)", "", names).split(", "), versions.split(", "), strict=False)
    }
    for file in ("requirements", "requirements-dev"):
        pins = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\n]+)", (ROOT / f"{file}.txt").read_text(), re.MULTILINE))
        asked = names_in(f"{file}.in")
        assert {name: told.get(name) for name in asked} == {name: pins[name] for name in asked}


def test_htmx_is_the_file_of_its_package_in_the_version_that_is_told() -> None:
    version, digest = re.findall(
        r"\*\*htmx ([\d.]+)\*\*|`([0-9a-f]{64})`", (ROOT / "docs" / "dependencies.md").read_text()
    )
    licence, _, library = (ROOT / "zrg" / "web" / "static" / "zrg" / "htmx.min.js").read_bytes().partition(b"\n")
    assert f"htmx {version[0]}," in licence.decode()
    assert hashlib.sha256(library).hexdigest() == digest[1]
