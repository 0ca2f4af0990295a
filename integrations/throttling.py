"""Rate limits of the providers, kept by all workers together (spec 04): one token bucket per account in Redis.

Asked before a call, so that a burst of ours waits in our own tables instead of being turned away. A provider that says
429 all the same is believed: nothing is asked of that account until its pause is over. With Redis away each process
keeps the limit for itself.

Allowances of a day or a week (`spend`) are counted one by one instead, in windows that end now: there a whole allowance
may be used in a morning, and a bucket would let only half of it through.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import redis
import structlog

from zrg.lib import quick_redis

log = structlog.get_logger(__name__)

REST_S = 2.0  # after a failure Redis is not asked for this long

# A provider counts in windows we cannot see. A bucket that holds half of the limit and refills by the other half per
# window lets at most the whole limit through in any window, wherever it begins.
_HELD = 0.5


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in any `per_s` seconds."""

    calls: int
    per_s: float

    @property
    def size(self) -> float:
        """Tokens of a full bucket."""
        return max(1.0, self.calls * _HELD)

    @property
    def refill(self) -> float:
        """Tokens that come back in a second."""
        return max(self.calls - self.size, 0.1) / self.per_s


# One hash per account: "until" (no call before), and per limit the tokens left and when they were counted. All limits
# must have a token, then each gives one. Answers the seconds to wait, 0 for "go". The clock is Redis's own.
_TAKE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local wait = tonumber(redis.call('HGET', KEYS[1], 'until') or '0') - now
local left, longest = {}, 0
for i = 1, #ARGV / 2 do
  local size, refill = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens' .. i) or size)
  local since = tonumber(redis.call('HGET', KEYS[1], 'since' .. i) or now)
  tokens = math.min(size, tokens + math.max(now - since, 0) * refill)
  wait = math.max(wait, (1 - tokens) / refill)
  longest = math.max(longest, size / refill)
  left[i] = tokens
end
if wait > 0 then return tostring(wait) end
for i = 1, #left do
  redis.call('HSET', KEYS[1], 'tokens' .. i, tostring(left[i] - 1), 'since' .. i, string.format('%.6f', now))
end
redis.call('EXPIRE', KEYS[1], math.ceil(longest) + 60)
return '0'
"""
_BLOCK = """
local clock = redis.call('TIME')
local till = tonumber(clock[1]) + tonumber(clock[2]) / 1000000 + tonumber(ARGV[1])
if till > tonumber(redis.call('HGET', KEYS[1], 'until') or '0') then
  redis.call('HSET', KEYS[1], 'until', string.format('%.6f', till))
end
redis.call('EXPIRE', KEYS[1], math.max(math.ceil(tonumber(ARGV[1])) + 60, redis.call('TTL', KEYS[1])))
return '0'
"""

# One sorted set per allowance: the times at which something was spent, back to the longest window. All limits must
# have room; then the time is noted. Answers the seconds until every window has room again, 0 for "spent".
_SPEND = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local wait, longest = 0, 0
for i = 1, #ARGV / 2 do
  local calls, per_s = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  longest = math.max(longest, per_s)
  local used = redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.6f', now - per_s), '+inf', 'WITHSCORES')
  local excess = #used / 2 - calls
  if excess >= 0 then wait = math.max(wait, tonumber(used[2 * excess + 2]) + per_s - now) end
end
if wait > 0 then return tostring(wait) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.6f', now - longest))
redis.call('ZADD', KEYS[1], string.format('%.6f', now), clock[1] .. '.' .. clock[2])
redis.call('EXPIRE', KEYS[1], math.ceil(longest) + 60)
return '0'
"""

_resting_until = 0.0


def take(account: str, limits: Sequence[Limit]) -> float:
    """Ask for one call to `account` (such as "ghl:loc_1"). 0.0: go, it is counted; else the seconds to wait."""
    arguments = [str(number) for limit in limits for number in (limit.size, limit.refill)]
    answer = _ask(_TAKE, account, arguments)
    return _local.take(account, limits, now=time.monotonic()) if answer is None else float(answer)


def spend(allowance: str, limits: Sequence[Limit]) -> float:
    """Use one of an allowance (such as "unipile:acc_1:invitations"). 0.0: go, it is counted; else the seconds to wait
    until each limit's window has room. A limit of 0 calls is never waited out: it answers its whole window."""
    if closed := max((limit.per_s for limit in limits if limit.calls <= 0), default=0.0):
        return closed
    arguments = [str(number) for limit in limits for number in (limit.calls, limit.per_s)]
    answer = _ask(_SPEND, allowance, arguments)
    return _local.spend(allowance, limits, now=time.monotonic()) if answer is None else float(answer)


def block(account: str, seconds: float) -> None:
    """The provider said 429: no call to `account` for so long, by any worker."""
    _local.block(account, until=time.monotonic() + seconds)
    _ask(_BLOCK, account, [str(seconds)])


def _ask(script: str, account: str, arguments: list[str]) -> bytes | None:
    """The script's answer; None while Redis is away."""
    global _resting_until
    if time.monotonic() < _resting_until:
        return None
    try:
        return quick_redis.client().eval(script, 1, f"zrg:throttle:{account}", *arguments)  # type: ignore[return-value]
    except redis.RedisError as error:
        _resting_until = time.monotonic() + REST_S
        log.warning("throttling_alone", error=type(error).__name__)
        return None


class _Local:
    """The same buckets in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, Limit], tuple[float, float]] = {}
        self._until: dict[str, float] = {}
        self._spent: dict[str, list[float]] = {}

    def take(self, account: str, limits: Sequence[Limit], *, now: float) -> float:
        """As `take` above; `now` in seconds of a clock that never goes back."""
        with self._lock:
            left = {limit: self._left(account, limit, now) for limit in limits}
            wait = max(((1 - tokens) / limit.refill for limit, tokens in left.items()), default=0.0)
            wait = max(wait, self._until.get(account, now) - now)
            if wait > 0:
                return wait
            self._tokens |= {(account, limit): (tokens - 1, now) for limit, tokens in left.items()}
        return 0.0

    def spend(self, allowance: str, limits: Sequence[Limit], *, now: float) -> float:
        """As `spend` above."""
        with self._lock:
            times = self._spent.setdefault(allowance, [])
            waits = [0.0]
            for limit in limits:
                used = [at for at in times if at > now - limit.per_s]
                if len(used) >= limit.calls:
                    waits.append(used[len(used) - limit.calls] + limit.per_s - now)
            if not max(waits):
                longest = max(limit.per_s for limit in limits)
                self._spent[allowance] = [*(at for at in times if at > now - longest), now]
            return max(waits)

    def block(self, account: str, *, until: float) -> None:
        with self._lock:
            self._until[account] = max(until, self._until.get(account, until))

    def _left(self, account: str, limit: Limit, now: float) -> float:
        tokens, since = self._tokens.get((account, limit), (limit.size, now))
        return min(limit.size, tokens + (now - since) * limit.refill)


_local = _Local()
