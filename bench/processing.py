"""Processing deliveries (parse, match, record, roll up; no AI), one process: milliseconds a message."""

from __future__ import annotations

import json
import time

from django.utils import timezone

from bench import bodies
from bench.table import Row
from inbox.models import Message
from integrations.models import Connection, WebhookEvent
from zrg.jobs import running
from zrg.jobs.models import Lane

COUNT = 2_000


def run() -> list[Row]:
    WebhookEvent.objects.all().delete()
    account = Connection.objects.get(workspace=bodies.workspace())
    rows = []
    for name, body in (
        ("campaign mails to new leads", bodies.sent),
        ("replies of known leads, quotes removed", bodies.reply),
        ("duplicates of those replies", bodies.reply),
    ):
        rows.append(_timed(name, account, body, duplicates="duplicates" in name))
    return rows


def _timed(name: str, account: Connection, body: object, *, duplicates: bool) -> Row:
    now = timezone.now()
    events = [
        WebhookEvent(
            workspace_id=account.workspace_id,
            connection=account,
            provider="emailbison",
            event_type=json.loads(body(account.external_id, 1))["event"]["type"],  # type: ignore[operator]
            payload=json.loads(body(account.external_id, 5 * 10**6 + n)),  # type: ignore[operator]
            received_at=now,
            run_at=now,
            dedupe_key=f"{name}{n}",
        )
        for n in range(COUNT)
    ]
    WebhookEvent.objects.bulk_create(events, batch_size=1_000)
    before = Message.objects.count()
    began = time.perf_counter()
    while running.drain(WebhookEvent, Lane.FIRST, for_seconds=600):
        pass
    took = (time.perf_counter() - began) * 1000 / COUNT
    assert Message.objects.count() - before == (0 if duplicates else COUNT), name
    return Row(name, took, "ms/message", None, "", "≤ 6 ms", took <= 6)
