"""One row, one statement, for the hot paths: what the ORM would write, without working the statement out each time.

Values are prepared by the model's own fields; signals are not sent (no model that is written here has receivers of
`post_save`), triggers and constraints are the database's and hold as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache, partial
from itertools import count
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class _Prepared(psycopg.RawCursor[Any]):
    """Statements that come again and again are parsed and planned once a connection, and their places numbered once a
    process (the driver remembers that only of statements with at most fifty)."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> _Prepared:
        try:
            return super().execute(query if params is None else _numbered(query), params, prepare=True)
        finally:
            said: Any = _Said(query.encode())  # where Django's query log looks for it
            self._query = said


@cache
def _numbered(statement: str) -> bytes:
    """`%s` as PostgreSQL has it: `$1`, `$2` and so on."""
    number = count(1)
    return re.sub("%[%s]", lambda found: "%" if found[0] == "%%" else f"${next(number)}", statement).encode()


class _Said(NamedTuple):
    query: bytes


def prepared() -> Any:
    """A cursor of this thread's connection for a statement of a hot path: Django's, but that the server prepares it
    (half of what the database does for a message was parsing and planning). The statement's text must be one of few,
    and each value's place must tell its type (`%s::text[]` where it does not).

    Where somebody wraps statements it is Django's own: django-pghistory, while a person works in the admin, puts a
    statement of its own in front, and only a single one can be prepared."""
    if connection.execute_wrappers:
        return connection.cursor()
    connection.ensure_connection()
    raw: Any = _Prepared(connection.connection)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)


class Column(NamedTuple):
    """A column and how its value is read off a row of the model."""

    name: str
    value: Callable[[models.Model], Any]


def insert_once(row: models.Model) -> bool:
    """Insert unless any unique key says that it is there already; True if it is new."""
    with prepared() as cursor:
        cursor.execute(_insert_once(type(row)), values(row, columns(type(row))))
        is_new = cursor.fetchone() is not None
    row._state.adding = not is_new
    return is_new


def insert(row: models.Model) -> None:
    """Insert; IntegrityError where a unique key is taken."""
    with prepared() as cursor:
        cursor.execute(_insert(type(row)), values(row, columns(type(row))))
    row._state.adding = False


def update(row: models.Model, names: Collection[str]) -> None:
    """Write these fields of a row that is there, found by its primary key (names as in `update_fields`)."""
    model = type(row)
    changed = frozenset(names)
    with prepared() as cursor:
        cursor.execute(_update(model, changed), [*values(row, _some(model, changed)), row.pk])


def read(
    model: type[M], sql: str, given: Sequence[Any], *, more: int = 0, only: tuple[str, ...] = ()
) -> list[tuple[M, *tuple[Any, ...]]]:
    """What the statement finds, which names `{columns}` once, before `more` columns of its own: each row's object,
    then those. `only`: as of a queryset, the other columns are read when they are asked for."""
    names = _read_names(model, only)
    with prepared() as cursor:
        cursor.execute(_with_columns(model, sql, only), given)
        found = cursor.fetchall()
    end = len(names)
    return [(model.from_db(connection.alias, names, row[:end]), *row[end : end + more]) for row in found]


@cache
def _read_fields(model: type[models.Model], only: tuple[str, ...]) -> list[models.Field[Any, Any]]:
    written = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
    return [field for field in written if not only or field.primary_key or field.name in only]


@cache
def _read_names(model: type[models.Model], only: tuple[str, ...]) -> list[str]:
    fields = _read_fields(model, only)
    translated = [field.name for field in fields if _needs_reading(field)]
    if translated:
        raise TypeError(f"{model._meta.label}: {', '.join(translated)} cannot be read past the ORM.")
    return [str(field.attname) for field in fields]


def _needs_reading(field: models.Field[Any, Any]) -> bool:
    expression = field.get_col(field.model._meta.db_table)
    return bool(field.get_db_converters(connection) or connection.ops.get_db_converters(expression))


@cache
def _with_columns(model: type[models.Model], sql: str, only: tuple[str, ...]) -> str:
    table = model._meta.db_table
    return sql.format(columns=", ".join(f'"{table}"."{field.column}"' for field in _read_fields(model, only)))


def values(row: models.Model, which: Sequence[Column]) -> list[Any]:
    """The row's values, as the driver takes them, in the order of the columns."""
    return [column.value(row) for column in which]


@cache
def columns(model: type[models.Model], *, key: bool = True) -> list[Column]:
    """All columns that can be written; without the primary key where the database gives it (`key=False`)."""
    return [_column(field) for field in model._meta.concrete_fields if _is_written(field, key=key)]


def quoted(which: Sequence[Column]) -> str:
    """Their names for a statement."""
    return ", ".join(f'"{column.name}"' for column in which)


def _is_written(field: models.Field[Any, Any], *, key: bool) -> bool:
    return not getattr(field, "generated", False) and (key or not field.primary_key)


def _column(field: models.Field[Any, Any]) -> Column:
    return Column(str(field.column), partial(_reader(field), field))


def _reader(field: models.Field[Any, Any]) -> Callable[[Any, models.Model], Any]:
    """How a value is read. Most are what the driver takes; to ask the field for each costs a third of a webhook's
    insert."""
    if getattr(field, "auto_now", False):
        return lambda field, row: field.pre_save(row, add=False)
    if isinstance(field, models.CharField | models.TextField) and field.choices:
        return _word
    if isinstance(field, models.ForeignKey) or type(field) in _PLAIN:
        return lambda field, row: getattr(row, field.attname)
    return lambda field, row: field.get_db_prep_save(getattr(row, field.attname), connection)


_PLAIN = {models.DateTimeField, models.UUIDField, models.CharField, models.TextField, models.BooleanField}


def _word(field: models.Field[Any, Any], row: models.Model) -> str | None:
    value = getattr(row, field.attname)
    return None if value is None else str(value)


@cache
def _insert(model: type[models.Model]) -> str:
    written = columns(model)
    marks = ", ".join(["%s"] * len(written))
    return f'INSERT INTO "{model._meta.db_table}" ({quoted(written)}) VALUES ({marks})'  # noqa: S608 -- our own names


@cache
def _insert_once(model: type[models.Model]) -> str:
    return f'{_insert(model)} ON CONFLICT DO NOTHING RETURNING "{model._meta.pk.column}"'


@cache
def _some(model: type[models.Model], names: frozenset[str]) -> list[Column]:
    fields = model._meta.concrete_fields
    unknown = names - {field.name for field in fields} - {str(field.attname) for field in fields}
    if unknown:
        raise ValueError(f"{model._meta.label} has no column {', '.join(sorted(unknown))}.")
    return [_column(field) for field in fields if field.name in names or field.attname in names]


@cache
def _update(model: type[models.Model], names: frozenset[str]) -> str:
    pairs = ", ".join(f'"{column.name}" = %s' for column in _some(model, names))
    return f'UPDATE "{model._meta.db_table}" SET {pairs} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608 -- our own names
