"""Starting and stopping one program so that nothing of it is left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

# Resolved before any fork: nothing may be loaded between fork and exec.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Account:
    """A user of the machine that a server runs as."""

    uid: int
    gid: int

    @classmethod
    def without_rights(cls) -> Account:
        """`nobody`: exists everywhere, so no user is added to anyone's machine."""
        entry = pwd.getpwnam("nobody")
        return cls(uid=entry.pw_uid, gid=entry.pw_gid)


@dataclass(frozen=True)
class Program:
    """What to run, and how it likes to be stopped."""

    name: str
    argv: tuple[str, ...]
    cwd: Path = Path("/")
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    """Seconds to finish its work after `stop_signal` before it is killed."""
    account: Account | None = None
    """None: whoever started us."""
    stops_in_round: int = 0
    """What takes in work stops first, then what does it, then what both stand on."""


def launch(program: Program, *, output: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; standard output and errors go to `output`.

    The session keeps the terminal's Ctrl-C away, so that we decide the order of stopping. On Linux the kernel
    passes the stop signal on if we are killed. Call it from the main thread: the kernel watches the thread.
    """
    account = program.account
    return subprocess.Popen(
        program.argv,
        cwd=program.cwd,
        env=dict(program.env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=_follow_parent(program.stop_signal) if _LIBC else None,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def ask_to_stop(process: subprocess.Popen[bytes], program: Program) -> None:
    """Send the program's stop signal; a program that is gone needs none."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop_signal)


def stop(process: subprocess.Popen[bytes], program: Program) -> bool:
    """Stop a program and its children; False if it had to be killed after its grace."""
    ask_to_stop(process, program)
    try:
        process.wait(timeout=program.grace)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        kill_group(process.pid)
        process.wait()


def stop_stray(process: psutil.Process, stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """Stop a server of ours whose supervisor was killed; kill it when it does not listen."""
    try:
        process.send_signal(stop_signal)
        process.wait(timeout=20)
    except psutil.TimeoutExpired:
        process.kill()
    except psutil.NoSuchProcess:
        return


def kill_group(leader: int) -> None:
    """Kill what is left of the session a program led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], *, process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Poll `condition()` until it is true; False when time is up or the process ended first."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        if process.poll() is not None:
            return False
        time.sleep(0.02)
    return False


def _follow_parent(stop_signal: signal.Signals) -> Callable[[], object]:
    assert _LIBC is not None
    prctl, number = _LIBC.prctl, int(stop_signal)
    return lambda: prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
