"""What journeys need of the one running product."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.driving import Database, Person, Sandbox
from tests.product import Product


@pytest.fixture(scope="session")
def database(product: Product) -> Database:
    made = Database(product)
    made.ask("UPDATE inbox_replysettings SET undo_seconds = 2")
    return made


@pytest.fixture
def sandbox(product: Product) -> Iterator[Sandbox]:
    made = Sandbox(product)
    yield made
    made.lift_faults()


@pytest.fixture(scope="session")
def mara(product: Product) -> Person:
    """A setter of Harbor Payroll."""
    return Person(product, "mara@agency.example.com")
