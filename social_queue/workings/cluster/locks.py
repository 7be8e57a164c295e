"""Locks between processes that a killed process does not keep: the system takes them back."""

import fcntl
import logging
import multiprocessing
import tempfile
import time

logger = logging.getLogger(__name__)

#: Seconds for which a process waits for another one's, and after how many it looks again.
_PATIENCE_S, _LOOK_EVERY_S = 5, 0.01


class DeathProofLock:
    """Stands in for the lock of a worker's timer, which the worker and its guard hold by turns.

    The library's is a semaphore: a worker killed with it in hand keeps it for ever, and the guard waits for ever. A
    lock on a range of a file belongs to its process and ends with it. Made before the workers are forked.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the lock

    def __enter__(self) -> "DeathProofLock":
        if not self.acquire(timeout=_PATIENCE_S):
            # Whoever holds it stands still. A timer read a moment too early does less harm than a guard that waits.
            logger.warning("a worker's timer has been held for %d s; it is used without its lock", _PATIENCE_S)
        return self

    def __exit__(self, *_fault: object) -> None:
        self.release()

    def acquire(self, *, timeout: float) -> bool:
        """Hold it, or say that others still do after ``timeout`` seconds."""
        ends = time.monotonic() + timeout
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= ends:
                    return False
            time.sleep(_LOOK_EVERY_S)

    def release(self) -> None:
        """Let the next one have it."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)


class Timer:
    """A worker's timer as django-q2 keeps it, whose lock ends with the worker: the guard never waits for the dead."""

    def __init__(self) -> None:
        self._seconds, self._lock = multiprocessing.RawValue("f", -1), DeathProofLock()

    @property
    def value(self) -> float:
        """Seconds left; below zero without a task."""
        return float(self._seconds.value)

    @value.setter
    def value(self, seconds: float) -> None:
        self._seconds.value = seconds

    def get_lock(self) -> DeathProofLock:
        """To be alone with the value."""
        return self._lock
