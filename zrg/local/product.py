"""The processes of ZRG on one machine, and `up`: everything from an empty directory to a usable page."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zrg.local import ports, services
from zrg.local.home import Home
from zrg.local.messages import Trouble, say
from zrg.local.processes import Program
from zrg.local.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
ANSWER_SECONDS = 60.0
_CELERY = ("-m", "celery", "--quiet", "-A", "zrg.celery:app")
_SERVER = ("--respawn-failed-workers", "--no-access-log", "--no-ws")
_QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
WORKERS = {
    # Two, to keep memory small; replies never wait behind bulk work. In production each queue has its own (docker/).
    "replies": ("reply,ingest,send", 2),
    "bulk": ("bulk,sweeps", 1),
}


def up(home: Home, given: Mapping[str, str]) -> None:
    """Run everything until Ctrl-C, SIGTERM or SIGHUP; then stop what was started here, and nothing else."""
    began = time.monotonic()
    with home.take():
        home.require_space()
        home.remember_ports(**_require_ports(given))
        here = services.to_start(home, given)
        environment = services.environment(home, here, given)
        with Supervisor() as supervisor:
            for program, process in here.start():
                supervisor.adopt(program, process, log=str(home.log(program.name)))
            _prepare(supervisor, environment)
            if not supervisor.stopping:
                demo = _start(supervisor, environment)
                _welcome(environment, demo, seconds=time.monotonic() - began)
            supervisor.watch()
            say("\nStopping (Ctrl-C again: don't wait for unfinished work) …")
        say("Stopped. The data are kept; `make up` continues where you were.")


def _prepare(supervisor: Supervisor, environment: Mapping[str, str]) -> None:
    """Tables and demo. The sandbox first: the demo connects its workspace to it."""
    supervisor.start(sandbox(environment))
    say("Preparing the database …")
    supervisor.run_once(manage("migrate", environment, "migrate", "--no-input", "--verbosity", "0"))
    quiet = {"LOG_LEVEL": "WARNING", **environment}  # What the demo asks its sandbox is nobody's news.
    supervisor.run_once(manage("demo", quiet, "demo", "--if-empty"))


def _start(supervisor: Supervisor, environment: Mapping[str, str]) -> dict[str, Any]:
    """The product's processes; returns what the demo tells about itself, asked while the web server starts."""
    say("Starting …")
    for program in (web(environment), *workers(environment), beat(environment)):
        supervisor.start(program)
    words, pipe = [sys.executable, "manage.py", "demo", "--json"], subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, env=dict(environment), stdout=pipe, stderr=pipe, text=True) as asked:
        deadline = time.monotonic() + ANSWER_SECONDS
        supervisor.watch(until=lambda: _answers(environment) or time.monotonic() > deadline)
        if not supervisor.stopping and not _answers(environment):
            raise Trouble(
                f"The web server did not answer within {ANSWER_SECONDS:.0f} seconds.",
                remedy="What it said is above; `make run C='python manage.py doctor'` checks the settings.",
            )
        return _description(asked)


def manage(name: str, environment: Mapping[str, str], *words: str) -> Program:
    """A command of manage.py."""
    return Program(name=name, argv=(sys.executable, "manage.py", *words), cwd=ROOT, env=environment)


def web(environment: Mapping[str, str]) -> Program:
    """The production server, on the loopback unless ZRG_HOST says otherwise (0.0.0.0 inside a container)."""
    address = ("--host", environment.get("ZRG_HOST", ports.LOOPBACK), "--port", environment["PORT"])
    processes, threads = environment.get("WEB_WORKERS", "2"), environment.get("WEB_THREADS", "4")
    size = ("--workers", processes, "--blocking-threads", threads, "--backlog", "2048", *_SERVER)
    argv = (sys.executable, "-m", "granian", "--interface", "wsgi", "zrg.wsgi:application", *address, *size)
    return Program(name="web", argv=argv, cwd=ROOT, env=environment, stops_in_round=1)


def workers(environment: Mapping[str, str]) -> list[Program]:
    """Celery, with time to finish the jobs at hand."""
    return [
        Program(
            name=name,
            argv=(sys.executable, *_CELERY, "worker", "-Q", queues, "-c", str(size), "-n", f"{name}@%h", *_QUIET),
            cwd=ROOT,
            env=environment,
            grace=20.0,
            stops_in_round=2,
        )
        for name, (queues, size) in WORKERS.items()
    ]


def beat(environment: Mapping[str, str]) -> Program:
    """The schedules of the database (the admin edits them). No pid file: it would outlive a crash."""
    argv = (sys.executable, *_CELERY, "beat", "--loglevel", "WARNING", "--pidfile=")
    return Program(name="beat", argv=argv, cwd=ROOT, env=environment, stops_in_round=1)


def sandbox(environment: Mapping[str, str]) -> Program:
    """The providers' side; the workers may still be speaking to it while they finish."""
    argv = (sys.executable, "-m", "integrations.sandbox.server", "--port", environment["SANDBOX_PORT"])
    return Program(name="sandbox", argv=argv, cwd=ROOT, env=environment, stops_in_round=3)


def _require_ports(given: Mapping[str, str]) -> dict[str, int]:
    """The two ports people see, free both; Trouble otherwise."""
    web_port = ports.port_from(given.get("PORT", ""), variable="PORT", default=8000)
    sandbox_port = ports.port_from(given.get("SANDBOX_PORT", ""), variable="SANDBOX_PORT", default=8900)
    if web_port == sandbox_port:
        raise Trouble(f"PORT and SANDBOX_PORT are both {web_port}.", remedy="Give them different numbers.")
    ports.require_free(web_port, variable="PORT", host=given.get("ZRG_HOST") or ports.LOOPBACK)
    ports.require_free(sandbox_port, variable="SANDBOX_PORT")
    return {"web": web_port, "sandbox": sandbox_port}


def _answers(environment: Mapping[str, str]) -> bool:
    host = environment.get("ZRG_HOST", ports.LOOPBACK).replace("0.0.0.0", ports.LOOPBACK)
    line = http.client.HTTPConnection(host, int(environment["PORT"]), timeout=2)
    try:
        # Under a name that Django lets in.
        name = environment.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
        line.request("GET", "/healthz", headers={"Host": name})
        return line.getresponse().status == 200
    except OSError:
        return False
    finally:
        line.close()


def _description(asked: subprocess.Popen[str]) -> dict[str, Any]:
    output, errors = asked.communicate()
    if asked.returncode > 0:
        raise Trouble(f"The demo could not be described:\n{errors}", remedy="Start anew with: make reset")
    return dict(json.loads(output)) if output else {}  # Nothing: Ctrl-C reached it first.


def _welcome(environment: Mapping[str, str], demo: Mapping[str, Any], *, seconds: float) -> None:
    """Addresses and logins, as `manage.py demo --json` tells them to any script."""
    say(f"\nZRG is up after {seconds:.0f} s.\n")
    say(f"  Product   {environment['PUBLIC_URL']}")
    say(f"  Sandbox   {environment['SANDBOX_URL']}   (answer as a lead, see what was sent)")
    say(f"  Admin     {environment['PUBLIC_URL']}/admin/")
    say("\n  Sign in as")
    for login in demo.get("logins", []):
        say(f"    {login['email']:<28} {login['password']:<20} {login.get('role', '')}")
    say("\n  Everything a script needs: make run C='python manage.py demo --json'")
    say("  Ctrl-C stops it.\n")
