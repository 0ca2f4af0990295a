"""Rows of a result, their print-out and their file."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One figure: ours, the floor it is compared with, their ratio, and the bar it must keep."""

    name: str
    ours: float
    unit: str
    floor: float | None = None
    floor_name: str = ""
    bar: str = ""
    kept: bool | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None


def machine() -> dict[str, str | int]:
    """What it ran on."""
    model = next(
        (line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine()
    )
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return {"cpu": model, "cores": os.cpu_count() or 0, "python": platform.python_version(), "commit": commit}


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def markdown(rows: Iterable[Row]) -> str:
    """The table, for people."""
    lines = ["| measure | ours | floor | ratio | bar | kept |", "|---|---:|---:|---:|---|---|"]
    for row in rows:
        floor = f"{row.floor:,.2f} {row.unit} ({row.floor_name})" if row.floor is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        kept = {True: "yes", False: "**no**", None: ""}[row.kept]
        lines.append(f"| {row.name} | {row.ours:,.2f} {row.unit} | {floor} | {ratio} | {row.bar} | {kept} |")
    return "\n".join(lines)


def save(suite: str, rows: list[Row]) -> Path:
    """Keep a suite's result with the machine and the time."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{suite}.md"
    where = machine()
    machine_line = f"{where['cores']} × {where['cpu']}, Python {where['python']}, commit {where['commit']}"
    head = f"# {suite}\n\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine_line}"
    path.write_text(f"{head}\n\n{markdown(rows)}\n")
    data = {"machine": where, "rows": [asdict(row) | {"ratio": row.ratio} for row in rows]}
    (RESULTS / f"{suite}.json").write_text(json.dumps(data, indent=1) + "\n")
    return path
