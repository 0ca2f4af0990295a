"""Every table of states is whole: each state is in it, each can be reached, and it promises nothing
that isn't a state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from inbox.models import DELIVERY_MAY_BECOME, Delivery
from zrg.jobs.models import MAY_BECOME, Status

TABLES: dict[str, tuple[type[Any], Mapping[Any, frozenset[Any]], set[Any]]] = {
    "jobs": (Status, MAY_BECOME, {Status.PENDING}),
    "messages": (Delivery, DELIVERY_MAY_BECOME, {Delivery.RECEIVED, Delivery.QUEUED, Delivery.SCHEDULED}),
}
"""States, what may follow what, and the states in which a row begins."""

each_table = pytest.mark.parametrize("table", TABLES)


@each_table
def test_every_state_says_what_may_follow_it(table: str) -> None:
    states, may_become, _ = TABLES[table]
    assert set(may_become) == set(states)
    assert set().union(*may_become.values()) <= set(states)


@each_table
def test_no_state_follows_itself(table: str) -> None:
    _, may_become, _ = TABLES[table]
    assert [state for state, following in may_become.items() if state in following] == []


@each_table
def test_every_state_can_be_reached(table: str) -> None:
    states, may_become, reached = TABLES[table]
    reached = set(reached)
    while more := set().union(*(may_become[state] for state in reached)) - reached:
        reached |= more
    assert reached == set(states)


def test_what_has_left_never_goes_back_to_the_queue() -> None:
    """A message at the provider is never queued, sent or undone again."""
    assert DELIVERY_MAY_BECOME[Delivery.SENT] <= {Delivery.FAILED}
    assert Delivery.UNDONE not in DELIVERY_MAY_BECOME[Delivery.SENDING]
    assert Delivery.SENDING not in DELIVERY_MAY_BECOME[Delivery.UNCONFIRMED]


def test_a_cancelled_job_stays_cancelled() -> None:
    """A new intent has a key of its own (spec 04)."""
    assert MAY_BECOME[Status.CANCELLED] == frozenset()
