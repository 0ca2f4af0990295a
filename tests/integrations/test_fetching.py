"""Reading a page of the web: the open internet only, little of it, not for long."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from integrations import fetching
from integrations.fetching import NotNow, Page, Unreadable, fetch_page
from tests.integrations.fault_server import FaultServer, answer, serving

HTML = "Content-Type: text/html; charset=utf-8\r\n"


@pytest.fixture
def web(settings: Settings) -> Iterator[FaultServer]:
    """A server that stands for the open internet: the sandbox is the one address at home that may be read."""
    with serving() as server:
        settings.SANDBOX_URL = server.url
        yield server


@pytest.fixture
def inside() -> Iterator[FaultServer]:
    """A server of the private network: must never see a request."""
    with serving() as server:
        server.says("/", answer(b"secret", headers=HTML))
        yield server
        assert server.seen == []


def redirect(to: str) -> bytes:
    return answer(b"", status="302 Found", headers=f"Location: {to}\r\n")


def test_a_page_comes_as_text_with_its_address(web: FaultServer) -> None:
    url = web.says("/about", answer("<p>Zoë</p>".encode(), headers=HTML))
    assert fetch_page(url) == Page(url, "<p>Zoë</p>", is_html=True)


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("Zoë".encode("latin-1"), "text/plain; charset=iso-8859-1", "Zoë"),
        (b'<meta charset="iso-8859-1">' + "Zoë".encode("latin-1"), "text/html", '<meta charset="iso-8859-1">Zoë'),
        ("Zoë".encode(), "text/plain", "Zoë"),
        (b"Zo\xff", "text/plain; charset=no-such", "Zo\ufffd"),
    ],
)
def test_its_characters_are_read_as_declared(web: FaultServer, body: bytes, kind: str, expected: str) -> None:
    assert fetch_page(web.says("/", answer(body, headers=f"Content-Type: {kind}\r\n"))).body == expected


# ── Where it may not go ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.1.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0.0.0.0/",
        "https://100.64.0.1/",
    ],
)
def test_private_addresses_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises(Unreadable, match="private network"):
        fetch_page(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://harbor.example.com/", "beginning with https"),
        ("file:///etc/passwd", "beginning with https"),
        ("harbor.example.com", "beginning with https"),
        ("http:///nowhere", "beginning with https"),
        ("https://ann:pw@harbor.example.com/", "user name"),
        ("https://harbor.example.com:6379/", "usual ports"),
        ("https://harbor.example.com:99999/", "not the address"),
        ("http://[::1", "not the address"),
    ],
)
def test_what_is_no_public_web_address_is_refused_unasked(url: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        fetch_page(url)


def test_a_name_that_leads_into_a_private_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, inside: FaultServer
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _leads_to(inside.server_address))
    with pytest.raises(Unreadable, match="private network"):
        fetch_page("http://harbor.example.com/")


def test_a_name_that_changes_its_mind_between_two_looks_is_refused(
    monkeypatch: pytest.MonkeyPatch, inside: FaultServer
) -> None:
    answers = iter([_leads_to(("93.184.215.14", 80)), _leads_to(inside.server_address)])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **more: next(answers)(*given, **more))
    with pytest.raises(Unreadable, match="private network"):
        fetch_page("http://harbor.example.com/")


def _leads_to(address: Any) -> Any:
    return lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address)]


@pytest.mark.parametrize(
    "to", ["http://127.0.0.1/", "http://169.254.169.254/", "//localhost/", "http://localhost:{port}/"]
)
def test_a_redirection_into_a_private_network_is_refused(web: FaultServer, inside: FaultServer, to: str) -> None:
    with pytest.raises(Unreadable, match=r"private network|usual ports"):
        fetch_page(web.says("/", redirect(to.format(port=inside.server_address[1]))))


def test_in_production_not_even_the_sandbox_is_read(web: FaultServer, settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Unreadable):
        fetch_page(web.says("/", answer(b"x", headers=HTML)))
    assert web.seen == []


# ── How far, how much, how long ────────────────────────────────────────────────
def test_three_redirections_are_followed_and_no_fourth(web: FaultServer) -> None:
    for step in range(4):
        web.says(f"/{step}", redirect(f"/{step + 1}"))
    web.says("/4", answer(b"Here", headers=HTML))
    assert fetch_page(f"{web.url}/1").body == "Here"
    with pytest.raises(Unreadable, match="more than 3 times"):
        fetch_page(f"{web.url}/0")


@pytest.mark.parametrize("packed", [False, True])
def test_a_page_that_is_too_large_is_refused(web: FaultServer, packed: bool) -> None:
    body = b"a" * (fetching.MOST_BYTES + 1)
    body, more = (gzip.compress(body), "Content-Encoding: gzip\r\n") if packed else (body, "")
    with pytest.raises(Unreadable, match="larger than 2 MB"):
        fetch_page(web.says("/", answer(body, headers=HTML + more)))


@pytest.mark.parametrize("path", ["/silence", "/drip-head", "/drip-body"])
def test_a_slow_server_is_given_up_on(web: FaultServer, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(NotNow, match="in time"):
        fetch_page(web.url + path)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("status", "error", "why"),
    [
        ("404 Not Found", Unreadable, "answers 404"),
        ("403 Forbidden", Unreadable, "answers 403"),
        ("503 Down", NotNow, "answers 503"),
        ("429 Slow", NotNow, "answers 429"),
    ],
)
def test_what_the_server_says_is_told(web: FaultServer, status: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        fetch_page(web.says("/", answer(b"", status=status)))


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream"])
def test_what_is_no_page_of_text_is_refused_by_its_name(web: FaultServer, kind: str) -> None:
    with pytest.raises(Unreadable, match=kind):
        fetch_page(web.says("/", answer(b"%PDF", headers=f"Content-Type: {kind}\r\n")))


def test_a_broken_connection_may_hold_another_time(web: FaultServer) -> None:
    with pytest.raises(NotNow, match="could not be reached"):
        fetch_page(f"{web.url}/close")


def test_no_cookies_are_kept_and_nothing_of_ours_is_sent(web: FaultServer) -> None:
    url = web.says("/", answer(b"x", headers=HTML + "Set-Cookie: a=b; Path=/\r\n"))
    fetch_page(url)
    fetch_page(url)
    sent = b"".join(web.seen).lower()
    assert b"cookie" not in sent
    assert b"authorization" not in sent
