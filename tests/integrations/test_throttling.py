"""Rate limits that all workers keep together."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import pytest
import redis

from integrations import throttling
from integrations.throttling import Limit, block, spend, take
from zrg.lib import quick_redis

BURST = Limit(100, per_s=10)
DAY = Limit(200_000, per_s=24 * 3600)


@pytest.fixture
def account() -> str:
    return f"ghl:{uuid4()}"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis does not answer."""

    def nobody() -> redis.Redis:
        raise redis.ConnectionError

    monkeypatch.setattr(quick_redis, "client", nobody)
    monkeypatch.setattr(throttling, "_resting_until", 0.0)


def granted(account: str, *limits: Limit, times: int = 200) -> int:
    return sum(take(account, limits) == 0 for _ in range(times))


def test_a_burst_gets_half_at_once_and_the_rest_bit_by_bit(account: str) -> None:
    began = time.monotonic()
    count = granted(account, BURST, DAY)
    allowed = 50 + 5 * (time.monotonic() - began)
    assert 50 <= count <= allowed + 1
    assert 0 < take(account, [BURST, DAY]) <= 1 / 5


def test_every_worker_draws_from_the_same_bucket(account: str) -> None:
    counts: list[int] = []
    began = time.monotonic()
    workers = [threading.Thread(target=lambda: counts.append(granted(account, BURST, times=60))) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert 50 <= sum(counts) <= 50 + 5 * (time.monotonic() - began) + 1


def test_accounts_do_not_share(account: str) -> None:
    granted(account, BURST)
    assert take(f"{account}-other", [BURST]) == 0


def test_the_tightest_limit_decides_and_costs_the_others_nothing(account: str) -> None:
    narrow = Limit(5, per_s=1000)
    assert granted(account, narrow, BURST, times=50) == 2
    assert granted(account, narrow, BURST, times=50) == 0
    tokens = float(quick_redis.client().hget(f"zrg:throttle:{account}", "tokens2"))  # type: ignore[arg-type]
    assert 48 <= tokens < 49


def test_a_429_stops_every_worker_for_its_pause(account: str) -> None:
    block(account, 30)
    throttling._local.__init__()  # type: ignore[misc] # another process knows of it from Redis alone
    assert 29 < take(account, [BURST]) <= 30
    block(account, 5)
    assert 29 < take(account, [BURST]) <= 30, "a shorter pause does not end a longer one"


def test_a_provider_without_a_limit_is_paused_too(account: str) -> None:
    assert take(account, []) == 0
    block(account, 30)
    assert take(account, []) > 29


def test_the_buckets_are_forgotten_when_they_are_full_again(account: str) -> None:
    take(account, [BURST])
    assert 0 < quick_redis.client().ttl(f"zrg:throttle:{account}") <= 70  # type: ignore[operator]


@pytest.mark.usefixtures("away")
def test_without_redis_each_process_keeps_the_limit_alone(account: str) -> None:
    began = time.monotonic()
    assert 50 <= granted(account, BURST, DAY) <= 50 + 5 * (time.monotonic() - began) + 1
    block(account, 30)
    assert take(account, [BURST]) > 29


@pytest.mark.usefixtures("away")
def test_redis_is_left_in_peace_after_a_failure(account: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def nobody() -> redis.Redis:
        asked.append(1)
        raise redis.ConnectionError

    monkeypatch.setattr(quick_redis, "client", nobody)
    granted(account, BURST, times=10)
    assert asked == [1]
    monkeypatch.setattr(throttling, "_resting_until", 0.0)
    take(account, [BURST])
    assert asked == [1, 1]


@pytest.mark.parametrize("limit", [BURST, Limit(3000, per_s=60), Limit(2, per_s=60), Limit(7, per_s=3)])
def test_no_window_ever_sees_more_than_the_limit(limit: Limit, account: str) -> None:
    """Time is simulated: a caller that asks whenever it may, against a window that begins anywhere."""
    local, now, times = throttling._Local(), 0.0, []
    while now < 3 * limit.per_s and len(times) < 3 * limit.calls + 3:
        wait = local.take(account, [limit], now=now)
        if wait:
            now += wait + 1e-9
        else:
            times.append(now)
    assert len(times) > limit.calls
    later = iter(times[limit.calls :])
    assert all(end - begin >= limit.per_s * 0.999 for begin, end in zip(times, later, strict=False))


# ── Allowances of a day or a week ──────────────────────────────────────────────
@pytest.fixture(params=["redis answers", "redis is away"])
def either(request: pytest.FixtureRequest) -> None:
    if request.param == "redis is away":
        request.getfixturevalue("away")


@pytest.mark.usefixtures("either")
def test_an_allowance_may_be_used_at_once_and_then_waits_for_its_oldest_use(account: str) -> None:
    week, day = Limit(3, per_s=7 * 86_400), Limit(2, per_s=86_400)
    assert [spend(account, [day, week]) for _ in range(2)] == [0, 0]
    wait = spend(account, [day, week])
    assert 86_400 - 30 < wait <= 86_400
    assert spend(account, [Limit(3, per_s=86_400), week]) == 0, "what waited was not counted"
    assert 7 * 86_400 - 30 < spend(account, [Limit(9, per_s=86_400), week]) <= 7 * 86_400


@pytest.mark.usefixtures("either")
def test_an_allowance_comes_back_when_its_window_is_over(account: str) -> None:
    assert spend(account, [Limit(1, per_s=0.1)]) == 0
    ends = time.monotonic() + 10
    while wait := spend(account, [Limit(1, per_s=0.1)]):
        assert wait <= 0.1
        assert time.monotonic() < ends


def test_an_allowance_of_nothing_is_never_given(account: str) -> None:
    assert spend(account, [Limit(0, per_s=86_400), Limit(5, per_s=60)]) == 86_400
