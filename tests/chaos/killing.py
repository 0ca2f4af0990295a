"""Kill -9 of any process of a running product, and waiting until its supervisor has it up again."""

from __future__ import annotations

import time
from collections import Counter

import psutil

from tests.product import Product

PROGRAMS: dict[str, tuple[str, ...]] = {
    "web": ("granian",),
    "replies": ("replies@",),
    "bulk": ("bulk@",),
    "broker": ("valkey-server",),
    "database": ("postgres", "-D"),
    "sandbox": ("integrations.sandbox.server",),
}
MOST = 3
"""Deaths of one program within two minutes that the supervisor puts up with (zrg/local/supervisor.py)."""


class Killer:
    """Kills programs, or the processes they work with (`web worker`: a child of `web`), and remembers what it did."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.deaths: Counter[str] = Counter()

    def kill(self, victim: str) -> str:
        """Kill -9 a program, or with ` worker` behind it one of its children. Says what was hit."""
        name = victim.removesuffix(" worker")
        program = self.program(name)
        if program is None:
            return f"{victim} was down already"
        target = program if victim == name else next(iter(program.children()), None)
        if target is None:
            return f"{name} had no worker just then"
        if victim == name:
            self.deaths[name] += 1
            assert self.deaths[name] <= MOST, f"one death of {name} too many: the supervisor would stop everything"
        target.kill()
        return f"{victim} ({target.pid})"

    def program(self, name: str) -> psutil.Process | None:
        """The living program of this name: a child of the supervisor."""
        for child in psutil.Process(self.product.process.pid).children():
            try:
                words = " ".join(child.cmdline())
            except psutil.Error:
                continue
            if all(word in words for word in PROGRAMS[name]) and child.status() != psutil.STATUS_ZOMBIE:
                return child
        return None

    def wait_for(self, name: str, *, seconds: float = 120) -> None:
        """Until this program runs (again): only the living can be killed."""
        deadline = time.monotonic() + seconds
        while self.program(name) is None:
            assert time.monotonic() < deadline, f"{name} did not come back:\n{self.product.log.read_text()[-3000:]}"
            time.sleep(0.05)

    def wait_until_all_run(self, *, seconds: float = 180) -> None:
        """AssertionError with the product's last words if something stays down."""
        deadline = time.monotonic() + seconds
        while missing := [name for name in PROGRAMS if self.program(name) is None] or not self.product.answers():
            assert self.product.process.poll() is None, self.product.log.read_text()[-3000:]
            assert time.monotonic() < deadline, f"{missing} did not come back:\n{self.product.log.read_text()[-3000:]}"
            time.sleep(0.1)
