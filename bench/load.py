"""A small HTTP load: keep-alive connections in processes of their own, so that the client's Python is not the limit."""

from __future__ import annotations

import http.client
import multiprocessing
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.sandbox_server import free_port

Body = Callable[[int], bytes]


@dataclass(frozen=True)
class Result:
    """What a load saw: requests a second, latencies in ms, answers other than 200."""

    rate: float
    p50: float
    p99: float
    bad: int
    numbers: tuple[int, ...]
    """Which bodies were posted."""

    @property
    def count(self) -> int:
        return len(self.numbers)


@contextmanager
def server(application: str, *, workers: int = 2) -> Iterator[int]:
    """The production server with an application on a free port, as `make up` runs it."""
    port = free_port()
    size = ("--workers", str(workers), "--blocking-threads", "4", "--backlog", "2048", "--no-access-log", "--no-ws")
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1"]
    process = subprocess.Popen([*argv, "--port", str(port), *size, "--log-level", "warning"])
    try:
        deadline = time.monotonic() + 20
        while not _is_open(port):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{application} did not start")
            time.sleep(0.05)
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _is_open(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/nothing")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def post(port: int, path: str, bodies: Body, *, count: int, connections: int, offset: int = 0) -> Result:
    """POST `count` bodies over `connections` keep-alive connections, half of them per client process."""
    lanes = min(connections, 2)
    with multiprocessing.get_context("fork").Pool(lanes) as pool:
        began = time.monotonic()
        share = [
            (port, path, bodies, count // lanes, max(1, connections // lanes), offset + i * (count // lanes))
            for i in range(lanes)
        ]
        parts = pool.starmap(_client, share)
        seconds = time.monotonic() - began
    times = sorted(t for part in parts for t in part[0])
    bad = sum(part[1] for part in parts)
    numbers = tuple(number for part in parts for number in part[2])
    return Result(len(times) / seconds, statistics.median(times), times[int(len(times) * 0.99)], bad, numbers)


def _client(
    port: int, path: str, bodies: Body, count: int, connections: int, offset: int
) -> tuple[list[float], int, list[int]]:
    times: list[float] = []
    bad, posted = [0], []
    share = count // connections

    def run(lane: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for index in range(offset + lane * share, offset + (lane + 1) * share):
            body = bodies(index)
            began = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - began) * 1000)
            posted.append(index)
            bad[0] += answer.status != 200

    threads = [threading.Thread(target=run, args=(lane,)) for lane in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, bad[0], posted
