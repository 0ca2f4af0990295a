"""Tokens, time and money of one call. Pure, but for the clock a Deadline reads."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal

LEAST_STEP_S = 3.0
_PER_TOKEN = 3.5  # characters: 4 in English, 2 to 3 in most other languages
_MILLION = Decimal(1_000_000)


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is; corrected by what the model reports when it matters."""
    return int(len(text) / _PER_TOKEN) + 1


@dataclass(frozen=True, slots=True)
class Deadline:
    """A total time: what a call, its pauses and its retries may take together."""

    seconds: float
    began: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(self.began + self.seconds - time.monotonic(), 0.0)

    @property
    def used(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer used, as the service counted it."""

    tokens_in: int = 0
    cached: int = 0
    out: int = 0
    reasoning: int = 0


def cost(usage: Usage, price: tuple[str, str, str] | None) -> Decimal:
    """US dollars; `price`: for a million input, cached input and output tokens. 0 where no price is known."""
    if price is None:
        return Decimal(0)
    fresh, cached, out = (Decimal(amount) for amount in price)
    return (max(usage.tokens_in - usage.cached, 0) * fresh + usage.cached * cached + usage.out * out) / _MILLION


def price_of(model: str, prices: dict[str, tuple[str, str, str]]) -> tuple[str, str, str] | None:
    """By the longest prefix: answers name dated snapshots."""
    fits = [name for name in prices if model == name or model.startswith(f"{name}-")]
    return prices[max(fits, key=len)] if fits else None
