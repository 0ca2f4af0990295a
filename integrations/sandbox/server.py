"""The sandbox's own HTTP server: threads, keep-alive, and a line that can go dead.

Not granian as in the product: a WSGI server of that kind always finishes its answer, but the fault `no_answer` must cut
the connection under the client after the work is done. Loopback only unless `SANDBOX_HOST` says otherwise (containers).
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any, cast

os.environ["DJANGO_SETTINGS_MODULE"] = "integrations.sandbox.settings"

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from integrations.sandbox import deliveries
from zrg import env


class Handler(WSGIRequestHandler):
    """Quiet, and able to hang up."""

    disable_nagle_algorithm = True  # headers and body go out as two packets; waiting for the first costs 40 ms

    def get_environ(self) -> dict[str, Any]:
        return {**super().get_environ(), "sandbox.hang_up": self._hang_up}

    def _hang_up(self) -> None:
        self.close_connection = True
        cast("socket.socket", self.connection).shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:
        """The log of requests is in the store."""


class Server(ThreadedWSGIServer):
    """Takes bursts of connections."""

    request_queue_size = 256


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    application = get_wsgi_application()
    try:
        server = Server((host, port), Handler)
    except OSError as error:
        sys.exit(f"The sandbox cannot listen on {host}:{port}: {error.strerror}. Set SANDBOX_PORT to a free port.")
    server.set_app(application)
    deliveries.start()
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--host", default=env.text("SANDBOX_HOST", "127.0.0.1"))
    options.add_argument("--port", type=int, default=env.number("SANDBOX_PORT", 8900, at_least=1, at_most=65535))
    given = options.parse_args()
    serve(given.host, given.port)
