"""The database is killed in the very moment that ADR 9 is about: a delivery is applied, and nothing of it on the disk.

A cluster of its own, since it dies; its log is written only when somebody waits for it. The worker is a process of its
own that outlives the crash, as Celery's do.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.product import ROOT
from zrg.local import places, ports
from zrg.local.postgres import Postgres
from zrg.local.processes import stop

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]

_WORKER = """
import django
django.setup()

from inbox.models import Message
from integrations import arrivals
from integrations.models import Connection, WebhookEvent
from integrations.providers.incoming import Incoming
from tests.factories import traffic
from tests.factories.traffic import Accounts, Prospect
from tests.integrations.deliveries import connect
from zrg.jobs import running
from zrg.jobs.models import Lane
from zrg.workspaces.models import User, Workspace

harbor = Workspace.objects.create(name="Harbor", owner=User.objects.create_user("alice@example.com"))
door = connect(harbor, "emailbison")
letter = traffic.reply(Prospect(1), Accounts(emailbison="7", ghl="loc_1"))
answer = arrivals.receive("emailbison", Incoming(body=letter.body, headers={}, query={}, token=door.webhook_token))
assert answer.status == 200, answer
save = running.save_outcomes


def save_after_the_crash(jobs):
    running.save_outcomes = save
    print("applied", *[job.status.value for job in jobs], flush=True)
    input()
    save(jobs)


running.save_outcomes = save_after_the_crash
running.drain(WebhookEvent, Lane.FIRST, at_most=1)
print(list(WebhookEvent.objects.values_list("status", flat=True)), Message.objects.count(), flush=True)
running.drain(WebhookEvent, Lane.FIRST)
print(list(WebhookEvent.objects.values_list("status", flat=True)), Message.objects.count(), flush=True)
"""


@pytest.fixture
def cluster() -> Iterator[Postgres]:
    home = Path(tempfile.mkdtemp(prefix="zrg-crash-"))
    account = places.account_for_servers(home)
    home.chmod(0o755 if account else 0o700)
    folder = places.folder_for_postgres(home, account=account)
    server = Postgres(folder, ports.free_port(), secrets.token_hex(12), log=home / "postgres.log", account=account)
    try:
        yield server
    finally:
        places.remove_postgres(home)
        shutil.rmtree(home)


def crash(postmaster: subprocess.Popen[bytes]) -> None:
    """All of it at once: no process of the server has time to write anything."""
    family = [postmaster, *psutil.Process(postmaster.pid).children(recursive=True)]
    for process in family:
        process.kill()
    postmaster.wait()


def test_a_worker_that_outlives_the_database_calls_nothing_done_that_it_forgot(cluster: Postgres) -> None:
    environment = os.environ | {"DATABASE_URL": cluster.url, "DJANGO_SETTINGS_MODULE": "zrg.settings"}
    postmaster = cluster.start()
    try:
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
        subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
        _write_the_log_only_for_those_who_wait(cluster)
        with subprocess.Popen(
            [sys.executable, "-c", _WORKER],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as worker:
            assert worker.stdin is not None
            assert worker.stdout is not None
            assert worker.stdout.readline() == "applied SUCCEEDED\n"
            crash(postmaster)
            postmaster = cluster.start()
            told, _ = worker.communicate("go on\n")
    finally:
        stop(postmaster, cluster.program())

    assert told.splitlines() == ["['PENDING'] 0", "['SUCCEEDED'] 1"]


def _write_the_log_only_for_those_who_wait(cluster: Postgres) -> None:
    owner = cluster.url.replace("postgres://zrg:", "postgres://postgres:")
    with psycopg.connect(owner, autocommit=True) as line:
        line.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        line.execute("ALTER SYSTEM SET wal_writer_flush_after = '1GB'")
        line.execute("ALTER SYSTEM SET autovacuum = off")
        line.execute("SELECT pg_reload_conf()")
