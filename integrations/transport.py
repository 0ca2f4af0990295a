"""The one HTTP of the product (architecture.md, rule 1). Adapters call it, nothing else opens a socket to a provider.

Promises: a deadline for the whole call however slowly the answer drips; no redirections, cookies, proxies or netrc of
the environment; only hosts the provider owns; at most 10 MB of answer; every failure is one of the four errors of
integrations/errors.py; and no token, query, body or personal data in a log line or an error's text.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import structlog
import urllib3
from django.conf import settings
from django.utils import timezone

from integrations import hosts, json_bodies, wire
from integrations.answers import SUCCESS, Answer, verdict
from integrations.errors import NeedsAttention, OutcomeUnknown, ProviderError, Refused, TryLater
from integrations.models import Provider
from zrg.lib.metrics import PROVIDER_CALLS, PROVIDER_SECONDS

log = structlog.get_logger(__name__)

CONNECT_S = 5.0
MOST_BYTES = 10 * 1024 * 1024
_CHUNK = 64 * 1024


# Why a request could not leave, in words a person may read.
_WHY: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its name is not known"),
    (ConnectionRefusedError, "it refuses connections"),
    (ssl.SSLError, "no secure connection came about"),
    (TimeoutError, "no connection in time"),
)


class _Unreadable(Exception):
    """A successful answer that is no JSON."""


class _TooLarge(Exception):
    """More than MOST_BYTES."""


@dataclass(frozen=True, slots=True)
class _Called:
    """What the errors and the log line of one call need to know."""

    provider: str
    operation: str
    connection_id: str
    sends: bool

    @property
    def label(self) -> str:
        return str(Provider(self.provider).label)


def call(
    method: str,
    url: str,
    *,
    provider: str,
    operation: str,
    connection_id: str,
    own_hosts: Collection[str],
    headers: Mapping[str, str],
    json: Any = None,
    params: Mapping[str, str] | None = None,
    timeout: float | None = None,
    expect: Collection[int] = SUCCESS,
    sends: bool = False,
    may_be_text: bool = False,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Call a provider and return its answer if the status is one of `expect`.

    `operation` names the call in logs and metrics. `own_hosts`: where this provider may live. `timeout`: seconds for
    the whole call (PROVIDER_TIMEOUT_S). `sends`: the call writes to a person and must not happen twice. `may_be_text`:
    a success that is no JSON is an answer too, with `json` None. `form`: fields of a multipart body instead of `json`.
    Raises TryLater (nothing was done), Refused, NeedsAttention; for `sends` OutcomeUnknown where it may have happened.
    """
    called = _Called(provider, operation, connection_id, sends)
    try:
        hosts.approve(url, own=own_hosts, label=called.label)
    except NeedsAttention:
        _note(called, outcome="forbidden_host", took=None)
        raise
    if not all(is_sendable(value) for value in headers.values()):
        raise NeedsAttention(f"The key for {called.label} holds characters that no key has. Enter it again.")
    wire.begin(timeout or settings.PROVIDER_TIMEOUT_S)
    must_be_json = not may_be_text
    fields = [(name, (None, value)) for name, value in form.items()] if form else None
    answer = _exchange(called, method, url, must_be_json, headers=dict(headers), json=json, params=params, files=fields)
    if answer.status in expect:
        return answer
    raise verdict(answer, label=called.label, sends=sends, now=timezone.now())


def is_sendable(value: str) -> bool:
    """Whether a header may carry it: visible ASCII and spaces. A line break or "…" would be an error of the library."""
    return value.isascii() and value.isprintable()


def _exchange(called: _Called, method: str, url: str, must_be_json: bool, **given: Any) -> Answer:
    """One request and its whole answer, noted in log and metrics."""
    began = time.monotonic()
    outcome = "unreachable"
    try:
        answer = _read(method, url, must_be_json, **given)
        outcome = f"{answer.status // 100}xx"
    except _Unreadable:
        outcome = "unreadable"
        raise _after(called, "answered with something that cannot be read") from None
    except _TooLarge:
        outcome = "unreadable"
        raise _too_large(called) from None
    except wire.PrivateAddress:
        outcome = "forbidden_host"
        raise NeedsAttention(f"The host of {called.label} leads into a private network.") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        outcome = "no_answer" if wire.current.has_left else "unreachable"
        raise _lost(called, error) from None
    finally:
        _note(called, outcome=outcome, took=time.monotonic() - began)
    return answer


def _read(method: str, url: str, must_be_json: bool, **given: Any) -> Answer:
    """Raises _Unreadable, _TooLarge, or what requests, urllib3 and sockets raise."""
    whole = wire.current.remaining()
    times = (min(CONNECT_S, whole), whole)
    with session(os.getpid()).request(
        method, url, timeout=times, allow_redirects=False, stream=True, **given
    ) as response:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > MOST_BYTES:
                raise _TooLarge
        return Answer(
            status=response.status_code,
            json=_json(bytes(body), must=must_be_json and response.status_code in SUCCESS),
            text=body.decode("utf-8", "replace"),
            headers=response.headers,
        )


def _json(body: bytes, *, must: bool) -> Any:
    if not body.strip():
        return None
    try:
        return json_bodies.loads(body)
    except ValueError:
        if must:
            raise _Unreadable from None
        return None


@lru_cache(maxsize=1)
def session(_process: int) -> requests.Session:
    """The pooled session of this process (a forked worker makes its own). It keeps no cookies: accounts share it."""
    made = requests.Session()
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.mount("https://", wire.WatchedAdapter())
    made.mount("http://", wire.WatchedAdapter())
    return made


def _lost(called: _Called, error: Exception) -> ProviderError:
    """No answer: harmless where the request never left."""
    if not wire.current.has_left:
        root = _root(error)
        why = next((words for kind, words in _WHY if isinstance(root, kind)), "the network failed")
        return TryLater(f"{called.label} could not be reached: {why}.")
    return _after(called, "did not answer")


def _after(called: _Called, what: str) -> ProviderError:
    if called.sends:
        return OutcomeUnknown(f"{called.label} {what}.")
    return TryLater(f"{called.label} {what}.")


def _too_large(called: _Called) -> ProviderError:
    if called.sends:
        return _after(called, "answered with too much")
    return Refused(f"{called.label} answered with more than {MOST_BYTES // 1024 // 1024} MB.")


def _root(error: BaseException) -> BaseException:
    """The innermost cause: its type says more than the libraries' wrappings."""
    wrapped = getattr(error, "reason", None)  # urllib3's MaxRetryError
    inner = wrapped if isinstance(wrapped, Exception) else error.__cause__ or error.__context__
    return _root(inner) if inner is not None else error


def _note(called: _Called, *, outcome: str, took: float | None) -> None:
    PROVIDER_CALLS.count(provider=called.provider, status=outcome)
    if took is not None:
        PROVIDER_SECONDS.observe(took, provider=called.provider)
    log.info(
        "provider_call",
        provider=called.provider,
        operation=called.operation,
        connection=called.connection_id,
        outcome=outcome,
        duration_ms=None if took is None else round(took * 1000, 1),
    )
