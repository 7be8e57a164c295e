"""Every row of every table from one database into another, as it is: numbers, moments and sealed secrets unchanged.

The other database is written in one transaction, so a move that fails leaves it as empty as it was; this one is read
as it was at one moment.
"""

import contextlib
from collections.abc import Callable, Iterator
from time import monotonic

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from autopost_site.moving import places, sequences, writing
from autopost_site.moving.writing import NotMoved

#: Rows that are read at once.
_BATCH = 500
#: So often a large table's copying is told of.
_TELL_EVERY_S = 10
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


#: What hears of a table: its name, how many of its rows are copied, and how many there are.
UnderWay = Callable[[str, int, int], object]


def copy(
    target: BaseDatabaseWrapper,
    *,
    report: Callable[[str, int], None],
    under_way: UnderWay = lambda _table, _copied, _all: None,
) -> int:
    """Copy everything, compare the counts, and let the tables go on numbering; returns the number of rows.

    ``report(table, rows)`` is called after each table, ``under_way`` now and then within a large one. Raises NotMoved.
    """
    refused: list[str] = []
    if target.vendor == "mysql":
        # It ends a transaction with every number that is set, so they come first, into empty tables, which keep the
        # higher one: a move that is cut off behind its last row is whole.
        _set(_numbers(), target)
    with transaction.atomic(using=target.alias):
        _be_patient(target)
        with _unchecked(target), _one_moment():
            _clear(target)
            copied = {}
            for model in places.tables():
                copied[model] = _copy_table(model, target, refused, under_way)
                report(model._meta.db_table, copied[model])
            numbers = _numbers()
        if refused:
            raise NotMoved(" ".join(refused))
        _compare(copied, target)
        _check_references(target)
        if target.vendor != "mysql":
            _set(numbers, target)
    return sum(copied.values())


@contextlib.contextmanager
def _one_moment() -> Iterator[None]:
    """What is read within is of one moment. SQLite lets nobody write meanwhile: its transactions take the one lock."""
    if connection.vendor == "mysql":
        with connection.cursor() as cursor:
            cursor.execute(_SNAPSHOT)  # of the next transaction
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_SNAPSHOT)  # of this one
        _be_patient(connection)
        yield


def _be_patient(place: BaseDatabaseWrapper) -> None:
    if place.vendor == "postgresql":
        with place.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


@contextlib.contextmanager
def _unchecked(target: BaseDatabaseWrapper) -> Iterator[None]:
    """Rows may name rows that come later. The others look when the transaction ends; MySQL and MariaDB look at once."""
    if target.vendor != "mysql":
        yield
        return
    with target.constraint_checks_disabled():
        yield


def _check_references(target: BaseDatabaseWrapper) -> None:
    try:
        target.check_constraints()
    except DatabaseError as fault:
        raise NotMoved(f"A row names another that does not exist: {fault}") from fault


def _clear(target: BaseDatabaseWrapper) -> None:
    for model in places.LAID_BY_MIGRATE:
        rows = model._base_manager.using(target.alias).all()
        rows._raw_delete(target.alias)


def _copy_table(model: type[Model], target: BaseDatabaseWrapper, refused: list[str], under_way: UnderWay) -> int:
    copied, rows = 0, model._base_manager.order_by("pk")
    whole, told = 0, monotonic()
    batch = list(rows[:_BATCH])
    while batch:
        writing.write(model, batch, target, refused)
        copied += len(batch)
        if monotonic() - told > _TELL_EVERY_S:
            whole, told = whole or model._base_manager.count(), monotonic()
            under_way(model._meta.db_table, copied, whole)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])
    return copied


def _compare(copied: dict[type[Model], int], target: BaseDatabaseWrapper) -> None:
    """Here, as it is now, and there."""
    for model, count in copied.items():
        here, there = model._base_manager.count(), model._base_manager.using(target.alias).count()
        if not here == count == there:
            raise NotMoved(
                f"{model._meta.db_table} has {here} rows here, of which {there} arrived: somebody is still writing. "
                "Stop the workers and the web on every host, then move."
            )


def _numbers() -> dict[type[Model], int]:
    return {model: sequences.next_number(model, connection) for model in places.tables() if model._meta.auto_field}


def _set(numbers: dict[type[Model], int], target: BaseDatabaseWrapper) -> None:
    for model, number in numbers.items():
        sequences.set_next(model, number, target=target)
