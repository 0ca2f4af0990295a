"""Ports of this machine: free, taken, and by whom asked for."""

from __future__ import annotations

import socket

from zrg.local.messages import Trouble

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server takes connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port nobody listens on; the kernel chooses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def keep_or_find(port: int | None) -> int:
    """The port of last time while it is free, so that addresses survive a restart; else another one."""
    return port if port and is_free(port) else free_port()


def require_free(port: int, *, variable: str, host: str = LOOPBACK) -> None:
    """Raise Trouble naming the port and the variable that chooses it."""
    # `localhost` may mean ::1 to a browser: a program there would answer in our place.
    if not is_free(port, host) or (host == LOOPBACK and answers(port, "::1")):
        raise Trouble(
            f"Port {port} is taken by another program.",
            remedy=f"Stop that program, or choose another port: make up {variable}={port + 10}",
        )


def port_from(text: str, *, variable: str, default: int) -> int:
    """The port a variable names; Trouble when it is no port."""
    if not text.strip():
        return default
    if not text.strip().isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(
            f"{variable}={text} is not a port.", remedy=f"Use a number up to 65535, e.g. {variable}={default}"
        )
    return int(text)
