"""Every row of every table from one database into another, as it is: numbers, moments and sealed secrets unchanged.

The other database is written in one transaction, so a move that fails leaves it as empty as it was; this one is read
as it was at one moment.
"""

import contextlib
from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from autopost_site.moving import places, sequences

#: Rows that are read at once, and characters of them that go into one statement: a server takes 16 MiB or more.
_BATCH, _STATEMENT = 500, 4 * 1024 * 1024
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


class NotMoved(Exception):
    """Nothing was moved; the sentence says what stood in the way."""


def copy(target: BaseDatabaseWrapper, *, report: Callable[[str, int], None]) -> int:
    """Copy everything, compare the counts, and let the tables go on numbering; returns the number of rows.

    ``report(table, rows)`` is called after each table. Raises NotMoved.
    """
    if target.vendor == "mysql":
        # It ends a transaction with every number that is set, so they come first, into empty tables, which keep the
        # higher one: a move that is cut off behind its last row is whole.
        _set(_numbers(), target)
    with transaction.atomic(using=target.alias):
        _be_patient(target)
        with _unchecked(target), _one_moment():
            _clear(target)
            copied = {model: _copy_table(model, target, report) for model in places.tables()}
            numbers = _numbers()
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


def _copy_table(model: type[Model], target: BaseDatabaseWrapper, report: Callable[[str, int], None]) -> int:
    copied, rows = 0, model._base_manager.order_by("pk")
    batch = list(rows[:_BATCH])
    while batch:
        for group in _groups(batch, target):
            _write(model, group, target)
        copied += len(batch)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])
    report(model._meta.db_table, copied)
    return copied


def _groups(batch: list[Model], target: BaseDatabaseWrapper) -> Iterator[list[Model]]:
    """The rows in parts that the other database takes in one statement."""
    most = target.ops.bulk_batch_size(batch[0]._meta.local_concrete_fields, batch)
    group: list[Model] = []
    size = 0
    for row in batch:
        weight = len(str(vars(row)))
        if group and (len(group) >= most or size + weight > _STATEMENT):
            yield group
            group, size = [], 0
        group.append(row)
        size += weight
    yield group


def _write(model: type[Model], rows: list[Model], target: BaseDatabaseWrapper) -> None:
    if target.vendor == "postgresql":
        for row in rows:
            vars(row).update({name: _without_null(value) for name, value in vars(row).items() if name != "_state"})
    try:
        with transaction.atomic(using=target.alias):
            # Raw: moments that are otherwise set when a row is made stay as they were.
            model._base_manager.using(target.alias)._insert(  # type: ignore[attr-defined]  # Django's own, not in its stubs
                rows, fields=model._meta.local_concrete_fields, raw=True, using=target.alias
            )
    except DatabaseError as fault:
        if len(rows) == 1:
            where = f"{model._meta.db_table} {rows[0].pk}"
            raise NotMoved(f"The row {where} is refused by the other database: {fault}") from fault
        for row in rows:
            _write(model, [row], target)


def _without_null(value: object) -> object:
    """PostgreSQL's texts and JSON hold no null byte, which the others do; the sign for what can't be shown instead.

    https://www.postgresql.org/docs/current/datatype-character.html
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")
    if isinstance(value, list):
        return [_without_null(one) for one in value]
    if isinstance(value, dict):
        return {_without_null(name): _without_null(one) for name, one in value.items()}
    return value


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
