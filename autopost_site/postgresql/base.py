"""Django's backend for PostgreSQL, with a limit to how long an answer is waited for, and statements planned once.

The server's own limits are of no use when its words are swallowed on the way, or it stands still; TCP's are, only while
nobody in between says that all is well. https://docs.djangoproject.com/en/5.2/ref/databases/#subclassing-the-built-in-database-backends
"""

import types
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.postgresql import base, operations

psycopg: Any = vars(base)["Database"]


class Patient(psycopg.Connection):  # type: ignore[misc]  # the driver is there only where PostgreSQL is used
    """A connection that is given up when a statement is not answered within ``patience`` seconds; None: never."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As the driver's own, which every statement goes through. Raises OperationalError."""
        limit = self.patience if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                # Half asked, half answered: nothing more can be said on it.
                self.pgconn.finish()
            raise


def _of_operation() -> tuple[type[Exception], ...]:
    """What PostgreSQL says when it takes nothing for now, or has ended what stood still in a transaction.

    The driver counts the last three among its own faults, by the first half of their code.
    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    found = psycopg.errors
    return (
        psycopg.OperationalError,
        found.ReadOnlySqlTransaction,
        found.IdleInTransactionSessionTimeout,
        found.TransactionTimeout,
    )


class DatabaseOperations(operations.DatabaseOperations):
    """Django's own, and the words of a statement whose values travelled beside it."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """For whoever counts or reads the statements of a request."""
        whole: str | None = super().last_executed_query(cursor, sql, params)
        return whole or str(BaseDatabaseOperations.last_executed_query(self, cursor, sql, params))


class DatabaseWrapper(base.DatabaseWrapper):
    """``OPTIONS["patience"]``: seconds in which a statement must be answered."""

    ops_class = DatabaseOperations
    Database: Any = types.SimpleNamespace(
        **(vars(psycopg) | {"connect": Patient.connect, "OperationalError": _of_operation()})
    )
    #: While this is set, values travel beside their statement, which the server parses and plans once a connection.
    #: For texts that are kept, whose values say what they are; not for whatever Django makes.
    #: https://www.psycopg.org/psycopg3/docs/advanced/prepare.html
    keeps_texts = False

    def get_connection_params(self) -> dict[str, Any]:
        """Without what the driver does not know."""
        told: dict[str, Any] = super().get_connection_params()
        self._patience = told.pop("patience", None)
        return told

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """One with the patience that it was given."""
        connection = super().get_new_connection(conn_params)
        connection.patience = self._patience
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's own, but for how its values travel."""
        self.connection.cursor_factory = base.ServerBindingCursor if self.keeps_texts else base.Cursor
        return super().create_cursor(name)
