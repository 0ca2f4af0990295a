"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be: what, and what to do about it, a sentence each. An error makes the
    doctor's exit code 1; anything else is a warning."""

    problem: str
    remedy: str
    is_error: bool = True


def warning(problem: str, remedy: str) -> Finding:
    """Works, but somebody should look at it."""
    return Finding(problem, remedy, is_error=False)
