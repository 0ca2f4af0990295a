"""Periodic, bounded batches (spec 04)."""

from __future__ import annotations


def run_dispatched(function: str, *, dispatch_key: str, params: dict) -> None:
    """Placeholder until the module is filled."""
    raise LookupError(function)
