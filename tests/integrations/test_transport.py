"""The one HTTP: deadlines, what may be tried again, and where a call may go."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from pytest_django import Settings

from integrations import hosts, transport, wire
from integrations.answers import pause, reason
from integrations.errors import NeedsAttention, OutcomeUnknown, Refused, TryLater
from tests.integrations.fault_server import FaultServer, answer, serving
from tests.sandbox_server import free_port

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def faults() -> Iterator[FaultServer]:
    with serving() as server:
        yield server


def call(url: str, method: str = "GET", **given: Any) -> transport.Answer:
    usual: dict[str, Any] = {
        "provider": "ghl",
        "operation": "send" if given.get("sends") else "history",
        "connection_id": "0",
        "own_hosts": {"services.example.com"},
        "headers": {"Authorization": "Bearer pit-very-secret"},
        "timeout": 0.6,
    }
    return transport.call(method, url, **usual | given)


def send(url: str, **given: Any) -> transport.Answer:
    return call(url, "POST", json={"message": "Hello"}, sends=True, **given)


def test_an_answer_comes_back_with_its_json(faults: FaultServer) -> None:
    found = call(faults.says("/ok", answer(b'{"a": {"b": 7}}', headers="X-Seen: yes\r\n")))
    assert (found.status, found.get("a", "b"), found.get("a", "c"), found.headers["x-seen"]) == (200, 7, None, "yes")


def test_what_no_database_holds_in_an_answer_makes_no_send_unknown(faults: FaultServer) -> None:
    """A provider's preview cuts an emoji in half, and a mail's name holds a NUL: the answer is read without them."""
    body = rb'{"message": {"id": "m1", "preview": "See you \ud83d"}, "na\u0000me": ["Ann\u0000 Lee"]}'
    found = send(faults.says("/cut", answer(body)))
    assert found.json == {"message": {"id": "m1", "preview": "See you ?"}, "name": ["Ann Lee"]}


@pytest.mark.parametrize("key", ["pit-12…89", "pit-1\n2", "pit-ключ", "pit-\x00"])
def test_a_key_that_no_header_can_carry_is_the_peoples_to_mend(faults: FaultServer, key: str) -> None:
    """It fails in the HTTP library as no error of a call does: a page and an hourly test would break."""
    with pytest.raises(NeedsAttention, match="holds characters that no key has"):
        call(faults.says("/ok", answer(b"{}")), headers={"Authorization": f"Bearer {key}"})
    assert not faults.seen


def test_an_empty_answer_is_no_error(faults: FaultServer) -> None:
    assert send(faults.says("/empty", b"HTTP/1.1 204 No Content\r\n\r\n")).json is None


def test_a_form_goes_out_as_multipart_fields(faults: FaultServer) -> None:
    call(faults.says("/ok", answer(b"{}")), "POST", form={"text": "Grüße\n& more", "account_id": "acc_1"})
    (request,) = faults.seen
    assert b"Content-Type: multipart/form-data; boundary=" in request
    assert b'Content-Disposition: form-data; name="text"\r\n\r\nGr\xc3\xbc\xc3\x9fe\n& more\r\n' in request
    assert b'name="account_id"\r\n\r\nacc_1\r\n' in request


# ── A deadline for the whole call ──────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/silence", "/drip-body", "/drip-head"])
def test_a_slow_answer_holds_nobody_beyond_the_deadline(faults: FaultServer, path: str) -> None:
    began = time.monotonic()
    with pytest.raises(TryLater):
        call(faults.url + path)
    assert 0.5 < time.monotonic() - began < 8  # the server would drip for much longer


def test_the_deadline_is_the_settings_where_none_is_given(faults: FaultServer, settings: Settings) -> None:
    settings.PROVIDER_TIMEOUT_S = 0.3
    began = time.monotonic()
    with pytest.raises(TryLater):
        call(faults.url + "/drip-body", timeout=None)
    assert time.monotonic() - began < 8


# ── Before it left: harmless. After: never again without a look ────────────────


def test_a_refused_connection_is_tried_later_even_for_a_send() -> None:
    with pytest.raises(TryLater, match="refuses connections"):
        send(f"http://127.0.0.1:{free_port()}/x")


def test_an_unknown_name_is_tried_later_even_for_a_send(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(TryLater, match="name is not known"):
        send("https://services.example.com/x")


@pytest.mark.parametrize(
    ("greeting", "why"), [(b"no TLS here\n", "no secure connection"), (b"", "no connection in time")]
)
def test_a_handshake_that_fails_is_tried_later_even_for_a_send(greeting: bytes, why: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lines: list[socket.socket] = []

        def greet() -> None:
            line, _ = listening.accept()
            lines.append(line)
            line.sendall(greeting)

        greeter = threading.Thread(target=greet)
        greeter.start()
        began = time.monotonic()
        with pytest.raises(TryLater, match=why):
            send(f"https://127.0.0.1:{listening.getsockname()[1]}/x")
        greeter.join()
        lines[0].close()
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("path", ["/silence", "/close", "/reset", "/drip-body", "/drip-head", "/cut"])
def test_silence_after_a_send_left_is_an_unknown_outcome(faults: FaultServer, path: str) -> None:
    with pytest.raises(OutcomeUnknown):
        send(faults.url + path)
    assert len(faults.seen) == 1, "a send must never be repeated by the transport"


@pytest.mark.parametrize("path", ["/silence", "/close", "/reset", "/cut"])
def test_a_read_that_broke_is_tried_later(faults: FaultServer, path: str) -> None:
    with pytest.raises(TryLater):
        call(faults.url + path)


@pytest.mark.parametrize("status", ["500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout"])
def test_a_server_error_is_unknown_for_a_send_and_later_for_a_read(faults: FaultServer, status: str) -> None:
    url = faults.says("/broken", answer(b"<html>oops</html>", status=status))
    with pytest.raises(OutcomeUnknown):
        send(url)
    with pytest.raises(TryLater):
        call(url)


@pytest.mark.parametrize("body", [b'{"data": [{"id": ', b"<html>fine</html>", b"\xff\xfe"])
def test_an_unreadable_success_is_unknown_for_a_send_and_later_for_a_read(faults: FaultServer, body: bytes) -> None:
    url = faults.says("/garbled", answer(body))
    with pytest.raises(OutcomeUnknown):
        send(url)
    with pytest.raises(TryLater):
        call(url)


def test_an_answer_beyond_ten_megabytes_is_not_swallowed(faults: FaultServer) -> None:
    url = faults.says("/huge", answer(b" " * (transport.MOST_BYTES + 1)))
    with pytest.raises(Refused, match="10 MB"):
        call(url, timeout=10)
    with pytest.raises(OutcomeUnknown):
        send(url, timeout=10)


def test_a_connection_the_server_may_be_closing_is_not_used_for_a_send(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = faults.says("/ok", answer(b"{}"))
    made: list[object] = []
    real = wire._Watched._new_conn
    monkeypatch.setattr(wire._Watched, "_new_conn", lambda self: made.append(self) or real(self))
    send(url)
    send(url)
    assert len(made) == 1, "connections are pooled"
    monkeypatch.setattr(wire, "IDLE_S", 0.0)
    send(url)
    assert len(made) == 2


# ── What a status means ────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_rejected_credentials_need_a_person(faults: FaultServer, status: str) -> None:
    with pytest.raises(NeedsAttention, match="does not accept the credentials: Invalid token"):
        send(faults.says("/401", answer(b'{"message": "Invalid token"}', status=status)))


@pytest.mark.parametrize("status", [408, 409, 425])
def test_some_client_errors_are_worth_another_attempt(faults: FaultServer, status: int) -> None:
    with pytest.raises(TryLater):
        send(faults.says("/again", answer(b"{}", status=f"{status} X")))


@pytest.mark.parametrize("status", [400, 404, 413, 422])
def test_other_client_errors_are_final(faults: FaultServer, status: int) -> None:
    body = b'{"message": ["pageLimit must be a number"], "traceId": "t1"}'
    with pytest.raises(Refused, match=r"refused: pageLimit must be a number \(trace t1\)"):
        send(faults.says("/no", answer(body, status=f"{status} X")))


def test_an_expected_status_comes_back_instead(faults: FaultServer) -> None:
    assert call(faults.says("/gone", answer(b"{}", status="404 X")), expect={200, 404}).status == 404


def test_a_redirection_is_not_followed(faults: FaultServer) -> None:
    away = faults.says("/moved", answer(b"", status="302 Found", headers="Location: /ok\r\n"))
    faults.says("/ok", answer(b"{}"))
    with pytest.raises(NeedsAttention, match="redirection"):
        call(away)
    assert len(faults.seen) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "30"}, 30),
        ({"Retry-After": "Mon, 02 Mar 2026 09:00:45 GMT"}, 45),
        ({"Retry-After": "soon"}, 10),
        ({"Retry-After": "-5"}, 10),
        ({"X-RateLimit-Interval-Milliseconds": "7000"}, 7),
        ({"X-RateLimit-Interval-Milliseconds": "7000", "X-RateLimit-Daily-Remaining": "0"}, 1800),
        ({"X-RateLimit-Interval-Milliseconds": "7000", "X-RateLimit-Daily-Remaining": "12"}, 7),
        ({"Retry-After": "99999999"}, 24 * 3600),
        ({"Retry-After": "0"}, 1),
        ({}, 10),
    ],
)
def test_the_pause_after_a_429_is_the_providers(headers: dict[str, str], seconds: float) -> None:
    assert pause(headers, now=NOW) == seconds


def test_a_429_carries_its_pause(faults: FaultServer) -> None:
    url = faults.says("/many", answer(b"{}", status="429 Too Many", headers="retry-after: 17\r\n"))
    with pytest.raises(TryLater) as later:
        send(url)
    assert later.value.retry_after == 17


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"data": {"success": False, "message": "Record not found."}}, "Record not found."),
        ({"message": "First.", "errors": {"a": ["First."], "b": ["Second."]}}, "First.; Second."),
        ({"message": ["one", "two"]}, "one; two"),
        ({"message": "No ann@buyer.example at +1 555 010 0002"}, "No [email] at [phone]"),
        ({"message": "x" * 999}, "x" * 300),
        ({"data": [1]}, ""),
        ([], ""),
        (None, ""),
        ({"traceId": "t1"}, ""),
    ],
)
def test_the_providers_words_are_short_and_without_personal_data(body: Any, words: str) -> None:
    assert reason(body) == words


# ── Where a call may go ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example.com/x",
        "http://services.example.com/x",
        "https://services.example.com:8443/x",
        "https://user@services.example.com/x",
        "https://services.example.com.evil.example/x",
        "http://127.0.0.1:1/x",
        "file:///etc/passwd",
    ],
)
def test_production_calls_nothing_but_the_providers_own_hosts(url: str, settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(NeedsAttention):
        call(url)


def test_an_unusual_port_is_called_where_the_provider_lives_there_and_nowhere_else(settings: Settings) -> None:
    settings.PRODUCTION = True
    own = {"api1.unipile.example:13111"}
    hosts.approve("https://api1.unipile.example:13111/api/v1/chats", own=own, label="Unipile")
    for url in ("https://api1.unipile.example/x", "https://api1.unipile.example:13112/x", "https://b.example:13111/x"):
        with pytest.raises(NeedsAttention):
            hosts.approve(url, own=own, label="Unipile")


def test_the_sandbox_is_no_host_of_production(settings: Settings, faults: FaultServer) -> None:
    settings.SANDBOX_URL = faults.url
    settings.PRODUCTION = True
    with pytest.raises(NeedsAttention):
        call(faults.says("/ok", answer(b"{}")))
    assert faults.seen == []


def test_a_name_that_leads_into_a_private_network_is_refused_before_anything_is_said(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION = True
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
        with pytest.raises(NeedsAttention, match="private network"):
            send("https://services.example.com/x")
        line, _ = listening.accept()
        assert line.recv(1) == b""
        line.close()


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:0a00:0001::1", False),
    ],
)
def test_private_addresses_are_known_in_every_spelling(address: str, is_public: bool) -> None:
    assert wire.is_public(address) is is_public


def test_accounts_share_no_cookies_and_nothing_of_the_environment(
    faults: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    url = faults.says("/ok", answer(b"{}", headers="Set-Cookie: who=acme\r\n"))
    call(url)
    call(url)
    assert b"cookie" not in faults.seen[1].lower()


# ── What is noted ──────────────────────────────────────────────────────────────


def test_the_log_names_the_call_and_keeps_its_secrets(faults: FaultServer) -> None:
    url = faults.says("/no", answer(b'{"message": "secret-body"}', status="400 X"))
    with structlog.testing.capture_logs() as lines, pytest.raises(Refused):
        call(url, "POST", json={"text": "private words"}, params={"email": "ann@buyer.example"})
    (line,) = lines
    assert line["event"] == "provider_call"
    assert (line["provider"], line["operation"], line["outcome"]) == ("ghl", "history", "4xx")
    assert line["duration_ms"] > 0
    for secret in ("pit-very-secret", "private words", "ann@buyer.example", "secret-body"):
        assert secret not in str(lines)


def test_threads_have_deadlines_of_their_own(faults: FaultServer) -> None:
    outcomes: list[str] = []

    def slow() -> None:
        try:
            call(faults.url + "/silence", timeout=0.4)
        except TryLater:
            outcomes.append("slow")

    quick = faults.says("/ok", answer(b"{}"))
    waiting = threading.Thread(target=slow)
    waiting.start()
    for _ in range(20):
        call(quick, timeout=5)
    outcomes.append("quick")
    waiting.join()
    assert outcomes == ["quick", "slow"]


def test_certificates_are_checked() -> None:
    context = (
        transport.session(0)
        .get_adapter("https://services.example.com")
        .poolmanager.connection_from_url("https://services.example.com")
    )
    assert context.cert_reqs in (None, ssl.CERT_REQUIRED, "CERT_REQUIRED")
    assert transport.session(0).verify is True
