"""Running a sweep as a dispatch of it would."""

from __future__ import annotations

from typing import Any

from zrg.jobs import dispatching, executing
from zrg.jobs.models import FunctionRun
from zrg.jobs.sweeping import Sweep


def ran(sweep: Sweep, **params: Any) -> FunctionRun:
    """The run of a sweep that somebody waits for, with these parameters."""
    return executing.execute(sweep, dispatching.dispatch(sweep, requested_by="test", params=params, sync=True).window)
