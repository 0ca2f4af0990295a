"""Logs tell the story by its correlation id, and nothing personal or secret (spec 13)."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as some

from zrg.lib import logs
from zrg.lib.redaction import redact, redact_value

# ── What is taken out ──────────────────────────────────────────────────────────
EMAILS = [
    "jane.doe@prospect.example",
    "jane+tag@mail.prospect.example",
    "o'brien@prospect.example".replace("'", ""),
    "jürgen.müller@bücher.example",
    "JANE_DOE-1@PROSPECT.EXAMPLE",
    "jane%40prospect.example",
    '"jane doe"@prospect.example',
    "x@xn--bcher-kva.example",
]

PHONES = [
    "+12125550147",
    "+1 212 555 0147",
    "+1 (212) 555-0147",
    "+1-212-555-0147",
    "1-212-555-0147",
    "1.212.555.0147",
    "(212) 555-0147",
    "(212)555-0147",
    "212-555-0147",
    "212.555.0147",
    "212 555 0147",
    "2125550147",
    "12125550147",
    "%2B12125550147",
    "+49 30 5550 0147",
    "+49 (0)30 55500147",
    "+4930/55500147",
    "030 55500147",
    "0049 30 55500147",
    "+44 20 7946 0958",
    "020 7946 0958",
    "07700 900123",
    "07700900123",
    "0044 7700 900123",
    "+33 6 12 34 56 78",
    "06 12 34 56 78",
    "06.12.34.56.78",
    "+34 612 345 678",
    "612 345 678",
    "+39 333 555 0147",
    "+48 512 345 678",
    "+46 70-555 01 47",
    "+31 6 12345678",
    "0412 345 678",
    "+61 412 345 678",
    "+91 98765 43210",
    "98765 43210",
    "+86 138 1234 5678",
    "138 1234 5678",
    "+7 912 345-67-89",
    "+55 (11) 98765-4321",
    "(11) 98765-4321",
    "03-1234-5678",
    "+971 50 123 4567",
    "+65 6123 4567",
]

AROUND = [
    "{}",
    "from {} today",
    "<{}>",
    '{{"value": "{}"}}',
    "value={}&next=1",
    "mailto:{}",
    "({}),",
    "at {}.",
    "[{}]\n",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("email", EMAILS)
def test_e_mail_addresses_do_not_get_through(email: str, around: str) -> None:
    said = redact(around.format(email))

    assert "[email]" in said
    assert "example" not in said
    assert "jane" not in said.lower()


@pytest.mark.parametrize("around", [text.replace("mailto", "tel") for text in AROUND])
@pytest.mark.parametrize("phone", PHONES)
def test_phone_numbers_do_not_get_through(phone: str, around: str) -> None:
    said = redact(around.format(phone))

    assert "[phone]" in said
    assert sum(character.isdigit() for character in said) <= 2, said


SECRETS = [
    ("Authorization: Bearer abc123.def456-ghi", "abc123"),
    ("authorization=Basic dXNlcjpwYXNzd29yZDEyMw==", "dXNlcjpw"),
    ('{"api_key": "k-998877-xyz"}', "998877"),
    ("{'password': 'hunter two, with spaces'}", "hunter"),
    ("https://api.example.com/v1?api_key=k998877&page=2", "k998877"),
    ("https://api.example.com/v1?access_token=k998877#x", "k998877"),
    ("GET /x?secret=k998877 HTTP/1.1", "k998877"),
    ("x-smartlead-secret: k998877", "k998877"),
    ("Set-Cookie: sessionid=k998877; Path=/", "k998877"),
    ("postgres://zrg:k998877@db.example.com:5432/zrg", "k998877"),
    ("redis://:k998877@127.0.0.1:6379/0", "k998877"),
    ("rediss://default:p@k998877@cache.example.com", "p@"),
    ("key sk-proj-Abcdefghij1234567890 refused", "Abcdefghij"),
    ("token xoxb-1234567890-abcdefgh", "abcdefgh"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "eyJzdWIi"),
    ("gAAAAABlZ2h0aGlzaXNhZmVybmV0dG9rZW5vZm91cnM1MjM0NTY3ODkw==", "aGlzaXNh"),
    ("POST /api/webhooks/email/Zk3v9Qm1Wb7Yt5Rx2Lc8Np4Hd6 200", "Zk3v9Qm1"),
    ("https://hooks.slack.com/services/T0001/B0002/k998877", "k998877"),
    ("signature = 'sha256=k998877'", "k998877"),
    ("-----BEGIN PRIVATE KEY-----\nMIIEvk998877\n-----END PRIVATE KEY-----", "k998877"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_secrets_in_text_do_not_get_through(text: str, secret: str) -> None:
    said = redact(text)

    assert "[secret]" in said
    assert secret not in said


# ── What stays ─────────────────────────────────────────────────────────────────
KEPT = [
    "0193d1a4-7c3e-7e11-8f2b-0242ac120002",
    "12345678-1234-4234-8234-123456789012",
    "00000000-0000-0000-0000-000000000000",
    "lead 12345678-1234-4234-8234-123456789012 merged into 22345678-1234-4234-8234-123456789012",
    uuid.UUID(int=2**127 + 12345678901234567890).hex,
    "2026-03-03T12:00:30.123456Z",
    "2026-03-03T12:00:30+01:00",
    "2026-03-03 12:00:30",
    "2026-03-03 12:00:30,123",
    "03.03.2026 12:00",
    "03/03/2026",
    "1772539230",
    "1772539230123",
    "took 0.123456789 s",
    "took 1234.567891 ms",
    "PostgreSQL 18.1, Python 3.11.7",
    "192.168.100.200:5432",
    "10.0.0.12",
    "127.0.0.1 - - 200",
    "message_job:1234567890",
    "#2125550147",
    "/leads/2125550147/messages",
    "row 9001 of 20000",
    "25 of 1000000 rows",
    "dispatch background-jobs:29542320:0f3a9c5512345678",
    "host-7f9c8:31337:ab12cd34",
    "1,234,567.89",
    "HTTP 429 Retry-After 3600",
    "line 100-200",
    "0x7f11dc623c50",
    "basic authentication is required",
    "the bearer of news",
    "5 tokens left",
    "POST /api/webhooks/calendly/0193d1a4-7c3e-7e11-8f2b-0242ac120002 200",
    "a@b",
    "v2@latest",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_logs_are_read_for_survives(text: str) -> None:
    assert redact(text) == text


@given(some.uuids())
def test_every_uuid_survives(value: uuid.UUID) -> None:
    assert redact(f"lead {value} seen") == f"lead {value} seen"


@given(some.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 1, 1), timezones=some.just(UTC)))  # noqa: DTZ001
def test_every_timestamp_survives(value: datetime) -> None:
    for text in (value.isoformat(), str(value), f"{value:%Y-%m-%d}", f"{value:%H:%M:%S}"):
        assert redact(f"due {text}, late") == f"due {text}, late"


@pytest.mark.parametrize(
    "text", ["a" * 200_000, "a@" * 100_000, "1 " * 100_000, "+1" * 100_000, "token=" * 40_000, "sk-" * 60_000]
)
def test_a_huge_line_is_redacted_to_its_end(text: str) -> None:
    """At once, as the work grows with the length; where it grew with its square, nobody would see this test end."""
    assert "sam@buyer.example" not in redact(f"{text} of sam@buyer.example")


# ── Values by their names ──────────────────────────────────────────────────────
def test_values_are_redacted_by_name_and_content_however_deep() -> None:
    said = redact_value(
        "answer",
        {
            "api_key": "k998877",
            "webhook_token": b"k998877",
            "credentials": {"deep": ["k998877"]},
            "body": "Hi, it's Jane",
            "list": [{"note": "jane@prospect.example"}, ("+1 212 555 0147",)],
            "jane@prospect.example": 1,
            "bytes": b"call 212-555-0147",
            "exception": ValueError("jane@prospect.example"),
        },
    )

    text = json.dumps(said)
    for leak in ("k998877", "Jane", "jane", "555"):
        assert leak not in text
    assert said["api_key"] == said["credentials"] == "[secret]"
    assert said["body"] == "[personal]"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lead_id", "2125550147"),
        ("contact_id", "12125550147"),
        ("correlation_id", "2125550147aa"),
        ("tokens", 512),
        ("signature_ok", True),
        ("attempts", 3),
        ("took_ms", 2125550147),
        ("nothing", None),
    ],
)
def test_ids_and_numbers_stay(name: str, value: Any) -> None:
    assert redact_value(name, value) == value


def test_an_id_that_is_an_address_is_not_an_id() -> None:
    assert redact_value("user_id", "jane@prospect.example") == "[email]"


# ── Lines ──────────────────────────────────────────────────────────────────────
@pytest.fixture
def lines() -> Iterator[Any]:
    """The JSON lines written so far, by ours and by the libraries' loggers."""
    written = io.StringIO()
    config = logs.config(json=True, level="INFO")
    config["handlers"]["standard_error"]["stream"] = written
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().handlers[:], level = before
    logging.getLogger().setLevel(level)


def test_a_line_of_ours_is_json_with_time_level_logger_and_story(lines: Any) -> None:
    with logs.correlated("story-1", job="webhookevent:7"):
        structlog.get_logger("zrg.test").warning("reply_filed", lead_id="0193d1a4", to="jane@prospect.example", count=2)

    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "reply_filed",
        "level": "warning",
        "logger": "zrg.test",
        "correlation_id": "story-1",
        "job": "webhookevent:7",
        "lead_id": "0193d1a4",
        "to": "[personal]",
        "count": 2,
    }


def test_a_librarys_line_is_redacted_too(lines: Any) -> None:
    with logs.correlated("story-2"):
        logging.getLogger("some.library").error(
            "GET %s for %s", "/x?token=k998877", "jane@prospect.example", extra={"phone": "+12125550147", "status": 500}
        )

    (line,) = lines()
    assert line["event"] == "GET /x?token=[secret] for [email]"
    assert (line["correlation_id"], line["phone"], line["status"]) == ("story-2", "[personal]", 500)


@pytest.mark.parametrize("ours", [True, False])
def test_tracebacks_are_redacted(ours: bool, lines: Any) -> None:
    log = structlog.get_logger("zrg.test") if ours else logging.getLogger("some.library")
    try:
        raise ValueError("jane@prospect.example, +1 212 555 0147, postgres://zrg:k998877@db/zrg")
    except ValueError:
        log.exception("it failed")

    (line,) = lines()
    assert "ValueError: [email], [phone], postgres://[secret]@db/zrg" in line["exception"]
    assert "test_logs.py" in line["exception"]
    for leak in ("jane", "555", "k998877"):
        assert leak not in json.dumps(line)


def test_an_object_in_a_line_is_redacted_as_it_would_be_shown(lines: Any) -> None:
    class Person:
        def __repr__(self) -> str:
            return "<Person jane@prospect.example>"

    structlog.get_logger("zrg.test").info("seen", who=Person(), at=datetime(2026, 3, 3, tzinfo=UTC))

    (line,) = lines()
    assert (line["who"], line["at"]) == ("<Person [email]>", "2026-03-03 00:00:00+00:00")


def test_what_is_below_the_level_costs_no_line(lines: Any) -> None:
    structlog.get_logger("zrg.test").debug("detail", to="jane@prospect.example")

    assert lines() == []


def test_readable_lines_show_exceptions_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    config = logs.config(json=False, level="INFO")
    config["handlers"]["standard_error"]["stream"] = written
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logging.config.dictConfig(config)
    try:
        raise ValueError("jane@prospect.example")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")
    finally:
        logging.getLogger().handlers[:], level = before
        logging.getLogger().setLevel(level)

    assert "ValueError: [email]" in written.getvalue()


def test_stories_nest_and_end() -> None:
    with logs.correlated("outer"):
        with logs.correlated("inner"):
            assert logs.current_correlation_id() == "inner"
        assert logs.current_correlation_id() == "outer"
    assert logs.current_correlation_id() not in {"outer", "inner"}
