"""A server that misbehaves on the wire, a path for each way: for the transport, beneath any provider's manners."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def answer(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    """One whole HTTP answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class _Line(socketserver.StreamRequestHandler):
    server: FaultServer

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while request := self._request():
                self.server.seen.append(request)
                path = request.split(b" ", 2)[1].decode().partition("?")[0]
                self.server.ways[path](self)

    def _request(self) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return b""
            head += line
        length = next((int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0)
        return head + self.rfile.read(length)

    def drip(self, data: bytes) -> None:
        """A byte every twentieth of a second, for as long as somebody listens."""
        for byte in data:
            self.request.sendall(bytes([byte]))
            if self.server.stopping.wait(0.05):
                return

    def silence(self) -> None:
        self.server.stopping.wait(30)

    def close(self) -> None:
        self.request.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()


class FaultServer(socketserver.ThreadingTCPServer):
    """`ways`: what happens for each path. `seen`: every request, as bytes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.seen: list[bytes] = []
        self.stopping = threading.Event()
        self.ways: dict[str, Callable[[_Line], None]] = {
            "/silence": _Line.silence,
            "/close": _Line.close,
            "/reset": _Line.reset,
            "/drip-body": lambda line: line.drip(answer(b'{"a": 1}' + b" " * 400)),
            "/drip-head": lambda line: line.drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 400),
            "/cut": lambda line: (line.request.sendall(answer(b'{"a": 1}' * 9)[:-20]), line.close()),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, path: str, whole: bytes) -> str:
        """Answer this path with these bytes; its address."""
        self.ways[path] = lambda line: line.request.sendall(whole)
        return self.url + path


@contextmanager
def serving() -> Iterator[FaultServer]:
    """A running one."""
    with FaultServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()
