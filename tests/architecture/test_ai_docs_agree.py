"""docs/ai.md shows two tables of the code, and shows them right."""

from __future__ import annotations

import re
from pathlib import Path

from inbox.gates import TABLE, Action
from inbox.sentiment import TAGS
from leads.models import LeadStatus, Tag
from leads.statuses import BY_TAG

DOC = Path(__file__).resolve().parents[2] / "docs" / "ai.md"


def table(first_column: str) -> list[list[str]]:
    """The rows of the table whose head begins with this column, its head first; cells without back-ticks."""
    lines = DOC.read_text().splitlines()
    begin = next(place for place, line in enumerate(lines) if line.startswith(f"| {first_column} |"))
    rows = []
    for line in lines[begin:]:
        if not line.startswith("|"):
            break
        if not re.fullmatch(r"[|-]+", line):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows


def test_what_stops_what_is_shown_as_the_code_has_it() -> None:
    head, *rows = table("switch")
    assert head[1:] == [action.value.replace("_", " ") for action in Action]
    assert rows == [[str(switch), *map(str, verdicts)] for switch, verdicts in TABLE.items()]


def test_classifications_are_shown_with_the_tag_and_status_they_lead_to() -> None:
    _, *rows = table("classification")
    statuses = {tag: LeadStatus(status).label for tag, status in BY_TAG.items()}
    expected = [[str(said), Tag(tag).label, statuses.get(tag, "unchanged")] for said, tag in TAGS.items()]
    assert rows == expected
