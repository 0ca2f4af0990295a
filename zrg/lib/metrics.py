"""Counters and durations of all processes and hosts, for Prometheus (spec 13).

Each process adds up in memory and hands its sums to one hash in Redis every second; `/metrics` of any web process
reads that hash, so one address tells the truth about web, workers and beat alike. Recording costs microseconds and
never waits; a process that is killed loses its last second, an emptied Redis is a counter reset like any other.
What lies in the database (queue depths) is read there when asked for: zrg/health.py.
"""

from __future__ import annotations

import atexit
import operator
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis
import structlog
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from zrg.lib import quick_redis
from zrg.lib.tally import Tally

log = structlog.get_logger(__name__)

KEY = "zrg:metrics"
FLUSH_SECONDS = 1.0
_SEPARATOR = "\x1f"
_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)


@dataclass(frozen=True, slots=True)
class Counter:
    """Something that happens. `count(provider="ghl", status="200")`: every label is named, none is personal."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def count(self, **labels: str) -> None:
        """Once more for these labels."""
        self.add(1, **labels)

    def add(self, amount: float, **labels: str) -> None:
        """More by `amount`, which is not negative."""
        _add(_field(self.name, "", self.labels, labels), amount)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How long something takes, in seconds. `with JOB_SECONDS.time(kind="DELIVER"): …`"""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = _SLOW

    def observe(self, seconds: float, **labels: str) -> None:
        """Note one duration."""
        place = bisect_left(self.buckets, seconds)
        bound = str(self.buckets[place]) if place < len(self.buckets) else "+Inf"
        _add(_field(self.name, bound, self.labels, labels), 1)
        _add(_field(self.name, "sum", self.labels, labels), seconds)

    @contextmanager
    def time(self, **labels: str) -> Iterator[None]:
        """Note how long the block takes, also where it raises."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.observe(time.perf_counter() - began, **labels)


WEBHOOK_ACK = Histogram("zrg_webhook_ack_seconds", "From a webhook's arrival to its answer.", ("provider",), _FAST)
WEBHOOK_ANSWERS = Counter("zrg_webhook_answers", "Webhook answers by provider and status code.", ("provider", "status"))
JOB_SECONDS = Histogram("zrg_job_seconds", "Duration of a job's handler.", ("queue", "kind"))
JOB_OUTCOMES = Counter("zrg_job_outcomes", "Jobs by what became of the try.", ("queue", "kind", "outcome"))
SWEEP_RUNS = Counter("zrg_sweep_runs", "Sweep runs by status.", ("function", "status"))
PROVIDER_CALLS = Counter("zrg_provider_calls", "Calls to providers by status or error.", ("provider", "status"))
PROVIDER_SECONDS = Histogram("zrg_provider_call_seconds", "Duration of calls to providers.", ("provider",))
AI_CALLS = Counter("zrg_ai_calls", "Calls of the model by feature and outcome.", ("feature", "outcome"))
AI_COST = Counter("zrg_ai_cost_usd", "What the model cost, in US dollars.", ("feature",))
AI_SECONDS = Histogram("zrg_ai_seconds", "Duration of a model call with its retries.", ("feature",))
SENDS = Counter("zrg_sends", "Messages sent, by channel and outcome.", ("channel", "outcome"))

KNOWN: tuple[Counter | Histogram, ...] = (
    WEBHOOK_ACK,
    WEBHOOK_ANSWERS,
    JOB_SECONDS,
    JOB_OUTCOMES,
    SWEEP_RUNS,
    PROVIDER_CALLS,
    PROVIDER_SECONDS,
    SENDS,
    AI_CALLS,
    AI_COST,
    AI_SECONDS,
)


# ── Adding up in this process ──────────────────────────────────────────────────
def _field(name: str, part: str, names: tuple[str, ...], labels: dict[str, str]) -> str:
    if len(labels) != len(names):
        raise ValueError(f"{name} has the labels {names}, not {tuple(labels)}.")
    return _SEPARATOR.join((name, part, *[str(labels[label]) for label in names]))


def _add(field: str, by: float) -> None:
    _sums.add(field, by)


def flush() -> bool:
    """Hand the sums to Redis now; False where it is away. What cannot be handed over, whatever the reason, is kept."""
    taken = _sums.take()
    if not taken:
        return True
    try:
        with quick_redis.client().pipeline(transaction=False) as pipe:
            for field, by in taken.items():
                pipe.hincrbyfloat(KEY, field, by)
            pipe.execute()
    except Exception as error:
        _sums.put_back(taken)
        if not isinstance(error, redis.RedisError):
            raise
        return False
    return True


_sums: Tally[str, float] = Tally("metrics", merge=operator.add, hand_over=flush, every_s=FLUSH_SECONDS)
atexit.register(flush)


# ── Reading them all ───────────────────────────────────────────────────────────
def collect() -> list[Metric]:
    """Every known metric with the sums of all processes. Raises redis.RedisError."""
    flush()
    kept: dict[str, list[tuple[str, tuple[str, ...], float]]] = {}
    read: Any = quick_redis.client().hgetall(KEY)
    for field, value in read.items():
        name, part, *labels = field.decode().split(_SEPARATOR)
        kept.setdefault(name, []).append((part, tuple(labels), float(value)))
    return [_family(metric, kept.get(metric.name, [])) for metric in KNOWN]


def _family(metric: Counter | Histogram, kept: list[tuple[str, tuple[str, ...], float]]) -> Metric:
    rows = [row for row in kept if len(row[1]) == len(metric.labels)]
    if isinstance(metric, Counter):
        counter = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
        for _part, labels, value in rows:
            counter.add_metric(labels, value)
        return counter
    return _histogram(metric, rows)


def _histogram(metric: Histogram, rows: list[tuple[str, tuple[str, ...], float]]) -> Metric:
    family = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
    by_labels: dict[tuple[str, ...], dict[str, float]] = {}
    for part, labels, value in rows:
        by_labels.setdefault(labels, {})[part] = value
    for labels, parts in by_labels.items():
        family.add_metric(labels, _cumulative(metric, parts), sum_value=parts.get("sum", 0.0))
    return family


def _cumulative(metric: Histogram, parts: dict[str, float]) -> list[Any]:
    total, bounds = 0.0, []
    for bound in (*map(str, metric.buckets), "+Inf"):
        total += parts.get(bound, 0.0)
        bounds.append([bound, total])
    return bounds
