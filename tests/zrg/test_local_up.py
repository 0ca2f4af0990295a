"""The README's first command with everything it starts: up, survive, stop, up again."""

from __future__ import annotations

import shutil
import signal
import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests import product
from tests.zrg.local_machine import answer_of, eventually, local

MARK = (
    "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL'], autocommit=True).execute('CREATE TABLE kept ()')"
)
LOOK = "import os, psycopg; psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT FROM kept')"


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="zrg-up-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_up_gives_a_usable_page_survives_kills_stops_clean_and_keeps_its_data(home: Path) -> None:
    with product.running(home) as zrg:
        with urllib.request.urlopen(f"{zrg.url}/", timeout=10) as page:
            assert page.status == 200
        printed = zrg.log.read_text()
        assert zrg.url in printed
        assert zrg.sandbox_url in printed
        assert all(login["email"] in printed and login["password"] in printed for login in zrg.demo["logins"])
        zrg.run("python", "-c", MARK)

        for words in (["granian"], ["replies@"], ["valkey-server"], ["postgres", "-D"]):
            killed = zrg.processes(*words)[0]
            killed.kill()
            assert eventually(
                lambda words=words, killed=killed: killed not in zrg.processes(*words) and zrg.processes(*words)
            )
        assert eventually(zrg.answers)

        code, output = answer_of(local("up", home=home))
        assert code == 1
        assert f"process {zrg.process.pid}" in output

        family = psutil.Process(zrg.process.pid).children(recursive=True)
        assert zrg.stop(signal.SIGINT) == 0
        assert not [member.cmdline() for member in family if member.is_running()]

    assert answer_of(local("run", "--", "python", "-c", LOOK, home=home)) == (0, ""), "the data are kept"


@pytest.mark.parametrize("variable", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_told_before_anything_is_started(home: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = answer_of(local("up", home=home, **{variable: str(port)}))
    assert code == 1
    assert f"Port {port} is taken" in output
    assert f"{variable}=" in output
    assert "Traceback" not in output
    assert not (home / "postgres").exists()


def test_the_product_and_the_sandbox_cannot_share_a_port(home: Path) -> None:
    code, output = answer_of(local("up", home=home, PORT="8123", SANDBOX_PORT="8123"))
    assert code == 1
    assert "PORT and SANDBOX_PORT are both 8123" in output
