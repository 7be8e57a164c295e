"""Taking turns to write, so that short transactions seldom meet.

SQLite lets one writer in at a time and makes the others sleep, longer each time they find it busy, up to a tenth of a
second: two workers spend a third of their time asleep that way. So threads queue up for a lock first, and processes for
a lock on a file beside the database, where whoever is next is woken at once.
"""

import contextlib
import fcntl
import functools
import logging
import os
import threading
import time
from collections.abc import Iterator

from django.db import Error, OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

logger = logging.getLogger(__name__)


#: Seconds to wait for a turn; after a time-out, seconds during which this process does not wait at all.
_PATIENCE_S, _NO_PATIENCE_S = 2, 30
#: PostgreSQL's word for a lock that was not given within lock_timeout.
_LOCK_NOT_AVAILABLE = "55P03"


_threads = threading.RLock()


_mine = threading.local()


#: Until when this process waits for no turn; guarded by ``_threads``.
_stuck = {"until": 0.0}


def turn() -> contextlib.AbstractContextManager[None]:
    """This thread's turn to write; only SQLite needs it, and only outside a transaction that has begun already."""
    alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    # Only SQLite's own connection has that question, and it alone is asked.
    alone = alone and not connection.is_in_memory_db()  # type: ignore[attr-defined]
    return _turn(str(connection.settings_dict["NAME"])) if alone else contextlib.nullcontext()


def turn_to_claim() -> contextlib.AbstractContextManager[None]:
    """This thread's turn to choose and take posts; two who choose at the same moment choose the same ones.

    It only saves work: a thread that gets no turn in time goes on without one, and the locks of the rows decide.
    """
    named = {"mysql": _named_turn, "postgresql": _advisory_turn}.get(connection.vendor)
    return named("claim") if named else turn()


@contextlib.contextmanager
def _advisory_turn(what: str) -> Iterator[None]:
    """One transaction, at whose end the lock goes: one of the session would stay behind on a pooler's connection.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    with contextlib.ExitStack() as held:
        _ask_for(what, held)
        yield


def _ask_for(what: str, held: contextlib.ExitStack) -> None:
    """Let ``held`` hold the lock and its transaction; without the lock, in time, there is nothing to hold."""
    try:
        with contextlib.ExitStack() as asking:
            asking.enter_context(transaction.atomic())
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(hashtextextended(%s, 0))",
                    [f"{_PATIENCE_S}s", f"autopost.{what}"],
                )
            held.push(asking.pop_all())
    except OperationalError as fault:
        if getattr(fault.__cause__, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise


@contextlib.contextmanager
def _named_turn(what: str) -> Iterator[None]:
    name = f"{connection.settings_dict['NAME']}.{what}"[-64:]
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(%s, %s)", [name, _PATIENCE_S])
        try:
            yield
        finally:
            _release(name, cursor)


def _release(name: str, cursor: CursorWrapper) -> None:
    """A connection that is gone has taken the lock with it, and what happened to it is somebody else's to tell.

    The driver has words of its own for one that broke in the middle of an answer: "commands out of sync".
    """
    try:
        cursor.execute("SELECT RELEASE_LOCK(%s)", [name])
    except Error:
        connection.close()


@contextlib.contextmanager
def _turn(database: str) -> Iterator[None]:
    """A turn within a turn is the same one. The file's lock goes with its process, however that dies."""
    with _threads, contextlib.ExitStack() as held:
        if not getattr(_mine, "turn", False):
            held.callback(setattr, _mine, "turn", False)
            held.enter_context(_file_lock(f"{database}-turn"))
            _mine.turn = True
        yield


@contextlib.contextmanager
def _file_lock(path: str) -> Iterator[None]:
    # Opened each time: a descriptor that a child inherits would share the lock. Only for reading: the file may belong
    # to whoever ran a command first.
    try:
        file = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError as fault:
        _warn_once(f"writers do not take turns, which costs time and nothing else: {fault}")
        yield
        return
    wait = _Wait(file)
    try:
        wait.patiently()
        yield
    finally:
        wait.end()


class _Wait:
    """A wait for a file lock with a time-out: a process that hangs while it holds the lock must not stop the others.

    The lock only saves time: SQLite's own, with a time-out of twenty seconds, decides who writes. ``flock`` has no
    time-out but wakes the next waiter at once, so the waiting is done in a thread.
    """

    def __init__(self, file: int) -> None:
        self._file, self._guard, self._answered = file, threading.Lock(), threading.Event()
        self._held = self._left = False

    def patiently(self) -> None:
        """Hold the lock, or go on without after a while."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < _stuck["until"]:
                return
            threading.Thread(target=self._block, name="turn", daemon=True).start()
            self._answered.wait(_PATIENCE_S)
            with self._guard:
                self._left = not self._held
            if self._left:
                _stuck["until"] = time.monotonic() + _NO_PATIENCE_S
                logger.warning("a process holds up the others' turns to write, they go on without: is it stopped?")
                return
        _stuck["until"] = 0.0

    def end(self) -> None:
        """Release the lock. If the wait timed out, the waiting thread releases and closes it instead."""
        if not self._left:
            os.close(self._file)

    def _block(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._guard:
            self._held = True
            if self._left:
                # A process that was forked meanwhile has the same descriptor: let the lock go, not only the number.
                fcntl.flock(self._file, fcntl.LOCK_UN)
                os.close(self._file)
        self._answered.set()


@functools.cache
def _warn_once(words: str) -> None:
    logger.warning("%s", words)
