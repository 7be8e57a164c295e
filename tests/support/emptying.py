"""The database as it was after `migrate`, again, behind each test that commits, as Django's flush leaves it.

Flush deletes from every table and has `migrate`'s last signal make content types, permissions, roles and schedules
anew. Here only tables that hold rows are emptied, and those rows are put back only where a test changed them.
"""

from collections.abc import Collection
from typing import Any

from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

_Rows = dict[str, list[tuple[Any, ...]]]
#: By alias: the tables, and what the first flush left in them.
_laid: dict[str, tuple[list[str], _Rows]] = {}
_flush = TransactionTestCase._fixture_teardown


def install() -> None:
    """From now on tests that commit are followed by this instead of by a flush."""
    TransactionTestCase._fixture_teardown = _empty_all  # type: ignore[method-assign]


def _empty_all(case: TransactionTestCase) -> None:
    names = case._databases_names(include_mirrors=False)
    if any(name not in _laid for name in names):
        # Django's own, once: it says what has to be there.
        _flush(case)
        _laid.update((name, _look(connections[name])) for name in names)
        return
    for name in names:
        _empty(connections[name], *_laid[name])


def _look(connection: BaseDatabaseWrapper) -> tuple[list[str], _Rows]:
    tables = sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
    return tables, {table: _rows(connection, table) for table in _holding_rows(connection, tables)}


def tables_with_rows(connection: BaseDatabaseWrapper) -> list[str]:
    """Those of Autopost's that hold any now."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return _holding_rows(connection, sorted(tables))


def empty(connection: BaseDatabaseWrapper, tables: Collection[str]) -> None:
    """Leave no row in them, whatever their keys say in between."""
    with transaction.atomic(using=connection.alias), connection.constraint_checks_disabled():
        _delete(connection, tables)


def _delete(connection: BaseDatabaseWrapper, tables: Collection[str]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _empty(connection: BaseDatabaseWrapper, tables: list[str], laid: _Rows) -> None:
    changed = [table for table, rows in laid.items() if _rows(connection, table) != rows]
    full = [table for table in _holding_rows(connection, tables) if table not in laid]
    if not (full or changed):
        return
    if connection.vendor == "mysql":
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), [*full, *changed]))
    # Elsewhere foreign keys are looked at when the transaction ends.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor != "mysql":
            _delete(connection, [*full, *changed])
        for table in _parents_first(changed):
            for row in laid[table]:
                marks = ", ".join(["%s"] * len(row))
                cursor.execute(f"INSERT INTO {connection.ops.quote_name(table)} VALUES ({marks})", row)


def _parents_first(tables: list[str]) -> list[str]:
    """MariaDB looks at foreign keys row by row."""
    order = ["django_content_type", "auth_permission", "auth_group"]
    return sorted(tables, key=lambda table: order.index(table) if table in order else len(order))


def _rows(connection: BaseDatabaseWrapper, table: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
        return list(cursor.fetchall())


def _holding_rows(connection: BaseDatabaseWrapper, tables: list[str]) -> list[str]:
    quote = connection.ops.quote_name
    each = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return [row[0] for row in cursor.fetchall()]
