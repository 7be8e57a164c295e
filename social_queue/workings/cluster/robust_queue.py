"""Locks between processes that a killed process does not keep: the system takes them back."""

import fcntl
import multiprocessing
import tempfile


class DeathProofLock:
    """Stands in for the lock of a queue's reading end, which a worker holds all the time that it waits for a task.

    The library's is a semaphore: killed while it waits, a worker keeps it for ever, and no other takes a task again.
    A lock on a range of a file belongs to its process and ends with it. Made before the workers are forked.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - kept as long as the lock

    def __enter__(self) -> "DeathProofLock":
        self.acquire()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.release()

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Hold it; with a time-out the queue itself asks no more than once."""
        flags = fcntl.LOCK_EX if block and timeout is None else fcntl.LOCK_EX | fcntl.LOCK_NB
        try:
            fcntl.lockf(self._file, flags)
        except BlockingIOError:
            return False
        return True

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
