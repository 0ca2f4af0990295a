"""Structured logs: one JSON line an event, with the correlation id of the story it belongs to, and nothing personal.

The id travels webhook → event → job → send (spec 13). E-mail addresses, phone numbers and values under secret-looking
keys are replaced before a line is written, whoever wrote it (ours and the libraries').
"""

from __future__ import annotations

import re
import uuid
from collections.abc import MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"(?<![\w.:/-])\+?\(?\d{1,4}\)?(?:[ .()-]{0,2}\d{2,4}){2,5}(?![\w:-])")
_SECRET_KEY = re.compile(r"secret|token|password|api[_-]?key|authorization|credential|cookie|signature", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(?i)\b(bearer\s+|api_key=|secret=|token=)[^\s&\"']+")
_SAFE_NUMBER_KEYS = {"timestamp", "correlation_id", "duration_ms", "status", "id", "event_id", "job_id", "pid", "line"}


def redact(value: str) -> str:
    """The text without e-mail addresses, phone numbers and bearer-like secrets."""
    value = _SECRET_TEXT.sub(lambda m: m.group(1) + "[secret]", value)
    value = _EMAIL.sub("[email]", value)
    return _PHONE.sub(lambda m: "[phone]" if sum(c.isdigit() for c in m.group()) >= 9 else m.group(), value)


def _clean(key: str, value: Any) -> Any:
    if _SECRET_KEY.search(key):
        return "[secret]"
    if isinstance(value, str):
        return value if key in _SAFE_NUMBER_KEYS else redact(value)
    if isinstance(value, dict):
        return {k: _clean(str(k), v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, v) for v in value]
    return value


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: every value of the event redacted."""
    return {key: _clean(key, value) for key, value in event.items()}


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact_event,
]


def config(*, json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to stdout, as JSON lines or readable ones."""
    structlog.configure(
        processors=[*_SHARED[:2], *_SHARED[4:], structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
        },
    }


def new_correlation_id() -> str:
    """A fresh id for one story: a request, a sweep, a job without a request."""
    return uuid.uuid4().hex


@contextmanager
def correlated(correlation_id: str, **more: Any) -> Iterator[str]:
    """Put the id (and more fields) on every line written inside."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **more):
        yield correlation_id


def current_correlation_id() -> str:
    """The id of the story this code runs in; a new one outside of any."""
    return structlog.contextvars.get_contextvars().get("correlation_id") or new_correlation_id()
