"""/healthz, /readyz and /metrics: for the machines that watch us. Open without a session, /metrics with its token."""

from __future__ import annotations

import hmac
from collections import defaultdict

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from zrg import health
from zrg.jobs import queues
from zrg.lib import metrics as counted

_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nothing else: a database that is away is no reason to restart the web server."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Fit to take traffic, or 503 with what is wrong."""
    reasons = health.reasons()
    body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
    return JsonResponse(body, status=503 if reasons else 200)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, with METRICS_TOKEN as the bearer: 404 while it is unset, 401 when wrong."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("METRICS_TOKEN is not set.\n", status=404, content_type=_TEXT)
    if not _has_token(request):
        return HttpResponse("Send METRICS_TOKEN as `Authorization: Bearer …`.\n", status=401, content_type=_TEXT)
    registry = CollectorRegistry()
    registry.register(_Collected())
    return HttpResponse(generate_latest(registry), content_type=_TEXT)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    sent = token.strip().encode() if scheme.lower() == "bearer" else b""
    return hmac.compare_digest(sent, settings.METRICS_TOKEN.encode())


class _Collected:
    """All we know at this moment; what cannot be asked now is left out and said by `zrg_up`."""

    def collect(self) -> list[Metric]:
        up = GaugeMetricFamily("zrg_up", "Could this be asked? 1 or 0.", labels=["service"])
        found: list[Metric] = [up]
        for service, ask, failures in (
            ("database", _queue_gauges, DatabaseError),
            ("broker", counted.collect, redis.RedisError),
        ):
            try:
                found += ask()
                up.add_metric([service], 1)
            except failures:
                up.add_metric([service], 0)
        return found


def _queue_gauges() -> list[Metric]:
    due = GaugeMetricFamily("zrg_queue_due", "Rows that are due (counted up to 100,000).", labels=["queue", "model"])
    oldest = GaugeMetricFamily(
        "zrg_queue_oldest_seconds", "How long the first due row waits.", labels=["queue", "model"]
    )
    running = GaugeMetricFamily("zrg_queue_running", "Rows a worker holds.", labels=["model"])
    failed = GaugeMetricFamily("zrg_queue_failed", "Dead letters (counted up to 100,000).", labels=["model"])
    depths: dict[tuple[str, str], list[queues.Depth]] = defaultdict(list)
    for depth in queues.depths():  # two lanes may share a queue: one sample each, or Prometheus drops the second
        depths[depth.queue, depth.label].append(depth)
    for labels, lanes in depths.items():
        due.add_metric(labels, sum(lane.due for lane in lanes))
        oldest.add_metric(labels, max(lane.oldest_s for lane in lanes))
    for trouble in queues.troubles():
        running.add_metric([trouble.label], trouble.running)
        failed.add_metric([trouble.label], trouble.failed)
    return [due, oldest, running, failed]
