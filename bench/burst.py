"""20,000 EMAIL_SENT with 500 replies among them, on the real web server and workers: nothing refused, lost or
doubled, and the replies are served first."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db.models import F

from bench import bodies, load
from bench.table import Row
from inbox.models import Message
from integrations.models import Connection, WebhookEvent
from zrg.celery import app
from zrg.jobs.models import Status

SENDS, REPLIES = 20_000, 500
FIRST = 70_000_000
DEADLINE_S = 900
START_S = 60


def run() -> list[Row]:
    WebhookEvent.objects.all().delete()
    Message.objects.all().delete()
    account = Connection.objects.get(workspace=bodies.workspace()).external_id
    with workers(), load.server("zrg.wsgi:application") as port:
        load.post(
            port, "/api/webhooks/email", partial(bodies.sent, account), count=40, connections=2, offset=FIRST - 50
        )
        _wait_until_done()
        began = time.monotonic()
        result = load.post(
            port, "/api/webhooks/email", partial(_mixed, account), count=SENDS + REPLIES, connections=8, offset=FIRST
        )
        posted = time.monotonic() - began
        _wait_until_done()
        drained = time.monotonic() - began
    return _rows(result, posted, drained)


def _mixed(account: str, number: int) -> bytes:
    """Every 41st is a reply."""
    return bodies.reply(account, number) if number % 41 == 0 else bodies.sent(account, number)


@contextmanager
def workers() -> Iterator[None]:
    """Celery as `make up` runs it: one worker for replies, one for bursts."""
    base = [sys.executable, "-m", "celery", "-A", "zrg.celery", "worker", "--loglevel", "ERROR", "--without-gossip"]
    queues = (("ingest,reply,send", "2"), ("bulk,sweeps", "1"))
    running = [subprocess.Popen([*base, "-Q", names, "-c", size, "-n", f"{names[:4]}@%h"]) for names, size in queues]
    try:
        _wait_until_up(len(running))
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=60)


def _wait_until_up(size: int) -> None:
    """Until as many workers answer a ping."""
    deadline = time.monotonic() + START_S
    while len(app.control.ping(timeout=1.0)) < size:
        if time.monotonic() > deadline:
            raise RuntimeError(f"The workers did not start within {START_S} s.")


def _wait_until_done() -> None:
    deadline = time.monotonic() + DEADLINE_S
    while WebhookEvent.objects.filter(status__in=[Status.PENDING, Status.RUNNING]).exists():
        if time.monotonic() > deadline:
            raise RuntimeError("The burst did not drain.")
        time.sleep(0.5)


def _rows(result: load.Result, posted: float, drained: float) -> list[Row]:
    burst = WebhookEvent.objects.filter(payload__data__campaign_event__id__gte=FIRST)
    replies = burst.filter(event_type="LEAD_REPLIED").annotate(wait=F("finished_at") - F("received_at"))
    waits = sorted(wait.total_seconds() for wait in replies.values_list("wait", flat=True))
    expected = Counter((number, "in" if number % 41 == 0 else "out") for number in result.numbers)
    found = Message.objects.filter(dedupe_key__regex=r":7\d{7}$").values_list("dedupe_key", "direction")
    held = Counter((int(key.rpartition(":")[2]), way) for key, way in found)
    lost = (expected - held).total() + (held - expected).total()
    failed = burst.filter(status=Status.FAILED).count()
    median, slowest = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    return [
        Row("burst of 20,500: answers other than 200", result.bad, "", None, "", "0", result.bad == 0),
        Row("burst: posted at", result.count / posted, "req/s"),
        Row("burst: acknowledgement p99", result.p99, "ms", None, "", "≤ 100 ms", result.p99 <= 100),
        Row("burst: messages lost or doubled", lost + failed, "", None, "", "0", lost + failed == 0),
        Row("burst: drained within", drained, "s"),
        Row("replies, received to processed, median", median, "s", None, "", "< 5 s", median < 5),
        Row("replies, received to processed, p99", slowest, "s"),
    ]
