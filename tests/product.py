"""The whole product running beside a test, started as a person starts it: `python -m zrg.local up`.

For the storm, journeys and the tests of `up`. It has its own database, broker, ports and data directory, so it disturbs
neither the test run's services nor a product running on this machine.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

from zrg.local import ports

ROOT = Path(__file__).resolve().parents[1]
UP_SECONDS = 240.0
"""Far above what it takes: tests run beside others on two cores. The promise of 90 s is measured on a quiet machine."""
_OF_THE_TEST_RUN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "CREDENTIALS_KEYS", "ZRG_ENV", "ALLOWED_HOSTS")


@dataclass
class Product:
    """One running `up`."""

    home: Path
    port: int
    sandbox_port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @cached_property
    def demo(self) -> dict[str, Any]:
        """Addresses, logins, workspace ids, webhook URLs and sandbox calls, as any script learns them."""
        return dict(json.loads(self.run("python", "manage.py", "demo", "--json")))

    def run(self, *command: str) -> str:
        """What a command prints that runs beside the product, with its database and broker."""
        done = subprocess.run(
            [sys.executable, "-m", "zrg.local", "run", "--", *command],
            cwd=ROOT,
            env=environment(self.home, self.port, self.sandbox_port),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def answers(self) -> bool:
        """Whether the web server is up."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as line:
            try:
                line.request("GET", "/healthz", headers={"Host": "localhost"})
                return line.getresponse().status == 200
            except OSError:
                return False

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + UP_SECONDS
        while b"ZRG is up" not in self.log.read_bytes():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def processes(self, *words: str) -> list[psutil.Process]:
        """Its living processes whose command line holds every word, e.g. `celery`, `granian`, `postgres`, `valkey`."""
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [member for member in family if all(word in _command_line(member) for word in words)]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C by default; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=120)


@contextlib.contextmanager
def running() -> Iterator[Product]:
    """The product from its start to its end, in an empty folder."""
    folder = Path(tempfile.mkdtemp(prefix="zrg-product-"))
    folder.chmod(0o755)
    started = start(folder)
    try:
        started.wait_until_up()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """One for all who ask, made by one start on an empty folder, which takes a while. They follow each other in one
    worker, by the names of their files: the storm kills it, journeys use it, the test of `up` ends it."""
    with running() as started:
        yield started


WHO_USES_IT = ("tests/chaos/test_crash_safety.py", "tests/journeys/", "tests/zrg/test_local_up.py")


class InOneWorker(LoadScopeScheduling):
    """All who use the one product follow each other, before everything else; other tests go one by one to whoever is
    free. (The marks of `--dist loadgroup` have no effect with pytest 9.2 and pytest-xdist 3.8.)"""

    def _split_scope(self, nodeid: str) -> str:
        return "product" if nodeid.startswith(WHO_USES_IT) else nodeid


def require_one_worker(items: list[pytest.Item]) -> None:
    """Whoever uses the product is known to the scheduler, which sees no fixtures."""
    for item in items:
        if "product" in getattr(item, "fixturenames", ()) and not item.nodeid.startswith(WHO_USES_IT):
            raise pytest.UsageError(f"{item.nodeid} uses the product: name its file in tests.product.WHO_USES_IT.")


def start(home: Path) -> Product:
    """Start it without waiting; whoever calls this stops it."""
    port, sandbox_port, log = ports.free_port(), ports.free_port(), home / "up.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "zrg.local", "up"],
            cwd=ROOT,
            env=environment(home, port, sandbox_port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Product(home=home, port=port, sandbox_port=sandbox_port, log=log, process=process)


def environment(home: Path, port: int, sandbox_port: int) -> dict[str, str]:
    """A person's shell, without what the test run set for itself."""
    # Empty, not missing: a developer's .env must not give them either.
    unset = dict.fromkeys(_OF_THE_TEST_RUN, "")
    return {
        **os.environ,
        **unset,
        "ZRG_DATA_DIR": str(home),
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "WEB_WORKERS": "1",
    }


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
