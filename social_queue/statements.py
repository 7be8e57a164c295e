"""Single statements whose text is made once for each set of columns and kept; values go through the fields as always.

Django builds each statement from scratch, at twice (an insert) to ten times (an update) the cost of running it.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model


def insert(row: Model) -> None:
    """Write a new row; outside a transaction it is committed when this returns. Raises DatabaseError.

    ``row`` learns no id.
    """
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    given = [_prepared(field, getattr(row, field.attname)) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_insert(connection.vendor, type(row)), given)


def update(model: type[Model], values: Mapping[str, object], *, where: Mapping[str, object]) -> int:
    """Set columns of the rows in which those of ``where`` are equal to what it says; returns how many there were.

    Both are plain, no expressions. Raises DatabaseError.
    """
    given = [_prepared(_field(model, name), value) for part in (values, where) for name, value in part.items()]
    with connection.cursor() as cursor:
        cursor.execute(_update(connection.vendor, model, tuple(values), tuple(where)), given)
        return cursor.rowcount


def update_each(model: type[Model], rows: Mapping[int, Mapping[str, object]], **same: object) -> int:
    """Set columns of several rows in one statement: of each, by its id, the same columns to values of its own, and
    those of ``same`` alike. Returns how many there were.
    """
    if not rows:
        return 0
    names = tuple(next(iter(rows.values())))
    given: list[Any] = []
    for name in names:
        for row, values in rows.items():
            given += [row, _prepared(_field(model, name), values[name])]
    given += [*(_prepared(_field(model, name), value) for name, value in same.items()), *rows]
    with connection.cursor() as cursor:
        cursor.execute(_update_each(connection.vendor, model, names, tuple(same), len(rows)), given)
        return cursor.rowcount


def _prepared(field: Field, value: object) -> Any:
    return field.get_db_prep_save(value, connection)


# The texts hold names of our own tables and columns, never a value.


@functools.cache
def _insert(vendor: str, model: type[Model]) -> str:
    columns = [_column(field) for field in model._meta.concrete_fields if not field.primary_key]
    return f"INSERT INTO {_table(model)} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608


@functools.cache
def _update(vendor: str, model: type[Model], names: tuple[str, ...], where: tuple[str, ...]) -> str:
    return f"UPDATE {_table(model)} SET {', '.join(_equal(model, names))} WHERE {' AND '.join(_equal(model, where))}"  # noqa: S608


@functools.cache
def _update_each(vendor: str, model: type[Model], names: tuple[str, ...], same: tuple[str, ...], count: int) -> str:
    key = _column(_field(model, "id"))
    cases = f"CASE {key} {' '.join(['WHEN %s THEN %s'] * count)} END"
    columns = [f"{_column(_field(model, name))} = {cases}" for name in names] + _equal(model, same)
    return f"UPDATE {_table(model)} SET {', '.join(columns)} WHERE {key} IN ({', '.join(['%s'] * count)})"  # noqa: S608


def _equal(model: type[Model], names: Iterable[str]) -> list[str]:
    return [f"{_column(_field(model, name))} = %s" for name in names]


def _field(model: type[Model], name: str) -> Field:
    """A field of the row itself: what refers to it from other tables is not written here."""
    return cast(Field, model._meta.get_field(name))


def _column(field: Field) -> str:
    """Quoted; a field without a column is not written here either."""
    return _quoted(cast(str, field.column))


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
