"""What goes wrong on a developer's machine, said with its remedy instead of a traceback."""

from __future__ import annotations

import os
import sys


class Trouble(Exception):
    """Something the person at the terminal can put right: `what` happened, and the `remedy`."""

    def __init__(self, what: str, *, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n  → {self.remedy}"


def say(text: str = "") -> bool:
    """One line to the terminal at once; False when nobody reads any more (`make up | head`, a closed terminal)."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def complain(trouble: Trouble) -> None:
    """The trouble and its remedy on standard error."""
    print(f"\n✗ {trouble}\n", file=sys.stderr, flush=True)
