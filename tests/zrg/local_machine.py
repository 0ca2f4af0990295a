"""What the tests of `zrg.local` share: real servers in throw-away folders, real processes, nothing left behind."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.product import ROOT, environment
from zrg.local import places, ports
from zrg.local.postgres import Postgres


def postgres_in(home: Path, *, password: str = "", durable: bool = False) -> Postgres:
    """A cluster of `home`, as the second start would describe it when the password is given again."""
    account = places.account_for_servers(home / "postgres" / "data")
    return Postgres(
        folder=places.folder_for_postgres(home, account=account),
        port=ports.free_port(),
        password=password or secrets.token_hex(8),
        log=home / "postgres.log",
        account=account,
        durable=durable,
    )


def local(*words: str, home: Path, **more: str) -> subprocess.Popen[str]:
    """`python -m zrg.local …` as someone types it; standard output and errors together."""
    return subprocess.Popen(
        [sys.executable, "-m", "zrg.local", *words],
        cwd=ROOT,
        env={**environment(home, 8000, 8900), **more},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def answer_of(process: subprocess.Popen[str], *, seconds: float = 60) -> tuple[int, str]:
    """Its exit code and all it printed."""
    output, _ = process.communicate(timeout=seconds)
    return process.returncode, output


def eventually(condition: Callable[[], object], *, seconds: float = 20) -> bool:
    """Whether the condition becomes true in time; polls, so a quick machine doesn't wait."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def processes_naming(text: str) -> list[psutil.Process]:
    """Every process with `text` in its command line: a data directory finds all that was started for it."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(
            text in word for word in process.info["cmdline"] or []
        ):
            found.append(process)
    return found
