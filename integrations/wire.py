"""The socket side of the transport: a deadline for the whole call, and whether the request has left.

urllib3's own time-outs are per read, so a server that sends a byte a second holds a caller for ever. Here every read
may last only until the call's deadline. And because a message that may have left must never be sent blindly again, the
connection notes the moment before the first byte goes out: a failure before it is harmless, one after it is not.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import threading
import time
from typing import Any

from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from integrations.hosts import is_sandbox

IDLE_S = 4.0  # Servers close idle connections (often after 5 s); a request sent into that gap has an unknown outcome.
POOL_SIZE = 32


class PrivateAddress(Exception):
    """The host's name leads into a private network: in production no provider lives there (no SSRF)."""


class _CurrentCall(threading.local):
    """The call this thread is in."""

    ends: float = float("inf")
    has_left: bool = False

    def remaining(self) -> float:
        """Seconds until the deadline. Raises TimeoutError after it."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return left


current = _CurrentCall()


def begin(seconds: float) -> None:
    """A new call of this thread, to be over in `seconds`."""
    current.ends, current.has_left = time.monotonic() + seconds, False


class _TimedReader(io.RawIOBase):
    """Reads a socket, each time no longer than the call may still last."""

    def __init__(self, raw: Any, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(current.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


class _Watched:
    """Mixed into urllib3's two kinds of connection."""

    response_class: Any = _TimedResponse
    sock: Any
    _used_at: float = 0.0

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        if settings.PRODUCTION and not is_public(sock.getpeername()[0]):
            sock.close()
            raise PrivateAddress
        return sock

    @property
    def is_connected(self) -> bool:
        """False drops the connection before it is used again."""
        fresh = time.monotonic() - self._used_at < IDLE_S
        return fresh and super().is_connected  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        self.sock.settimeout(current.remaining())
        current.has_left = True
        super().send(data)  # type: ignore[misc]

    def getresponse(self) -> Any:
        self._used_at = time.monotonic()
        return super().getresponse()  # type: ignore[misc]


class _Connection(_Watched, HTTPConnection):
    pass


class _SecureConnection(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection  # type: ignore[assignment]


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection  # type: ignore[assignment]


class _Public:
    """Mixed in too where people name the address: nothing but the open internet (and the sandbox) is connected to.
    Looks where the name leads before, so that nothing private is touched, and after: it may change in between."""

    host: Any
    port: Any

    def _new_conn(self) -> socket.socket:
        if is_sandbox(self.host, self.port):
            return super()._new_conn()  # type: ignore[misc, no-any-return]
        for *_, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            if not is_public(str(address[0])):
                raise PrivateAddress
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        if not is_public(sock.getpeername()[0]):
            sock.close()
            raise PrivateAddress
        return sock


class _PublicConnection(_Public, _Connection):
    pass


class _PublicSecureConnection(_Public, _SecureConnection):
    pass


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection  # type: ignore[assignment]


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecureConnection  # type: ignore[assignment]


class WatchedAdapter(HTTPAdapter):
    """For a requests.Session: pooled, watched connections and no retries of its own."""

    def __init__(self) -> None:
        super().__init__(pool_connections=POOL_SIZE, pool_maxsize=POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class PublicAdapter(WatchedAdapter):
    """The same for addresses that people name: into no private network, in any environment."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicPool, "https": _PublicSecurePool}


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet; an IPv4 address inside an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return (inner or ip).is_global
