"""Who handles what: three tables (events, jobs, sweeps). Read this to find where a thing is done."""

from __future__ import annotations


def connect() -> None:
    """Fill the registries; called once when every app is loaded."""
