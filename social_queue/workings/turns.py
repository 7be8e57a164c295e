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
from collections.abc import Iterator

from django.db import connection

from social_queue.workings import server_turns

logger = logging.getLogger(__name__)


_threads = threading.RLock()
_mine = threading.local()
_patience = server_turns.Patience()


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
    given = {"mysql": server_turns.named, "postgresql": server_turns.advisory}.get(connection.vendor)
    return given("claim") if given else turn()


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
            seconds = _patience.seconds
            if not seconds:
                return
            threading.Thread(target=self._block, name="turn", daemon=True).start()
            self._answered.wait(seconds)
            with self._guard:
                self._left = not self._held
        _patience.learn(given=not self._left)

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
