"""Runs several programs as one: their output on one terminal, a dead one started again, all stopped in order.

One thread and one loop: what a program prints, a signal and a death are noticed in the same place.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from zrg.local import processes
from zrg.local.messages import Trouble, say
from zrg.local.processes import Program

RESTARTS = 3
"""How often one program is started again within `RESTART_WINDOW`; after that everything stops."""
RESTART_WINDOW = 120.0
_COLOURS = (36, 33, 35, 32, 34, 96, 93)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """A program that is to run as long as we do."""

    program: Program
    process: subprocess.Popen[bytes]
    log: str | None = None
    """Its log file, when it doesn't write to the terminal."""
    deaths: list[float] = field(default_factory=list)
    starts_again_at: float | None = None
    unfinished_line: bytes = b""


class Supervisor:
    """Use as a context: what was started inside is stopped at its end, last started first."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self._impatient = False
        self._selector = selectors.DefaultSelector()
        self._former: dict[signal.Signals, object] = {}
        self._width = 9

    def __enter__(self) -> Supervisor:
        for number in _SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup is respected
                self._former[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping = True
        self._stop_everything()
        for number, former in self._former.items():
            signal.signal(number, former)  # type: ignore[arg-type]

    def adopt(self, program: Program, process: subprocess.Popen[bytes], *, log: str) -> None:
        """Watch a service that is up already and writes to a file."""
        self.children.append(Child(program, process, log=log))

    def start(self, program: Program) -> Child:
        """Start a program whose output belongs on the terminal."""
        child = Child(program, processes.launch(program, output=subprocess.PIPE))
        self.children.append(child)
        self._listen(child)
        return child

    def run_once(self, program: Program) -> None:
        """Run a step to its end, its output on the terminal; Trouble when it fails."""
        child = self.start(program)
        while child.process.poll() is None and not self.stopping:
            self._look(0.1)
        if self.stopping:
            return
        self._read_rest(child)
        self.children.remove(child)
        if child.process.returncode:
            raise Trouble(
                f"`{program.name}` failed (exit code {child.process.returncode}); what it said is above.",
                remedy="Put that right and try again.",
            )

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything running until a signal comes or `until()` is true; Trouble when a program keeps dying."""
        while not self.stopping and not until():
            self._look(0.2)
            for child in self.children:
                self._keep_alive(child)

    def _keep_alive(self, child: Child) -> None:
        now = time.monotonic()
        if child.starts_again_at is not None:
            if now >= child.starts_again_at:
                child.starts_again_at = None
                self._start_again(child)
        elif child.process.poll() is not None:
            self._note_death(child, now)

    def _note_death(self, child: Child, now: float) -> None:
        processes.kill_group(child.process.pid)  # Its children must not hold its port or its jobs.
        self._read_rest(child)
        child.deaths = [moment for moment in child.deaths if now - moment < RESTART_WINDOW] + [now]
        if len(child.deaths) > RESTARTS:
            raise Trouble(
                f"{child.program.name} ended {len(child.deaths)} times, last {_how(child.process.returncode)}.",
                remedy=f"Its last words are in {child.log}." if child.log else "Its last words are above.",
            )
        pause = 2.0 ** (len(child.deaths) - 1)
        child.starts_again_at = now + pause
        say(f"✗ {child.program.name} ended {_how(child.process.returncode)}; it starts again in {pause:.0f} s.")

    def _start_again(self, child: Child) -> None:
        if child.log:
            with open(child.log, "ab") as log:
                child.process = processes.launch(child.program, output=log)
        else:
            child.process = processes.launch(child.program, output=subprocess.PIPE)
            self._listen(child)

    def _on_signal(self, number: int, frame: object) -> None:
        self._impatient = self.stopping and number == signal.SIGINT
        self.stopping = True

    def _listen(self, child: Child) -> None:
        assert child.process.stdout is not None
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _look(self, seconds: float) -> None:
        """Wait for output and pass it on, or for the time to be up."""
        if not self._selector.get_map():
            time.sleep(seconds)
        for key, _ in self._selector.select(seconds):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        """Pass on what there is; False at the end or when there is nothing now."""
        assert child.process.stdout is not None
        try:
            data = os.read(child.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        if not data:
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()
            return False
        *lines, child.unfinished_line = (child.unfinished_line + data).split(b"\n")
        for line in lines:
            self._print(child, line)
        return True

    def _read_rest(self, child: Child) -> None:
        """What a dead program still had to say, also when its children hold the pipe open."""
        stdout = child.process.stdout
        while stdout and not stdout.closed and self._read(child):
            pass
        if stdout and not stdout.closed:
            self._selector.unregister(stdout)
            stdout.close()
        if child.unfinished_line:
            self._print(child, child.unfinished_line)
            child.unfinished_line = b""

    def _print(self, child: Child, line: bytes) -> None:
        name = child.program.name.ljust(self._width)
        if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
            name = f"\x1b[{_COLOURS[self.children.index(child) % len(_COLOURS)]}m{name}\x1b[0m"
        if not say(f"{name} │ {line.decode(errors='replace').rstrip()}"):
            self.stopping = True

    def _stop_everything(self) -> None:
        for together in _in_order_of_stopping(self.children):
            for child in together:
                processes.ask_to_stop(child.process, child.program)
            deadline = time.monotonic() + max(child.program.grace for child in together)
            while self._patient(deadline) and any(child.process.poll() is None for child in together):
                self._look(0.05)
            for child in together:
                self._end(child)
        self.children.clear()

    def _patient(self, deadline: float) -> bool:
        return time.monotonic() < deadline and not self._impatient

    def _end(self, child: Child) -> None:
        if child.process.poll() is None:
            say(f"✗ {child.program.name} did not stop in time and was killed.")
        processes.kill_group(child.process.pid)
        child.process.wait()
        with contextlib.suppress(KeyError, ValueError):
            self._read_rest(child)


def _in_order_of_stopping(children: Iterable[Child]) -> Iterator[list[Child]]:
    """By `stops_in_round`: what takes in work first, then what does it, then what both stand on."""
    rounds = sorted({child.program.stops_in_round for child in children})
    for number in rounds:
        yield [child for child in children if child.program.stops_in_round == number]


def _how(returncode: int) -> str:
    return f"by signal {signal.Signals(-returncode).name}" if returncode < 0 else f"with exit code {returncode}"
