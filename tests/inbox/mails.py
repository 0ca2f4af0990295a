"""The mails and word lists of tests/payloads for the tests of reply parsing."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PAYLOADS = Path(__file__).resolve().parent.parent / "payloads"


@cache
def corpus() -> tuple[dict[str, Any], ...]:
    """Every mail of tests/payloads/mails, text and html always there."""
    mails: list[dict[str, Any]] = []
    for path in sorted((PAYLOADS / "mails").glob("*.yaml")):
        mails += yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple({"text": "", "html": ""} | mail for mail in mails)


def lines_of(name: str) -> list[str]:
    return (PAYLOADS / "quoting" / name).read_text(encoding="utf-8").splitlines()


def list_of(name: str) -> list[str]:
    return list(yaml.safe_load((PAYLOADS / "quoting" / name).read_text(encoding="utf-8")))


def normal(text: str) -> str:
    """`text` with every run of white space as one blank."""
    return " ".join(text.split())


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
