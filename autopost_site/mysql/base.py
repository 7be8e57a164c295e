"""Django's backend for MySQL and MariaDB, whose transactions wait for fewer answers.

They are begun, where Django switches automatic commits off and on again; BEGIN ends with its COMMIT. It travels with
the first statement, and a change whose rows nobody counts with the next one, the last ones with COMMIT. What is sent
together is done in its order up to the first fault, which is that of the statement it travelled with.
https://docs.djangoproject.com/en/5.2/ref/databases/#subclassing-the-built-in-database-backends
https://mariadb.com/kb/en/start-transaction/
https://dev.mysql.com/doc/c-api/8.0/en/c-api-multiple-queries.html
"""

import contextlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.backends.mysql import base
from MySQLdb import OperationalError, cursors  # type: ignore[import-untyped]

CLIENT: Any = vars(base)["CLIENT"]


class _Waiting(NamedTuple):
    """A statement that has not been sent. ``expects``: how many rows it has to find; None: as many as there are."""

    sql: str
    params: Sequence[Any]
    expects: int | None = None


_BEGIN = _Waiting("BEGIN", ())


class _Cursor(cursors.Cursor):
    """The driver's own, but what waits on its connection goes first."""

    waiting: list[_Waiting]

    def execute(self, query: Any, args: Any = None) -> Any:
        """As the driver's own. Raises its OperationalError, too, when something that waited did not find its rows."""
        if self.waiting and isinstance(query, str) and not isinstance(args, dict):
            # Without values nothing is put into a text, and what looks like a place for one is none.
            self.waiting.append(_Waiting(query if args is not None else query.replace("%", "%%"), args or ()))
            return self.send_waiting()
        if self.waiting:
            self.send_waiting()
        return super().execute(query, args)

    def send_waiting(self) -> Any:
        """Send what waits; what is left to be read is the last one's."""
        sent = [*self.waiting]
        self.waiting.clear()
        super().execute("; ".join(one.sql for one in sent), [value for one in sent for value in one.params])
        found = [self.rowcount]
        # Asked for one more than there are, the driver would let go of what the last one found.
        for _ in sent[1:]:
            self.nextset()
            found.append(self.rowcount)
        for one, count in zip(sent, found, strict=True):
            if one.expects not in (None, count):
                raise OperationalError(f"A change found {count} rows instead of {one.expects}.")
        return self.rowcount


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own but for how ``atomic`` begins and ends, and for ``send_along``.

    Where the address says ``multi_statements=0``, as for a proxy that takes one statement at a time, nothing waits.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: list[_Waiting] = []

    @property
    def sends_along(self) -> bool:
        """May a statement wait for the next one now? In a transaction whose statements nobody looks at one by one."""
        looked_at = self.queries_logged or self.execute_wrappers
        return bool(self.in_atomic_block and self._takes_several and not looked_at)

    def send_along(self, sql: str, params: Sequence[Any], *, expects: int | None = None) -> None:
        """Run a statement with the one that comes next in this transaction, or with its COMMIT.

        Raises what the database raises, then; OperationalError too where it did not find as many rows as it
        ``expects``.
        """
        self.validate_no_broken_transaction()
        self._waiting.append(_Waiting(sql, params, expects))

    def create_cursor(self, name: str | None = None) -> Any:
        """One that sends what waits."""
        cursor = self.connection.cursor(_Cursor)
        cursor.waiting = self._waiting
        return base.CursorWrapper(cursor)

    def connect(self) -> None:
        """Anew, with nothing of what was before."""
        self._waiting.clear()
        super().connect()

    def close(self) -> None:
        """What waits is not sent any more."""
        self._waiting.clear()
        super().close()

    def _start_transaction_under_autocommit(self) -> None:
        """Begin; Django calls this where it is, instead of switching automatic commits off. Raises DatabaseError."""
        if self._takes_several:
            self._waiting[:] = [_BEGIN]
            return
        with self.wrap_database_errors:
            self.connection.begin()

    @property
    def _takes_several(self) -> bool:
        return bool(self.connection and self.connection.client_flag & CLIENT.MULTI_STATEMENTS)

    def _commit(self) -> None:
        if self._waiting == [_BEGIN]:
            self._waiting.clear()
        elif self._waiting:
            with self.wrap_database_errors, contextlib.closing(self.create_cursor()) as cursor:
                if any(one.expects is not None for one in self._waiting):
                    # Whether it found its rows has to be known before anything stands.
                    cursor.send_waiting()
                cursor.execute("COMMIT")
        else:
            super()._commit()  # type: ignore[misc]  # the stubs leave it out

    def _rollback(self) -> None:
        self._waiting.clear()
        super()._rollback()  # type: ignore[misc]  # the stubs leave it out

    def _savepoint_rollback(self, sid: str) -> None:
        # Behind its SAVEPOINT, which took along all that waited then.
        self._waiting.clear()
        super()._savepoint_rollback(sid)  # type: ignore[misc]
