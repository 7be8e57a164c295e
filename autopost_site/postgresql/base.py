"""Django's backend for PostgreSQL, with a limit to how long an answer is waited for.

The server's own limits are of no use when its words are swallowed on the way, or it stands still; TCP's are, only while
nobody in between says that all is well. https://docs.djangoproject.com/en/5.2/ref/databases/#subclassing-the-built-in-database-backends
"""

import types
from typing import Any

from django.db.backends.postgresql import base

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


class DatabaseWrapper(base.DatabaseWrapper):
    """``OPTIONS["patience"]``: seconds in which a statement must be answered."""

    Database: Any = types.SimpleNamespace(**(vars(psycopg) | {"connect": Patient.connect}))

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
