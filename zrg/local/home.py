"""The data directory of one copy of ZRG (`ZRG_DATA_DIR`, default `.local`): lock, secrets, ports, logs.

lock          held by the process that runs the services; its number is inside
users         held by commands that joined those services
secrets.env   made once, readable by the owner only
ports.json    where the services listened last time
postgres/     the database, or a link to where root had to put it (see places)
valkey/  logs/  sandbox.sqlite3
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from zrg.local import places
from zrg.local.messages import Trouble

NEEDED_FIRST = 400 * 2**20  # A new cluster, its log, the demo.
NEEDED_LATER = 100 * 2**20
_OURS = ("valkey", "logs", "sandbox.sqlite3*", "secrets.env", "ports.json", "users", "lock")


@dataclass(frozen=True)
class Home:
    """A data directory that exists and can be written."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Home:
        """Make the directory if need be; Trouble when it cannot be used."""
        path = path.absolute()
        try:
            # The secrets inside are closed by themselves; as root, PostgreSQL's account must get through.
            path.mkdir(mode=0o755 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
            (path / "logs").mkdir(exist_ok=True)
            (path / "lock").touch()
        except OSError as problem:
            raise Trouble(
                f"The data directory {path} cannot be written: {problem.strerror}.",
                remedy="Put its permissions right, or choose another: make up ZRG_DATA_DIR=$HOME/zrg-data",
            ) from problem
        return cls(path)

    @property
    def has_database(self) -> bool:
        return (self.path / "postgres" / "data" / "PG_VERSION").exists()

    def require_space(self) -> None:
        """Trouble before anything is half written on a full disk."""
        needed = NEEDED_LATER if self.has_database else NEEDED_FIRST
        free = shutil.disk_usage((self.path / "postgres").resolve() if self.has_database else self.path).free
        if free < needed:
            raise Trouble(
                f"The disk of {self.path} is nearly full: {free // 2**20} MB free, {needed // 2**20} MB needed.",
                remedy="Free some space, or choose a folder on another disk: make up ZRG_DATA_DIR=/other/disk/zrg",
            )

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def put_long_logs_aside(self) -> None:
        """Before a start: a log above 10 MB becomes the one old generation that is kept."""
        for path in (self.path / "logs").glob("*.log"):
            if path.stat().st_size > 10 * 2**20:
                path.replace(path.with_suffix(".log.1"))

    def secrets(self) -> dict[str, str]:
        """The development secrets, made at the first start. Losing them makes stored credentials unreadable."""
        path = self.path / "secrets.env"
        known = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
        if not known and self.has_database:
            raise Trouble(
                f"{path} is missing, and the database of this directory cannot be opened without it.",
                remedy="Put the file back, or start anew with: make reset",
            )
        if missing := {name: value for name, value in _new_secrets().items() if name not in known}:
            known |= missing
            _write_private(path, "".join(f"{name}={value}\n" for name, value in known.items()))
        return known

    def ports(self) -> dict[str, int]:
        """Where the services listen, or listened last time; empty before the first start."""
        try:
            return dict(json.loads((self.path / "ports.json").read_text()))
        except (OSError, ValueError):
            return {}

    def addresses(self) -> dict[str, str]:
        """Where the product listens that runs here, as variables for someone who joins it."""
        known = self.ports()
        names = {"PORT": "web", "SANDBOX_PORT": "sandbox"}
        return {variable: str(known[name]) for variable, name in names.items() if name in known}

    def remember_ports(self, **ports: int) -> None:
        _write_private(self.path / "ports.json", json.dumps(self.ports() | ports))

    def running_pid(self) -> int | None:
        """The process that runs the services now; None when nobody does, whatever a killed one left behind."""
        with (self.path / "lock").open("r+") as lock:
            if _locked(lock, fcntl.LOCK_SH):
                return None
            time.sleep(0.02)  # Who took it this moment has written its number by then.
            number = lock.read().strip()
        return int(number) if number.isdecimal() else None

    def take(self) -> IO[str]:
        """Hold the lock until the returned file is closed or the process ends; Trouble when another holds it."""
        for _ in range(20):
            if lock := self.try_to_take():
                return lock
            if self.running_pid() is not None:
                break
            time.sleep(0.05)  # Someone only looked.
        raise Trouble(
            f"ZRG is running on {self.path} already (process {self.running_pid()}).",
            remedy="Use that one, stop it with `make down`, or run a second copy: "
            "make up PORT=8010 SANDBOX_PORT=8910 ZRG_DATA_DIR=.local-2",
        )

    def try_to_take(self) -> IO[str] | None:
        """The lock with our number in it, or None when another process holds it."""
        lock = (self.path / "lock").open("r+")
        if not _locked(lock, fcntl.LOCK_EX):
            lock.close()
            return None
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        return lock

    def join(self) -> IO[str]:
        """Note that someone uses the services; the file is to stay open as long. Waits while they are being stopped."""
        users = (self.path / "users").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        return users

    def try_to_close(self) -> IO[str] | None:
        """From now on whoever joins waits until the returned file is closed or this process ends; None while a command
        that joined the services still runs."""
        users = (self.path / "users").open("a")
        if _locked(users, fcntl.LOCK_EX):
            return users
        users.close()
        return None

    def erase(self) -> None:
        """Delete what is ours in the directory, and the directory when nothing else is in it."""
        places.remove_postgres(self.path)
        for path in (found for pattern in _OURS for found in self.path.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        if not any(self.path.iterdir()):
            self.path.rmdir()


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CREDENTIALS_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),  # A Fernet key.
        "CRON_SECRET": secrets.token_urlsafe(24),
        "METRICS_TOKEN": secrets.token_urlsafe(24),
        "UNIPILE_API_KEY": secrets.token_urlsafe(24),
        "UNIPILE_WEBHOOK_SECRET": secrets.token_urlsafe(24),
        "SLACK_BOT_TOKEN": f"xoxb-sandbox-{secrets.token_hex(12)}",
        "SLACK_SIGNING_SECRET": secrets.token_hex(16),
        "POSTGRES_PASSWORD": secrets.token_hex(16),
        "VALKEY_PASSWORD": secrets.token_hex(16),
    }


def _write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        draft.write_text(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)  # There is one only where the disk was full.


def _locked(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
