"""`python -m zrg.local`: up | run -- COMMAND | down | reset. The Makefile is its usual caller."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import environ

from zrg.local import product, services
from zrg.local.home import Home
from zrg.local.messages import Trouble, complain, say
from zrg.local.supervisor import Supervisor

STOP_SECONDS = 120.0


def main(words: Sequence[str]) -> int:
    """The exit code: 0, that of the command run, or 1 after a Trouble was explained."""
    try:
        match list(words):
            case ["up"]:
                product.up(_home(), os.environ)
            case ["run", "--", *command] if command:
                return run(_home(), command)
            case ["down"]:
                down(_home())
            case ["reset"]:
                reset(_home())
            case _:
                raise Trouble(f"Unknown: {' '.join(words) or '(nothing)'}", remedy="up | run -- COMMAND | down | reset")
    except Trouble as trouble:
        complain(trouble)
        return 1
    except OSError as problem:
        if problem.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        complain(Trouble(f"The disk is full: {problem}.", remedy="Free some space, then try again."))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def run(home: Home, command: Sequence[str]) -> int:
    """Run a command with the environment of this copy, beside `up` or with services of its own."""
    while (lock := home.try_to_take()) is None:
        _join(home, command)
        time.sleep(0.05)  # Whoever had it is on the way out.
    with lock, Supervisor() as supervisor:
        home.require_space()
        here = services.to_start(home, os.environ)
        for program, process in here.start():
            supervisor.adopt(program, process, log=str(home.log(program.name)))
        code = _run(command, services.environment(home, here, os.environ))
        held: list[IO[str]] = []  # until everything is stopped

        def is_closed() -> bool:
            held.extend(filter(None, [home.try_to_close()]))
            return bool(held)

        if not is_closed():
            say("Another command still uses the database; waiting for it (Ctrl-C: don't).")
            supervisor.watch(until=is_closed)
    return code


def down(home: Home) -> None:
    """Stop what runs on this directory and wait until it is gone."""
    pid = home.running_pid()
    if pid is None:
        say(f"Nothing runs on {home.path}.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while home.running_pid() is not None:
        if time.monotonic() > deadline:
            raise Trouble(f"Process {pid} did not stop within {STOP_SECONDS:.0f} s.", remedy=f"kill -9 {pid}")
        time.sleep(0.1)
    say("Stopped.")


def reset(home: Home) -> None:
    """Delete the data of this directory, after a yes (or FORCE=1)."""
    if os.environ.get("FORCE") != "1" and not _agreed(home):
        raise Trouble("Nothing was deleted.", remedy="To delete without being asked: make reset FORCE=1")
    down(home)
    home.erase()
    say(f"The local data of {home.path} are deleted. `make up` starts anew.")


def _home() -> Home:
    environ.Env.read_env(product.ROOT / ".env") if (product.ROOT / ".env").exists() else None
    return Home.at(Path(os.environ.get("ZRG_DATA_DIR") or product.ROOT / ".local"))


def _agreed(home: Home) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"Delete the database and everything else in {home.path}? [y/N] ").strip().lower() in {"y", "yes"}


def _join(home: Home, command: Sequence[str]) -> None:
    """Become the command; the kernel keeps our note in `users` until it ends. Returns where the services have ended
    before they could be used."""
    users = home.join()
    here = services.wait_for(home, os.environ)
    if here is None:
        users.close()
        return
    os.set_inheritable(users.fileno(), True)
    environment = services.environment(
        home, here, home.addresses() | {name: value for name, value in os.environ.items() if value}
    )
    found = _found(command, environment)
    os.execve(found, [found, *command[1:]], environment)


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """The terminal's Ctrl-C reaches the command itself; SIGTERM is passed on."""
    started: list[subprocess.Popen[bytes]] = []
    former = [
        (signal.SIGINT, signal.signal(signal.SIGINT, _nothing)),
        (signal.SIGTERM, signal.signal(signal.SIGTERM, lambda *_: _end(started))),
    ]
    started.append(subprocess.Popen([_found(command, environment), *command[1:]], env=environment))
    code = started[0].wait()
    for number, handler in former:
        signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def _end(started: list[subprocess.Popen[bytes]]) -> None:
    for each in started:
        each.terminate()


def _nothing(number: int, frame: object) -> None:
    """Not SIG_IGN: that would be inherited by the command."""


def _found(command: Sequence[str], environment: dict[str, str]) -> str:
    """The program's path; the virtual environment's programs come first."""
    found = shutil.which(command[0], path=environment["PATH"])
    if not found:
        raise Trouble(f"There is no command {command[0]}.", remedy="Check its spelling.")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
