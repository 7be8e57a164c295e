"""The number that a table gives its next row: that of the old site, so that none is ever given a second time."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Max, Model

_KNOWN = {
    "sqlite": "SELECT seq + 1 FROM sqlite_sequence WHERE name = %(table)s",
    "mysql": "SELECT auto_increment FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name = %(table)s",
    # Nothing as long as no number was given; https://www.postgresql.org/docs/current/functions-info.html
    "postgresql": "SELECT pg_sequence_last_value(pg_get_serial_sequence(%(quoted)s, %(column)s)::regclass) + 1",
}
_SET = {
    "sqlite": ("DELETE FROM sqlite_sequence WHERE name = %(table)s",
               "INSERT INTO sqlite_sequence (name, seq) VALUES (%(table)s, %(number)s - 1)"),
    "mysql": (),
    "postgresql": ("SELECT setval(pg_get_serial_sequence(%(quoted)s, %(column)s), "
                   # As given last, if any was: only then can it be asked for again.
                   "greatest(%(number)s - 1, 1), %(number)s > 1)",),
}  # fmt: skip


def next_number(model: type[Model], source: BaseDatabaseWrapper) -> int:
    """What the table would give its next row; rows that are gone count, since others may still name them."""
    newest = model._base_manager.using(source.alias).aggregate(newest=Max("pk"))["newest"] or 0
    with source.cursor() as cursor:
        cursor.execute(_KNOWN[source.vendor], _names(model, source))
        found = cursor.fetchone()
    return max(newest + 1, (found and found[0]) or 1)


def set_next(model: type[Model], number: int, *, target: BaseDatabaseWrapper) -> None:
    """Let the table go on from ``number``. On MySQL and MariaDB this ends the transaction, as they do for any ALTER."""
    with target.cursor() as cursor:
        for statement in _SET[target.vendor]:
            cursor.execute(statement, {**_names(model, target), "number": number})
        if target.vendor == "mysql":
            cursor.execute(f"ALTER TABLE {_names(model, target)['quoted']} AUTO_INCREMENT = {number:d}")


def _names(model: type[Model], place: BaseDatabaseWrapper) -> dict[str, str]:
    table, numbered = model._meta.db_table, model._meta.auto_field
    if numbered is None:
        raise ValueError(f"The rows of {table} have no numbers of their own.")
    return {"table": table, "quoted": place.ops.quote_name(table), "column": str(numbered.column)}
