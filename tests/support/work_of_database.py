"""What a database itself does for a block of code: the rows that it reads, and the steps that SQLite takes."""

import contextlib
import types
from collections.abc import Callable, Iterator

from django.db import connection, transaction

#: How many rows this session, or on PostgreSQL this transaction, has read so far.
_ROWS_READ = {
    "mysql": "SELECT SUM(variable_value) FROM information_schema.session_status "
    "WHERE variable_name LIKE 'HANDLER_READ%%'",
    "postgresql": "SELECT SUM(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables",
}
_ANALYZE = {"sqlite": "ANALYZE", "mysql": "ANALYZE TABLE {}", "postgresql": "ANALYZE {}"}


def analyze(*tables: str) -> None:
    """Let the planner count; on MariaDB this ends the transaction it stands in."""
    with connection.cursor() as cursor:
        cursor.execute(_ANALYZE[connection.vendor].format(", ".join(tables)))


@contextlib.contextmanager
def rows_counted() -> Iterator[types.SimpleNamespace]:
    """``read`` of what is handed out says afterwards how many rows MariaDB or PostgreSQL read within the block."""
    rows = types.SimpleNamespace(read=None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ROWS_READ[connection.vendor])
        before = cursor.fetchone()[0]
        yield rows
        cursor.execute(_ROWS_READ[connection.vendor])
        rows.read = cursor.fetchone()[0] - before
    assert rows.read > 0


def steps_of(act: Callable[[], object]) -> int:
    """Instructions of SQLite's own machine, in tens."""
    taken: list[int] = []
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: taken.append(1) and None, 10)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, 10)
    return len(taken)
