"""Webhook acknowledgement against a one-INSERT view on the same server, and against raw inserts."""

from __future__ import annotations

import os
import time
from functools import partial

import psycopg
from django.db import connection

from bench import bodies, load
from bench.table import Row
from integrations.models import Connection, WebhookEvent

COUNT = 6_000


def run() -> list[Row]:
    account = Connection.objects.get(workspace=bodies.workspace()).external_id
    body = partial(bodies.sent, account)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, body jsonb NOT NULL)")
    rows = [_raw(body)]
    with load.server("bench.floor_wsgi:application") as floor, load.server("zrg.wsgi:application") as ours:
        for port, path in ((floor, "/floor"), (ours, "/api/webhooks/email")):
            load.post(port, path, body, count=600, connections=4, offset=10**7)
        for connections in (1, 8):
            rows += _compared(floor, ours, body, connections)
    return rows


def _raw(body: load.Body) -> Row:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as raw:
        began = time.perf_counter()
        for number in range(2_000):
            raw.execute("INSERT INTO bench_floor (body) VALUES (%s)", [body(number).decode()])
        return Row("raw inserts, one connection", 2_000 / (time.perf_counter() - began), "rows/s")


def _compared(floor: int, ours: int, body: load.Body, connections: int) -> list[Row]:
    """Alternating thirds, so that a busy moment of the machine meets both."""
    parts: dict[int, list[load.Result]] = {floor: [], ours: []}
    for part in range(3):
        for port, path in ((floor, "/floor"), (ours, "/api/webhooks/email")):
            offset = connections * 10**6 + part * COUNT * 2
            parts[port].append(load.post(port, path, body, count=COUNT // 3, connections=connections, offset=offset))
    best = {port: max(results, key=lambda r: r.rate) for port, results in parts.items()}
    p99 = {port: sorted(r.p99 for r in results)[1] for port, results in parts.items()}
    bad, kept = sum(r.bad for r in parts[ours]), WebhookEvent.objects.exists()
    name = f"{connections} connection{'s' if connections > 1 else ''}"
    rate, limit = best[ours].rate, best[floor].rate
    return [
        Row(f"acknowledgements, {name}", rate, "req/s", limit, "one-INSERT view", "≥ 0.5 ×", rate >= 0.5 * limit),
        Row(f"p99, {name}", p99[ours], "ms", p99[floor], "one-INSERT view", "≤ 2.5 ×", p99[ours] <= 2.5 * p99[floor]),
        Row(f"answers other than 200, {name}", bad, "", None, "", "0", bad == 0 and kept),
    ]
