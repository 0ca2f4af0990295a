"""The README's first command with everything it starts: up, once, stop, its data kept."""

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

from tests.product import Product
from tests.zrg.local_machine import answer_of, local

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


def test_up_gives_a_usable_page_is_there_once_stops_clean_and_keeps_its_data(product: Product) -> None:
    """The last of all who use the one product. That what dies is started again, the storm of tests/chaos proves."""
    with urllib.request.urlopen(f"{product.url}/", timeout=30) as page:
        assert page.status == 200
    printed = product.log.read_text()
    assert product.url in printed
    assert product.sandbox_url in printed
    assert all(login["email"] in printed and login["password"] in printed for login in product.demo["logins"])
    product.run("python", "-c", MARK)

    code, output = answer_of(local("up", home=product.home))
    assert code == 1
    assert f"process {product.process.pid}" in output

    family = psutil.Process(product.process.pid).children(recursive=True)
    assert product.stop(signal.SIGINT) == 0
    assert not [member.cmdline() for member in family if member.is_running()]

    assert answer_of(local("run", "--", "python", "-c", LOOK, home=product.home)) == (0, ""), "the data are kept"


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
