"""The squashed migrations lead where those lead that they replace: a database of either road is the same database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.serializer import serializer_factory


def _tables(*, replaced: bool) -> dict[tuple[str, str], dict[str, Any]]:
    """Every model at the end of one road: its fields and options, spelled out."""
    loader = MigrationLoader(connection, replace_migrations=replaced)
    return {
        key: {
            "fields": {name: _spelled(field) for name, field in model.fields.items()},
            "options": {name: _option(value) for name, value in model.options.items() if value},
        }
        for key, model in loader.project_state().models.items()
    }


def _option(value: Any) -> Any:
    return sorted(map(_spelled, value)) if isinstance(value, list) else _spelled(value)


def _spelled(value: Any) -> str:
    return str(serializer_factory(value).serialize()[0])


@pytest.mark.django_db
def test_both_roads_end_at_the_same_models() -> None:
    old, new = _tables(replaced=False), _tables(replaced=True)

    assert old.keys() == new.keys()
    for key, model in new.items():
        assert model == old[key], key
