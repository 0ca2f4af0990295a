"""Several programs run as one: a dead one starts again, one that keeps dying stops all, nothing is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.zrg.local_machine import ROOT, eventually

DRIVER = """
import sys
from pathlib import Path
from zrg.local import supervisor
from zrg.local.messages import Trouble, say
from zrg.local.processes import Program

folder = Path(sys.argv[1])

def program(name, script, **more):
    return Program(name=name, argv=(sys.executable, "-u", "-c", script, str(folder / name)), **more)

note = "import os, sys, time, signal; open(sys.argv[1], 'a').write(f'{os.getpid()}\\\\n'); "
lives = note + "print('at work'); time.sleep(600)"
"""


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Run a script that uses the supervisor as its main program; signals are its own there."""
    started = []

    def run(script: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER + script, str(tmp_path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def pids(tmp_path: Path, name: str) -> list[int]:
    """The numbers under which a program of the driver ran so far."""
    file = tmp_path / name
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_killed_program_starts_again_and_the_others_stay(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "with supervisor.Supervisor() as s:\n"
        "    s.start(program('web', lives)); s.start(program('beat', lives)); s.watch()"
    )
    assert eventually(lambda: pids(tmp_path, "web") and pids(tmp_path, "beat"))
    psutil.Process(pids(tmp_path, "web")[0]).kill()
    assert eventually(lambda: len(pids(tmp_path, "web")) == 2)
    assert len(pids(tmp_path, "beat")) == 1
    process.terminate()
    output, _ = process.communicate(timeout=20)
    assert "web ended by signal SIGKILL; it starts again in 1 s." in output


def test_a_program_that_keeps_dying_stops_everything_and_is_named(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "supervisor.RESTARTS = 1\n"
        "try:\n"
        "    with supervisor.Supervisor() as s:\n"
        "        s.start(program('beat', lives))\n"
        "        s.start(program('web', note + \"print('no such table'); sys.exit(3)\")); s.watch()\n"
        "except Trouble as trouble:\n"
        "    say(str(trouble)); sys.exit(1)"
    )
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "web       │ no such table" in output
    assert "web ended 2 times, last with exit code 3." in output
    assert not psutil.pid_exists(pids(tmp_path, "beat")[0])


def test_ctrl_c_stops_programs_and_their_children(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "parent = note + \"import subprocess; subprocess.Popen(['sleep', '600']); time.sleep(600)\"\n"
        "with supervisor.Supervisor() as s:\n"
        "    s.start(program('web', parent)); s.watch()\nsay('all stopped')"
    )
    assert eventually(lambda: pids(tmp_path, "web"))
    web = psutil.Process(pids(tmp_path, "web")[0])
    assert eventually(web.children)
    family = [web, *web.children()]
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "all stopped" in output
    assert not [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE]


def test_programs_stop_in_rounds_and_say_their_last_words(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "polite = note + \"signal.signal(15, lambda *_: (print('finished my job'), sys.exit())); time.sleep(600)\"\n"
        "with supervisor.Supervisor() as s:\n"
        "    s.start(program('database', polite, stops_in_round=9))\n"
        "    s.start(program('worker', polite, stops_in_round=2))\n"
        "    s.start(program('web', polite, stops_in_round=1)); s.watch()"
    )
    assert eventually(lambda: all(pids(tmp_path, name) for name in ("database", "worker", "web")))
    process.terminate()
    output, _ = process.communicate(timeout=20)
    assert [line.split()[0] for line in output.splitlines()] == ["web", "worker", "database"]


def test_a_program_that_does_not_stop_is_killed_after_its_grace(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "stubborn = 'import signal; signal.signal(15, signal.SIG_IGN); ' + lives\n"
        "with supervisor.Supervisor() as s:\n"
        "    s.start(program('web', stubborn, grace=0.3)); s.watch()"
    )
    assert eventually(lambda: pids(tmp_path, "web"))
    process.terminate()
    output, _ = process.communicate(timeout=20)
    assert "web did not stop in time and was killed." in output
    assert not psutil.pid_exists(pids(tmp_path, "web")[0])


def test_a_second_ctrl_c_does_not_wait_for_unfinished_work(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "slow = \"import signal; signal.signal(15, lambda *_: print('draining')); \" + lives.replace("
        "'time.sleep(600)', '[time.sleep(1) for _ in range(600)]')\n"
        "with supervisor.Supervisor() as s:\n"
        "    s.start(program('worker', slow, grace=300)); s.watch()"
    )
    assert eventually(lambda: pids(tmp_path, "worker"))
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert "draining" in process.stdout.readline() + process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert not psutil.pid_exists(pids(tmp_path, "worker")[0])


def test_programs_end_with_a_supervisor_that_is_killed(supervise: Callable, tmp_path: Path) -> None:
    process = supervise("with supervisor.Supervisor() as s:\n    s.start(program('web', lives)); s.watch()")
    assert eventually(lambda: pids(tmp_path, "web"))
    process.kill()
    assert eventually(lambda: not psutil.pid_exists(pids(tmp_path, "web")[0]))


def test_when_nobody_reads_the_output_any_more_all_stops_in_order(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "talks = note + \"[(print('a line'), time.sleep(.05)) for _ in range(10000)]\"\n"
        "with supervisor.Supervisor() as s:\n    s.start(program('web', talks)); s.watch()"
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert eventually(lambda: process.poll() is not None)
    assert not psutil.pid_exists(pids(tmp_path, "web")[0])
    process.stdout = None


def test_a_step_that_fails_is_named_with_its_exit_code(supervise: Callable, tmp_path: Path) -> None:
    process = supervise(
        "try:\n"
        "    with supervisor.Supervisor() as s:\n"
        "        s.run_once(program('migrate', \"print('column is missing'); raise SystemExit(2)\"))\n"
        "except Trouble as trouble:\n    say(str(trouble))"
    )
    output, _ = process.communicate(timeout=20)
    assert "migrate   │ column is missing" in output
    assert "`migrate` failed (exit code 2)" in output
