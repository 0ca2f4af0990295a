"""The database and the broker of a data directory: ours, or the ones DATABASE_URL and REDIS_URL name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zrg.local import places, ports
from zrg.local.home import Home
from zrg.local.messages import Trouble
from zrg.local.postgres import Postgres
from zrg.local.processes import Program
from zrg.local.valkey import Valkey

JOIN_SECONDS = 60.0


@dataclass(frozen=True)
class Services:
    """What is to be started here; None where an address was given."""

    postgres: Postgres | None
    valkey: Valkey | None

    def start(self) -> Iterator[tuple[Program, subprocess.Popen[bytes]]]:
        """Start both, the database first, each when the caller took the one before into its care."""
        for service in (self.postgres, self.valkey):
            if service:
                yield service.program(), service.start()

    def addresses(self) -> dict[str, str]:
        """The variables a process needs to reach what runs here."""
        found = {}
        if self.postgres:
            found["DATABASE_URL"] = self.postgres.url
        if self.valkey:
            found["REDIS_URL"] = self.valkey.url
        return found


def to_start(home: Home, given: Mapping[str, str]) -> Services:
    """Choose ports (last time's while they are free) and remember them; nothing is started yet."""
    home.put_long_logs_aside()
    last = home.ports()
    home.remember_ports(
        postgres=ports.keep_or_find(last.get("postgres")),
        valkey=ports.keep_or_find(last.get("valkey")),
    )
    return running(home, given)


def running(home: Home, given: Mapping[str, str]) -> Services:
    """The services as they were last started in this directory, for someone who joins them."""
    return Services(
        postgres=None if given.get("DATABASE_URL") else _postgres(home),
        valkey=None if given.get("REDIS_URL") else _valkey(home),
    )


def wait_for(home: Home, given: Mapping[str, str]) -> Services | None:
    """The services someone else runs, as soon as they answer; None when nobody runs them any more, Trouble when they
    don't come up."""
    deadline = time.monotonic() + JOIN_SECONDS
    while time.monotonic() < deadline:
        if home.running_pid() is None:
            return None
        if home.ports():
            here = running(home, given)
            if all(ports.answers(service.port) for service in (here.postgres, here.valkey) if service):
                return here
        time.sleep(0.1)
    raise Trouble(f"The services of {home.path} do not answer.", remedy="Stop them with `make down`, then try again.")


def environment(home: Home, services: Services, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of this copy; what was given wins over what is made up here."""
    port = str(ports.port_from(given.get("PORT", ""), variable="PORT", default=8000))
    sandbox = str(ports.port_from(given.get("SANDBOX_PORT", ""), variable="SANDBOX_PORT", default=8900))
    made_up = {
        **{name: value for name, value in home.secrets().items() if not name.endswith("_PASSWORD")},
        **services.addresses(),
        "ZRG_ENV": "development",
        "PUBLIC_URL": f"http://localhost:{port}",
        "SANDBOX_URL": f"http://127.0.0.1:{sandbox}",
        "DJANGO_SETTINGS_MODULE": "zrg.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # root in a container: no news
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), given.get("PATH", os.defpath)])
    chosen = {"PORT": port, "SANDBOX_PORT": sandbox, "ZRG_DATA_DIR": str(home.path), "PATH": path}
    return {**made_up, **{name: value for name, value in given.items() if value}, **chosen}


def _postgres(home: Home) -> Postgres:
    account = places.account_for_servers(home.path / "postgres" / "data")
    return Postgres(
        folder=places.folder_for_postgres(home.path, account=account),
        port=home.ports()["postgres"],
        password=home.secrets()["POSTGRES_PASSWORD"],
        log=home.log("postgres"),
        account=account,
    )


def _valkey(home: Home) -> Valkey:
    folder: Path = home.path / "valkey"
    return Valkey(
        folder=folder,
        port=home.ports()["valkey"],
        password=home.secrets()["VALKEY_PASSWORD"],
        log=home.log("valkey"),
    )
