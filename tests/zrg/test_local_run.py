"""`python -m zrg.local run | down | reset` as a person or a script uses them, with real services."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.zrg.local_machine import answer_of, eventually, local, processes_naming
from zrg.local.home import Home

ASK = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute({question!r}).fetchone())"
WRITE = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True).execute({statement!r})"


@pytest.fixture
def fresh_home() -> Iterator[Path]:
    """Nobody has started anything there."""
    yield from _home()


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    yield from _home()


@pytest.fixture
def home(shared_home: Path) -> Iterator[Path]:
    """Its database is initialized by whoever comes first; nothing runs there before a test, and nothing after it."""
    yield shared_home
    (shared_home / "go").unlink(missing_ok=True)
    assert not processes_naming(str(shared_home)), "something was left running"


def _home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zrg-home-"))
    folder.chmod(0o755)
    yield folder
    left = processes_naming(str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    assert not left, "something was left running"


@pytest.fixture
def second_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zrg-second-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def waiting(home: Path, **more: str):
    """A command that holds the services until the file `go` appears."""
    wait = "import os, sys, time\nprint(os.environ['DATABASE_URL'], os.environ['REDIS_URL'], flush=True)\n"
    wait += "while not os.path.exists(sys.argv[1]): time.sleep(0.02)"
    process = local("run", "--", "python", "-c", wait, str(home / "go"), home=home, **more)
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def test_a_command_finds_services_keeps_its_data_and_gives_its_exit_code(home: Path) -> None:
    write = WRITE.format(statement="CREATE TABLE kept AS SELECT 7 AS number")
    assert answer_of(local("run", "--", "python", "-c", write, home=home)) == (0, "")
    code, output = answer_of(
        local("run", "--", "python", "-c", ASK.format(question="SELECT number FROM kept"), home=home)
    )
    assert (code, output) == (0, "(7,)\n")
    assert answer_of(local("run", "--", "sh", "-c", "exit 3", home=home))[0] == 3


def test_a_second_command_joins_and_the_first_waits_for_it(home: Path) -> None:
    first, addresses = waiting(home)
    second, joined = waiting(home)
    assert joined == addresses
    late = home / "late"
    third = local(
        "run", "--", "sh", "-c", f"touch {home}/joined; while [ ! -e {late} ]; do sleep 0.05; done", home=home
    )
    assert eventually((home / "joined").exists)
    (home / "go").touch()
    assert answer_of(second)[0] == 0
    assert first.poll() is None, "the services stay while a command that joined uses them"
    late.touch()
    assert answer_of(third)[0] == 0
    assert answer_of(first)[0] == 0


def test_whoever_comes_while_the_first_is_stopping_starts_anew(home: Path) -> None:
    """Joining in the moment of the end: neither without a database nor waiting for one that is gone."""
    first, _ = waiting(home)
    (home / "go").touch()
    code = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 1'); print('there')"
    others = [local("run", "--", "python", "-c", code, home=home) for _ in range(3)]
    for other in others:
        returned, output = answer_of(other)
        assert (returned, output.split()[0]) == (0, "there"), output
    assert answer_of(first)[0] == 0


def test_a_command_that_joins_learns_where_the_product_listens(home: Path) -> None:
    first, _ = waiting(home)
    Home.at(home).remember_ports(web=8123, sandbox=8923)  # As `up` does, which takes longer to start.
    show = "import os; print(os.environ['PUBLIC_URL'], os.environ['SANDBOX_PORT'])"
    joined = local("run", "--", "python", "-c", show, home=home, PORT="", SANDBOX_PORT="")
    assert answer_of(joined)[1].split() == ["http://localhost:8123", "8923"]
    (home / "go").touch()
    answer_of(first)


def test_two_data_directories_run_side_by_side(home: Path, second_home: Path) -> None:
    one, addresses = waiting(home)
    two, others = waiting(second_home)
    assert not set(addresses) & set(others)
    assert answer_of(local("down", home=home))[1] == "Stopped.\n"
    assert one.wait(timeout=20) != 0
    assert two.poll() is None, "stopping one leaves the other alone"
    (second_home / "go").touch()
    assert answer_of(two)[0] == 0


def test_killed_without_warning_it_leaves_nothing_running_and_starts_again(home: Path) -> None:
    process, _ = waiting(home)
    family = psutil.Process(process.pid).children(recursive=True)
    servers = [member for member in family if member.name() in {"postgres", "valkey-server"}]
    assert servers
    process.send_signal(signal.SIGKILL)
    assert eventually(lambda: not [server for server in servers if server.is_running()])
    (home / "go").touch()
    assert answer_of(local("run", "--", "python", "-c", ASK.format(question="SELECT 1"), home=home)) == (0, "(1,)\n")
    process.communicate()


def test_services_of_your_own_are_used_and_none_is_started(fresh_home: Path) -> None:
    show = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"
    yours = {"DATABASE_URL": "postgres://me@db.example.com/zrg", "REDIS_URL": "redis://cache.example.com/0"}
    _, output = answer_of(local("run", "--", "python", "-c", show, home=fresh_home, **yours))
    assert output.split() == list(yours.values())
    assert not (fresh_home / "postgres").exists()


def test_what_was_given_wins_over_what_is_made_up(fresh_home: Path) -> None:
    yours = {"DATABASE_URL": "postgres://db.example.com/zrg", "REDIS_URL": "redis://cache.example.com/0"}
    show = "import os; print(os.environ['PUBLIC_URL'], os.environ['SANDBOX_URL'], os.environ['SECRET_KEY'])"
    more = {"PORT": "8123", "SANDBOX_PORT": "8923", "SECRET_KEY": "mine"}
    _, output = answer_of(local("run", "--", "python", "-c", show, home=fresh_home, **yours, **more))
    assert output.split() == ["http://localhost:8123", "http://127.0.0.1:8923", "mine"]


def test_reset_without_a_yes_deletes_nothing(fresh_home: Path) -> None:
    (fresh_home / "secrets.env").write_text("SECRET_KEY=mine\n")
    code, output = answer_of(local("reset", home=fresh_home))
    assert code == 1
    assert "FORCE=1" in output
    assert (fresh_home / "secrets.env").exists()


def test_reset_stops_what_runs_and_deletes_the_data(fresh_home: Path) -> None:
    process, _ = waiting(fresh_home)
    assert answer_of(local("reset", home=fresh_home, FORCE="1"))[0] == 0
    assert process.wait(timeout=20) != 0
    assert not fresh_home.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["run", "--", "no-such-command"], "There is no command no-such-command"), (["start"], "Unknown: start")],
)
def test_a_mistake_is_answered_with_words_and_no_traceback(home: Path, words: list[str], said: str) -> None:
    code, output = answer_of(local(*words, home=home))
    assert code == 1
    assert said in output
    assert "Traceback" not in output
