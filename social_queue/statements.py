"""Single statements whose text is made once for each set of columns and kept; values go through the fields as always.

Django builds each statement from scratch, at twice (an insert) to ten times (an update) the cost of running it.
"""

import contextlib
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.db.models import Field, Model, QuerySet, Subquery
from django.db.models.lookups import IsNull

from social_queue.rows import columns

#: SQLite takes 32,766 values in a statement, and each count of rows is a text that is kept.
_MOST_ROWS = 100


@contextlib.contextmanager
def kept_texts() -> Iterator[None]:
    """What is run meanwhile has a text that comes again; PostgreSQL plans it once for each connection."""
    told = vars(connections[DEFAULT_DB_ALIAS])
    told["keeps_texts"] = True
    try:
        yield
    finally:
        told["keeps_texts"] = False


def has_one(rows: QuerySet[Any, Any]) -> IsNull:
    """The condition that there is one of ``rows``, which name the outer row: asked of each row on the way of a list.

    Of EXISTS MariaDB makes a join and reads all of ``rows``: https://mariadb.com/kb/en/exists-to-in-optimization/
    """
    return IsNull(Subquery(rows.order_by().values("pk")[:1]), False)


def insert(row: Model) -> None:
    """Write a new row; outside a transaction it is committed when this returns. Raises DatabaseError.

    ``row`` learns no id.
    """
    fields = columns.insertable(type(row))
    given = [_prepared(field, getattr(row, field.attname)) for field in fields]
    run_uncounted(_insert(connection.vendor, type(row), ("%s",) * len(fields), 1), given)


def insert_all(rows: Sequence[Model], *, ids: bool = True) -> None:
    """Write new rows of one model, as many in one statement as it may hold. Raises DatabaseError.

    What Django sets as a row is added, such as the moment it was, is set. ``ids``: each learns its own, where the
    database tells it; else they may be written as ``run_uncounted`` does.
    """
    for begins in range(0, len(rows), _MOST_ROWS):
        _insert_some(rows[begins : begins + _MOST_ROWS], ids)


def _insert_some(rows: Sequence[Model], ids: bool) -> None:
    model, tells = type(rows[0]), ids and connection.features.can_return_rows_from_bulk_insert
    prepared = columns.of_new(rows)
    given = [value for row in zip(*(one.values for one in prepared if one.values), strict=True) for value in row]
    sql = _insert(connection.vendor, model, tuple(one.mark for one in prepared), len(rows), returning=tells)
    if not ids:
        run_uncounted(sql, given)
        return
    with kept_texts(), connection.cursor() as cursor:
        cursor.execute(sql, given)
        key = model._meta.pk.attname
        for row, (number,) in zip(rows, cursor.fetchall() if tells else (), strict=tells):
            setattr(row, key, number)
            row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(model: type[Model], values: Mapping[str, object], *, where: Mapping[str, object]) -> int:
    """Set columns of the rows in which those of ``where`` are equal to what it says; returns how many there were.

    Both are plain, no expressions. Raises DatabaseError.
    """
    given = [_prepared(_field(model, name), value) for part in (values, where) for name, value in part.items()]
    with kept_texts(), connection.cursor() as cursor:
        cursor.execute(_update(connection.vendor, model, tuple(values), tuple(where)), given)
        return cursor.rowcount


def update_each(
    model: type[Model],
    rows: Mapping[int, Mapping[str, object]],
    *,
    where: Mapping[str, object] | None = None,
    **same: object,
) -> None:
    """Set columns of several rows in one statement: of each, by its id, some to its own values, ``same`` of all alike.

    ``where``: columns that all of them are known to hold, since they are locked. Raises OperationalError when one does
    not, in the transaction's next statement at the latest, as ``run_uncounted`` does.
    """
    if not rows:
        return
    ids, given, shape = list(rows), list[Any](), list[tuple[str, bool]]()
    for name in (*rows[ids[0]], *same):
        field = _field(model, name)
        each = columns.prepared(field, [same[name] if name in same else rows[number][name] for number in ids])
        # Most columns are the same for all: those need no choice.
        varies = any(value != each[0] for value in each)
        shape.append((name, varies))
        given += [part for pair in zip(ids, each, strict=True) for part in pair] if varies else each[:1]
    given += [_prepared(_field(model, name), value) for name, value in (where or {}).items()]
    sql = _update_each(connection.vendor, model, tuple(shape), tuple(where or ()), len(ids))
    run_uncounted(sql, [*given, *ids], expects=None if where is None else len(ids))


def run_uncounted(sql: str, given: Sequence[Any], *, expects: int | None = None) -> None:
    """Run a change whose rows the caller does not count; in a transaction it may travel with what is run next.

    Its faults are those of that statement then, or of COMMIT. ``expects``: so many rows, else OperationalError.
    """
    if getattr(connection, "sends_along", False):
        cast(Any, connection).send_along(sql, given, expects=expects)
        return
    with kept_texts(), connection.cursor() as cursor:
        cursor.execute(sql, given)
        if expects not in (None, cursor.rowcount):
            raise OperationalError(f"A change found {cursor.rowcount} rows instead of {expects}.")


def _prepared(field: Field, value: object) -> Any:
    return field.get_db_prep_save(value, connection)


# The texts hold names of our own tables and columns, and never a value of anybody's.


@functools.lru_cache(maxsize=512)
def _insert(vendor: str, model: type[Model], marks: tuple[str, ...], count: int, *, returning: bool = False) -> str:
    """``marks``: what stands for each column, a parameter or what all rows hold."""
    names = ", ".join(_column(field) for field in columns.insertable(model))
    rows = ", ".join([f"({', '.join(marks)})"] * count)
    told = f" RETURNING {_column(model._meta.pk)}" if returning else ""
    return f"INSERT INTO {_table(model)} ({names}) VALUES {rows}{told}"  # noqa: S608


@functools.lru_cache(maxsize=512)
def _update(vendor: str, model: type[Model], names: tuple[str, ...], where: tuple[str, ...]) -> str:
    return f"UPDATE {_table(model)} SET {', '.join(_equal(model, names))} WHERE {' AND '.join(_equal(model, where))}"  # noqa: S608


@functools.lru_cache(maxsize=512)
def _update_each(
    vendor: str, model: type[Model], shape: tuple[tuple[str, bool], ...], where: tuple[str, ...], count: int
) -> str:
    """``shape``: each column, and whether it varies. The ids come last."""
    number = _column(model._meta.pk)
    choice = f"CASE {number}{' WHEN %s THEN %s' * count} END"
    sets = [f"{_column(_field(model, name))} = {choice if varies else '%s'}" for name, varies in shape]
    conditions = [*_equal(model, where), f"{number} IN ({', '.join(['%s'] * count)})"]
    return f"UPDATE {_table(model)} SET {', '.join(sets)} WHERE {' AND '.join(conditions)}"  # noqa: S608


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
