"""Compare an answer with a sample of the contract: the same keys, the same kinds of values."""

from __future__ import annotations

from typing import Any


def differences(actual: Any, sample: Any, *, at: str = "", more_is_fine: bool = True) -> list[str]:
    """What `actual` lacks or has otherwise than `sample`; null fits everything, an empty list any list."""
    if sample is None or actual is None:
        return []
    if isinstance(sample, dict):
        if not isinstance(actual, dict):
            return [f"{at}: {type(actual).__name__} instead of an object"]
        missing = [f"{at}.{key} is missing" for key in sample if key not in actual]
        extra = [] if more_is_fine else [f"{at}.{key} is too much" for key in actual if key not in sample]
        shared = [key for key in sample if key in actual]
        deeper = [one for key in shared for one in differences(actual[key], sample[key], at=f"{at}.{key}")]
        return missing + extra + deeper
    if isinstance(sample, list):
        if not isinstance(actual, list):
            return [f"{at}: {type(actual).__name__} instead of a list"]
        return differences(actual[0], sample[0], at=f"{at}[0]") if actual and sample else []
    if isinstance(sample, bool) is not isinstance(actual, bool) or not isinstance(actual, type(sample)):
        return [f"{at}: {type(actual).__name__} instead of {type(sample).__name__}"]
    return []
