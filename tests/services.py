"""The database and broker of a test run: thrown away, started once, shared by all workers.

Loaded with `-p tests.services` (pyproject.toml), before Django reads its settings. DATABASE_URL and REDIS_URL, where
set, name services of your own instead. The pytest-xdist controller starts them; its workers inherit the environment.
"""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psutil
import psycopg
import pytest

from zrg.local import places, ports
from zrg.local.postgres import Postgres
from zrg.local.processes import stop
from zrg.local.valkey import DATABASES, Valkey

_PREFIX = "zrg-tests-"
_ENVIRONMENT = {
    "ZRG_ENV": "test",
    "SECRET_KEY": "a-key-of-the-tests-that-protects-nothing-0123456789",
    "CREDENTIALS_KEYS": "c29tZS10ZXN0LWtleS1vZi0zMi1ieXRlcy1sb25nISE=",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Wraps pytest-django's hook, which reads the settings."""
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        prepare(early_config)
    return (yield)


def prepare(config: pytest.Config) -> None:
    """Set the environment and start what is not given; everything ends with the run, however it ends."""
    os.environ.update(_ENVIRONMENT)
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _take_own_broker_database(int(worker.removeprefix("gw")))
        return
    _remove_leftovers()
    os.environ["ZRG_DATA_DIR"] = str(_throw_away_folder(config))  # Never the data of a product running here.
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = os.environ["ZRG_TESTS_DATABASE"] = _start_postgres(config)
    if "REDIS_URL" not in os.environ:
        os.environ["REDIS_URL"] = os.environ["ZRG_TESTS_BROKER"] = _start_valkey(config)


def _start_postgres(config: pytest.Config) -> str:
    home = _throw_away_folder(config)
    account = places.account_for_servers(home)
    home.chmod(0o755 if account else 0o700)
    config.add_cleanup(_once(lambda: places.remove_postgres(home)))
    folder = places.folder_for_postgres(home, account=account)
    server = Postgres(
        folder=folder,
        port=ports.free_port(),
        password=secrets.token_hex(12),
        log=home / "postgres.log",
        account=account,
        durable=False,
    )
    process = server.start()
    config.add_cleanup(_once(lambda: stop(process, server.program())))
    _let_tests_empty_tables(server)
    return server.url


def _let_tests_empty_tables(server: Postgres) -> None:
    """tests.emptying deletes rows without their triggers, which takes a superuser's word."""
    superuser = {"user": "postgres", "password": server.password, "dbname": "postgres"}
    with psycopg.connect(host=ports.LOOPBACK, port=server.port, autocommit=True, **superuser) as line:
        line.execute("GRANT SET ON PARAMETER session_replication_role TO zrg")


def _start_valkey(config: pytest.Config) -> str:
    home = _throw_away_folder(config)
    server = Valkey(
        folder=home,
        port=ports.free_port(),
        password=secrets.token_hex(12),
        log=home / "valkey.log",
        durable=False,
    )
    process = server.start()
    config.add_cleanup(_once(lambda: stop(process, server.program())))
    return server.url


def _take_own_broker_database(worker: int) -> None:
    """Workers share one Valkey, not their keys; a broker of your own is left as you named it."""
    if broker := os.environ.get("ZRG_TESTS_BROKER"):
        os.environ["REDIS_URL"] = f"{broker.rpartition('/')[0]}/{1 + worker % (DATABASES - 1)}"


def _throw_away_folder(config: pytest.Config) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    config.add_cleanup(_once(lambda: shutil.rmtree(folder, ignore_errors=True)))
    return folder


def _remove_leftovers() -> None:
    """Folders of runs that were killed before they could clean up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            places.remove_postgres(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _once(action: Callable[[], object]) -> Callable[[], None]:
    """Pytest's clean-up is skipped when configuring fails, so the exit of Python does it too; it happens once."""
    pending = [action]

    def run() -> None:
        if pending:
            pending.pop()()

    atexit.register(run)
    return run
