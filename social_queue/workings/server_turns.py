"""Turns that a database server gives: of all workers, on all hosts, one at a time chooses posts."""

import contextlib
import logging
import time
from collections.abc import Iterator

from django.db import Error, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

logger = logging.getLogger(__name__)

#: Seconds to wait for a turn; after a wait in vain, seconds during which this process does not wait at all.
PATIENCE_S, _NO_PATIENCE_S = 2, 30
#: PostgreSQL's word for a lock that was not given within lock_timeout.
_LOCK_NOT_AVAILABLE = "55P03"


class Patience:
    """How long this process waits for a turn, which only saves work: whoever has it may stand still for ever."""

    def __init__(self) -> None:
        self._ends = 0.0

    @property
    def seconds(self) -> int:
        """0 for a while after a wait in vain."""
        return 0 if time.monotonic() < self._ends else PATIENCE_S

    def learn(self, *, given: bool) -> None:
        """What came of asking; a turn that was given takes the suspicion away."""
        if given:
            self._ends = 0.0
        elif self.seconds:
            self._ends = time.monotonic() + _NO_PATIENCE_S
            logger.warning("a process holds up the others' turns to write, they go on without: is it stopped?")


_patience = Patience()


@contextlib.contextmanager
def advisory(what: str) -> Iterator[None]:
    """PostgreSQL's: one transaction, at whose end the lock goes. One of the session would stay behind on a pooler's
    connection. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    with contextlib.ExitStack() as held:
        _patience.learn(given=_ask_for(what, held))
        yield


def _ask_for(what: str, held: contextlib.ExitStack) -> bool:
    """Let ``held`` hold the lock and its transaction; without the lock, in time, there is nothing to hold."""
    key = f"autopost.{what}"
    with contextlib.ExitStack() as asking:
        asking.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [key])
            given: bool = cursor.fetchone() == (True,) or _wait(key, cursor)
        if given:
            held.push(asking.pop_all())
    return given


def _wait(key: str, cursor: CursorWrapper) -> bool:
    """Whatever waits for another lock in this transaction has the time that it has in any."""
    if not _patience.seconds:
        return False
    try:
        with transaction.atomic():
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{_patience.seconds}s", key],
            )
    except OperationalError as fault:
        if getattr(fault.__cause__, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return True


@contextlib.contextmanager
def named(what: str) -> Iterator[None]:
    """MariaDB's and MySQL's: a lock of the session. https://mariadb.com/docs/server/reference/sql-functions/secondary-functions/miscellaneous-functions/get_lock"""
    name = f"{connection.settings_dict['NAME']}.{what}"[-64:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", [name, _patience.seconds])
        given = cursor.fetchone() == (1,)
        _patience.learn(given=given)
        try:
            yield
        finally:
            if given:
                _release(name, cursor)


def _release(name: str, cursor: CursorWrapper) -> None:
    """A connection that is gone has taken the lock with it, and what happened to it is somebody else's to tell.

    The driver has words of its own for one that broke in the middle of an answer: "commands out of sync".
    """
    try:
        cursor.execute("SELECT RELEASE_LOCK(%s)", [name])
    except Error:
        connection.close()
