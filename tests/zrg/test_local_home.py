"""The data directory: one holder at a time, secrets that stay, nothing of others deleted, a remedy for each trouble."""

from __future__ import annotations

import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections import namedtuple
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from zrg.local import ports
from zrg.local.home import Home
from zrg.local.messages import Trouble

HOLD = """
import sys
from pathlib import Path
from zrg.local.home import Home
lock = Home.at(Path(sys.argv[1])).take()
print("held", flush=True)
sys.stdin.read()
"""


def holder_of(home: Home) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "data")


def test_the_second_up_on_one_directory_is_told_who_runs_and_what_to_do(home: Home) -> None:
    first = holder_of(home)
    try:
        with pytest.raises(Trouble, match=f"process {first.pid}") as trouble:
            home.take()
        assert "make down" in trouble.value.remedy
        assert "ZRG_DATA_DIR" in trouble.value.remedy
    finally:
        first.kill()
        first.communicate()


def test_the_lock_of_a_killed_process_holds_nobody_up(home: Home) -> None:
    first = holder_of(home)
    first.kill()
    first.communicate()
    assert home.running_pid() is None
    home.take().close()


def test_services_are_not_closed_while_someone_uses_them_and_then_nobody_can_join(home: Home) -> None:
    with home.join():
        assert home.try_to_close() is None
    closed = home.try_to_close()
    assert closed is not None
    joining = threading.Thread(target=lambda: home.join().close())
    joining.start()
    joining.join(0.2)
    assert joining.is_alive()
    closed.close()
    joining.join(10)
    assert not joining.is_alive()


def test_secrets_are_made_once_and_readable_by_their_owner_only(home: Home) -> None:
    first = home.secrets()
    assert home.secrets() == first
    assert stat.S_IMODE((home.path / "secrets.env").stat().st_mode) == 0o600
    assert len(first["SECRET_KEY"]) >= 50
    Fernet(first["CREDENTIALS_KEYS"])


def test_a_secret_of_a_newer_version_is_added_to_the_old_ones(home: Home) -> None:
    (home.path / "secrets.env").write_text("SECRET_KEY=from-before\n")
    assert home.secrets()["SECRET_KEY"] == "from-before"
    assert home.secrets()["CRON_SECRET"]


def test_a_database_without_its_secrets_is_a_trouble_and_no_new_secrets_are_made(home: Home) -> None:
    (home.path / "postgres" / "data").mkdir(parents=True)
    (home.path / "postgres" / "data" / "PG_VERSION").write_text("18")
    with pytest.raises(Trouble, match=r"secrets\.env is missing"):
        home.secrets()
    assert not (home.path / "secrets.env").exists()


def test_a_directory_that_cannot_be_made_is_named_with_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="cannot be written") as trouble:
        Home.at(tmp_path / "file" / "data")
    assert "ZRG_DATA_DIR" in trouble.value.remedy


def test_a_nearly_full_disk_stops_the_start_before_anything_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 50 * 2**20, 50 * 2**20))
    with pytest.raises(Trouble, match="50 MB free") as trouble:
        home.require_space()
    assert "Free some space" in trouble.value.remedy


def test_erasing_takes_what_is_ours_and_leaves_the_rest(home: Home) -> None:
    home.secrets()
    (home.path / "valkey").mkdir()
    (home.path / "holiday.jpg").write_text("mine")
    home.erase()
    assert [path.name for path in home.path.iterdir()] == ["holiday.jpg"]


def test_erasing_removes_a_directory_with_nothing_else_in_it(home: Home) -> None:
    home.secrets()
    home.erase()
    assert not home.path.exists()


def test_a_log_is_put_aside_when_it_grew_long(home: Home) -> None:
    home.log("postgres").write_bytes(b"x" * (10 * 2**20 + 1))
    home.log("valkey").write_bytes(b"x")
    home.put_long_logs_aside()
    assert not home.log("postgres").exists()
    assert home.log("postgres").with_suffix(".log.1").exists()
    assert home.log("valkey").exists()


def test_a_taken_port_is_named_with_the_variable_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=f"Port {port} is taken") as trouble:
            ports.require_free(port, variable="SANDBOX_PORT")
    assert "SANDBOX_PORT=" in trouble.value.remedy


def test_a_program_on_the_other_localhost_counts_as_taken() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other, pytest.raises(Trouble, match="is taken"):
        ports.require_free(other.getsockname()[1], variable="PORT")


@pytest.mark.parametrize("text", ["eighty", "0", "70000", "-1", "80.5"])
def test_what_is_no_port_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Trouble, match="is not a port") as trouble:
        ports.port_from(text, variable="PORT", default=8000)
    assert "PORT=8000" in trouble.value.remedy


def test_last_times_port_is_kept_while_it_is_free() -> None:
    free = ports.free_port()
    assert ports.keep_or_find(free) == free
    with socket.create_server(("127.0.0.1", free)):
        assert ports.keep_or_find(free) != free
