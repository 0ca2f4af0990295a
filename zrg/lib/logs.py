"""Structured logs: one JSON line an event, with the correlation id of the story it belongs to, and nothing personal.

The id travels webhook → event → job → send (spec 13). What is personal or secret is replaced before a line is written,
whoever wrote it, ours and the libraries' (zrg/lib/redaction.py).
"""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
import uuid_utils

from zrg.lib.redaction import redact_value

if TYPE_CHECKING:
    from collections.abc import Iterator


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: every value of the event redacted (what starts with _ is structlog's own)."""
    return {key: value if key.startswith("_") else redact_value(key, value) for key, value in event.items()}


_COMMON: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
]
_LAST: list[Any] = [
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact_event,
]
_OURS = [structlog.stdlib.filter_by_level, *_COMMON, *_LAST, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
_THE_LIBRARIES = [*_COMMON, structlog.stdlib.ExtraAdder(), *_LAST]


def config(*, json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error (standard output is the commands'), as JSON lines or readable."""
    structlog.configure(
        processors=_OURS, logger_factory=structlog.stdlib.LoggerFactory(), cache_logger_on_first_use=True
    )
    readable = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    renderer: Any = structlog.processors.JSONRenderer() if json else readable
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": _THE_LIBRARIES,
            }
        },
        "handlers": {"standard_error": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["standard_error"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "ERROR"},
            "celery": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "httpx2": {"level": "WARNING"},
            "openai": {"level": "WARNING"},
        },
    }


def new_correlation_id() -> str:
    """A fresh id for one story: a request, a sweep, a job without a request."""
    return uuid_utils.uuid4().hex


@contextmanager
def correlated(correlation_id: str, **more: Any) -> Iterator[str]:
    """Put the id (and more fields) on every line written inside."""
    with structlog.contextvars.bound_contextvars(correlation_id=correlation_id, **more):
        yield correlation_id


def current_correlation_id() -> str:
    """The id of the story this code runs in; a new one outside of any."""
    return structlog.contextvars.get_contextvars().get("correlation_id") or new_correlation_id()
