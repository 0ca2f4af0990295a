"""Counting in every process, telling it in one place (spec 13)."""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Iterator

import pytest
import redis

from integrations.models import WebhookEvent
from tests.zrg.job_rows import event, handled_by, without_redis, workspace
from tests.zrg.local_machine import eventually
from zrg.jobs import running
from zrg.jobs.errors import Permanent
from zrg.lib import metrics, quick_redis
from zrg.lib.metrics import Counter, Histogram
from zrg.lib.tally import Tally


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    metrics._sums.take()
    quick_redis.client().delete(metrics.KEY)
    yield
    metrics._sums.take()
    quick_redis.client().delete(metrics.KEY)


def samples(metric: Counter | Histogram) -> dict[tuple[str, ...], float]:
    """Every sample of a metric by the end of its name and its labels."""
    (family,) = [found for found in metrics.collect() if found.name == metric.name]
    return {(sample.name.removeprefix(metric.name), *sample.labels.values()): sample.value for sample in family.samples}


def test_counts_add_up_by_label() -> None:
    metrics.SENDS.count(channel="email", outcome="sent")
    metrics.SENDS.count(channel="email", outcome="sent")
    metrics.SENDS.count(channel="sms", outcome="failed")

    assert samples(metrics.SENDS) == {("_total", "email", "sent"): 2, ("_total", "sms", "failed"): 1}


def test_durations_fall_into_buckets_that_add_up() -> None:
    for seconds in (0.001, 0.002, 0.03, 99.0):
        metrics.WEBHOOK_ACK.observe(seconds, provider="ghl")

    found = samples(metrics.WEBHOOK_ACK)

    assert found["_count", "ghl"] == 4
    assert found["_sum", "ghl"] == pytest.approx(99.033)
    assert found["_bucket", "ghl", "0.002"] == 2
    assert found["_bucket", "ghl", "0.05"] == 3
    assert found["_bucket", "ghl", "2.5"] == 3
    assert found["_bucket", "ghl", "+Inf"] == 4


def test_a_block_is_timed_also_where_it_raises() -> None:
    with pytest.raises(ZeroDivisionError), metrics.PROVIDER_SECONDS.time(provider="ghl"):
        _ = 1 / 0

    assert samples(metrics.PROVIDER_SECONDS)["_count", "ghl"] == 1


@pytest.mark.parametrize("labels", [{}, {"provider": "ghl"}, {"provider": "ghl", "status": "200", "more": "x"}])
def test_a_forgotten_label_is_an_error_where_it_is_forgotten(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="has the labels"):
        metrics.PROVIDER_CALLS.count(**labels)


def test_threads_lose_no_count() -> None:
    def work() -> None:
        for _ in range(1_000):
            metrics.SENDS.count(channel="email", outcome="sent")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert samples(metrics.SENDS)["_total", "email", "sent"] == 4_000


def test_a_childs_counts_are_its_own_and_reach_the_same_place() -> None:
    metrics.SENDS.count(channel="email", outcome="sent")
    child = os.fork()
    if not child:
        metrics.SENDS.count(channel="email", outcome="sent")
        os._exit(0 if metrics.flush() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    assert samples(metrics.SENDS)["_total", "email", "sent"] == 2


def test_counts_wait_for_a_redis_that_is_away() -> None:
    metrics.SENDS.count(channel="email", outcome="sent")
    with without_redis():
        assert metrics.flush() is False

    assert samples(metrics.SENDS)["_total", "email", "sent"] == 1


def test_what_a_torn_connection_did_not_take_is_kept_and_handed_over_by_the_same_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries = []

    def client() -> redis.Redis:
        tries.append(threading.current_thread())
        if len(tries) == 1:
            raise ValueError("I/O operation on closed file.")  # its socket was closed by another thread
        return real()

    real = quick_redis.client
    monkeypatch.setattr(quick_redis, "client", client)
    sums: Tally[str, float] = Tally("metrics", merge=operator.add, hand_over=metrics.flush, every_s=0)
    monkeypatch.setattr(metrics, "_sums", sums)
    metrics.SENDS.count(channel="email", outcome="sent")
    assert eventually(lambda: len(tries) > 1)

    assert len(set(tries)) == 1
    assert eventually(lambda: samples(metrics.SENDS).get(("_total", "email", "sent")) == 1)


def test_a_metric_whose_labels_changed_with_a_release_does_not_break_the_page() -> None:
    quick_redis.client().hset(metrics.KEY, "zrg_sends\x1f\x1fonly-one-label", 3)
    quick_redis.client().hset(metrics.KEY, "zrg_no_longer_known\x1f\x1f", 3)

    assert samples(metrics.SENDS) == {}


def test_every_metric_is_named_once_and_like_prometheus_wants_it() -> None:
    names = [metric.name for metric in metrics.KNOWN]
    declared = [found for found in vars(metrics).values() if isinstance(found, Counter | Histogram)]

    assert len(names) == len(set(names)) == len(declared)
    for metric in metrics.KNOWN:
        assert metric.name.startswith("zrg_")
        assert metric.name.endswith("_seconds") is isinstance(metric, Histogram)


@pytest.mark.django_db
def test_jobs_are_counted_and_timed_by_what_became_of_them() -> None:
    home = workspace()
    bad = event(home)
    event(home)

    def handle(job: WebhookEvent) -> None:
        if job.pk == bad.pk:
            raise Permanent("no")

    with handled_by(handle):
        running.drain(WebhookEvent, 0)

    assert samples(metrics.JOB_OUTCOMES) == {
        ("_total", "webhookevent", "", "FAILED"): 1,
        ("_total", "webhookevent", "", "SUCCEEDED"): 1,
    }
    assert samples(metrics.JOB_SECONDS)["_count", "webhookevent", ""] == 2
