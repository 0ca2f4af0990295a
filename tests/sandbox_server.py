"""The sandbox as a real process on a free port, for tests, the bench and chaos runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

_ROOT = Path(__file__).resolve().parent.parent
_START_S = 20.0


class SandboxServer:
    """One sandbox with its own data. Use as a context manager, or `start()` and `stop()`.

    `base_url` is the product's SANDBOX_URL: EmailBison answers under `/emailbison`, GoHighLevel under `/ghl`.
    """

    def __init__(self, *, data_dir: Path | str | None = None, port: int | None = None) -> None:
        self._own_dir = None if data_dir else tempfile.TemporaryDirectory(prefix="zrg-sandbox-")
        self.data_dir = Path(data_dir or self._own_dir.name)
        self.port = port or free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "ZRG_ENV": "test", "ZRG_DATA_DIR": str(self.data_dir)}
        self._process: subprocess.Popen[bytes] | None = None
        self._http = requests.Session()

    def __enter__(self) -> SandboxServer:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> SandboxServer:
        """Start and wait until it answers; RuntimeError with its output if it doesn't."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "integrations.sandbox.server", "--port", str(self.port)]
        with self._log_path.open("ab") as output:
            self._process = subprocess.Popen(command, cwd=_ROOT, env=self.environment, stdout=output, stderr=output)
        self._wait_until_up(self._process)
        return self

    def stop(self) -> None:
        """Stop it and forget its data (unless the folder was given)."""
        self._end(signal.SIGTERM)
        self._http.close()
        if self._own_dir:
            self._own_dir.cleanup()

    def kill(self) -> None:
        """Kill -9; `start()` again continues with what it had kept."""
        self._end(signal.SIGKILL)

    def url(self, path: str) -> str:
        """An absolute address, such as `url("/emailbison")`."""
        return f"{self.base_url}{path}"

    def control(
        self, path: str, json: dict[str, Any] | None = None, *, method: str = "", **query: Any
    ) -> dict[str, Any]:
        """Call `/control/<path>`: GET without a body, POST with one. AssertionError with the reason if refused."""
        chosen = method or ("GET" if json is None else "POST")
        response = self._http.request(chosen, self.url(f"/control/{path}"), json=json, params=query, timeout=60)
        assert response.status_code == 200, f"{chosen} /control/{path}: {response.status_code} {response.text}"
        return response.json()

    def account(self, provider: str, account_id: str | int, **fields: Any) -> dict[str, Any]:
        """Create or change an account; its fields, among them `token`, `key` and `base_url`."""
        return self.control("accounts", {"provider": provider, "id": str(account_id), **fields})["account"]

    def sent(self, account: str = "", **query: Any) -> list[dict[str, Any]]:
        """What the product sent, newest first."""
        return self.control("sent", account=account, **query)["sent"]

    def requests(self, account: str = "", **query: Any) -> list[dict[str, Any]]:
        """The product's calls, newest first."""
        return self.control("requests", account=account, **query)["requests"]

    def deliveries(self, account: str = "", **query: Any) -> list[dict[str, Any]]:
        """Webhooks, newest first."""
        return self.control("deliveries", account=account, **query)["deliveries"]

    @contextmanager
    def fault(
        self, kind: str, *, provider: str = "*", operation: str = "*", times: int | None = None, **more: Any
    ) -> Iterator[dict[str, Any]]:
        """Let something go wrong inside the block; whatever is left of it is lifted at the end."""
        order = {"kind": kind, "provider": provider, "operation": operation, "times": times, **more}
        planned = self.control("faults", order)["fault"]
        try:
            yield planned
        finally:
            self.control("faults", method="DELETE", id=planned["id"])

    def reset(self, account: str = "") -> None:
        """Empty an account, or all, and lift all faults; accounts and webhook addresses stay."""
        self.control("reset", {"account": account})
        self.control("faults", method="DELETE")

    def wait_for(self, holds: Callable[[], Any], *, what: str = "it", timeout_s: float = 10.0) -> Any:
        """Ask again until the answer is true, and return it; AssertionError after the time-out."""
        deadline = time.monotonic() + timeout_s
        while not (result := holds()):
            assert time.monotonic() < deadline, f"{what} did not happen within {timeout_s} s"
            time.sleep(0.02)
        return result

    @property
    def _log_path(self) -> Path:
        return self.data_dir / "sandbox.log"

    def _wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.03)
        self._end(signal.SIGKILL)
        raise RuntimeError(f"The sandbox did not start:\n{self._log_path.read_text()[-3000:]}")

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxServer]:
    """One for a whole test process, whoever asks: each test has accounts of its own there."""
    with SandboxServer() as server:
        yield server


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
