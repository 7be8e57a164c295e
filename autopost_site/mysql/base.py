"""Django's backend for MySQL and MariaDB, whose transactions wait for fewer answers.

They are begun, where Django switches automatic commits off and on again; BEGIN ends with its COMMIT. It travels with
the first statement, and a change whose rows nobody counts with the next one, the last ones with COMMIT. What is sent
together is done in its order up to the first fault, for which the whole transaction is taken back, or the part of it
behind a savepoint (``sending``).
https://docs.djangoproject.com/en/5.2/ref/databases/#subclassing-the-built-in-database-backends
https://mariadb.com/kb/en/start-transaction/
https://dev.mysql.com/doc/c-api/8.0/en/c-api-multiple-queries.html
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.mysql import base

from autopost_site.mysql.sending import BEGIN, Baggage, Cursor

CLIENT: Any = vars(base)["CLIENT"]


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own but for how ``atomic`` begins and ends, and for ``send_along``.

    Where the address says ``multi_statements=0``, as for a proxy that takes one statement at a time, nothing waits.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._baggage = Baggage()

    @property
    def sends_along(self) -> bool:
        """May a statement wait for the next one now? In a transaction whose statements nobody looks at one by one."""
        looked_at = self.queries_logged or self.execute_wrappers
        return bool(self.in_atomic_block and self._baggage.begun and self._takes_several and not looked_at)

    def send_along(self, sql: str, params: Sequence[Any], *, expects: int | None = None) -> None:
        """Run a statement with the one that comes next in this transaction, or with its COMMIT.

        Raises what the database raises, then; OperationalError too where it did not find as many rows as it
        ``expects``. What the driver says of its values it says at once.
        """
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            self._cursor_of_driver().put_by(sql, params, expects)

    def create_cursor(self, name: str | None = None) -> Any:
        """One that sends what waits."""
        return base.CursorWrapper(self._cursor_of_driver())

    def _cursor_of_driver(self) -> Cursor:
        """One that need not be closed: what it sends is read to its end, or the transaction is taken back."""
        cursor: Cursor = self.connection.cursor(Cursor)
        cursor.baggage = self._baggage
        return cursor

    def connect(self) -> None:
        """Anew, with nothing of what was before."""
        self._baggage.forget()
        super().connect()

    def close(self) -> None:
        """What waits is not sent any more."""
        super().close()
        self._baggage.forget()

    def _start_transaction_under_autocommit(self) -> None:
        """Begin; Django calls this where it is, instead of switching automatic commits off. Raises DatabaseError."""
        self._baggage.forget()
        # A connection in doubt is tried here: whoever runs nothing in between would vouch for it.
        if self._takes_several and not self.errors_occurred:
            self._baggage.waiting.append(BEGIN)
        else:
            with self.wrap_database_errors:
                self.connection.begin()
        self._baggage.begun = True

    @property
    def _takes_several(self) -> bool:
        return bool(self.connection and self.connection.client_flag & CLIENT.MULTI_STATEMENTS)

    def _commit(self) -> None:
        if self._baggage.lost or self._baggage.waiting not in ([], [BEGIN]):
            with self.wrap_database_errors:
                cursor = self._cursor_of_driver()
                cursor.send_expecting()
                cursor.execute("COMMIT")
        elif not self._baggage.waiting:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out
        self._baggage.forget()

    def _rollback(self) -> None:
        self._baggage.waiting.clear()
        super()._rollback()  # type: ignore[misc]  # the stubs leave it out
        self._baggage.forget()

    def _savepoint_commit(self, sid: str) -> None:
        with self.wrap_database_errors:
            self._cursor_of_driver().send_expecting()
        super()._savepoint_commit(sid)  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        # Behind its SAVEPOINT, which took along all that waited then; so whatever was lost came behind it, too.
        self._baggage.waiting.clear()
        self._baggage.lost = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _set_autocommit(self, autocommit: bool) -> None:
        if autocommit and self._baggage.begun:
            # Something broke in before it was ended either way, and the next BEGIN would commit what has been sent.
            self.close()
        else:
            super()._set_autocommit(autocommit)  # type: ignore[misc]
